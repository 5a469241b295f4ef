using System.Net.Sockets;
using Kabar.Scenarios.Running;

namespace Kabar.Scenarios;

/// <summary>The limits that count connections, seconds and attempts, set low.</summary>
public sealed class LimitScenarios
{
    private const string Unknown = """{"status": "ERROR", "message": "**Protocol Tidak Benar"}""";

    [Theory]
    [InlineData("", "Limits__FirstRequestSeconds")]
    [InlineData("auth mes", "Limits__FirstRequestSeconds")]
    [InlineData("\r\n\r\n", "Limits__FirstRequestSeconds")]
    [InlineData("apa \r\n", "Limits__IdleBeforeLoginSeconds")]
    [InlineData("login messi surabaya \r\n", "Limits__IdleAfterLoginSeconds")]
    public async Task A_silent_connection_is_hung_up_on_and_a_busy_one_is_not(string first, string limit)
    {
        using var data = await DataDirectory.WithSampleAccountsAsync();
        await using var server = await KabarProcess.StartAsync(data, new Dictionary<string, string> { [limit] = "1" });
        await using var neighbour = await Neighbour.AtAsync(server);
        await using var client = await server.ClientAsync("message-service");
        await client.WriteAsync(first);

        if (first.EndsWith(" \r\n", StringComparison.Ordinal)) (await client.ReplyAsync()).ShouldNotBeNull();

        var end = client.ReplyOrEndAsync();
        while (!end.IsCompleted) await neighbour.GoesOnAsync();
        (await end).ShouldBeNull();
        await server.StopAsync();
    }

    [Fact]
    public async Task A_client_that_dribbles_its_first_request_is_hung_up_on()
    {
        using var data = await DataDirectory.WithSampleAccountsAsync();
        await using var server = await KabarProcess.StartAsync(data, new Dictionary<string, string> { ["Limits__FirstRequestSeconds"] = "1" });
        await using var neighbour = await Neighbour.AtAsync(server);
        await using var client = await server.ClientAsync("message-service");

        // A byte every fifth of a second would stay below every limit but this one for an hour.
        var end = client.ReplyOrEndAsync();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!end.IsCompleted && await pace.WaitForNextTickAsync())
        {
            await neighbour.GoesOnAsync();
            try
            {
                await client.WriteAsync("x");
            }
            catch (IOException)
            {
                break;
            }
        }

        (await end).ShouldBeNull();
        await server.StopAsync();
    }

    [Fact]
    public async Task Of_three_hundred_connections_from_one_address_256_are_served()
    {
        using var data = await DataDirectory.WithSampleAccountsAsync();
        await using var server = await KabarProcess.StartAsync(data);
        await using var neighbour = await Neighbour.AtAsync(server);
        var clients = new List<LineClient>();
        for (var i = 0; i < 300; i++) clients.Add(await server.ClientAsync("message-service", from: "127.0.0.3"));

        var served = 0;
        foreach (var client in clients)
        {
            if (await AnswersAsync(client)) served++;
        }

        served.ShouldBe(256);
        await neighbour.GoesOnAsync();

        // Room is made again by those who leave.
        foreach (var client in clients) await client.DisposeAsync();
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                await using var late = await server.ClientAsync("message-service", from: "127.0.0.3");
                return await AnswersAsync(late);
            },
            "a newcomer from the address is served again");
        await server.StopAsync();
    }

    [Fact]
    public async Task The_limit_of_all_connections_holds_over_addresses()
    {
        using var data = await DataDirectory.WithSampleAccountsAsync();
        await using var server = await KabarProcess.StartAsync(data, new Dictionary<string, string> { ["Limits__Connections"] = "10" });
        var clients = new List<LineClient>();
        for (var i = 1; i <= 12; i++) clients.Add(await server.ClientAsync("message-service", from: FormattableString.Invariant($"127.0.1.{i}")));

        var served = 0;
        foreach (var client in clients)
        {
            if (await AnswersAsync(client)) served++;
            await client.DisposeAsync();
        }

        served.ShouldBe(10);
        await server.StopAsync();
    }

    [Fact]
    public async Task Wrong_passwords_are_counted_per_account_and_address()
    {
        using var data = await DataDirectory.WithSampleAccountsAsync();
        await using var server = await KabarProcess.StartAsync(data, new Dictionary<string, string> { ["Limits__WrongPasswordsPerMinute"] = "2" });
        await using var guesser = await server.ClientAsync("message-service", from: "127.0.0.4");
        await using var owner = await server.ClientAsync("message-service", from: "127.0.0.5");

        (await guesser.AskAsync("auth messi salah")).ShouldBe("""{"status": "ERROR", "message": "Password Salah"}""");
        (await guesser.AskAsync("auth messi salah")).ShouldBe("""{"status": "ERROR", "message": "Password Salah"}""");
        (await guesser.AskAsync("auth messi salah")).ShouldBe("""{"status": "ERROR", "message": "Terlalu Banyak Percobaan"}""");
        (await owner.AskAsync("auth messi surabaya")).ShouldStartWith("""{"status": "OK", """);
        (await guesser.AskAsync("auth lineker surabaya")).ShouldStartWith("""{"status": "OK", """);
        await server.StopAsync();
    }

    [Fact]
    public async Task An_inbox_reply_is_bounded_and_the_next_goes_on()
    {
        using var data = await DataDirectory.WithSampleAccountsAsync();
        await using var server = await KabarProcess.StartAsync(data, new Dictionary<string, string> { ["Limits__InboxReplyBytes"] = "4096" });
        await using var client = await server.ClientAsync("message-service");
        var token = await client.LogInAsync("messi", "surabaya");
        var texts = Enumerable.Range(0, 40).Select(number => FormattableString.Invariant($"{number} ") + new string('é', 100)).ToList();
        foreach (var text in texts) (await client.AskAsync($"send {token} messi {text}")).ShouldBe(LineClient.Sent);

        var replies = new List<string>();
        var found = new List<string>();
        while (true)
        {
            var reply = await client.AskAsync($"inbox {token}");
            if (reply == """{"status": "OK", "messages": {}}""") break;
            replies.Add(reply);
            found.AddRange(System.Text.Json.Nodes.JsonNode.Parse(reply)?["messages"]?["messi"]?.AsArray().Select(message => message?["msg"]?.GetValue<string>() ?? "") ?? []);
        }

        found.ShouldBe(texts);
        replies.Count.ShouldBeGreaterThan(1);
        replies.ShouldAllBe(reply => reply.Length <= 4096);
        await server.StopAsync();
    }

    [Fact]
    public async Task A_hasty_connection_is_slowed_down_but_answered()
    {
        using var data = await DataDirectory.WithSampleAccountsAsync();
        await using var server = await KabarProcess.StartAsync(
            data, new Dictionary<string, string> { ["Limits__RequestsPerSecond"] = "200", ["Limits__RequestBurst"] = "20" });
        await using var client = await server.ClientAsync("message-service");
        var hurry = System.Diagnostics.Stopwatch.StartNew();

        await client.WriteAsync(string.Concat(Enumerable.Repeat("apa \r\n", 220)));
        for (var i = 0; i < 220; i++) (await client.ReplyAsync()).ShouldBe(Unknown);

        hurry.Elapsed.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(900));
        await server.StopAsync();
    }

    private static async Task<bool> AnswersAsync(LineClient client)
    {
        try
        {
            await client.RequestAsync("apa");
            return await client.ReplyOrEndAsync() == Unknown;
        }
        catch (Exception fault) when (fault is IOException or SocketException)
        {
            return false;
        }
    }
}
