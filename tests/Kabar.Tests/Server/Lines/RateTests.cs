using Kabar.Server.Hosting;

namespace Kabar.Tests.Server.Lines;

public sealed class RateTests
{
    private const string Unknown = """{"status": "ERROR", "message": "**Protocol Tidak Benar"}""";

    [Fact]
    public async Task A_connection_past_its_rate_is_slowed_down_and_never_dropped()
    {
        await using var server = new LineServer(new Limits { RequestsPerSecond = 10, RequestBurst = 5 });
        var client = server.Connect();
        await client.SendAsync(string.Concat(Enumerable.Repeat("nonsense\r\n", 25)));
        for (var i = 0; i < 5; i++) (await client.ReadAsync()).ShouldBe(Unknown);

        // The rest comes one each tenth of a second, and not before.
        var next = client.ReadAsync();
        for (var i = 0; i < 20; i++)
        {
            await server.Clock.WaitForTimersAsync();
            server.Clock.Advance(TimeSpan.FromMilliseconds(99));
            next.IsCompleted.ShouldBeFalse();
            server.Clock.Advance(TimeSpan.FromMilliseconds(1));
            (await next.BeforeDeadline()).ShouldBe(Unknown);
            if (i < 19) next = client.ReadAsync();
        }
    }

    [Fact]
    public async Task Sends_before_a_slow_down_are_answered_at_once()
    {
        await using var server = new LineServer(new Limits { RequestsPerSecond = 1, RequestBurst = 3 });
        var messi = await server.EnterAsync("messi");
        var client = server.Connect();
        await client.SendAsync(string.Concat(Enumerable.Repeat($"send {messi} messi x\r\n", 4)));

        for (var i = 0; i < 3; i++) (await client.ReadAsync()).ShouldContain("Message Sent");
        await server.Clock.WaitForTimersAsync();
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        (await client.ReadAsync()).ShouldContain("Message Sent");
    }

    [Fact]
    public async Task Another_connection_is_not_slowed_down()
    {
        await using var server = new LineServer(new Limits { RequestsPerSecond = 1, RequestBurst = 2 });
        var eager = server.Connect();
        await eager.SendAsync(string.Concat(Enumerable.Repeat("nonsense\r\n", 10)));
        await server.Clock.WaitForTimersAsync();

        var calm = server.Connect();
        (await calm.AskAsync("nonsense")).ShouldBe(Unknown);
        (await calm.AskAsync("nonsense")).ShouldBe(Unknown);

        // Once it is gone the eager one ends with its wait, and not with all it has asked for.
        eager.Break();
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        await eager.Serving.BeforeDeadline();
    }

    [Fact]
    public async Task A_rate_of_zero_is_none()
    {
        await using var server = new LineServer(new Limits { RequestsPerSecond = 0, RequestBurst = 1 });
        var client = server.Connect();
        await client.SendAsync(string.Concat(Enumerable.Repeat("nonsense\r\n", 10_000)));
        for (var i = 0; i < 10_000; i++) await client.ReadAsync();
    }
}
