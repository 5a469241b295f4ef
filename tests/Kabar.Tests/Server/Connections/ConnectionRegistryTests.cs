using System.Net;
using Kabar.Server.Connections;
using Kabar.Server.Hosting;

namespace Kabar.Tests.Server.Connections;

public sealed class ConnectionRegistryTests
{
    [Fact]
    public async Task Connections_of_one_address_are_admitted_to_the_limit_and_again_when_one_has_gone()
    {
        await using var server = new LineServer(new Limits { ConnectionsPerAddress = 2 });
        var (one, two) = (server.Connect(), server.Connect());
        await one.AskAsync("x");
        await two.AskAsync("x");

        var refused = server.Connect();
        (await refused.ReadToEndAsync()).ShouldBeEmpty();
        (server.Registry.Count, server.Registry.Refused).ShouldBe((2, 1));
        await server.Connect(origin: "192.0.2.2").AskAsync("x");

        one.HalfClose();
        await one.Serving.BeforeDeadline();
        await server.Connect().AskAsync("x");
        (await server.Connect().ReadToEndAsync()).ShouldBeEmpty();
        server.Registry.Refused.ShouldBe(2);
    }

    [Fact]
    public async Task Connections_in_all_are_admitted_to_the_limit()
    {
        await using var server = new LineServer(new Limits { Connections = 3 });
        for (var i = 0; i < 3; i++) await server.Connect(origin: $"192.0.2.{i}").AskAsync("x");

        (await server.Connect(origin: "192.0.2.9").ReadToEndAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Limits_of_zero_are_off()
    {
        await using var server = new LineServer(new Limits { Connections = 0, ConnectionsPerAddress = 0 });
        for (var i = 0; i < 300; i++) server.Connect();
        server.Registry.Count.ShouldBe(300);
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1", true)]
    [InlineData("2001:db8:1:2:3::4", "2001:db8:1:2:ffff::1", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("::1", "::1", true)]
    public void An_IPv4_address_counts_alone_and_an_IPv6_address_as_its_64_bits(string one, string other, bool same)
    {
        var origins = new[] { one, other }.Select(address => ConnectionRegistry.Origin(new IPEndPoint(IPAddress.Parse(address), 7))).ToArray();
        origins[0].Equals(origins[1]).ShouldBe(same);
    }

    [Fact]
    public void Whoever_has_no_address_counts_as_one()
    {
        ConnectionRegistry.Origin(null).ShouldBe(IPAddress.None);
        ConnectionRegistry.Origin(new DnsEndPoint("example.org", 1)).ShouldBe(IPAddress.None);
    }

    [Fact]
    public async Task A_connection_that_asks_nothing_is_closed_after_the_time_to_the_first_request()
    {
        await using var server = new LineServer();
        var silent = server.Connect();
        await silent.SendAsync("\r\n\r\nhalf a li");

        await ShouldBeClosedAfterAsync(server, silent, TimeSpan.FromSeconds(server.Limits.FirstRequestSeconds));
    }

    [Fact]
    public async Task A_connection_that_has_not_logged_in_is_closed_after_ten_minutes_of_silence()
    {
        await using var server = new LineServer();
        var client = server.Connect();
        await client.AskAsync("nonsense");
        server.Clock.Advance(TimeSpan.FromMinutes(5));
        await client.AskAsync("inbox nonsense");

        await ShouldBeClosedAfterAsync(server, client, TimeSpan.FromSeconds(server.Limits.IdleBeforeLoginSeconds));
    }

    [Theory]
    [InlineData("auth messi x")]
    [InlineData("inbox {0}")]
    [InlineData("send {0} messi halo")]
    public async Task A_connection_that_has_acted_for_somebody_is_closed_after_a_day_of_silence(string request)
    {
        await using var server = new LineServer();
        var token = await server.EnterAsync("messi");
        var client = server.Connect();
        (await client.AskAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, request, token))).ShouldContain("OK");

        await ShouldBeClosedAfterAsync(server, client, TimeSpan.FromSeconds(server.Limits.IdleAfterLoginSeconds));
    }

    [Fact]
    public async Task Idle_times_of_zero_are_none()
    {
        await using var server = new LineServer(new Limits { FirstRequestSeconds = 0, IdleBeforeLoginSeconds = 0, IdleAfterLoginSeconds = 0 });
        server.Connect();
        await server.Connect().AskAsync("nonsense");
        server.Clock.Advance(TimeSpan.FromDays(400));

        server.Registry.CloseIdle().ShouldBe(0);
        server.Registry.Count.ShouldBe(2);
    }

    private static async Task ShouldBeClosedAfterAsync(LineServer server, LinePipe client, TimeSpan silence)
    {
        server.Clock.Advance(silence - TimeSpan.FromTicks(1));
        server.Registry.CloseIdle().ShouldBe(0);
        server.Registry.Count.ShouldBe(1);

        server.Clock.Advance(TimeSpan.FromTicks(1));
        server.Registry.CloseIdle().ShouldBe(1);
        await client.Serving.BeforeDeadline();
        server.Registry.Count.ShouldBe(0);
    }
}
