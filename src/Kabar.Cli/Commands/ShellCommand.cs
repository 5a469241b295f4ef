using System.CommandLine;
using Kabar.Cli.Shell;
using Kabar.Cli.Terminal;
using Kabar.Cli.Wire;

namespace Kabar.Cli.Commands;

/// <summary>`kabar shell`: a prompt, one line in, one line out.</summary>
internal static class ShellCommand
{
    public static Command Create() => Create(Surroundings.OfProcess);

    internal static Command Create(Surroundings around)
    {
        var command = new Command("shell",
            "Speaks one of the five line dialects: a prompt, one line in, one line out. Reads lines plainly from a pipe.");
        var server = new ServerOptions(command);
        var dialect = new Option<string>("--dialect")
        {
            Description = "The dialect to speak; the server is asked to switch to it (default: realm-chat, without asking).",
        };
        dialect.AcceptOnlyFromAmong([.. ShellDialects.All.Select(known => known.Name)]);
        var trace = new Option<bool>("--trace") { Description = "Show every reply as it was received." };
        command.Options.Add(dialect);
        command.Options.Add(trace);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            // The server of the last login, but not its session: this client logs in by itself.
            var endpoint = server.ReadLogin(result, around).Endpoint;
            await RunAsync(endpoint, result.GetValue(dialect), result.GetValue(trace), around, cancellationToken);
        }));
        return command;
    }

    private static async Task RunAsync(ServerEndpoint endpoint, string? asked, bool traces, Surroundings around, CancellationToken stopping)
    {
        var dialect = ShellDialects.All.FirstOrDefault(known => known.Name == asked) ?? ShellDialects.RealmChat;
        await using var link = new ShellLink(token => ServerDialer.ConnectAsync(endpoint, ConnectionLimits.Default, token), asked);
        await link.OpenAsync(stopping); // a server that is not there is told before the first prompt

        if (around.Ask is null || !TerminalMode.IsAvailable)
        {
            var plain = new PlainLines(around.Input, around.Output);
            await new ShellClient(dialect, link, plain, History.InMemory(), traces).RunAsync(stopping);
            return;
        }

        var editor = LineEditor.OfTerminal();
        var history = new History(Path.Combine(around.StateDirectory, "shell_history"), ShellDialects.CarriesPassword);
        var client = new ShellClient(dialect, link, editor, history, traces);
        editor.Completion = client.Complete;
        await client.RunAsync(stopping);
    }
}
