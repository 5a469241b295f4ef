using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <content>Conversations, as those who take part in them read them.</content>
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public long LastArrival => _log.LastArrival;

    /// <inheritdoc/>
    public async ValueTask SettleAsync() => await WriteAsync(static _ => true);

    /// <inheritdoc/>
    public ValueTask<ConversationId?> FindDirectAsync(AccountId account, Address other, CancellationToken cancellationToken)
    {
        using var lease = _reads.Rent();
        return new(FindDirect(lease.Database, account, other));
    }

    /// <inheritdoc/>
    public ValueTask<Message?> FindEntryAsync(ConversationId conversation, long position, CancellationToken cancellationToken) => new(_log.FindEntry(conversation, position));

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Message>> ReadConversationAsync(
        ConversationId conversation, long after, int mostEntries, int mostBytes, CancellationToken cancellationToken) =>
        new(_log.ReadConversation(conversation, after, mostEntries, mostBytes));

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Message>> ReadConversationBackAsync(ConversationId conversation, long before, int mostEntries, int mostBytes, CancellationToken cancellationToken) =>
        new(_log.ReadConversationBack(conversation, before, mostEntries, mostBytes));

    /// <inheritdoc/>
    public ValueTask<long> FindHeadAsync(ConversationId conversation, CancellationToken cancellationToken) => new(_log.FindHead(conversation));

    /// <inheritdoc/>
    public ValueTask<StreamPage> ReadStreamAsync(AccountId reader, long after, int mostEntries, int mostBytes, CancellationToken cancellationToken) =>
        new(_log.ReadStream(reader, after, mostEntries, mostBytes));

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<ConversationSummary>> ListConversationsAsync(AccountId reader, long? before, int most, CancellationToken cancellationToken)
    {
        using var lease = _reads.Rent();
        var summaries = ImmutableArray.CreateBuilder<ConversationSummary>();
        foreach (var taking in _log.ListTaking(lease.Database, reader).Where(taking => before is null || taking.LastArrival < before).OrderByDescending(taking => taking.LastArrival))
        {
            if (summaries.Count >= most) break;
            if (Summarize(lease.Database, taking, reader) is { } summary) summaries.Add(summary);
        }

        return new(summaries.DrainToImmutable());
    }

    /// <inheritdoc/>
    public ValueTask<ConversationSummary?> FindConversationAsync(AccountId reader, ConversationId conversation, CancellationToken cancellationToken)
    {
        using var lease = _reads.Rent();
        return new(_log.ListTaking(lease.Database, reader, conversation) is [var taking] ? Summarize(lease.Database, taking, reader) : null);
    }

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Address>> ListContactsAsync(AccountId account, CancellationToken cancellationToken)
    {
        using var lease = _reads.Rent();
        var query = lease.Database.Prepare(
            """
            SELECT a.username, a.realm
            FROM member AS me
            CROSS JOIN direct AS d ON d.conversation = me.conversation
            CROSS JOIN address AS a ON a.id = CASE WHEN d.low = ?1 THEN d.high ELSE d.low END
            WHERE me.address = ?1 AND a.id <> ?1 AND a.retired IS NULL
            """).Bind(1, account.Value);
        var contacts = ImmutableArray.CreateBuilder<Address>();
        while (query.Step()) contacts.Add(MessageLog.ReadAddress(query, 0));
        return new(contacts.DrainToImmutable());
    }

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Group>> ListGroupsAsync(AccountId member, CancellationToken cancellationToken)
    {
        using var lease = _reads.Rent();
        var query = lease.Database.Prepare(
            "SELECT g.id, g.conversation FROM group_member AS m CROSS JOIN group_chat AS g ON g.conversation = m.conversation WHERE m.address = ?1 ORDER BY g.conversation").Bind(1, member.Value);
        return new(ReadGroups(lease.Database, query));
    }

    private ConversationSummary? Summarize(Database database, MessageLog.Taking taking, AccountId reader)
    {
        Group? group = null;
        if (taking.Group is { } id)
        {
            group = _groups.Peek(id) ?? ReadGroup(database, taking.Conversation);
            if (group is null) return null;
        }

        if (_log.FindLast(database, taking) is not { } last) return null;
        var (read, readArrival) = MarkRows.FindRead(database, reader.Value, taking.Conversation);
        if (group is null)
        {
            read = Math.Max(read, _log.FindPosition(database, taking.Conversation, taking.InboxRead));
            readArrival = Math.Max(readArrival, taking.InboxRead);
        }

        var unread = _log.CountUnread(database, taking, reader, read, readArrival, ConversationSummary.MostUnread);
        return new ConversationSummary(taking.Conversation, taking.Other, group, last, read, unread);
    }

    private static ConversationId? FindDirect(Database database, AccountId account, Address other)
    {
        if (Addresses.Find(database, other) is not { } number) return null;
        var (low, high) = (Math.Min(account.Value, number), Math.Max(account.Value, number));
        return database.Prepare("SELECT conversation FROM direct WHERE low = ?1 AND high = ?2").Bind(1, low).Bind(2, high).ReadNumber() is { } id ? new ConversationId(id) : null;
    }
}
