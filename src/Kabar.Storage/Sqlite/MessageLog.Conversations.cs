using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <content>Reading conversations by position.</content>
internal sealed partial class MessageLog
{
    /// <summary>Entries after a position: what is indexed from the disk, the rest from memory.</summary>
    public ImmutableArray<Message> ReadConversation(ConversationId conversation, long after, int mostEntries, int mostBytes)
    {
        var page = new Page(mostEntries, mostBytes);
        var through = -1L;
        while (true)
        {
            long indexed;
            lock (_gate)
            {
                var shelf = _shelves.GetValueOrDefault(conversation);
                if (through >= _indexed || (shelf is not null && shelf.Covers(after)))
                {
                    shelf?.Read(after, page.TryAdd);
                    return page.Drain();
                }

                indexed = _indexed;
            }

            using var lease = _reads.Rent();
            if (!IsThere(lease.Database, conversation)) return [];
            if (!ReadIndexed(lease.Database, conversation, indexed, page, ref after)) return page.Drain();
            through = indexed;
        }
    }

    /// <summary>The last entries before a position.</summary>
    public ImmutableArray<Message> ReadConversationBack(ConversationId conversation, long before, int mostEntries, int mostBytes)
    {
        var page = new Page(mostEntries, mostBytes);
        long indexed;
        lock (_gate)
        {
            indexed = _indexed;
            if (_shelves.TryGetValue(conversation, out var shelf) && !shelf.ReadBack(before, page.TryAdd)) return page.DrainBack();
        }

        // What memory does not hold lies at or below the index as it was then.
        using var lease = _reads.Rent();
        if (!IsThere(lease.Database, conversation)) return [];
        var query = lease.Database.Prepare(
            $"""
            SELECT {MessageRows.Columns}
            FROM place AS p
            CROSS JOIN message AS m ON m.arrival = p.arrival
            {MessageRows.Joins}
            WHERE p.conversation = ?1 AND p.arrival <= ?2
            ORDER BY p.arrival DESC
            """).Bind(1, conversation.Value).Bind(2, FindArrival(lease.Database, conversation, before - 1, indexed));
        while (query.Step())
        {
            var message = MessageRows.Read(lease.Database, query);
            if (message.Position >= before || page.TryAdd(message)) continue;
            query.Reset();
            break;
        }

        return page.DrainBack();
    }

    /// <summary>The entry at a position, or null.</summary>
    public Message? FindEntry(ConversationId conversation, long position)
    {
        long indexed;
        lock (_gate)
        {
            if (_shelves.TryGetValue(conversation, out var shelf) && shelf.Find(position) is { } known) return known;
            indexed = _indexed;
        }

        using var lease = _reads.Rent();
        return IsThere(lease.Database, conversation) && FindPlace(lease.Database, conversation, position, indexed) is { } arrival ? MessageRows.Find(lease.Database, arrival) : null;
    }

    /// <summary>The last position of a conversation.</summary>
    public long FindHead(ConversationId conversation)
    {
        long indexed;
        lock (_gate)
        {
            if (_shelves.TryGetValue(conversation, out var shelf)) return shelf.Head;
            indexed = _indexed;
        }

        using var lease = _reads.Rent();
        if (!IsThere(lease.Database, conversation)) return 0;
        var head = lease.Database.Prepare("SELECT position FROM place WHERE conversation = ?1 AND arrival <= ?2 ORDER BY arrival DESC LIMIT 1")
            .Bind(1, conversation.Value).Bind(2, indexed).ReadNumber() ?? 0;
        var historyAfter = lease.Database.Prepare("SELECT history_after FROM group_chat WHERE conversation = ?1").Bind(1, conversation.Value).ReadNumber() ?? 0;
        return Math.Max(head, historyAfter);
    }

    /// <summary>The position of the last entry of a conversation with an arrival up to this one; 0 when there is none. From any thread.</summary>
    public long FindPosition(Database database, ConversationId conversation, long arrival)
    {
        if (arrival == 0) return 0;
        long indexed;
        lock (_gate)
        {
            if (_shelves.TryGetValue(conversation, out var shelf) && shelf.FindArrived(arrival) is { } known) return known.Position;
            indexed = _indexed;
        }

        return database.Prepare("SELECT position FROM place WHERE conversation = ?1 AND arrival <= ?2 ORDER BY arrival DESC LIMIT 1")
            .Bind(1, conversation.Value).Bind(2, Math.Min(arrival, indexed)).ReadNumber() ?? 0;
    }

    /// <summary>Within a transaction: the entry at a position, as it is in it; null when there is none.</summary>
    public Message? FindStaged(Database database, Conversation conversation, long position) =>
        FindStagedArrival(database, conversation, position) is { } arrival ? MessageRows.Find(database, arrival) : null;

    /// <summary>Within a transaction: an arrival with every position up to this one, and none beyond.</summary>
    public long FindStagedThrough(Database database, Conversation conversation, long position)
    {
        if (position >= conversation.Next - 1) return LastStaged;
        if (position > conversation.Head && FindStagedArrival(database, conversation, position) is { } staged) return staged;
        return conversation.Shelf?.FindUpTo(position)?.Arrival ?? FindArrival(database, conversation.Id, position, _indexed);
    }

