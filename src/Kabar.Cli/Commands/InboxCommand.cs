using System.CommandLine;
using System.Text.Json;
using Kabar.Cli.Accounts;
using Kabar.Cli.Terminal;
using Kabar.Cli.Wire;

namespace Kabar.Cli.Commands;

/// <summary>`kabar inbox`: what has come in since it was last read.</summary>
internal static class InboxCommand
{
    public static Command Create() => Create(Surroundings.OfProcess);

    internal static Command Create(Surroundings around)
    {
        var command = new Command("inbox",
            "Shows the messages that have come in since the inbox was last read, one a line. Shown is read: a "
            + "second inbox is empty.");
        var server = new ServerOptions(command);
        var json = new Option<bool>("--json")
        {
            Description = "Print the messages as the server's JSON, one object a reply; {} when there are none.",
        };
        command.Options.Add(json);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
            await ShowAsync(server.ReadLogin(result, around), result.GetValue(json), around.Output, cancellationToken)));
        return command;
    }

    private static async Task ShowAsync(CurrentLogin login, bool asJson, TextWriter output, CancellationToken cancellationToken)
    {
        var token = login.Token;
        await using var session = await ServerSession.OpenAsync(login.Endpoint, cancellationToken);
        // A long inbox comes in several replies; an empty one is the end of it.
        for (var isFirst = true; ; isFirst = false)
        {
            var reply = await session.DemandAsync($"inbox {token}", cancellationToken);
            if (reply.Value("messages") is not { ValueKind: JsonValueKind.Object } messages)
                throw new CommandFault("The server's answer holds no messages.");
            var isEmpty = !messages.EnumerateObject().Any();
            if (asJson && (isFirst || !isEmpty)) await output.WriteLineAsync(messages.GetRawText());
            if (!asJson) await WriteLinesAsync(messages, output);
            await output.FlushAsync(cancellationToken);
            if (isEmpty) return;
        }
    }

    private static async Task WriteLinesAsync(JsonElement messages, TextWriter output)
    {
        foreach (var sender in messages.EnumerateObject())
        {
            if (sender.Value.ValueKind != JsonValueKind.Array) continue;
            foreach (var message in sender.Value.EnumerateArray())
            {
                await output.WriteLineAsync($"{Field(message, "msg_from") ?? sender.Name}: {Field(message, "msg")}");
            }
        }
    }

    // Cleaned each by itself: neither a name nor a text can pretend to be another line.
    private static string? Field(JsonElement message, string name) =>
        message.ValueKind == JsonValueKind.Object && message.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? Printable.Line(ServerReply.TextOf(value))
            : null;
}
