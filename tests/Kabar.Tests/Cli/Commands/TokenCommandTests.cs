using System.CommandLine;
using System.Text.Json;
using Kabar.Cli;
using Kabar.Cli.Commands;
using Kabar.Server.Hosting;
using Microsoft.Extensions.Configuration;

namespace Kabar.Tests.Cli.Commands;

/// <summary><c>kabar token</c>, beside a running server and without one: the same commands, the same outcome.</summary>
public sealed class TokenCommandTests : IDisposable
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
    public async Task Tokens_are_kept_with_and_without_a_running_server(bool besideAServer)
    {
        foreach (var name in new[] { "messi", "lineker" })
            (await InvokeAsync(UserCommand.Create(Around("surabaya\n")), "add", name)).ShouldBe(0, _error.ToString());
        (await InvokeAsync(GroupCommand.Create(Around("")), "create", "batak", "--owner", "messi")).ShouldBe(0, _error.ToString());
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Logging:LogLevel:Default", "None")]).Build();
        await using var server = besideAServer
            ? await KabarHost.StartAsync(new KabarOptions { Data = _data.Path, Listen = ["127.0.0.1:0"] }, configuration, TimeProvider.System, CancellationToken.None)
            : null;

        var secret = await DoneAsync("create", "--user", "messi", "--name", "bot", "--may", "send, read", "--in", "#batak", "--days", "30");
        secret.ShouldMatch("^kabar_[A-Za-z0-9_-]{43}\n$");
        (await DoneAsync("create", "--user", "lineker", "--name", "dua")).ShouldStartWith("kabar_");
        (await DoneAsync("create", "--user", "messi", "--name", "Bel Rumah", "--in", "#batak", "--hook")).ShouldMatch("^/api/v1/hooks/kabar_[A-Za-z0-9_-]{43}\n$");

        (await DoneAsync("list")).ShouldNotContain(secret.Trim()[6..]);
        var lines = (await DoneAsync("list", "--json")).TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        lines.Select(line => $"{line.GetProperty("username")} {line.GetProperty("name")} {line.GetProperty("may").GetRawText()} {line.GetProperty("is_hook")}").ShouldBe(
            ["messi bot [\"send\",\"read\"] False", "messi Bel Rumah [\"send\"] True", "lineker dua [\"send\",\"read\"] False"]);
        lines[0].GetProperty("in").GetString().ShouldBe("#batak");
        lines[0].TryGetProperty("expires", out _).ShouldBeTrue();
        lines[2].TryGetProperty("in", out _).ShouldBeFalse();
        (await DoneAsync("list", "--user", "lineker", "--json")).TrimEnd().Split('\n').Length.ShouldBe(1);

        var id = lines[0].GetProperty("id").GetString().ShouldNotBeNull();
        await DoneAsync("revoke", id);
        await FailedAsync($"There is no token \"{id}\"; \"kabar token list\" shows the ids.\n", "revoke", id);
        (await DoneAsync("list", "--user", "messi")).Split('\n').Length.ShouldBe(3);

        await FailedAsync("There is no user \"siapa\".\n", "create", "--user", "siapa", "--name", "x");
        await FailedAsync("There is no user \"siapa\".\n", "list", "--user", "siapa");
        await FailedAsync("\"\": a name is 1–128 characters of one line.\n", "create", "--user", "messi", "--name", "");
        await FailedAsync("A token may send, read, or both.\n", "create", "--user", "messi", "--name", "x", "--may", "send,admin");
        await FailedAsync("A token lasts 1 to 3650 days, or until it is revoked.\n", "create", "--user", "messi", "--name", "x", "--days", "0");
        await FailedAsync("\"a/b\" is neither USER, USER@REALM nor #GROUP.\n", "create", "--user", "messi", "--name", "x", "--in", "a/b");
        await FailedAsync("There is no group \"#siapa\".\n", "create", "--user", "messi", "--name", "x", "--in", "#siapa");
        await FailedAsync("\"lineker\" is not in #batak.\n", "create", "--user", "lineker", "--name", "x", "--in", "#batak", "--hook");
        await FailedAsync("\"\" is no group; a webhook is for one.\n", "create", "--user", "messi", "--name", "x", "--hook");
        await FailedAsync("A webhook may send, and lasts until it is revoked.\n", "create", "--user", "messi", "--name", "x", "--in", "#batak", "--hook", "--days", "1");
    }

    [Theory]
    [InlineData("create", "--user", "messi")]
    [InlineData("create", "--name", "bot")]
    [InlineData("revoke")]
    [InlineData("dance")]
    public async Task Wrong_usage_is_told_apart_from_failure(params string[] arguments)
    {
        (await InvokeAsync(TokenCommand.Create(Around("")), arguments)).ShouldBe(2);
        _error.ToString().ShouldNotBeEmpty();
    }

    private async Task<string> DoneAsync(params string[] arguments)
    {
        (await InvokeAsync(TokenCommand.Create(Around("")), arguments)).ShouldBe(0, _error.ToString());
        return _output.ToString();
    }

    private async Task FailedAsync(string sentence, params string[] arguments)
    {
        (await InvokeAsync(TokenCommand.Create(Around("")), arguments)).ShouldBe(1);
        _error.ToString().ShouldBe(sentence);
    }

    private Task<int> InvokeAsync(Command command, params string[] arguments)
    {
        _output.GetStringBuilder().Clear();
        _error.GetStringBuilder().Clear();
        return Execution.InvokeAsync(command, [.. arguments, "--data", _data.Path], _output, _error);
    }

    private Surroundings Around(string input) => new(new StringReader(input), _output, _error, _ => null);
}
