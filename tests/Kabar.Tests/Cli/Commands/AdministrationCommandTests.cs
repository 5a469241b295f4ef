using System.CommandLine;
using System.Text.Json;
using Kabar.Cli;
using Kabar.Cli.Commands;
using Kabar.Server.Hosting;
using Kabar.Storage.Sqlite;
using Kabar.Tests.Storage.Sqlite;
using Microsoft.Extensions.Configuration;

namespace Kabar.Tests.Cli.Commands;

/// <summary><c>kabar status</c>, <c>kabar backup</c> and the newer of <c>kabar user</c>, beside a running server and without one.</summary>
public sealed class AdministrationCommandTests : IDisposable
{
    private readonly TemporaryFolder _data = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
        _data.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_realm_is_looked_after_with_and_without_a_running_server(bool besideAServer)
    {
        await DoneAsync(UserCommand.Create, "add", "messi");
        var options = new KabarOptions { Data = _data.Path, Listen = ["127.0.0.1:0"] };
        await using var server = besideAServer ? await KabarHost.StartAsync(options, new ConfigurationBuilder().Build(), TimeProvider.System, CancellationToken.None) : null;

        await DoneAsync(UserCommand.Create, "grant", "messi");
        (await DoneAsync(UserCommand.Create, "list")).ShouldContain(" admin ");
        await DoneAsync(UserCommand.Create, "revoke", "messi");
        (await DoneAsync(UserCommand.Create, "list")).ShouldNotContain(" admin ");
        (await DoneAsync(UserCommand.Create, "sessions", "messi")).TrimEnd().ShouldBe("session created used");
        (await DoneAsync(UserCommand.Create, "logout", "messi")).ShouldBe("0 sessions have ended\n");
        await FailedAsync(UserCommand.Create, "\"messi\" has no session \"x\".\n", "logout", "messi", "x");
        await FailedAsync(UserCommand.Create, "There is no user \"nobody\".\n", "sessions", "nobody");

        var status = await DoneAsync(StatusCommand.Create);
        var lines = status.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToArray();
        lines.ShouldContain("realm kabar");
        lines.ShouldContain("TextBytes 8192 bytes of a message text");
        status.Contains("no server runs", StringComparison.Ordinal).ShouldBe(!besideAServer);
        var json = JsonDocument.Parse(await DoneAsync(StatusCommand.Create, "--json")).RootElement;
        json.GetProperty("accounts").GetInt64().ShouldBe(1);
        json.TryGetProperty("started", out _).ShouldBe(besideAServer);

        (await DoneAsync(BackupCommand.Create, "list", "--json")).ShouldBeEmpty();
        (await DoneAsync(BackupCommand.Create)).ShouldStartWith($"backed up to {Path.Combine(_data.Path, "backups")}");
        var folder = JsonDocument.Parse(await DoneAsync(BackupCommand.Create, "list", "--json")).RootElement.GetProperty("folder").GetString()!; // it was told
        StoreCheck.Run(Path.Combine(folder, "kabar.db")).Problems.ShouldBeEmpty();
        (await DoneAsync(BackupCommand.Create, "list")).ShouldContain(folder);
        using var elsewhere = new TemporaryFolder();
        (await DoneAsync(BackupCommand.Create, elsewhere["copy"])).ShouldBe($"backed up to {elsewhere["copy"]}\n");
    }

