using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Kabar.Core;
using Kabar.Server.Control;
using Kabar.Tests.Core;
using Microsoft.AspNetCore.Connections;

namespace Kabar.Tests.Server.Control;

public sealed class OperatorCommandsTests : IAsyncLifetime
{
    private readonly RealmFixture _realm = new();
    private readonly NoLinks _peers = new();
    private readonly Pipe _requests = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly Pipe _replies = new();
    private OperatorCommands _commands = null!; // set before each test
    private Task _serving = Task.CompletedTask;

    public ValueTask InitializeAsync()
    {
        var connection = new DefaultConnectionContext("control", new Ends(_requests.Reader, _replies.Writer), new Ends(_replies.Reader, _requests.Writer));
        _serving = new ControlListener(_commands = _peers.CommandsFor(_realm.Realm)).ServeAsync(connection);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await _requests.Writer.CompleteAsync();
        await _serving.BeforeDeadline();
        await _realm.DisposeAsync();
        await _peers.DisposeAsync();
    }

    [Fact]
    public async Task An_attribute_without_a_value_is_refused_and_the_next_command_is_heard()
    {
        (await AskAsync("""{"do": "user add", "username": "messi", "password": "surabaya", "attributes": {"kota": null}}""")).ShouldContain("has no value");
        (await AskAsync("""{"do": "user add", "username": "messi", "password": "surabaya", "attributes": {"kota": "Medan"}}""")).ShouldBe("{}");
    }

    [Fact]
    public async Task An_account_is_added_and_can_log_in()
    {
        (await AskAsync("""{"do": "user add", "username": "messi", "display_name": "Lionel Messi", "attributes": {"negara": "Argentina"}, "password": "surabaya", "is_admin": true}""")).ShouldBe("{}");

        var account = (await _realm.LogInAsync("messi", "surabaya")).Value().Account;
        (account.DisplayName, account.IsAdmin).ShouldBe(("Lionel Messi", true));
        account.Attributes.ShouldBe([new("negara", "Argentina")]);
    }

    [Fact]
    public async Task An_account_comes_with_its_hash_from_an_export_and_is_called_by_its_name_where_no_other_is_given()
    {
        (await AskAsync($$"""{"do": "user add", "username": "messi", "password_hash": "{{Hashes.Cheap}}"}""")).ShouldBe("{}");
        (await _realm.LogInAsync("messi", "x")).Value().Account.DisplayName.ShouldBe("messi");
    }

    [Fact]
    public async Task Accounts_are_listed()
    {
        await _realm.AddAsync("messi");
        await _realm.AddAsync("lineker");
        await AskAsync("""{"do": "user disable", "username": "lineker"}""");

        var reply = JsonDocument.Parse(await AskAsync("""{"do": "user list"}""")).RootElement.GetProperty("accounts");

        reply.EnumerateArray().Select(account => (account.GetProperty("username").GetString(), account.GetProperty("is_disabled").GetBoolean())).ShouldBe([("messi", false), ("lineker", true)]);
        reply[0].EnumerateObject().Select(property => property.Name).ShouldBe(["username", "display_name", "attributes", "is_admin", "is_disabled", "created"]);
    }

    [Theory]
    [InlineData("""{"do": "user list", "limit": 2}""", new[] { "henderson", "lineker" })]
    [InlineData("""{"do": "user list", "limit": 2, "after": "Lineker"}""", new[] { "messi", "taeno" })]
    [InlineData("""{"do": "user list", "query": "EN"}""", new[] { "henderson", "taeno" })]
    [InlineData("""{"do": "user list", "query": "display m"}""", new[] { "messi" })]
    [InlineData("""{"do": "user list", "query": "%"}""", new string[0])]
    [InlineData("""{"do": "user list"}""", new[] { "messi", "lineker", "henderson", "taeno" })]
    public async Task Accounts_are_found_by_a_text_a_page_at_a_time(string request, string[] found)
    {
        foreach (var name in new[] { "messi", "lineker", "henderson", "taeno" }) await _realm.AddAsync(name);
        JsonDocument.Parse(await AskAsync(request)).RootElement.GetProperty("accounts").EnumerateArray().Select(account => account.GetProperty("username").GetString()).ShouldBe(found);
    }

