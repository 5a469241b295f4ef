using System.Collections.Immutable;
using Kabar.Core;
using Kabar.Protocol.Native;

namespace Kabar.Server.Native;

/// <summary>What is done in conversations, besides saying something.</summary>
internal static class ConversationCommands
{
    public static async ValueTask<NativeReply> EditAsync(NativeCaller caller, EditRequest request) =>
        Posted(await caller.Realm.Conversations.EditAsync(caller.Account, request.To, request.Position, request.Text, CancellationToken.None));

    public static async ValueTask<NativeReply> DeleteAsync(NativeCaller caller, DeleteRequest request) =>
        Posted(await caller.Realm.Conversations.DeleteAsync(caller.Account, request.To, request.Position, CancellationToken.None));

    public static async ValueTask<NativeReply> ReactAsync(NativeCaller caller, ReactRequest request)
    {
        var reacted = await caller.Realm.Conversations.ReactAsync(caller.Account, request.To, request.Position, request.Emoji, CancellationToken.None);
        return !reacted.TryGet(out _, out var refusal) && refusal == Refusal.InvalidParameter ? new RefusalReply(refusal, "emoji") : Posted(reacted);
    }

    public static async ValueTask<NativeReply> TypeAsync(NativeCaller caller, TypingRequest request) =>
        await caller.Realm.Conversations.TypeAsync(caller.Account, request.To, CancellationToken.None) is { } refusal ? new RefusalReply(refusal) : DoneReply.Instance;

    public static async ValueTask<NativeReply> ReadAsync(NativeCaller caller, ReadRequest request) =>
        (await caller.Realm.Conversations.ReadAsync(caller.Account, request.To, request.Position, CancellationToken.None)).TryGet(out var position, out var refusal)
            ? new ReadReply(position)
            : new RefusalReply(refusal);

    public static async ValueTask<NativeReply?> ReadInboxAsync(NativeConnection connection, NativeCaller caller, InboxRequest request)
    {
        var offered = 0;
        var result = await caller.Realm.ReadInboxAsync(caller.Session.Token, SizeOf, CancellationToken.None);
        if (!result.TryGet(out var reading, out var refusal)) return new RefusalReply(refusal);
        using (reading)
        {
            // What was offered and did not fit is there the next time.
            var messages = reading.Page.Messages;
            connection.Reply(new EntriesReply([.. messages.Select(message => new Entry(message, null))], IsMore: offered > messages.Length));

            // Read only once it is handed over whole: a client that vanishes before finds it again.
            if (messages.IsEmpty || !await connection.HandedOverAsync()) return null;
            try
            {
                await reading.MarkReadAsync(CancellationToken.None);
            }
            catch (StoreException exception)
            {
                // Shown but not marked, on a full disk say: it will be shown again, which is better than not at all.
                _ = connection.Fail(exception);
            }
        }

        return null;

        int SizeOf(Message message, Account reader)
        {
            offered++;
            return NativeWriter.MostBytes(message);
        }
    }

    public static async ValueTask<NativeReply?> ReadHistoryAsync(NativeConnection connection, NativeCaller caller, HistoryRequest request)
    {
        var range = new HistoryRange(request.Before, request.After, RealmOptions.PageOf(request.Most, caller.Realm.Options.HistoryEntries));
        if (!(await caller.Realm.Conversations.ReadHistoryAsync(caller.Account, request.To, range, CancellationToken.None)).TryGet(out var page, out var refusal)) return new RefusalReply(refusal);
        connection.Reply(new HistoryReply(page));
        await connection.HandOverAsync();
        if (page.Group is null) caller.Delivered.Add(caller.Account, page.Entries.AsSpan());
        return null;
    }

    public static async ValueTask<NativeReply> SearchAsync(NativeCaller caller, SearchRequest request)
    {
        var most = RealmOptions.PageOf(request.Most, caller.Realm.Options.SearchResults);
        var result = await caller.Realm.Conversations.SearchAsync(caller.Account, request.Words, request.Within, request.Before, most, CancellationToken.None);
        if (!result.TryGet(out var found, out var refusal)) return new RefusalReply(refusal);
        var entries = ImmutableArray.CreateBuilder<Entry>(found.Length);
        foreach (var entry in found) entries.Add(new Entry(entry, await caller.Realm.Conversations.FindGroupAsync(entry, CancellationToken.None)));
        return new EntriesReply(entries.DrainToImmutable(), IsMore: found.Length == most);
    }

    public static async ValueTask<NativeReply> ListAsync(NativeCaller caller, ConversationsRequest request)
    {
        var most = RealmOptions.PageOf(request.Most, caller.Realm.Options.HistoryEntries);
        var conversations = await caller.Realm.Conversations.ListAsync(caller.Account, request.Before, most, CancellationToken.None);
        return new ConversationsReply(conversations, IsMore: conversations.Length == most);
    }

    private static NativeReply Posted(Result<Posted> result) => result.TryGet(out var posted, out var refusal) ? new PostedReply(posted) : new RefusalReply(refusal);
}
