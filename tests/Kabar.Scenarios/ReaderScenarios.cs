using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Kabar.Scenarios.Running;

namespace Kabar.Scenarios;

/// <summary>An inbox is shown whole before it counts as read. The reply here is larger than all the buffers between the two processes.</summary>
public sealed class ReaderScenarios
{
    private const int Messages = 1600;

    private static readonly Dictionary<string, string> NoBounds = new()
    {
        ["Limits__RequestsPerSecond"] = "0",
        ["Limits__InboxReplyBytes"] = "0",
    };

    [Fact]
    public async Task A_vanished_reader_finds_the_messages_again()
    {
        using var data = await DataDirectory.WithSampleAccountsAsync();
        await using var server = await KabarProcess.StartAsync(data, NoBounds);
        await using var client = await server.ClientAsync("message-service");
        var token = await client.LogInAsync("messi", "surabaya");
        await FillAsync(client, token);

        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var reader = await AskWithoutReadingAsync(server, token);
            reader.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        await ShouldShowEverythingOnceAsync(client, token);
        await server.StopAsync();
    }

    [Fact]
    public async Task A_reader_that_stalls_loses_its_turn()
    {
        using var data = await DataDirectory.WithSampleAccountsAsync();
        await using var server = await KabarProcess.StartAsync(data, NoBounds);
        await using var client = await server.ClientAsync("message-service");
        var token = await client.LogInAsync("messi", "surabaya");
        await FillAsync(client, token);

        using var stalled = await AskWithoutReadingAsync(server, token);

        await ShouldShowEverythingOnceAsync(client, token);
        stalled.Close(timeout: 0);
        await server.StopAsync();
    }

    private static string TextOf(int number) => number.ToString("d4", CultureInfo.InvariantCulture) + new string('x', 8000);

    private static async Task FillAsync(LineClient client, string token)
    {
        foreach (var numbers in Enumerable.Range(0, Messages).Chunk(16))
        {
            await client.WriteAsync(string.Concat(numbers.Select(number => $"send {token} messi {TextOf(number)} \r\n")));
            foreach (var _ in numbers) (await client.ReplyAsync()).ShouldBe(LineClient.Sent);
        }
    }

    /// <summary>A connection on which the reply has begun.</summary>
    private static async Task<Socket> AskWithoutReadingAsync(KabarProcess server, string token)
    {
        var socket = await server.ConnectSocketAsync("chat", CancellationToken.None);
        socket.ReceiveBufferSize = 4096;
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        await socket.SendAsync(Encoding.UTF8.GetBytes($"inbox {token} \r\n"), deadline.Token);
        (await socket.ReceiveAsync(new byte[16], deadline.Token)).ShouldBe(16);
        return socket;
    }

    private static async Task ShouldShowEverythingOnceAsync(LineClient client, string token) =>
        (await client.WholeInboxAsync(token)).Select(entry => entry.Text[..4]).ShouldBe(Enumerable.Range(0, Messages).Select(number => TextOf(number)[..4]));
}