    [Fact]
    public async Task The_sessions_of_an_account_are_listed_and_end_one_by_one_and_all_at_once()
    {
        var messi = await _realm.AddAsync("messi");
        foreach (var _ in Enumerable.Range(0, 3)) await _realm.EnterAsync(messi);
        var ended = new List<SessionId?>();
        _realm.Realm.SessionsEnded += (_, only, _) => ended.Add(only);

        var listed = JsonDocument.Parse(await AskAsync("""{"do": "user sessions", "username": "messi"}""")).RootElement.GetProperty("sessions");
        listed.GetArrayLength().ShouldBe(3);
        listed[0].EnumerateObject().Select(property => property.Name).ShouldBe(["session", "created", "used"]);
        var first = listed[0].GetProperty("session").GetString();

        (await AskAsync($$"""{"do": "user logout", "username": "messi", "session": "{{first}}"}""")).ShouldBe("""{"done":"1 session has ended"}""");
        ErrorOf(await AskAsync($$"""{"do": "user logout", "username": "messi", "session": "{{first}}"}""")).ShouldBe($"\"messi\" has no session \"{first}\".");
        (await AskAsync("""{"do": "user logout", "username": "messi"}""")).ShouldBe("""{"done":"2 sessions have ended"}""");
        ended.ShouldBe([new SessionId(Guid.Parse(first!)), null]); // it was listed
        (await AskAsync("""{"do": "user sessions", "username": "messi"}""")).ShouldBe("""{"sessions":[]}""");
    }

    [Fact]
    public async Task The_operator_gives_and_takes_the_right_to_administer_also_from_the_last_who_has_it()
    {
        await _realm.AddAsync("messi");
        (await AskAsync("""{"do": "user grant", "username": "messi"}""")).ShouldBe("{}");
        (await FindAsync("messi")).IsAdmin.ShouldBeTrue();
        (await AskAsync("""{"do": "user revoke", "username": "messi"}""")).ShouldBe("{}");
        (await FindAsync("messi")).IsAdmin.ShouldBeFalse();
    }

    [Theory]
    [InlineData("user revoke")]
    [InlineData("user disable")]
    [InlineData("user remove")]
    public async Task An_administrator_cannot_leave_the_realm_without_one(string command)
    {
        foreach (var name in new[] { "messi", "lineker", "henderson" }) await _realm.AddAsync(name);
        foreach (var name in new[] { "messi", "lineker" }) await _realm.Realm.Accounts.SetAdminAsync(name, isAdmin: true, CancellationToken.None);

        // Both at once, each the other: one of them is too late.
        var replies = await Task.WhenAll(new[] { "messi", "lineker" }.Select(name => _commands.ExecuteForAdminAsync(new ControlRequest { Do = command, Username = name }, CancellationToken.None)));
        replies.Count(reply => reply.Error is null).ShouldBe(1);
        replies.Single(reply => reply.Error is not null).Error.ShouldNotBeNull().ShouldContain("is the last who may administer this realm; give somebody else the right first.");
        (await _realm.Realm.Accounts.ListAsync(CancellationToken.None).CountAsync(account => account is { IsAdmin: true, IsDisabled: false })).ShouldBe(1);

        (await _commands.ExecuteForAdminAsync(new ControlRequest { Do = command, Username = "henderson" }, CancellationToken.None)).Error.ShouldBeNull("who has no right is not the last who has it");
    }

    [Fact]
    public async Task The_status_tells_how_much_there_is_and_what_bounds_it()
    {
        var messi = await _realm.AddAsync("messi");
        await _realm.AddAsync("lineker");
        (await _realm.SendAsync(await _realm.EnterAsync(messi), "lineker", "halo")).Value();

        var status = JsonDocument.Parse(await AskAsync("""{"do": "status"}""")).RootElement.GetProperty("status");
        status.GetProperty("realm").GetString().ShouldBe("satu");
        (status.GetProperty("accounts").GetInt64(), status.GetProperty("sessions").GetInt64(), status.GetProperty("messages").GetInt64()).ShouldBe((2, 1, 1));
        status.TryGetProperty("started", out _).ShouldBeFalse("no server runs here");
        status.GetProperty("free_bytes").GetInt64().ShouldBePositive();
        var limits = status.GetProperty("limits").EnumerateArray().ToDictionary(limit => limit.GetProperty("name").GetString()!, limit => limit); // each has one
        limits["TextBytes"].GetProperty("value").GetInt32().ShouldBe(8192);
        limits["TextBytes"].GetProperty("meaning").GetString().ShouldBe("bytes of a message text");
    }

