using System.Net;

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

    [Theory]
    [InlineData(null, HttpStatusCode.OK)]
    [InlineData("192.0.2.1", HttpStatusCode.NotFound)]
    public async Task The_figures_are_for_this_machine_alone(string? forwardedFor, HttpStatusCode status)
    {
        await using var realm = await WebRealm.StartAsync(options => options with { Proxies = ["127.0.0.1"] });
        using var browser = await realm.OpenBrowserAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        if (forwardedFor is not null) request.Headers.Add("X-Forwarded-For", forwardedFor);
        (await browser.SendAsync(request)).StatusCode.ShouldBe(status);
        await using var bare = await WebRealm.StartAsync();
        using var other = await bare.OpenBrowserAsync();
        using var same = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        if (forwardedFor is not null) same.Headers.Add("X-Forwarded-For", forwardedFor);
        (await other.SendAsync(same)).StatusCode.ShouldBe(status);
    }

    private static async Task<HttpStatusCode> TryAsync(HttpClient browser, string from)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/session") { Content = WebRealm.Json("""{"username":"messi","password":"salah"}""") };
        request.Headers.Add("X-Forwarded-For", from);
        return (await browser.SendAsync(request)).StatusCode;
    }
}
