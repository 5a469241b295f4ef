using System.Text;
using Kabar.Core;
using Kabar.Server.Connections;
using Kabar.Server.Hosting;
using Kabar.Server.Web;
using Kabar.Tests.Core;
using Kabar.Tests.Server.Control;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kabar.Tests.Server.Web;

/// <summary>What the log says of administrators: enough to know what was done, and no secret.</summary>
public sealed class AdminLogTests : IAsyncLifetime
{
    private readonly RealmFixture _realm = new();
    private readonly NoLinks _links = new();
    private readonly Lines _log = new();
    private KabarMetrics _metrics = null!; // both are set before each test
    private AdminEndpoints _endpoints = null!;
    private SessionToken _ana;
    private SessionToken _budi;

    public async ValueTask InitializeAsync()
    {
        var options = new KabarOptions();
        var registry = new ConnectionRegistry(options.Limits, _realm.Clock);
        _metrics = new KabarMetrics(registry);
        _endpoints = new AdminEndpoints(_links.CommandsFor(_realm.Realm), new WebSessions(_realm.Realm), new WebErrors(options, _metrics), _log);
        _ana = await _realm.EnterAsync(await _realm.AddAsync("ana"));
        _budi = await _realm.EnterAsync(await _realm.AddAsync("budi"));
        (await _realm.Realm.Accounts.SetAdminAsync("ana", isAdmin: true, CancellationToken.None)).Value();
    }

    public async ValueTask DisposeAsync()
    {
        _metrics.Dispose();
        await _realm.DisposeAsync();
        await _links.DisposeAsync();
    }

    [Fact]
    public async Task What_was_done_is_told_without_secrets()
    {
        await AskAsync("user add", """{"username": "citra", "password": "rahasia", "is_admin": true}""");
        await AskAsync("group create", """{"group": "batak", "username": "budi"}""");
        await AskAsync("group topic", """{"group": "batak", "text": "a topic"}""");
        await AskAsync("group invite", """{"group": "batak", "username": "ana"}""");
        await AskAsync("token create", """{"username": "budi", "display_name": "ci", "may": ["send"], "in": "#batak"}""");
        var token = (await _realm.Realm.Tokens.ListAsync((await _realm.Realm.Accounts.FindAsync(Username.Parse("budi"), CancellationToken.None))!, CancellationToken.None)).ShouldHaveSingleItem(); // was added
        await AskAsync("token revoke", $$"""{"token": "{{token.Id.Value}}"}""");
        await AskAsync("user list", "{}");

        _log.Said.ShouldBe(
        [
            "1311 Information The administrator ana: user add citra as administrator.",
            "1311 Information The administrator ana: group create batak budi.",
            "1311 Information The administrator ana: group topic batak.",
            "1311 Information The administrator ana: group invite batak ana.",
            "1311 Information The administrator ana: token create budi in #batak.",
            $"1311 Information The administrator ana: token revoke token {token.Id.Value}.",
            "1311 Debug The administrator ana: user list.",
        ]);
    }

    [Fact]
    public async Task What_was_refused_is_told_with_the_reason_but_not_with_what_may_be_a_secret()
    {
        await AskAsync("group create", """{"group": "batak", "username": "budi"}""");
        _log.Said.Clear();
        var session = Guid.NewGuid();
        await AskAsync("user logout", $$"""{"username": "budi", "session": "{{session}}"}""");
        await AskAsync("token revoke", """{"token": "kabar_secret"}""");
        await AskAsync("group role", """{"group": "batak", "username": "budi", "text": "member"}""");
        await AskAsync("group role", """{"group": "batak", "username": "budi", "text": "king"}""");
        await AskAsync("user disable", """{"username": "no\nbody"}""");

        _log.Said.ShouldBe(
        [
            $"1312 Information The administrator ana was refused: user logout budi session {session}. \"budi\" has no session \"…\".",
            "1312 Information The administrator ana was refused: token revoke. There is no token \"…\"; \"kabar token list\" shows the ids.",
            $"1312 Information The administrator ana was refused: group role batak budi as member. \"budi\" is the last owner of #batak@{_realm.Realm.Name}; make somebody else an owner first.",
            "1312 Information The administrator ana was refused: group role batak budi. \"…\" is not a role: owner, moderator or member.",
            "1312 Information The administrator ana was refused: user disable no?body. There is no user \"no?body\".",
        ]);
    }

    [Fact]
    public async Task Who_asks_without_the_right_is_named_and_nothing_that_he_sent()
    {
        await AskAsync("user remove", """{"username": "ana"}""", _budi);
        _log.Said.ShouldBe(["1313 Warning budi, who may not administer this realm, asked for: user remove."]);
    }

    private async Task AskAsync(string command, string body, SessionToken? who = null)
    {
        var token = new byte[SessionToken.TextLength];
        (who ?? _ana).Write(token);
        var context = new DefaultHttpContext();
        context.Request.Headers.Cookie = $"kabar-session-{_realm.Realm.Name}={Encoding.ASCII.GetString(token)}";
        context.Request.ContentType = "application/json";
        using var sent = new MemoryStream(Encoding.UTF8.GetBytes(body));
        context.Request.Body = sent;
        await _endpoints.ServeAsync(context, command);
    }

    private sealed class Lines : ILogger<AdminEndpoints>
    {
        public List<string> Said { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Said.Add($"{eventId.Id} {logLevel} {formatter(state, exception)}");
    }
}
