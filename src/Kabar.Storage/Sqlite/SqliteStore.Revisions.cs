using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <content>Changing what was said between two.</content>
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public ValueTask<Result<Message>> ReviseAsync(AccountId account, Address other, long target, Func<Message?, Result<(NewEntry Entry, Parcel? Parcel)>> decide) => ChangeAsync<Result<Message>>(staging =>
    {
        var database = staging.Database;
        var conversation = FindDirect(database, account, other) is { } id ? _log.FindConversation(database, id) : null;
        var aimed = conversation is null ? null : _log.FindStaged(database, conversation, target);
        if (!decide(aimed).TryGet(out var decided, out var refusal)) return refusal;
        if (conversation is null || aimed is null) return Refusal.UnknownMessage;

        var message = staging.Append(conversation, RowOf(database, decided.Entry with { Target = target }) with { To = other });
        if (decided.Parcel is { } parcel) staging.Enqueue(parcel, decided.Entry.Sent, direct: message);
        return message;
    });

    // What somebody on another realm does with a message of his conversation with one here.
    private void Receive(Staging staging, RevisionDelivery revision)
    {
        var database = staging.Database;
        var conversation = FindDirect(database, revision.To.Id, revision.From) is { } id ? _log.FindConversation(database, id) : null;
        var target = conversation is null ? null : FindExchanged(database, conversation, revision.Target);
        if (!revision.Decide(target).TryGet(out var entry, out _) || conversation is null || target is null) return;
        staging.Append(conversation, RowOf(database, entry with { Id = revision.Id, From = revision.From, Target = target.Position }) with { To = new Address(revision.To.Username) });
    }

    // How far messages of one here have come with somebody on another realm.
    private void Receive(Staging staging, ReceiptDelivery receipt)
    {
        var database = staging.Database;
        if (FindDirect(database, receipt.To.Id, receipt.From) is not { } id || _log.FindConversation(database, id) is not { } conversation) return;

        var reader = conversation.Other(receipt.To.Id).Value;
        var (delivered, read) = (PositionOf(receipt.Delivered), PositionOf(receipt.Read));
        if (Advance(staging, conversation, reader, Math.Max(delivered, read), read)) NoteChanged(staging, MarksOf(database, conversation, receipt.From, reader));

        // Only what he was sent can have come to him.
        long PositionOf(Guid? said) =>
            said is { } message && FindExchanged(database, conversation, message) is { } found && found.From == new Address(receipt.To.Username) ? found.Position : 0;
    }

    private static Message? FindExchanged(Database database, Conversation conversation, Guid id) =>
        MessageRows.FindExchanged(database, id) is { } arrival && MessageRows.Find(database, arrival) is { } found && found.Conversation == conversation.Id ? found : null;

    // Appends a direct message that somebody on another realm says or is sent.
    private static Message AppendExchanged(Staging staging, Conversation conversation, in NewRow row)
    {
        var message = staging.Append(conversation, row);
        MessageRows.KeepExchanged(staging.Database, message);
        return message;
    }

    // What somebody here has sent to another realm was not delivered. What is known under no id was no message: an edit, say.
    private void MarkFailed(Staging staging, AccountId sender, Guid id, Refusal reason)
    {
        var database = staging.Database;
        if (MessageRows.FindExchanged(database, id) is not { } arrival) return;
        var query = database.Prepare("SELECT conversation FROM message WHERE arrival = ?1 AND sender = ?2").Bind(1, arrival).Bind(2, sender.Value);
        if (query.ReadNumber() is { } number && _log.FindConversation(database, new ConversationId(number)) is { } conversation)
            staging.AfterCommit(MessageLog.StageFailure(database, conversation, arrival, reason));
    }
}
