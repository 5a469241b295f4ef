using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <content>Reading conversations by position.</content>
internal sealed partial class MessageLog
{
    private const string EntryColumns =
        "m.arrival, m.conversation, m.position, m.sent, m.id, m.sender_name, m.text, a.username, a.realm, m.kind, s.username, s.realm";

    /// <summary>Entries after a position: what is indexed from the disk, the rest from memory (of a group) or from the log (of two).</summary>
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
                if (shelf is not null && (through >= _indexed || shelf.Covers(after)))
                {
                    shelf.Read(after, page);
                    return page.Drain();
                }

                indexed = shelf is null && through >= _indexed ? -1 : _indexed;
            }

            using var lease = _reads.Rent();
            var kind = KindOf(lease.Database, conversation);
            if (kind is null or Conversation.Removed) return [];
            if (indexed >= 0)
            {
                if (!ReadIndexed(lease.Database, conversation, indexed, page, ref after)) return page.Drain();
                through = indexed;
            }
            else
            {
                if (kind != Conversation.Group) ReadLog(lease.Database, conversation, through, after, page);
                return page.Drain();
            }
        }
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
        var kind = KindOf(lease.Database, conversation);
        if (kind is null or Conversation.Removed) return 0;
        var head = lease.Database.Prepare("SELECT position FROM place WHERE conversation = ?1 AND arrival <= ?2 ORDER BY arrival DESC LIMIT 1")
            .Bind(1, conversation.Value).Bind(2, indexed).ReadNumber() ?? 0;
        var beyond = kind == Conversation.Group
            ? lease.Database.Prepare("SELECT history_after FROM group_chat WHERE conversation = ?1").Bind(1, conversation.Value).ReadNumber()
            : lease.Database.Prepare("SELECT max(position) FROM message WHERE arrival > ?2 AND conversation = ?1").Bind(1, conversation.Value).Bind(2, indexed).ReadNumber();
        return Math.Max(head, beyond ?? 0);
    }

    private static int? KindOf(Database database, ConversationId conversation) =>
        (int?)database.Prepare("SELECT kind FROM conversation WHERE id = ?1").Bind(1, conversation.Value).ReadNumber();

    // False when the page is full.
    private static bool ReadIndexed(Database database, ConversationId conversation, long indexed, Page page, ref long after)
    {
        var query = database.Prepare(
            $"""
            SELECT {EntryColumns}
            FROM place AS p
            CROSS JOIN message AS m ON m.arrival = p.arrival
            CROSS JOIN address AS a ON a.id = m.sender
            LEFT JOIN address AS s ON s.id = m.subject
            WHERE p.conversation = ?1 AND p.arrival > ?2 AND p.arrival <= ?3
            ORDER BY p.arrival
            """).Bind(1, conversation.Value).Bind(2, FindArrival(database, conversation, after, indexed)).Bind(3, indexed);
        while (query.Step())
        {
            var message = ReadMessage(query);
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

    /// <summary>The arrival of an entry, if it is indexed.</summary>
    public static long? FindPlace(Database database, ConversationId conversation, long position, long indexed)
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
        var (low, high) = (0L, position == 0 ? 0 : indexed);
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

    // Messages of two that are not indexed yet are in memory by inbox only; who asks for them by conversation is rare.
    private static void ReadLog(Database database, ConversationId conversation, long indexed, long after, Page page)
    {
        var query = database.Prepare(
            $"""
            SELECT {EntryColumns}
            FROM message AS m JOIN address AS a ON a.id = m.sender LEFT JOIN address AS s ON s.id = m.subject
            WHERE m.arrival > ?2 AND m.conversation = ?1
            ORDER BY m.arrival
            """).Bind(1, conversation.Value).Bind(2, indexed);
        while (query.Step())
        {
            var message = ReadMessage(query);
            if (message.Position > after && !page.TryAdd(message)) break;
        }

        query.Reset();
    }

    /// <summary>What is read, up to its limits.</summary>
    private sealed class Page(int mostEntries, int mostBytes)
    {
        private readonly ImmutableArray<Message>.Builder _messages = ImmutableArray.CreateBuilder<Message>();
        private long _bytes;

        public bool TryAdd(Message message)
        {
            _bytes += message.Text.Length;
            if (_messages.Count >= mostEntries || (_messages.Count > 0 && _bytes > mostBytes)) return false;
            _messages.Add(message);
            return true;
        }

        public ImmutableArray<Message> Drain() => _messages.DrainToImmutable();
    }

    /// <summary>What is kept of one group's conversation: the entries that are not indexed yet.</summary>
    private sealed class Shelf(ConversationId conversation) : Recent
    {
        private readonly Run<Message> _entries = new(static message => message.Position);

        public ConversationId Conversation => conversation;

        public bool IsEmpty => _entries.Count == 0;

        /// <summary>The last position there is.</summary>
        public long Head { get; private set; }

        public void Add(Message message, long head)
        {
            _entries.Add(message);
            Head = head;
        }

        public void Jump(long head) => Head = head;

        /// <summary>Whether everything after a position is here.</summary>
        public bool Covers(long after) => after >= Head || (_entries.Count > 0 && after >= _entries.First.Position - 1);

        public void Read(long after, Page page)
        {
            for (var i = _entries.IndexAfter(after); i < _entries.Count; i++)
                if (!page.TryAdd(_entries[i])) return;
        }

        public override void DropThrough(long arrival)
        {
            while (_entries.Count > 0 && _entries.First.Arrival <= arrival) _entries.Take();
        }
    }
}
