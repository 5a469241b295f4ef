using System.Text;
using Kabar.Transcripts;

namespace Kabar.Tests.Transcripts;

public sealed class DocumentClientTests
{
    private const string Token = "d49b51d0-0964-4019-bd44-1c1790254467";

    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    public async Task A_reply_longer_than_a_read_is_put_together(int readSize)
    {
        var server = new ScriptedServer(request => request switch
        {
            "auth messi surabaya" => $"{{\"status\": \"OK\", \"tokenid\": \"{Token}\"}}\r\n\r\n",
            $"send {Token} putri  halo" => "{\"status\": \"OK\", \"message\": \"Message Sent\"}\r\n\r\n",
            _ => "{\"status\": \"ERROR\", \"message\": \"?\"}\r\n\r\n",
        });
        var client = new DocumentClient(await server.ConnectAsync("chat", CancellationToken.None), readSize, " \r\n");

        await client.LogInAsync("auth", "tokenid", "messi", "surabaya", TestContext.Current.CancellationToken);
        var reply = await client.SendAsync("send", "putri", "halo", TestContext.Current.CancellationToken);

        client.Token.ShouldBe(Token);
        reply.GetProperty("message").GetString().ShouldBe("Message Sent");
    }

    [Fact]
    public async Task A_reply_that_is_not_ASCII_is_more_than_it_can_bear()
    {
        var server = new ScriptedServer(_ => $"{{\"a\": \"{new string('é', 64)}\"}}\r\n\r\n");
        var client = new DocumentClient(await server.ConnectAsync("chat", CancellationToken.None), 32, " \r\n");

        await Should.ThrowAsync<DecoderFallbackException>(() => client.AskAsync("inbox", TestContext.Current.CancellationToken));
    }
}
