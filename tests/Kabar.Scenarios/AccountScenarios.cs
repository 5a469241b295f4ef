using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kabar.Scenarios.Running;

namespace Kabar.Scenarios;

/// <summary><c>kabar user</c>, beside a running server (through its control socket) and without one: the same commands, the same outcome.</summary>
public sealed class AccountScenarios
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Accounts_are_kept_with_and_without_a_running_server(bool besideAServer)
    {
        using var data = DataDirectory.Empty();
        await using var operated = new Operated(data, besideAServer);

        // 1. Added, listed, logged in.
        await data.ImportAsync("""{"username": "messi", "nama": "Lionel Messi", "negara": "Argentina", "password": "surabaya"}""" + "\n");
        await operated.BeginAsync();
        (await UserAsync("satu-kata\n", data, "add", "budi")).ShouldHaveDone();
        (await ListAsync(data)).ShouldBe(["messi", "budi"], ignoreOrder: true);
        (await operated.AskAsync("auth budi satu-kata")).ShouldStartWith("""{"status": "OK", """);

        // 2. Nobody twice, in any letters, and no name that is none.
        (await UserAsync("lain\n", data, "add", "BUDI")).ExitCode.ShouldBe(1);
        (await UserAsync("lain\n", data, "add", "bu di")).ExitCode.ShouldBeOneOf(1, 2);
        (await operated.AskAsync("auth budi satu-kata")).ShouldStartWith("""{"status": "OK", """);

        // 3. A new password: the old one no longer opens.
        (await UserAsync("kata-baru\n", data, "passwd", "budi")).ShouldHaveDone();
        (await operated.AskAsync("auth budi satu-kata")).ShouldBe("""{"status": "ERROR", "message": "Password Salah"}""");
        (await operated.AskAsync("auth budi kata-baru")).ShouldStartWith("""{"status": "OK", """);

        // 4. Disabled: no login, and no session goes on.
        var token = await operated.LogInAsync("budi", "kata-baru");
        (await UserAsync("", data, "disable", "budi")).ShouldHaveDone();
        (await operated.AskAsync("auth budi kata-baru")).ShouldStartWith("""{"status": "ERROR", """);
        (await operated.AskAsync($"inbox {token}")).ShouldBe("""{"status": "ERROR", "message": "Session Tidak Ditemukan"}""");

        // 5. Removed: nobody by that name.
        (await UserAsync("", data, "remove", "budi")).ShouldHaveDone();
        (await ListAsync(data)).ShouldBe(["messi"]);
        (await operated.AskAsync("auth budi kata-baru")).ShouldBe("""{"status": "ERROR", "message": "User Tidak Ada"}""");
        (await UserAsync("", data, "remove", "budi")).ExitCode.ShouldBe(1);
        (await UserAsync("x\n", data, "passwd", "siapa")).ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task The_control_socket_is_the_owners_alone()
    {
        using var data = await DataDirectory.WithSampleAccountsAsync();
        await using var server = await KabarProcess.StartAsync(data);

        using var find = Process.Start(new ProcessStartInfo(Requires.Program("find"), [data.Location, "-type", "s", "-printf", "%m\n"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        });
        var modes = await (find?.StandardOutput.ReadToEndAsync() ?? Task.FromResult(""));

        modes.ShouldBe("600\n");
        await server.StopAsync();
    }

    [Fact]
    public async Task A_file_with_a_wrong_line_is_refused_with_its_number()
    {
        using var data = DataDirectory.Empty();
        var file = data.Beside("wrong.jsonl");
        await File.WriteAllTextAsync(file, """{"username": "satu", "password": "x"}""" + "\n{bukan json}\n");

        var import = await KabarCommand.RunAsync("user", "import", file, "--data", data.Location);

        import.ExitCode.ShouldBe(1);
        import.Error.ShouldContain("2");
    }

    [Fact]
    public async Task Wrong_usage_and_help_tell_so_by_their_exit_code()
    {
        (await KabarCommand.RunAsync("terbang")).ExitCode.ShouldBe(2);
        (await KabarCommand.RunAsync("user", "add")).ExitCode.ShouldBe(2);
        (await KabarCommand.RunAsync("--help")).ShouldHaveDone().Output.ShouldContain("serve");
        foreach (var command in (string[])["serve", "user", "check", "backup", "restore", "export"])
            (await KabarCommand.RunAsync(command, "--help")).ShouldHaveDone().Output.ShouldNotBeNullOrWhiteSpace();
    }

    private static Task<CommandResult> UserAsync(string input, DataDirectory data, params string[] arguments) =>
        KabarCommand.RunWithInputAsync(input, ["user", .. arguments, "--data", data.Location]);

    /// <summary>The usernames, whether the list comes as one array or as an object a line.</summary>
    private static async Task<IReadOnlyList<string>> ListAsync(DataDirectory data)
    {
        var output = (await UserAsync("", data, "list", "--json")).ShouldHaveDone().Output.Trim();
        output.ShouldNotContain("argon2", Case.Insensitive);
        output.ShouldNotContain("pbkdf2", Case.Insensitive);
        var accounts = output.StartsWith('[') ? JsonNode.Parse(output)?.AsArray() ?? [] : [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line))];
        return [.. accounts.Select(account => account?["username"]?.GetValue<string>() ?? throw new JsonException(output))];
    }

    /// <summary>Answers requests about data that are operated on: with one server all along, or with one started for each request.</summary>
    private sealed class Operated(DataDirectory data, bool allAlong) : IAsyncDisposable
    {
        private KabarProcess? _server;

        public async Task BeginAsync()
        {
            if (allAlong) _server = await KabarProcess.StartAsync(data);
        }

        public Task<string> AskAsync(string request) => WithClientAsync(client => client.AskAsync(request));

        public Task<string> LogInAsync(string username, string password) => WithClientAsync(client => client.LogInAsync(username, password));

        public async ValueTask DisposeAsync()
        {
            if (_server is not null) await _server.DisposeAsync();
        }

        private async Task<string> WithClientAsync(Func<LineClient, Task<string>> ask)
        {
            var server = _server ?? await KabarProcess.StartAsync(data);
            try
            {
                await using var client = await server.ClientAsync("message-service");
                return await ask(client);
            }
            finally
            {
                if (_server is null)
                {
                    await server.StopAsync();
                    await server.DisposeAsync();
                }
            }
        }
    }
}