    /// <summary>Within a transaction: the id of the last message that was said to one of two beyond one position and up to another; null when there is none.</summary>
    public Guid? FindLastSaid(Database database, Conversation conversation, Address to, long after, long through)
    {
        // From the end: said in this transaction, in memory, on the disk.
        for (var position = Math.Min(through, conversation.Next - 1); position > Math.Max(after, conversation.Head); position--)
            if (FindStaged(database, conversation, position) is { Kind: EntryKind.Said } staged && staged.To == to) return staged.Id;

        Guid? last = null;
        var first = through + 1;
        conversation.Shelf?.ReadBack(through + 1, message =>
        {
            first = message.Position;
            if (first > after && message.Kind == EntryKind.Said && message.To == to) last = message.Id;
            return last is null && first > after;
        });
        if (last is not null || first <= after + 1) return last;

        var query = database.Prepare(
            $"""
            SELECT {MessageRows.Columns}
            FROM place AS p
            CROSS JOIN message AS m ON m.arrival = p.arrival
            {MessageRows.Joins}
            WHERE p.conversation = ?1 AND p.arrival > ?2 AND p.arrival <= ?3 AND m.kind = 0
            ORDER BY p.arrival DESC
            """)
            .Bind(1, conversation.Id.Value).Bind(2, FindArrival(database, conversation.Id, after, _indexed)).Bind(3, FindArrival(database, conversation.Id, first - 1, _indexed));
        while (last is null && query.Step())
        {
            var message = MessageRows.Read(database, query);
            if (message.To == to) last = message.Id;
        }

        query.Reset();
        return last;
    }

    private long? FindStagedArrival(Database database, Conversation conversation, long position)
    {
        if (position < 1 || position >= conversation.Next) return null;
        if (conversation.Shelf?.Find(position) is { } known) return known.Arrival;
        return position > conversation.Head
            ? database.Prepare("SELECT arrival FROM message WHERE arrival > ?1 AND conversation = ?2 AND position = ?3").Bind(1, _committed).Bind(2, conversation.Id.Value).Bind(3, position).ReadNumber()
            : FindPlace(database, conversation.Id, position, _indexed);
    }

    // Whether anybody may read it: what was said in a removed group is nobody's.
    private static bool IsThere(Database database, ConversationId conversation) =>
        database.Prepare("SELECT kind FROM conversation WHERE id = ?1").Bind(1, conversation.Value).ReadNumber() is { } kind and not Conversation.Removed;

    // False when the page is full.
    private static bool ReadIndexed(Database database, ConversationId conversation, long indexed, Page page, ref long after)
    {
        var query = database.Prepare(
            $"""
            SELECT {MessageRows.Columns}
            FROM place AS p
            CROSS JOIN message AS m ON m.arrival = p.arrival
            {MessageRows.Joins}
            WHERE p.conversation = ?1 AND p.arrival > ?2 AND p.arrival <= ?3
            ORDER BY p.arrival
            """).Bind(1, conversation.Value).Bind(2, FindArrival(database, conversation, after, indexed)).Bind(3, indexed);
        while (query.Step())
        {
            var message = MessageRows.Read(database, query);
            if (message.Position <= after) continue;
            if (!page.TryAdd(message))
            {
                query.Reset();
                return false;
            }

            after = message.Position;
        }

        return true;
    }

    // The arrival of an indexed entry.
    private static long? FindPlace(Database database, ConversationId conversation, long position, long indexed)
    {
        var query = database.Prepare("SELECT arrival, position FROM place WHERE conversation = ?1 AND arrival <= ?2 ORDER BY arrival DESC LIMIT 1")
            .Bind(1, conversation.Value).Bind(2, FindArrival(database, conversation, position, indexed));
        long? arrival = query.Step() && query.Number(1) == position ? query.Number(0) : null;
        query.Reset();
        return arrival;
    }

    // The index knows arrivals, and positions ascend with them: an arrival with all positions up to this one, found by halving.
    private static long FindArrival(Database database, ConversationId conversation, long position, long indexed)
    {
        var (low, high) = (0L, position <= 0 ? 0 : indexed);
        while (low < high)
        {
            var middle = low + ((high - low + 1) / 2);
            var query = database.Prepare("SELECT arrival, position FROM place WHERE conversation = ?1 AND arrival <= ?2 ORDER BY arrival DESC LIMIT 1")
                .Bind(1, conversation.Value).Bind(2, middle);
            var isBeyond = query.Step() && query.Number(1) > position;
            if (isBeyond) high = query.Number(0) - 1;
            else low = middle;
            query.Reset();
        }

        return low;
    }

    /// <summary>What is read, up to its limits.</summary>
    private sealed class Page(int mostEntries, int mostBytes)
    {
        private readonly ImmutableArray<Message>.Builder _messages = ImmutableArray.CreateBuilder<Message>();
        private long _bytes;

        public int Count => _messages.Count;

        public long LastArrival => _messages[^1].Arrival;

        public bool TryAdd(Message message)
        {
            _bytes += message.Text.Length;
            if (_messages.Count >= mostEntries || (_messages.Count > 0 && _bytes > mostBytes)) return false;
            _messages.Add(message);
            return true;
        }

        public ImmutableArray<Message> Drain() => _messages.DrainToImmutable();

        /// <summary>What was read newest first, oldest first.</summary>
        public ImmutableArray<Message> DrainBack()
        {
            _messages.Reverse();
            return Drain();
        }
    }
}
