using System.CommandLine;
using System.Text.Json;
using Kabar.Cli;
using Kabar.Cli.Commands;
using Kabar.Server.Hosting;
using Kabar.Storage.Sqlite;
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
