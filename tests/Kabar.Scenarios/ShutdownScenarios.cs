using System.Globalization;
using Kabar.Scenarios.Running;

namespace Kabar.Scenarios;

public sealed class ShutdownScenarios
{
    [Fact]
    public async Task A_server_told_to_stop_answers_what_it_has_accepted()
    {
        using var data = await DataDirectory.WithSampleAccountsAsync();
        await using var server = await KabarProcess.StartAsync(data, new Dictionary<string, string> { ["Limits__RequestsPerSecond"] = "0" });
        await using var client = await server.ClientAsync("message-service");
        var token = await client.LogInAsync("messi", "surabaya");

        // 1. Told in the middle of a pipeline.
        var writing = WriteAsync(client, token);
        for (var i = 0; i < 50; i++) (await client.ReplyAsync()).ShouldBe(LineClient.Sent);
        server.Terminate();

        // 2. Every reply that still comes is whole and an acknowledgement; then the end.
        var answered = 50;
        while (await client.ReplyAsync() is { } reply)
        {
            reply.ShouldBe(LineClient.Sent);
            answered++;
        }

        (await server.ExitAsync()).ShouldBe(0, server.Log);
        await writing;

        // 3. What was answered is what is there.
        (await KabarCommand.RunAsync("check", "--data", data.Location)).ShouldHaveDone();
        await using var next = await KabarProcess.StartAsync(data, new Dictionary<string, string> { ["Limits__RequestsPerSecond"] = "0" });
        await using var reader = await next.ClientAsync("message-service");
        var found = await reader.WholeInboxAsync(token);
        found.Select(entry => entry.Text).ShouldBe(Enumerable.Range(0, answered).Select(number => number.ToString(CultureInfo.InvariantCulture)));
        await next.StopAsync();
    }

    [Fact]
    public async Task Idle_and_silent_connections_do_not_hold_up_a_stop()
    {
        using var data = await DataDirectory.WithSampleAccountsAsync();
        await using var server = await KabarProcess.StartAsync(data);
        await using var silent = await server.ClientAsync("chat");
        await using var half = await server.ClientAsync("chat");
        await half.WriteAsync("auth mes");
        await using var idle = await server.ClientAsync("chat");
        await idle.LogInAsync("messi", "surabaya");

        await server.StopAsync();

        (await idle.ReplyOrEndAsync()).ShouldBeNull();
        (await silent.ReplyOrEndAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_does_not_start()
    {
        using var data = await DataDirectory.WithSampleAccountsAsync();
        await using var server = await KabarProcess.StartAsync(data);

        var second = await KabarCommand.RunAsync("serve", "--data", data.Location, "--listen", "127.0.0.1:0");

        second.ExitCode.ShouldBe(1, second.Output + second.Error);
        second.Error.ShouldNotBeNullOrWhiteSpace();
        await server.StopAsync();
    }

    /// <summary>Sends without an end, so that there always is a middle of it.</summary>
    private static async Task WriteAsync(LineClient client, string token)
    {
        try
        {
            for (var number = 0; ; number += 100)
                await client.WriteAsync(string.Concat(Enumerable.Range(number, 100).Select(text => string.Create(CultureInfo.InvariantCulture, $"send {token} messi {text} \r\n"))));
        }
        catch (IOException)
        {
            // The server has gone in the middle of it, as it was told to.
        }
    }
}
