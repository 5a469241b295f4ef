using System.Net;
using System.Net.WebSockets;
using System.Text;
using Kabar.Core;

namespace Kabar.Tests.Server.Web;

public sealed class SessionEndpointsTests : IAsyncLifetime
{
    private WebRealm _realm = null!; // set before each test

    public async ValueTask InitializeAsync() =>
        _realm = await WebRealm.StartAsync(options => options with { Registration = "open" });

    public ValueTask DisposeAsync() => _realm.DisposeAsync();

    [Fact]
    public async Task Who_logs_in_gets_a_cookie_that_no_script_reads_and_no_other_site_sends()
    {
        using var browser = await _realm.OpenBrowserAsync();
        using var answer = await browser.PostAsync("/api/session", WebRealm.Json("""{"username":"messi","password":"surabaya"}"""));
        (await answer.Content.ReadAsStringAsync()).ShouldMatch("""^\{"realm":"satu","registration":"open","language":"en","version":"[^"]+","user":"messi","name":"Lionel Messi","session":"[0-9a-f-]{36}","admin":true\}$""");
        var cookie = answer.Headers.GetValues("Set-Cookie").ShouldHaveSingleItem();
        cookie.ShouldMatch("^kabar-session-satu=[0-9a-f-]{36}; max-age=\\d+; path=/; samesite=strict; httponly$");
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task The_cookie_is_secure_where_the_page_came_by_TLS()
    {
        using var browser = await _realm.OpenBrowserAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/session") { Content = WebRealm.Json("""{"username":"messi","password":"surabaya"}""") };
        request.Headers.Host = "kabar.example";
        request.Headers.Add("Origin", "https://kabar.example");
        using var answer = await browser.SendAsync(request);
        answer.Headers.GetValues("Set-Cookie").ShouldHaveSingleItem().ShouldContain("; secure");
    }

    [Fact]
    public async Task The_page_learns_who_is_logged_in_and_who_may_look_after_the_realm()
    {
        using var stranger = await _realm.OpenBrowserAsync();
        (await stranger.GetStringAsync("/api/session")).ShouldMatch("""^\{"realm":"satu","registration":"open","language":"en","version":"[^"]+"\}$""");
        using var lineker = await _realm.OpenBrowserAsync("lineker");
        (await lineker.GetStringAsync("/api/session")).ShouldMatch("\"user\":\"lineker\",\"name\":\"Gary Lineker\",\"session\":\"[0-9a-f-]{36}\"\\}$");
    }

    [Theory]
    [InlineData("""{"username":"messi","password":"salah"}""", HttpStatusCode.Unauthorized, "not_authenticated")]
    [InlineData("""{"username":"siapa","password":"surabaya"}""", HttpStatusCode.Unauthorized, "not_authenticated")]
    [InlineData("""{"username":"messi"}""", HttpStatusCode.BadRequest, "missing_parameter")]
    [InlineData("""{"username":7,"password":"surabaya"}""", HttpStatusCode.BadRequest, "malformed_request")]
    [InlineData("""["messi"]""", HttpStatusCode.BadRequest, "malformed_request")]
    [InlineData("null", HttpStatusCode.BadRequest, "malformed_request")]
    [InlineData("", HttpStatusCode.BadRequest, "malformed_request")]
    [InlineData("{", HttpStatusCode.BadRequest, "malformed_request")]
    public async Task What_opens_nothing_is_one_clear_error_and_no_cookie(string body, HttpStatusCode status, string code)
    {
        using var browser = await _realm.OpenBrowserAsync();
        using var answer = await browser.PostAsync("/api/session", WebRealm.Json(body));
        answer.StatusCode.ShouldBe(status);
        (await answer.Content.ReadAsStringAsync()).ShouldStartWith($$"""{"status":"ERROR","code":"{{code}}","message":""");
        answer.Headers.Contains("Set-Cookie").ShouldBeFalse();
    }

