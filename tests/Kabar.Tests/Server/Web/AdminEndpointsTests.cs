using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Kabar.Cli;
using Kabar.Cli.Commands;
using Kabar.Core;
using Kabar.Server.Hosting;
using Kabar.Server.Web;
using Kabar.Tests.Core;
using Kabar.Tests.Server.Control;
using Kabar.Tests.Storage.Sqlite;
using Microsoft.Extensions.Configuration;

namespace Kabar.Tests.Server.Web;

/// <summary>What an administrator may do over HTTP, and that nobody else may.</summary>
public sealed class AdminEndpointsTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly TemporaryFolder _data = new();
    private readonly HttpClientHandler _handler = new() { UseCookies = false };
    private KabarHost _server = null!; // all are set before each test
    private HttpClient _client = null!;
    private string _cookie = "";

    public async ValueTask InitializeAsync()
    {
        var options = new KabarOptions { Data = _data.Path, Realm = "satu", Listen = ["127.0.0.1:0"], Http = "127.0.0.1:0", Registration = "invite" };
        _server = await KabarHost.StartAsync(options, new ConfigurationBuilder().Build(), TimeProvider.System, None);
        _client = new HttpClient(_handler) { BaseAddress = new Uri($"http://{_server.HttpEndPoint}") };
        foreach (var name in new[] { "ana", "budi", "citra" })
            (await _server.Realm.Accounts.AddHashedAsync(name, name.ToUpperInvariant(), [], Hashes.Cheap, isAdmin: name == "ana", None)).Value();
        _cookie = await EnterAsync("ana");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _handler.Dispose();
        await _server.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task Nobody_does_anything_without_the_right()
    {
        var taken = await EnterAsync("citra");
        await _server.Realm.Accounts.SetAdminAsync("citra", isAdmin: true, None);
        (await StatusAsync("user list", taken)).Status.ShouldBe(HttpStatusCode.OK, "the right came after the log-in");
        await _server.Realm.Accounts.SetAdminAsync("citra", isAdmin: false, None);
        var disabled = await EnterAsync("budi");
        await _server.Realm.Accounts.SetAdminAsync("budi", isAdmin: true, None);
        await _server.Realm.Accounts.SetDisabledAsync("budi", disabled: true, None);
        var before = await RunAsync(UserCommand.Create, "list", "--json");
        await using var links = new NoLinks();
        var commands = links.CommandsFor(_server.Realm).Names.ToArray();
        commands.Length.ShouldBeGreaterThan(30);

        foreach (var command in commands)
        {
            (await StatusAsync(command, cookie: "")).ShouldBe((HttpStatusCode.Unauthorized, "not_logged_in"), command);
            (await StatusAsync(command, "kabar-session-satu=00000000-0000-0000-0000-000000000000")).ShouldBe((HttpStatusCode.Unauthorized, "unknown_session"), command);
            (await StatusAsync(command, taken)).ShouldBe((HttpStatusCode.Forbidden, "not_allowed"), command);
            (await StatusAsync(command, disabled)).ShouldBe((HttpStatusCode.Unauthorized, "unknown_session"), command);
            (await StatusAsync(command, _cookie, origin: "https://elsewhere.example")).Status.ShouldBe(HttpStatusCode.Forbidden, command);
        }

        (await RunAsync(UserCommand.Create, "list", "--json")).ShouldBe(before);
        (await RunAsync(BackupCommand.Create, "list", "--json")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("{\"username\": 7}")]
    [InlineData("{\"username\": \"dewi\"")]
    public async Task A_body_that_is_none_is_refused_and_nothing_is_done(string body)
    {
        using var reply = await PostAsync("user add", body, _cookie);
        reply.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await CodeOf(reply)).ShouldBe("malformed_request");
        (await _server.Realm.Accounts.ListAsync(None).CountAsync()).ShouldBe(3);
    }

    [Fact]
    public async Task A_body_of_another_kind_or_too_large_is_refused()
    {
        using var form = await PostAsync("user remove", "{\"username\": \"budi\"}", _cookie, type: "text/plain");
        form.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var large = await PostAsync("user add", $$"""{"username": "dewi", "password": "x", "text": "{{new string('x', 70_000)}}"}""", _cookie);
        large.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await _server.Realm.Accounts.ListAsync(None).CountAsync()).ShouldBe(3);
    }

    [Fact]
    public async Task Null_is_as_good_as_no_key_but_no_value_of_an_attribute()
    {
        await DoneAsync("user add", """{"username": "dewi", "password": "rahasia", "attributes": null, "is_admin": null, "is_open": null, "is_hook": null}""");
        (await _server.Realm.Accounts.FindAsync(Username.Parse("dewi"), None)).ShouldNotBeNull().IsAdmin.ShouldBeFalse();

        (await RefusedAsync("user add", """{"username": "eko", "password": "rahasia", "attributes": {"kota": null}}""")).ShouldBe("User \"eko\": the attribute \"kota\" has no value.");
        (await _server.Realm.Accounts.FindAsync(Username.Parse("eko"), None)).ShouldBeNull();
    }

    [Fact]
    public async Task No_hash_is_taken_in_the_place_of_a_password()
    {
        (await RefusedAsync("user add", $$"""{"username": "dewi", "password_hash": "{{Hashes.Cheap}}"}""")).ShouldContain("a password 1");
        (await _server.Realm.Accounts.FindAsync(Username.Parse("dewi"), None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_fault_of_the_store_is_none_of_the_commands_refusals()
    {
        Samples.Damage(Path.Combine(_data.Path, "kabar.db"), "DROP TABLE registration_code");

        (await StatusAsync("user invite", _cookie)).ShouldBe((HttpStatusCode.InternalServerError, "failed"));
        using var output = new StringWriter();
        using var error = new StringWriter();
        var operators = UserCommand.Create(new Surroundings(TextReader.Null, output, error, _ => null));
        (await Execution.InvokeAsync(operators, ["invite", "--data", _data.Path], output, error)).ShouldBe(1);
        error.ToString().ShouldStartWith("SQLite: no such table");
    }

    [Fact]
    public async Task Every_request_counts_as_one_and_every_refusal_too()
    {
        var before = await FiguresAsync();
        await RefusedAsync("user disable", """{"username": "nobody"}""");
        using var large = await PostAsync("user add", $$"""{"username": "{{new string('x', 70_000)}}"}""", _cookie);
        await StatusAsync("user list", cookie: "");
        using var page = await _client.GetAsync(new Uri("/", UriKind.Relative)).BeforeDeadline();

        var after = await FiguresAsync();
        (after.Requests - before.Requests, after.Refusals - before.Refusals).ShouldBe((4, 3), "with the one that asks for the figures");

        async Task<(long Requests, long Refusals)> FiguresAsync()
        {
            var status = (await DoneAsync("status", "{}")).GetProperty("status");
            return (status.GetProperty("requests").GetInt64(), status.GetProperty("refusals").GetInt64());
        }
    }

    [Fact]
    public async Task What_is_no_command_is_not_found()
    {
        using var reply = await PostAsync("user dance", "{}", _cookie);
        reply.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_path_says_what_is_done_whatever_the_body_says()
    {
        (await DoneAsync("user sessions", """{"do": "user remove", "username": "budi"}""")).GetProperty("sessions").GetArrayLength().ShouldBe(0);
        (await _server.Realm.Accounts.ListAsync(None).CountAsync()).ShouldBe(3);
    }

    [Fact]
    public async Task What_cannot_be_done_is_told_in_the_operators_sentence()
    {
        using var reply = await PostAsync("user disable", """{"username": "nobody"}""", _cookie);
        reply.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var error = await reply.Content.ReadFromJsonAsync<JsonElement>();
        error.GetRawText().ShouldBe("""{"status":"ERROR","code":"refused","message":"There is no user \u0022nobody\u0022."}""");
    }

    [Theory]
    [InlineData("user revoke")]
    [InlineData("user disable")]
    [InlineData("user remove")]
    public async Task The_last_administrator_stays_one_until_the_operator_decides_otherwise(string command)
    {
        using var reply = await PostAsync(command, """{"username": "ana"}""", _cookie);
        reply.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await reply.Content.ReadAsStringAsync()).ShouldContain("is the last who may administer this realm");

        await DoneAsync("user grant", """{"username": "budi"}""");
        await DoneAsync(command, """{"username": "ana"}""");
        await RunAsync(UserCommand.Create, "revoke", "budi");
        (await _server.Realm.Accounts.ListAsync(None).CountAsync(account => account is { IsAdmin: true, IsDisabled: false })).ShouldBe(0);
    }

    [Fact]
    public async Task What_is_done_to_accounts_shows_on_the_command_line()
    {
        await DoneAsync("user add", """{"username": "dewi", "display_name": "Dewi", "password": "rahasia"}""");
        await DoneAsync("user disable", """{"username": "budi"}""");
        await DoneAsync("user grant", """{"username": "citra"}""");
        var listed = (await RunAsync(UserCommand.Create, "list", "--json")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        listed.Select(account => (account.GetProperty("username").GetString(), account.GetProperty("is_admin").GetBoolean(), account.GetProperty("is_disabled").GetBoolean()))
            .ShouldBe([("ana", true, false), ("budi", false, true), ("citra", true, false), ("dewi", false, false)]);

        await DoneAsync("user enable", """{"username": "budi"}""");
        await DoneAsync("user revoke", """{"username": "citra"}""");
        await DoneAsync("user passwd", """{"username": "dewi", "password": "baru"}""");
        (await _server.Realm.LogInAsync("dewi", new Password("baru"u8.ToArray()), "192.0.2.1", None)).Value();
        var sessions = await DoneAsync("user sessions", """{"username": "dewi"}""");
        (await RunAsync(UserCommand.Create, "sessions", "dewi")).ShouldContain(sessions.GetProperty("sessions")[0].GetProperty("session").GetString()!); // it was told
        await DoneAsync("user logout", """{"username": "dewi"}""");
        (await RunAsync(UserCommand.Create, "sessions", "dewi", "--json")).ShouldBeEmpty();
        await DoneAsync("user remove", """{"username": "dewi"}""");
        (await RunAsync(UserCommand.Create, "list")).ShouldNotContain("dewi");

        var code = (await DoneAsync("user invite", "{}")).GetProperty("code").GetString();
        (await _server.Realm.Registrations.RegisterAsync("eka", null, new Password("x"u8.ToArray()), code, "192.0.2.1", None)).Value();
        (await DoneAsync("user list", """{"query": "EK", "limit": 5}""")).GetProperty("accounts").EnumerateArray().Single().GetProperty("username").GetString().ShouldBe("eka");
    }

    [Fact]
    public async Task What_is_done_to_groups_shows_on_the_command_line()
    {
        await DoneAsync("group create", """{"group": "batak", "username": "budi", "is_open": true}""");
        await DoneAsync("group topic", """{"group": "batak", "text": "bola"}""");
        await DoneAsync("group close", """{"group": "batak"}""");
        await DoneAsync("group invite", """{"group": "batak", "username": "citra"}""");
        (await DoneAsync("group list", "{}")).GetProperty("groups")[0].GetProperty("topic").GetString().ShouldBe("bola");
        (await RunAsync(GroupCommand.Create, "members", "batak")).ShouldContain("invited");
        await JoinAsync("citra", "batak");
        await DoneAsync("group role", """{"group": "batak", "username": "citra", "text": "moderator"}""");
        await DoneAsync("group mute", """{"group": "batak", "username": "citra"}""");
        (await MembersAsync()).ShouldContain("""{"address":"citra","display_name":"CITRA","role":"moderator","is_muted":true,"is_banned":false,"is_invited":false}""");
        await DoneAsync("group unmute", """{"group": "batak", "username": "citra"}""");
        await DoneAsync("group kick", """{"group": "batak", "username": "citra"}""");
        (await MembersAsync()).ShouldNotContain("citra");
        await DoneAsync("group ban", """{"group": "batak", "username": "citra"}""");
        (await DoneAsync("group members", """{"group": "batak"}""")).GetProperty("members")[1].GetProperty("is_banned").GetBoolean().ShouldBeTrue();
        await DoneAsync("group unban", """{"group": "batak", "username": "citra"}""");
        await DoneAsync("group open", """{"group": "batak"}""");
        (await RefusedAsync("group recover", """{"group": "batak"}""")).ShouldContain("waits for no realm");
        (await RefusedAsync("group move", """{"group": "batak", "text": "dua"}""")).ShouldContain("has no member of the realm");
        await DoneAsync("group remove", """{"group": "batak"}""");
        (await RunAsync(GroupCommand.Create, "list", "--json")).ShouldBeEmpty();

        async Task<string> MembersAsync() => await RunAsync(GroupCommand.Create, "members", "batak", "--json");
    }

    [Fact]
    public async Task What_is_done_to_peers_shows_on_the_command_line()
    {
        using var otherData = new TemporaryFolder();
        var options = new KabarOptions { Data = otherData.Path, Realm = "dua", Listen = ["127.0.0.1:0"], Link = "127.0.0.1:0" };
        await using var other = await KabarHost.StartAsync(options, new ConfigurationBuilder().Build(), TimeProvider.System, None);
        var code = (await other.Peers.InviteAsync(null, None)).Write();

        (await DoneAsync("peer accept", $$"""{"code": "{{code}}"}""")).GetProperty("done").GetString().ShouldBe("joined with dua");
        (await RunAsync(PeerCommand.Create, "list", "--json")).ShouldContain("\"state\":\"connected\"");
        await DoneAsync("peer pause", """{"realm": "dua"}""");
        (await DoneAsync("peer list", "{}")).GetProperty("peers")[0].GetProperty("state").GetString().ShouldBe("paused");
        (await DoneAsync("status", "{}")).GetProperty("status").GetProperty("peers")[0].GetProperty("state").GetString().ShouldBe("paused");
        await DoneAsync("peer resume", """{"realm": "dua"}""");
        (await DoneAsync("peer invite", """{"address": "127.0.0.1:1"}""")).GetProperty("code").GetString().ShouldNotBeNull().ShouldStartWith("kabar-peer:");
        await DoneAsync("peer rotate", "{}");
        await DoneAsync("peer remove", """{"realm": "dua"}""");
        (await RunAsync(PeerCommand.Create, "list", "--json")).ShouldBeEmpty();
        (await RefusedAsync("peer accept", """{"code": "kabar-peer:half"}""")).ShouldContain("This is not an invitation");
    }

    [Fact]
    public async Task The_status_and_the_backups_are_those_of_the_command_line()
    {
        var status = (await DoneAsync("status", "{}")).GetProperty("status");
        (status.GetProperty("realm").GetString(), status.GetProperty("accounts").GetInt64(), status.GetProperty("registration").GetString()).ShouldBe(("satu", 3, "invite"));
        status.GetProperty("listeners").EnumerateArray().Select(listener => listener.GetString()).ShouldBe(_server.Listening);
        status.GetProperty("resident_bytes").GetInt64().ShouldBePositive();
        (await RunAsync(StatusCommand.Create)).ShouldContain("realm          satu");
        JsonDocument.Parse(await RunAsync(StatusCommand.Create, "--json")).RootElement.GetProperty("started").GetDateTimeOffset().ShouldBe(status.GetProperty("started").GetDateTimeOffset());

        var folder = (await DoneAsync("backup", "{}")).GetProperty("backup").GetProperty("folder").GetString()!; // it was told
        File.Exists(Path.Combine(folder, "kabar.db")).ShouldBeTrue();
        (await RunAsync(BackupCommand.Create)).ShouldStartWith("backed up to ");
        (await RunAsync(BackupCommand.Create, "list")).ShouldContain(folder);
        (await DoneAsync("backup list", "{}")).GetProperty("backups").GetArrayLength().ShouldBe(2);
    }

    private async Task JoinAsync(string username, string group)
    {
        var account = (await _server.Realm.Accounts.FindAsync(Username.Parse(username), None)).ShouldNotBeNull();
        GroupAddress.TryParse(group, out var address).ShouldBeTrue();
        (await _server.Realm.Groups.EnterAsync(account, address, None)).Value();
    }

    private async Task<string> EnterAsync(string username)
    {
        var login = (await _server.Realm.LogInAsync(username, new Password("x"u8.ToArray()), "192.0.2.1", None)).Value();
        var token = new byte[SessionToken.TextLength];
        login.Token.Write(token);
        return $"kabar-session-satu={Encoding.ASCII.GetString(token)}";
    }

    private async Task<JsonElement> DoneAsync(string command, string body)
    {
        using var reply = await PostAsync(command, body, _cookie);
        var text = await reply.Content.ReadAsStringAsync();
        reply.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private async Task<string> RefusedAsync(string command, string body)
    {
        using var reply = await PostAsync(command, body, _cookie);
        reply.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        return (await reply.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("message").GetString().ShouldNotBeNull();
    }

    private async Task<(HttpStatusCode Status, string Code)> StatusAsync(string command, string cookie, string? origin = null)
    {
        using var reply = await PostAsync(command, "{}", cookie, origin);
        return (reply.StatusCode, reply.IsSuccessStatusCode ? "" : await CodeOf(reply));
    }

    private static async Task<string> CodeOf(HttpResponseMessage reply) => (await reply.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString() ?? "";

    private async Task<HttpResponseMessage> PostAsync(string command, string body, string cookie, string? origin = null, string type = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, AdminEndpoints.PathOf(command)) { Content = new StringContent(body, Encoding.UTF8, type) };
        if (cookie.Length > 0) request.Headers.Add("Cookie", cookie);
        if (origin is not null) request.Headers.Add("Origin", origin);
        return await _client.SendAsync(request).BeforeDeadline();
    }

    private async Task<string> RunAsync(Func<Surroundings, System.CommandLine.Command> create, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var input = new StringReader("");
        var status = await Execution.InvokeAsync(create(new Surroundings(input, output, error, _ => null)), [.. arguments, "--data", _data.Path], output, error);
        status.ShouldBe(0, error.ToString());
        return output.ToString();
    }
}