    [Fact]
    public async Task A_backup_is_made_in_the_data_and_listed()
    {
        var made = JsonDocument.Parse(await AskAsync("""{"do": "backup"}""")).RootElement.GetProperty("backup");
        Kabar.Storage.Sqlite.StoreCheck.Run(Path.Combine(made.GetProperty("folder").GetString()!, "kabar.db")).Problems.ShouldBeEmpty(); // it was told
        made.GetProperty("bytes").GetInt64().ShouldBePositive();

        var listed = JsonDocument.Parse(await AskAsync("""{"do": "backup list"}""")).RootElement.GetProperty("backups");
        listed.EnumerateArray().Select(backup => backup.GetProperty("folder").GetString()).ShouldBe([made.GetProperty("folder").GetString()]);
    }

    [Theory]
    [InlineData("{\"do\": \"user invite\", \"uses\": 2, \"days\": 3}", RegistrationMode.Invite, "")]
    [InlineData("{\"do\": \"user invite\"}", RegistrationMode.Invite, "")]
    [InlineData("{\"do\": \"user invite\", \"uses\": 0}", RegistrationMode.Invite, "An invitation works once or more often, for 1 to 365 days.")]
    [InlineData("{\"do\": \"user invite\", \"days\": 366}", RegistrationMode.Invite, "An invitation works once or more often, for 1 to 365 days.")]
    [InlineData("{\"do\": \"user invite\"}", RegistrationMode.Off, "Registration is \"off\": codes are for where it is \"invite\".")]
    [InlineData("{\"do\": \"user invite\"}", RegistrationMode.Open, "Registration is \"open\": codes are for where it is \"invite\".")]
    public async Task An_invitation_makes_an_account_where_invitations_are_asked_for(string request, RegistrationMode mode, string error)
    {
        await using var realm = new RealmFixture(new RealmOptions { Registration = mode });
        var asked = JsonSerializer.Deserialize(request, ControlJson.Default.ControlRequest).ShouldNotBeNull();
        var reply = await _peers.CommandsFor(realm.Realm).ExecuteAsync(asked, CancellationToken.None);
        (reply.Error ?? "").ShouldBe(error);
        if (error.Length > 0) return;
        (await realm.Realm.Registrations.RegisterAsync("budi", null, new Password("rahasia"u8.ToArray()), reply.Code, "192.0.2.1", CancellationToken.None)).Value();
    }