    [Fact]
    public async Task A_body_that_is_too_large_or_a_form_is_refused()
    {
        using var browser = await _realm.OpenBrowserAsync();
        using var large = await browser.PostAsync("/api/session", WebRealm.Json($$"""{"username":"{{new string('a', 70_000)}}","password":"x"}"""));
        large.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        using var form = await browser.PostAsync("/api/session", new StringContent("""{"username":"messi","password":"surabaya"}""", Encoding.UTF8, "text/plain"));
        form.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Guessing_passwords_is_held_back()
    {
        using var browser = await _realm.OpenBrowserAsync();
        for (var i = 0; i < 5; i++) (await TryAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        (await TryAsync()).ShouldBe(HttpStatusCode.TooManyRequests);

        async Task<HttpStatusCode> TryAsync() => (await browser.PostAsync("/api/session", WebRealm.Json("""{"username":"messi","password":"salah"}"""))).StatusCode;
    }

    [Theory]
    [InlineData("POST", "/api/session")]
    [InlineData("POST", "/api/session/register")]
    [InlineData("DELETE", "/api/session")]
    [InlineData("DELETE", "/API/Session")]
    public async Task A_page_of_another_site_changes_nothing(string method, string path)
    {
        using var browser = await _realm.OpenBrowserAsync("lineker");
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = WebRealm.Json("""{"username":"messi","password":"surabaya"}""") };
        request.Headers.Add("Origin", "https://evil.example");
        using var answer = await browser.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        answer.Headers.Contains("Set-Cookie").ShouldBeFalse();
        (await browser.GetStringAsync("/api/session")).ShouldContain("\"user\":\"lineker\"");
    }

    [Fact]
    public async Task Who_logs_out_is_nobody_and_his_token_opens_nothing_any_more()
    {
        using var browser = await _realm.OpenBrowserAsync("lineker");
        (await browser.DeleteAsync("/api/session")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await browser.GetStringAsync("/api/session")).ShouldNotContain("lineker");
        await foreach (var account in _realm.Realm.Accounts.ListAsync(CancellationToken.None))
            (await _realm.Realm.ListOwnSessionsAsync(account, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_logs_in_over_another_log_in_ends_that_one()
    {
        using var browser = await _realm.OpenBrowserAsync("lineker");
        (await browser.PostAsync("/api/session", WebRealm.Json("""{"username":"messi","password":"surabaya"}"""))).StatusCode.ShouldBe(HttpStatusCode.OK);
        var lineker = (await _realm.Realm.Accounts.FindAsync(Username.Parse("lineker"), CancellationToken.None))!;
        (await _realm.Realm.ListOwnSessionsAsync(lineker, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_registers_is_logged_in()
    {
        using var browser = await _realm.OpenBrowserAsync();
        using var answer = await browser.PostAsync("/api/session/register", WebRealm.Json("""{"username":"budi","password":"rahasia","name":"Budi Santoso"}"""));
        (await answer.Content.ReadAsStringAsync()).ShouldContain("\"user\":\"budi\",\"name\":\"Budi Santoso\"");
        (await browser.GetStringAsync("/api/session")).ShouldContain("\"user\":\"budi\"");
        using var again = await browser.PostAsync("/api/session/register", WebRealm.Json("""{"username":"budi","password":"rahasia"}"""));
        again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task The_web_socket_goes_on_with_the_session_of_the_cookie()
    {
        using var browser = await _realm.OpenBrowserAsync();
        using var answer = await browser.PostAsync("/api/session", WebRealm.Json("""{"username":"messi","password":"surabaya"}"""));
        (await AskAsync(answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0])).ShouldMatch("""^\{"status":"OK","user":"messi","name":"Lionel Messi","realm":"satu","session":"[^"]+","admin":true\}$""");
        (await AskAsync("kabar-session-dua=" + Guid.NewGuid())).ShouldBe("""{"status":"ERROR","code":"missing_parameter","message":"A parameter is missing","parameter":"token"}""");
        (await AskAsync("kabar-session-satu=" + Guid.NewGuid())).ShouldContain("\"code\":\"unknown_session\"");
    }

    private async Task<string> AskAsync(string cookie)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Cookie", cookie);
        await socket.ConnectAsync(new Uri($"ws://{_realm.Host.HttpEndPoint}/ws"), CancellationToken.None).BeforeDeadline();
        await socket.SendAsync("""{"do":"resume"}"""u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        var buffer = new byte[4096];
        var received = await socket.ReceiveAsync(buffer, CancellationToken.None).BeforeDeadline();
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }
}
