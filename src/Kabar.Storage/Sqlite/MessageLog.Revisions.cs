using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <content>What becomes of entries after they were said.</content>
internal sealed partial class MessageLog
{
    /// <summary>
    /// Within a transaction: what an appended entry makes of its target. Returns what is to be done in memory after the commit; null when it changes nothing: what is not known here, or is
    /// deleted, is left alone.
    /// </summary>
    public Action? StageRevision(Database database, Conversation conversation, Message entry, long sender)
    {
        if (!GroupRules.Revises(entry.Kind) || entry.Target is not { } position) return null;
        if (FindStaged(database, conversation, position) is not { Kind: EntryKind.Said, IsDeleted: false } target) return null;

        if (entry.Kind == EntryKind.Edited) MessageRows.Edit(database, target.Arrival, entry.Text, entry.Sent);
        else if (entry.Kind == EntryKind.Deleted) MessageRows.Delete(database, target, entry.Sent);
        else MessageRows.React(database, target, sender, entry.Arrival, entry.Text);
        return Revising(database, conversation, target.Arrival);
    }

    /// <summary>Within a transaction: an entry could not be delivered. As <see cref="StageRevision"/>.</summary>
    public static Action? StageFailure(Database database, Conversation conversation, long arrival, Refusal reason)
    {
        MessageRows.Fail(database, arrival, reason);
        return Revising(database, conversation, arrival);
    }

    // As the row now is, the object becomes.
    private static Action? Revising(Database database, Conversation conversation, long arrival) =>
        MessageRows.Find(database, arrival) is { } now ? () => Revise(conversation, now) : null;

    private static void Revise(Conversation conversation, Message now)
    {
        // What is not in memory is read from the disk by whoever wants it.
        if (conversation.Shelf is not { } shelf) return;
        shelf.Find(now.Position)?.Revise(now.Revision ?? new MessageRevision { Text = now.Text });
        if (!now.IsDeleted) return;

        // No edit of it says what it said.
        shelf.Read(now.Position, later =>
        {
            if (later.Kind == EntryKind.Edited && later.Target == now.Position) later.Revise(new MessageRevision { Text = default, IsDeleted = true });
            return true;
        });
    }
}
