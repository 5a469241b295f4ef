using FsCheck.Fluent;
using Kabar.Server.Hosting;
using Kabar.Tests.Protocol;

namespace Kabar.Tests.Server.Lines;

public sealed class GeneratedConversationTests
{
    [Fact]
    public async Task Whatever_a_client_sends_its_connection_ends_with_it_and_every_answer_has_the_shape_of_one()
    {
        await using var server = new LineServer(new Limits { RequestLineBytes = 200, RequestsPerSecond = 0, WrongPasswordsPerMinute = 0, WrongPasswordsPerHour = 0 });
        var token = await server.EnterAsync("messi");
        foreach (var pieces in GeneratedInput.Pieces.Generator.Sample(300, 40))
        {
            var client = server.Connect();
            await client.SendAsync("check\r\n"); // a first line that begins with { would be another protocol's
            foreach (var piece in pieces) await client.SendAsync(piece);
            client.HalfClose();

            await client.ReadToEndAsync();
            await client.Serving.BeforeDeadline();
        }

        server.Registry.Count.ShouldBe(0);
        (await server.Connect().AskAsync($"inbox {token}")).ShouldStartWith("{\"status\": \"OK\"");
    }
}
