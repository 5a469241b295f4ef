using System.CommandLine;
using Kabar.Cli;
using Kabar.Cli.Commands;
using Kabar.Server.Hosting;
using Microsoft.Extensions.Configuration;

namespace Kabar.Tests.Cli.Commands;

/// <summary><c>kabar group</c>, beside a running server and without one: the same commands, the same outcome.</summary>
public sealed class GroupCommandTests : IDisposable
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
    public async Task Groups_are_kept_with_and_without_a_running_server(bool besideAServer)
    {
        foreach (var name in new[] { "messi", "lineker" })
            (await InvokeAsync(UserCommand.Create(Around("surabaya\n")), "add", name)).ShouldBe(0, _error.ToString());
        var configuration = new ConfigurationBuilder().Build();
        await using var server = besideAServer
            ? await KabarHost.StartAsync(new KabarOptions { Data = _data.Path, Listen = ["127.0.0.1:0"] }, configuration, TimeProvider.System, CancellationToken.None)
            : null;

        await DoneAsync("create", "batak", "--owner", "messi");
        await DoneAsync("create", "#rahasia", "--owner", "lineker", "--invite-only");
        await DoneAsync("topic", "rahasia", "bola [dan] lain");
        await DoneAsync("invite", "#rahasia@kabar", "messi");
        await DoneAsync("ban", "rahasia", "james@dua");
        (await DoneAsync("list")).Split('\n').Select(line => line.TrimEnd()).ShouldBe(
        [
            "group         members joining     entries state topic",
            "batak@kabar   1       open        1",
            "rahasia@kabar 1       invite-only 4             bola [dan] lain",
            "",
        ]);
        (await DoneAsync("list", "--json")).Split('\n')[0].ShouldBe("""{"name":"batak","home":"kabar","members":1,"is_open":true,"topic":"","last_position":1,"awaits":[]}""");
        (await DoneAsync("members", "rahasia")).Split('\n').Select(line => line.TrimEnd()).ShouldBe(
            ["address   name    role  state", "lineker   lineker owner", "messi                   invited", "james@dua               banned", ""]);
        (await DoneAsync("members", "rahasia", "--json")).Split('\n')[0].ShouldBe(
            """{"address":"lineker","display_name":"lineker","role":"owner","is_muted":false,"is_banned":false,"is_invited":false}""");

        await FailedAsync("There is a group #Batak here already.\n", "create", "Batak", "--owner", "messi");
        await FailedAsync("\"lineker\" is the last owner of #rahasia@kabar; make somebody else an owner first.\n", "role", "rahasia", "lineker", "member");
        await FailedAsync("This removes #batak and everything that was said in it; say --yes if that is meant.\n", "remove", "#batak");
        await DoneAsync("remove", "#batak", "--yes");
        await FailedAsync("There is no group \"batak\".\n", "open", "batak");
    }

    [Fact]
    public async Task Without_data_there_is_nothing_to_list()
    {
        await FailedAsync($"There are no data in {_data.Path}.\n", "list");
    }

    [Theory]
    [InlineData("create", "batak")]
    [InlineData("create")]
    [InlineData("members")]
    [InlineData("role", "batak", "messi", "king")]
    [InlineData("topic", "batak")]
    [InlineData("kick", "batak")]
    [InlineData("dance", "batak")]
    public async Task Wrong_usage_is_told_apart_from_failure(params string[] arguments)
    {
        (await InvokeAsync(GroupCommand.Create(Around("")), arguments)).ShouldBe(2);
        _error.ToString().ShouldNotBeEmpty();
    }

    private async Task<string> DoneAsync(params string[] arguments)
    {
        (await InvokeAsync(GroupCommand.Create(Around("")), arguments)).ShouldBe(0, _error.ToString());
        return _output.ToString();
    }

    private async Task FailedAsync(string sentence, params string[] arguments)
    {
        (await InvokeAsync(GroupCommand.Create(Around("")), arguments)).ShouldBe(1);
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