    [Fact]
    public async Task Without_data_there_is_nothing_to_tell_and_none_are_made()
    {
        await FailedAsync(StatusCommand.Create, $"There are no data in {_data.Path}.\n");
        await FailedAsync(BackupCommand.Create, $"There are no data in {_data.Path}.\n");
        Directory.EnumerateFileSystemEntries(_data.Path).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_backup_or_a_look_before_an_upgrade_leaves_the_data_at_their_schema(int schema)
    {
        var path = Path.Combine(_data.Path, "kabar.db");
        MakeFileOf(schema, path);

        var status = JsonDocument.Parse(await DoneAsync(StatusCommand.Create, "--json")).RootElement;
        (status.GetProperty("realm").GetString(), status.GetProperty("accounts").GetInt64(), status.GetProperty("messages").GetInt64(), status.GetProperty("unindexed").GetInt64())
            .ShouldBe(("kabar", 1, 2, 1));
        var peers = status.GetProperty("peers").EnumerateArray().Select(peer => peer.GetRawText());
        peers.ShouldBe(schema < 2 ? [] : ["""{"realm":"dua","state":"offline","queue":1,"queue_bytes":3}"""]);
        (await DoneAsync(BackupCommand.Create, "list")).ShouldNotContain(_data.Path);
        (await DoneAsync(BackupCommand.Create)).ShouldStartWith("backed up to ");
        var copy = JsonDocument.Parse(await DoneAsync(BackupCommand.Create, "list", "--json")).RootElement.GetProperty("folder").GetString()!; // it was told

        foreach (var database in new[] { path, Path.Combine(copy, "kabar.db") })
        {
            Samples.Number(database, "PRAGMA user_version").ShouldBe(schema);
            Samples.Number(database, "SELECT count(*) FROM sqlite_schema WHERE name = 'access_token'").ShouldBe(0);
        }
    }

    [Fact]
    public async Task Data_of_a_later_version_are_not_told_of_but_can_be_copied()
    {
        var path = await Samples.MakeFileAsync(Path.Combine(_data.Path, "kabar.db"));
        Samples.Damage(path, $"PRAGMA user_version = {Migrations.Latest + 1}");

        await FailedAsync(
            StatusCommand.Create,
            $"The data have schema {Migrations.Latest + 1}; this program knows schemas up to {Migrations.Latest}. A later version of kabar has written them.\n");
        (await DoneAsync(BackupCommand.Create)).ShouldStartWith("backed up to ");
        Samples.Number(path, "PRAGMA user_version").ShouldBe(Migrations.Latest + 1);
    }

    private static void MakeFileOf(int schema, string path)
    {
        using var database = Database.OpenWriter(path);
        for (var version = 1; version <= schema; version++) database.Run(Migrations.Script(version));
        database.Run(
            $"""
            PRAGMA user_version = {schema};
            INSERT INTO address (id, username) VALUES (1, 'messi');
            INSERT INTO account (address, display_name, attributes, password_hash, is_admin, is_disabled, created) VALUES (1, 'Messi', '[]', 'hash', 0, 0, 0);
            INSERT INTO conversation VALUES (1, 2);
            INSERT INTO direct VALUES (1, 1, 1);
            INSERT INTO member VALUES (1, 1);
            INSERT INTO message (arrival, conversation, position, sender, sent, id, sender_name, text) VALUES (1, 1, 1, 1, 0, x'01', 'Messi', 'one'), (2, 1, 2, 1, 0, x'02', 'Messi', 'two');
            INSERT INTO place (conversation, arrival, position, sender) VALUES (1, 1, 1, 1);
            UPDATE meta SET value = 1 WHERE key = 'indexed';
            """);
        if (schema < 2) return;
        database.Run(
            """
            INSERT INTO peer VALUES (1, 'dua', NULL, 'f00d', NULL, 0, 0, NULL, x'00', 0, 0, x'00', 0, NULL);
            INSERT INTO outbox (peer, seq, queued, frame) VALUES (1, 1, 0, x'000102');
            """);
    }

    private async Task<string> DoneAsync(Func<Surroundings, Command> create, params string[] arguments)
    {
        (await InvokeAsync(create, arguments)).ShouldBe(0, _error.ToString());
        return _output.ToString();
    }

    private async Task FailedAsync(Func<Surroundings, Command> create, string sentence, params string[] arguments)
    {
        (await InvokeAsync(create, arguments)).ShouldBe(1);
        _error.ToString().ShouldBe(sentence);
    }

    private async Task<int> InvokeAsync(Func<Surroundings, Command> create, string[] arguments)
    {
        _output.GetStringBuilder().Clear();
        _error.GetStringBuilder().Clear();
        using var input = new StringReader("surabaya\n");
        return await Execution.InvokeAsync(create(new Surroundings(input, _output, _error, _ => null)), [.. arguments, "--data", _data.Path], _output, _error);
    }
}
