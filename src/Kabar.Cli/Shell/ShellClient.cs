using Kabar.Cli.Terminal;
using Kabar.Cli.Wire;

namespace Kabar.Cli.Shell;

/// <summary>The documents' client: a prompt with the session, one line in, the answer of <see cref="ShellDialect"/>'s table out.</summary>
internal sealed class ShellClient(ShellDialect dialect, ShellLink link, ILineSource lines, History history, bool traces)
{
    private string _token = "";

    /// <summary>Serves until there are no more lines.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await lines.ReadLineAsync($"Command {_token}:", history, cancellationToken) is { } typed)
        {
            if (string.IsNullOrWhiteSpace(typed)) continue;
            try
            {
                Print(await AnswerAsync(typed, cancellationToken));
            }
            catch (ServerFault fault)
            {
                Print(fault.Message); // the next command connects anew
            }
        }
    }

    /// <summary>The verbs that begin with what is typed so far.</summary>
    public IReadOnlyList<string> Complete(string line) =>
        line.Contains(' ', StringComparison.Ordinal)
            ? []
            : [.. dialect.Verbs.Select(verb => verb.Name).Where(name => name.StartsWith(line, StringComparison.Ordinal))];

    private async Task<string> AnswerAsync(string typed, CancellationToken cancellationToken)
    {
        if (dialect.Find(typed.Trim().Split(' ')[0]) is not { } verb) return dialect.UnknownCommand;
        if (verb.Read(typed) is not { } values) return dialect.MissingParameter;
        if (verb.NeedsLogin && _token.Length == 0) return ShellDialect.NotAuthorized;

        var reply = await AskAsync(verb, verb.RequestFor(values, _token), cancellationToken);
        if (traces)
        {
            foreach (var line in ReplyTrace.Of(reply.Line)) Print(line);
        }

        if (!reply.IsOk) return ShellDialect.Refused(reply.Message);
        if (verb.Effect == SessionEffect.Converses) return reply.Message;

        var token = verb.Effect == SessionEffect.Begins ? TokenOf(reply) : _token;
        var answer = Template.Fill(verb.Answer, gap => gap switch
        {
            "token" => token,
            _ when gap.StartsWith("reply.", StringComparison.Ordinal) => JsonOf(reply, gap["reply.".Length..]),
            _ => values[gap],
        });
        _token = verb.Effect == SessionEffect.Ends ? "" : token;
        return answer;
    }

    private async Task<ServerReply> AskAsync(ShellVerb verb, string request, CancellationToken cancellationToken)
    {
        var connection = await link.OpenAsync(cancellationToken);
        return verb.Effect == SessionEffect.Converses
            ? await new ShellConversation(connection, lines).RunAsync(request, cancellationToken)
            : await connection.AskAsync(request, cancellationToken);
    }

    // The token goes into every later request: one with a blank or a line end would be another request.
    private static string TokenOf(ServerReply reply) =>
        reply.Token is { Length: > 0 } token && token.All(character => character is > ' ' and < '\x7F')
            ? token
            : throw new ServerFault("The server's answer holds no session.");

    private static string JsonOf(ServerReply reply, string key) =>
        reply.Json(key) ?? throw new ServerFault($"The server's answer holds no \"{key}\".");

    private void Print(string answer) => lines.WriteAbove(Printable.Lines(answer));
}
