using System.CommandLine;
using System.Text.Json;
using Kabar.Cli.Accounts;
using Kabar.Cli.Terminal;
using Kabar.Cli.Wire;
using Kabar.Client;

namespace Kabar.Cli.Commands;

/// <summary>`kabar inbox`: what has come in since it was last read, and what comes.</summary>
internal static class InboxCommand
{
    public static Command Create() => Create(Surroundings.OfProcess);

    internal static Command Create(Surroundings around)
    {
        var command = new Command("inbox",
            "Shows the messages that have come in since the inbox was last read, one a line. Shown is read: a "
            + "second inbox is empty. With --follow it goes on with what comes, of groups too, until it is interrupted.");
        var server = new ServerOptions(command);
        var json = new Option<bool>("--json")
        {
            Description = "Print each message as a JSON object on a line of its own. (From a server that does not speak kabar: its own JSON, one object a reply; {} when there are none.)",
        };
        var follow = new Option<bool>("--follow") { Description = "Go on with what comes, also when the connection breaks meanwhile." };
        var from = new Option<string>("--from") { Description = "With --follow: begin behind this place, the at of the last message seen, instead of with the inbox.", HelpName = "AT" };
        command.Options.Add(json);
        command.Options.Add(follow);
        command.Options.Add(from);
        command.Validators.Add(result =>
        {
            if (result.GetResult(from) is not null && !result.GetValue(follow)) result.AddError("--from says where to follow from: it needs --follow.");
        });
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            var login = server.ReadLogin(result, around);
            var token = login.Token;
            var asJson = result.GetValue(json);
            if (await ServerSession.OpenUnlessNativeAsync(login.Endpoint, cancellationToken) is { } session)
            {
                await using (session)
                {
                    if (result.GetValue(follow)) throw new CommandFault($"{login.Endpoint.Address} cannot be followed: it does not speak kabar.");
                    await ShowAsync(session, token, asJson, around.Output, cancellationToken);
                }

                return;
            }

            await using var client = await RealmClient.ResumeAsync(login, cancellationToken);
            try
            {
                if (result.GetValue(follow)) await FollowAsync(client, result.GetValue(from), asJson, around.Output, cancellationToken);
                else await ShowInboxAsync(client, asJson, around.Output, cancellationToken);
            }
            catch (KabarException refused)
            {
                throw new CommandFault(refused.Message);
            }
        }));
        return command;
    }

    /// <summary>The inbox, to its end; gives the last place in it.</summary>
    private static async Task<string?> ShowInboxAsync(KabarClient client, bool asJson, TextWriter output, CancellationToken cancellationToken)
    {
        string? last = null;
        while (true)
        {
            var page = await client.InboxAsync(cancellationToken);
            foreach (var entry in page.Entries)
            {
                await WriteAsync(entry, asJson, output);
                last = entry.At ?? last;
            }

            await output.FlushAsync(cancellationToken);
            if (!page.IsMore) return last;
        }
    }

    private static async Task FollowAsync(KabarClient client, string? from, bool asJson, TextWriter output, CancellationToken cancellationToken)
    {
        // Listening begins before the inbox is read, so that nothing falls between the two; what both have is shown once.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var events = client.ListenAsync(from, ending.Token).GetAsyncEnumerator(ending.Token);
        var next = events.MoveNextAsync().AsTask();
        try
        {
            var shown = from is null && await ShowInboxAsync(client, asJson, output, cancellationToken) is { } last ? Place(last) : 0;
            for (; await next; next = events.MoveNextAsync().AsTask())
            {
                if (events.Current is not KabarEntry { Kind: "message" or "failed", IsDeleted: false } entry || IsOwn(entry, client)) continue;
                var isDirect = !entry.Conversation.StartsWith('#');
                if (isDirect && Place(entry.At) <= shown) continue;
                await WriteAsync(entry, asJson, output);
                await output.FlushAsync(cancellationToken);
                try
                {
                    await client.ReadAsync(entry.Conversation, entry.Position, cancellationToken);
                }
                catch (KabarException refusal) when (refusal.Code is not ("unknown_session" or "not_logged_in"))
                {
                    // Of a group that he has left meanwhile, say: it was shown, and nothing of it stays unread.
                }
            }
        }
        finally
        {
            await ending.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await events.DisposeAsync();
        }
    }

    // In the conversation with himself everything is his own, and meant for him.
    private static bool IsOwn(KabarEntry entry, KabarClient client) => entry.From == client.User?.Username && entry.Conversation != entry.From;

    // Opaque to clients but for one thing: larger is later.
    private static long Place(string? at) => long.TryParse(at, out var place) ? place : 0;

    private static Task WriteAsync(KabarEntry entry, bool asJson, TextWriter output)
    {
        if (asJson) return output.WriteLineAsync(EntryJson.Of(entry));
        var where = entry.Conversation.StartsWith('#') ? $"{entry.Conversation} " : "";
        return output.WriteLineAsync($"{where}{Printable.Line(entry.Name.Length > 0 ? entry.Name : entry.From)}: {Printable.Line(entry.Text)}");
    }

    private static async Task ShowAsync(ServerSession session, string token, bool asJson, TextWriter output, CancellationToken cancellationToken)
    {
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
