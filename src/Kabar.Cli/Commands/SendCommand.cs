using System.CommandLine;
using Kabar.Cli.Accounts;

namespace Kabar.Cli.Commands;

/// <summary>`kabar send`: messages for one user, a line each.</summary>
internal static class SendCommand
{
    public static Command Create() => Create(Surroundings.OfProcess);

    internal static Command Create(Surroundings around)
    {
        var command = new Command("send",
            "Sends a message, from the arguments or from standard input. A message is one line: every line of "
            + "the text is sent as a message of its own, and empty lines are left out. Stops at the first that is refused.");
        var server = new ServerOptions(command);
        var to = new Argument<string>("USER") { Description = "Who it is for." };
        var text = new Argument<string[]>("TEXT")
        {
            Description = "What to say; without it, standard input is read.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        command.Arguments.Add(to);
        command.Arguments.Add(text);
        to.Validators.Add(result =>
        {
            var name = result.GetValueOrDefault<string>() ?? "";
            if (name.Length == 0 || name.Any(character => char.IsWhiteSpace(character) || char.IsControl(character)))
                result.AddError("USER is a username: it cannot be empty or hold a blank.");
        });
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            var login = server.ReadLogin(result, around);
            var words = result.GetValue(text) ?? [];
            using var input = words.Length > 0 ? new StringReader(string.Join(' ', words)) : null;
            await SendAsync(login, result.GetRequiredValue(to), input ?? around.Input, cancellationToken);
        }));
        return command;
    }

    private static async Task SendAsync(CurrentLogin login, string to, TextReader lines, CancellationToken cancellationToken)
    {
        var token = login.Token;
        await using var session = await ServerSession.OpenAsync(login.Endpoint, cancellationToken);
        for (var number = 1; await lines.ReadLineAsync(cancellationToken) is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            var reply = await session.AskAsync($"send {token} {to} {line}", cancellationToken);
            if (!reply.IsOk) throw new CommandFault($"Line {number} was not sent to {to}: {reply.Message}");
        }
    }
}
