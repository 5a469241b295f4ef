using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <content>How far everybody has come in a conversation.</content>
public sealed partial class SqliteStore
{
    private readonly List<Marks> _changedByPeers = [];

    /// <inheritdoc/>
    public event Action<ImmutableArray<Marks>>? MarksStored;

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Marks>> ListMarksAsync(ConversationId conversation, CancellationToken cancellationToken)
    {
        using var lease = _reads.Rent();
        return new([.. ReadMarks(lease.Database, conversation, address: null).Where(marks => marks is not { Stored: 0, Delivered: 0, Read: 0 })]);
    }

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Marks>> ListMarksAsync(AccountId reader, long since, CancellationToken cancellationToken)
    {
        using var lease = _reads.Rent();
        var query = lease.Database.Prepare(
            """
            SELECT k.conversation, k.address FROM member AS me CROSS JOIN mark AS k ON k.conversation = me.conversation AND k.changed >= ?2 WHERE me.address = ?1
            UNION ALL
            SELECT k.conversation, k.address FROM group_member AS me CROSS JOIN mark AS k ON k.conversation = me.conversation AND k.changed >= ?2 WHERE me.address = ?1
            """).Bind(1, reader.Value).Bind(2, since);
        var changed = new List<(ConversationId Conversation, long Address)>();
        while (query.Step()) changed.Add((new ConversationId(query.Number(0)), query.Number(1)));

        var all = ImmutableArray.CreateBuilder<Marks>(changed.Count);
        foreach (var (conversation, address) in changed) all.AddRange(ReadMarks(lease.Database, conversation, address));
        return new(all.DrainToImmutable());
    }

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Marks>> AdvanceAsync(IReadOnlyList<MarkAdvance> advances) => ChangeAsync(staging =>
    {
        var database = staging.Database;
        var changed = new Dictionary<(ConversationId, long), Marks>(advances.Count);
        foreach (var advance in advances)
        {
            if (_log.FindConversation(database, advance.Conversation) is not { Kind: not Conversation.Removed } conversation) continue;
            if (_addresses.FindNumber(database, advance.Who) is not { } who || !TakesPart(database, conversation, who)) continue;

            var before = MarkRows.Find(database, who, conversation.Id);
            var head = conversation.Next - 1;
            var read = Math.Min(advance.Read, head);
            var delivered = Math.Max(read, Math.Min(advance.Delivered, head));
            if (!Advance(staging, conversation, who, delivered, read)) continue;

            // What is changed twice is told as it is in the end.
            changed[(conversation.Id, who)] = MarksOf(database, conversation, advance.Who, who);
            if (advance.Receipt is null || conversation.Kind == Conversation.Group) continue;
            var (lastDelivered, lastRead) =
                (_log.FindLastSaid(database, conversation, advance.Who, before.Delivered, delivered), _log.FindLastSaid(database, conversation, advance.Who, before.Read, read));
            if (lastDelivered is not null || lastRead is not null) Answer(staging, advance.Receipt(lastDelivered, lastRead));
        }

        return changed.Values.ToImmutableArray();
    });

    // Within a transaction; false when nothing was behind.
    private bool Advance(Staging staging, Conversation conversation, long who, long delivered, long read)
    {
        // A row that says nothing is not kept.
        if (delivered <= 0 && read <= 0) return false;
        var readArrival = read > 0 ? _log.FindStagedThrough(staging.Database, conversation, read) : 0;
        if (!MarkRows.Advance(staging.Database, who, conversation.Id, stored: 0, delivered, Math.Max(0, read), readArrival, _log.LastStaged)) return false;
        if (readArrival > 0 && conversation.Kind != Conversation.Group) staging.AfterCommit(() => _log.Clear(new AccountId(who), conversation.Id, readArrival));
        return true;
    }

    private static bool TakesPart(Database database, Conversation conversation, long who) => conversation.Kind == Conversation.Group
        ? database.Prepare("SELECT 1 FROM group_member WHERE conversation = ?1 AND address = ?2").Bind(1, conversation.Id.Value).Bind(2, who).ReadNumber() is not null
        : conversation.Members.Low == who || conversation.Members.High == who;

    // Within a transaction: the marks of one who takes part, as they are now.
    private Marks MarksOf(Database database, Conversation conversation, Address who, long number)
    {
        var (stored, delivered, read) = MarkRows.Find(database, number, conversation.Id);
        if (conversation.Kind == Conversation.Group) return new Marks(conversation.Id, who, null, stored, delivered, read);
        var inboxRead = database.Prepare("SELECT read_through FROM inbox WHERE address = ?1").Bind(1, number).ReadNumber() ?? 0;
        read = Math.Max(read, _log.FindPosition(database, conversation.Id, inboxRead));
        return new Marks(conversation.Id, who, Addresses.Read(database, conversation.Other(new AccountId(number)).Value), stored, Math.Max(delivered, read), read);
    }

    // Within a transaction: marks that have changed by what a peer says are told after the commit.
    private void NoteChanged(Staging staging, Marks changed) => staging.AfterCommit(() => _changedByPeers.Add(changed));

    private void PublishMarks()
    {
        if (_changedByPeers.Count == 0) return;
        ImmutableArray<Marks> changed = [.. _changedByPeers];
        _changedByPeers.Clear();
        MarksStored?.Invoke(changed);
    }

    // Of all who take part in a conversation, or of one of them, with what his inbox says he has read.
    private List<Marks> ReadMarks(Database database, ConversationId conversation, long? address)
    {
        var all = new List<Marks>();
        var query = database.Prepare(
            """
            SELECT a.username, a.realm, o.username, o.realm, coalesce(k.stored, 0), coalesce(k.delivered, 0), coalesce(k.read, 0), coalesce(i.read_through, 0)
            FROM direct AS d
            CROSS JOIN address AS a ON a.id IN (d.low, d.high)
            CROSS JOIN address AS o ON o.id = d.low + d.high - a.id
            LEFT JOIN mark AS k ON k.address = a.id AND k.conversation = d.conversation
            LEFT JOIN inbox AS i ON i.address = a.id
            WHERE d.conversation = ?1 AND (?2 IS NULL OR a.id = ?2)
            UNION ALL
            SELECT a.username, a.realm, NULL, NULL, k.stored, k.delivered, k.read, 0
            FROM mark AS k
            CROSS JOIN group_member AS m ON m.conversation = k.conversation AND m.address = k.address
            CROSS JOIN address AS a ON a.id = k.address
            WHERE k.conversation = ?1 AND (?2 IS NULL OR k.address = ?2) AND a.retired IS NULL
            """).Bind(1, conversation.Value).Bind(2, address);
        while (query.Step())
        {
            var (stored, delivered, read, inboxRead) = (query.Number(4), query.Number(5), query.Number(6), query.Number(7));
            Address? other = query.IsNull(2) ? null : MessageLog.ReadAddress(query, 2);
            read = Math.Max(read, _log.FindPosition(database, conversation, inboxRead));
            all.Add(new Marks(conversation, MessageLog.ReadAddress(query, 0), other, stored, Math.Max(delivered, read), read));
        }

        return all;
    }
}
