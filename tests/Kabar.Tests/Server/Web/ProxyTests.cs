using System.Net;
using System.Net.Sockets;

namespace Kabar.Tests.Server.Web;

public sealed class ProxyTests
{
    [Fact]
    public async Task Wrong_passwords_through_a_proxy_that_is_known_count_for_whoever_comes_through_it()
    {
        await using var realm = await WebRealm.StartAsync(options => options with { Proxies = ["127.0.0.1"] });
        using var browser = await realm.OpenBrowserAsync();
        for (var i = 0; i < 5; i++) (await TryAsync(browser, "192.0.2.1")).ShouldBe(HttpStatusCode.Unauthorized);
        (await TryAsync(browser, "192.0.2.1")).ShouldBe(HttpStatusCode.TooManyRequests);
        (await TryAsync(browser, "192.0.2.2")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Nobody_else_is_believed_where_he_comes_from()
    {
        await using var realm = await WebRealm.StartAsync();
        using var browser = await realm.OpenBrowserAsync();
        for (var i = 0; i < 5; i++) (await TryAsync(browser, $"192.0.2.{i}")).ShouldBe(HttpStatusCode.Unauthorized);
        (await TryAsync(browser, "192.0.2.9")).ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Through_two_proxies_it_is_whoever_came_to_the_first()
    {
        await using var realm = await WebRealm.StartAsync(options => options with { Proxies = ["127.0.0.1", "10.0.0.1"] });
        using var browser = await realm.OpenBrowserAsync();
        for (var i = 0; i < 5; i++) (await TryAsync(browser, "192.0.2.1, 10.0.0.1")).ShouldBe(HttpStatusCode.Unauthorized);
        (await TryAsync(browser, "192.0.2.1, 10.0.0.1")).ShouldBe(HttpStatusCode.TooManyRequests);
        (await TryAsync(browser, "192.0.2.2, 10.0.0.1")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task One_address_has_so_many_connections_and_no_more_unless_it_is_a_proxys()
    {
        await using var bounded = await WebRealm.StartAsync(options => options with { Limits = options.Limits with { ConnectionsPerAddress = 2 } });
        using var first = await ConnectAsync(bounded);
        using var second = await ConnectAsync(bounded);
        using var third = new TcpClient();
        await third.ConnectAsync(bounded.Host.HttpEndPoint!);
        (await third.GetStream().ReadAsync(new byte[1]).AsTask().BeforeDeadline()).ShouldBe(0);

        await using var behind = await WebRealm.StartAsync(options => options with { Proxies = ["127.0.0.1"], Limits = options.Limits with { ConnectionsPerAddress = 2 } });
        for (var i = 0; i < 4; i++) (await ConnectAsync(behind)).ShouldNotBeNull();

        static async Task<TcpClient> ConnectAsync(WebRealm realm)
        {
            var client = new TcpClient();
            await client.ConnectAsync(realm.Host.HttpEndPoint!);
            await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes($"GET /healthz HTTP/1.1\r\nHost: {realm.Host.HttpEndPoint}\r\n\r\n"));
            (await client.GetStream().ReadAsync(new byte[1]).AsTask().BeforeDeadline()).ShouldBe(1);
            return client;
        }
    }

    [Theory]
    [InlineData(null, null, HttpStatusCode.OK)]
    [InlineData("192.0.2.1", null, HttpStatusCode.NotFound)]
    [InlineData("127.0.0.1", null, HttpStatusCode.NotFound)]
    [InlineData(null, "kabar.example", HttpStatusCode.NotFound)]
    public async Task The_figures_are_for_this_machine_alone(string? forwardedFor, string? host, HttpStatusCode status)
    {
        await using var realm = await WebRealm.StartAsync(options => options with { Proxies = ["127.0.0.1"] });
        using var browser = await realm.OpenBrowserAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        if (forwardedFor is not null) request.Headers.Add("X-Forwarded-For", forwardedFor);
        request.Headers.Host = host;
        (await browser.SendAsync(request)).StatusCode.ShouldBe(status);
        await using var bare = await WebRealm.StartAsync();
        using var other = await bare.OpenBrowserAsync();
        using var same = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        if (forwardedFor is not null) same.Headers.Add("X-Forwarded-For", forwardedFor);
        same.Headers.Host = host;
        (await other.SendAsync(same)).StatusCode.ShouldBe(status);
    }

    private static async Task<HttpStatusCode> TryAsync(HttpClient browser, string from)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/session") { Content = WebRealm.Json("""{"username":"messi","password":"salah"}""") };
        request.Headers.Add("X-Forwarded-For", from);
        return (await browser.SendAsync(request)).StatusCode;
    }
}
