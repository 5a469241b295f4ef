using System.CommandLine;
using Kabar.Cli.Accounts;
using Kabar.Client;

namespace Kabar.Cli.Commands;

/// <summary>`kabar send`: messages for one user or group, a line each.</summary>
internal static class SendCommand
{
    public static Command Create() => Create(Surroundings.OfProcess);

    internal static Command Create(Surroundings around)
    {
        var command = new Command("send",
            "Sends a message, from the arguments or from standard input. A message is one line: every line of "
            + "the text is sent as a message of its own, and empty lines are left out. Stops at the first that is refused. "
            + "Exit status: 0 all were sent, 1 one was not, 2 wrong usage.");
        var server = new ServerOptions(command);
        var to = new Argument<string>("TO") { Description = "Who it is for: a user (messi, james@dua) or a group (#batak)." };
        var text = new Argument<string[]>("TEXT")
        {
            Description = "What to say; without it, standard input is read.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var json = new Option<bool>("--json") { Description = "Print what became of each message: a JSON object a line, with its position and at." };
        command.Arguments.Add(to);
        command.Arguments.Add(text);
        command.Options.Add(json);
        to.Validators.Add(result =>
        {
            var name = result.GetValueOrDefault<string>() ?? "";
            if (name.Length == 0 || name.Any(character => char.IsWhiteSpace(character) || char.IsControl(character)))
                result.AddError("TO is a user or a group: it cannot be empty or hold a blank.");
        });
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            var login = server.ReadLogin(result, around);
            var words = result.GetValue(text) ?? [];
            using var input = words.Length > 0 ? new StringReader(string.Join(' ', words)) : null;
            await SendAsync(login, result.GetRequiredValue(to), input ?? around.Input, result.GetValue(json) ? around.Output : null, cancellationToken);
        }));
        return command;
    }

    private static async Task SendAsync(CurrentLogin login, string to, TextReader lines, TextWriter? json, CancellationToken cancellationToken)
    {
        var token = login.Token;
        await using var session = await ServerSession.OpenUnlessNativeAsync(login.Endpoint, cancellationToken);
        if (session is not null)
        {
            await SendLinesAsync(lines, to, json, async line =>
            {
                var reply = await session.AskAsync($"send {token} {to} {line}", cancellationToken);
                return reply.IsOk ? new KabarPosted("", "accepted", null, null) : throw new CommandFault(reply.Message);
            }, cancellationToken);
            return;
        }

        await using var client = await RealmClient.ResumeAsync(login, cancellationToken);
        await SendLinesAsync(lines, to, json, line => client.SendAsync(to, line, cancellationToken: cancellationToken), cancellationToken);
    }

    private static async Task SendLinesAsync(TextReader lines, string to, TextWriter? json, Func<string, Task<KabarPosted>> sendAsync, CancellationToken cancellationToken)
    {
        for (var number = 1; await lines.ReadLineAsync(cancellationToken) is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            try
            {
                var posted = await sendAsync(line);
                if (json is not null) await json.WriteLineAsync(EntryJson.Of(to, posted));
            }
            catch (Exception refused) when (refused is KabarException or CommandFault)
            {
                throw new CommandFault($"Line {number} was not sent to {to}: {refused.Message}");
            }
        }
    }
}