    [Fact]
    public async Task A_password_is_set_an_account_switched_off_and_on_and_removed()
    {
        await _realm.AddAsync("messi");
        (await AskAsync("""{"do": "user passwd", "username": "messi", "password": "new"}""")).ShouldBe("{}");
        (await _realm.LogInAsync("messi", "new")).Value();
        (await AskAsync("""{"do": "user disable", "username": "messi"}""")).ShouldBe("{}");
        (await _realm.LogInAsync("messi", "new")).ShouldBeRefused(Refusal.UnknownUser);
        (await AskAsync("""{"do": "user enable", "username": "messi"}""")).ShouldBe("{}");
        (await _realm.LogInAsync("messi", "new")).Value();
        (await AskAsync("""{"do": "user remove", "username": "messi"}""")).ShouldBe("{}");
        (await _realm.Store.FindAccountAsync(Username.Parse("messi"), CancellationToken.None)).ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"do": "user add", "username": "MESSI", "password": "x"}""", "There is a user \"MESSI\" already.")]
    [InlineData("""{"do": "user add", "username": "two words", "password": "x"}""", "a username is 1–32 of A-Z a-z 0-9 . _ -")]
    [InlineData("""{"do": "user add", "username": "new"}""", "a password 1–1024 bytes without a blank")]
    [InlineData("""{"do": "user add", "username": "new", "password": "x", "display_name": "two\nlines"}""", "a display name 1–128 characters of one line")]
    [InlineData("""{"do": "user add", "username": "new", "password_hash": "x"}""", "User \"new\": ")]
    [InlineData("""{"do": "user passwd", "username": "nobody", "password": "x"}""", "There is no user \"nobody\".")]
    [InlineData("""{"do": "user passwd", "username": "messi", "password": "two words"}""", "without a blank")]
    [InlineData("""{"do": "user disable", "username": "nobody"}""", "There is no user \"nobody\".")]
    [InlineData("""{"do": "user enable"}""", "There is no user \"\".")]
    [InlineData("""{"do": "user remove", "username": "nobody"}""", "There is no user \"nobody\".")]
    [InlineData("""{"do": "user sessions", "username": "nobody"}""", "There is no user \"nobody\".")]
    [InlineData("""{"do": "user logout", "username": "nobody"}""", "There is no user \"nobody\".")]
    [InlineData("""{"do": "user logout", "username": "messi", "session": "x"}""", "\"messi\" has no session \"x\".")]
    [InlineData("""{"do": "user grant", "username": "nobody"}""", "There is no user \"nobody\".")]
    [InlineData("""{"do": "user revoke"}""", "There is no user \"\".")]
    [InlineData("""{"do": "dance"}""", "This server does not know \"dance\"; is it an older version?")]
    [InlineData("""{"username": "messi"}""", "This server does not know \"\"; is it an older version?")]
    [InlineData("""not json""", "is one of the two an older version?")]
    [InlineData("", "is one of the two an older version?")]
    [InlineData("null", "The request is empty.")]
    public async Task What_cannot_be_done_is_told_in_a_sentence_and_the_next_request_is_served(string request, string sentence)
    {
        await _realm.AddAsync("messi");

        ErrorOf(await AskAsync(request)).ShouldContain(sentence);

        ErrorOf(await AskAsync("""{"do": "dance"}""")).ShouldNotBeEmpty();
        (await _realm.Realm.Accounts.ListAsync(CancellationToken.None).CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task What_the_store_fails_is_told_in_its_words()
    {
        await _realm.AddAsync("messi");
        using (var database = Kabar.Storage.Sqlite.Database.OpenWriter(_realm.Database))
            database.Run("CREATE TRIGGER refuse BEFORE UPDATE ON account BEGIN SELECT raise(ABORT, 'out of luck'); END");

        ErrorOf(await AskAsync("""{"do": "user disable", "username": "messi"}""")).ShouldContain("out of luck");
    }

    [Fact]
    public async Task Several_requests_in_one_piece_and_one_in_several_are_answered_in_order()
    {
        await SendAsync("{\"do\": \"a\"}\n{\"do\": \"b\"}\n{\"do\":");
        ErrorOf(await ReadAsync()).ShouldContain("\"a\"");
        ErrorOf(await ReadAsync()).ShouldContain("\"b\"");
        await SendAsync(" \"c\"}");
        await SendAsync("\r\n");
        ErrorOf(await ReadAsync()).ShouldContain("\"c\"");
    }

    [Fact]
    public async Task A_request_that_never_ends_is_told_so_and_the_connection_closed()
    {
        await SendAsync(new string('x', 1024 * 1024 + 2));
        ErrorOf(await ReadAsync()).ShouldBe("The request is too long.");
        await _serving.BeforeDeadline();
    }

    [Fact]
    public void A_request_never_prints_its_password() =>
        new ControlRequest { Do = "user add", Username = "messi", Password = "secret", PasswordHash = "hashed" }.ToString().ShouldBe("user add messi");

    private async Task<Account> FindAsync(string username) => (await _realm.Realm.Accounts.FindAsync(Username.Parse(username), CancellationToken.None)).ShouldNotBeNull();

    private static string ErrorOf(string reply) => JsonDocument.Parse(reply).RootElement.GetProperty("error").GetString().ShouldNotBeNull();

    private async Task<string> AskAsync(string request)
    {
        await SendAsync(request + "\n");
        return await ReadAsync();
    }

    private async Task SendAsync(string text) => await _requests.Writer.WriteAsync(Encoding.UTF8.GetBytes(text)).BeforeDeadline();

    private async Task<string> ReadAsync()
    {
        while (true)
        {
            var read = await _replies.Reader.ReadAsync().BeforeDeadline();
            var text = Encoding.UTF8.GetString(read.Buffer);
            var end = text.IndexOf('\n', StringComparison.Ordinal);
            if (end < 0)
            {
                _replies.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                read.IsCompleted.ShouldBeFalse();
                continue;
            }

            _replies.Reader.AdvanceTo(read.Buffer.GetPosition(Encoding.UTF8.GetByteCount(text[..(end + 1)])));
            return text[..end];
        }
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
