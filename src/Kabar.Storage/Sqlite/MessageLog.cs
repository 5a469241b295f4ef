using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <summary>
/// The messages: a log on disk, its index behind it, and the newest in memory.
///
/// <code>
///   table message:  1 ……………………………… indexed ………………………………………………… committed
///   table place:    1 ……………………………… indexed …… slice by slice ……┊
///   in memory:                           ┊ segment being indexed ┊ tail ┊
/// </code>
///
/// A send appends one row to <c>message</c> and touches nothing else: rows in the order of their keys fill page after page, where an
/// index by conversation would dirty a page a message. Reading an inbox moves one number (<c>inbox.read_through</c>). The index
/// (<c>place</c>) follows a segment at a time: when the tail is long enough it is sorted by conversation, so that neighbours share
/// pages, and written in slices between the batches, so that nobody waits long for one; with the last slice <c>indexed</c> moves. A
/// start replays the log from <c>indexed</c> on, so a crash in between loses nothing. What is not indexed is in memory, by inbox: a
/// reader who keeps up never reads the disk.
///
/// Owners: conversations, segment and tail belong to the writer's thread. Inboxes change under <see cref="_gate"/>, and readers look
/// at them under it.
/// </summary>
internal sealed class MessageLog
{
    private const int CacheLimit = 100_000;
    private const int RowsPerRead = 1024;

    private readonly Lock _gate = new();
    private readonly ReadConnections _reads;
    private readonly IndexPace _pace;
    private readonly Dictionary<(long Low, long High), Conversation> _direct = [];
    private readonly Dictionary<ConversationId, Conversation> _conversations = [];
    private readonly Dictionary<AccountId, Inbox> _inboxes = [];
    private readonly List<Conversation> _staged = [];

    private List<Entry> _tail = [];
    private long _tailBytes;
    private Entry[] _segment = [];
    private long _segmentThrough;
    private int _segmentDone;
    private int _keptSinceSlice;
    private int _unindexed;
    private long _nextArrival;
    private long _committed;
    private long _indexed;

    /// <summary>Opens the log and replays what the index does not hold yet.</summary>
    public MessageLog(Database writer, ReadConnections reads, IndexPace pace)
    {
        (_reads, _pace) = (reads, pace);
        _indexed = writer.Prepare("SELECT value FROM meta WHERE key = 'indexed'").ReadNumber() ?? 0;
        _committed = _indexed;
        Replay(writer);
        _nextArrival = Math.Max(_committed, writer.Prepare("SELECT max(arrival) FROM message").ReadNumber() ?? 0) + 1;
        _committed = _nextArrival - 1;
    }

    /// <summary>Whether the index wants its next slice: it keeps the pace of what comes in, and catches up when it is far behind.</summary>
    public bool WantsSlice =>
        (_segment.Length > 0 || _tail.Count >= _pace.Segment || _tailBytes >= _pace.SegmentBytes)
        && _keptSinceSlice >= (_tail.Count >= 2 * _pace.Segment ? 0 : _pace.Slice);

    /// <summary>How many messages are not indexed yet. May be asked from any thread.</summary>
    public int Unindexed => Volatile.Read(ref _unindexed);

    /// <summary>A write that appends a message.</summary>
    public Write<Message> Append(in NewMessage message) => new AppendWrite(this, message);

    /// <summary>A write that marks a page as read; null when that takes none.</summary>
    public Write<bool>? MarkRead(InboxPage page)
    {
        if (page.Messages.Length > 0) return new MarkReadWrite(this, page);
        lock (_gate) InboxOf(page.Reader).Clear(page.Through);
        return null;
    }

    /// <summary>Applies what has been committed, all of it in one view for readers.</summary>
    public void Publish(List<Write> batch)
    {
        lock (_gate)
            foreach (var write in batch) write.Apply();
        _staged.Clear();
    }

    /// <summary>Forgets what was staged for a transaction that failed.</summary>
    public void RollBack()
    {
        _nextArrival = _committed + 1;
        foreach (var conversation in _staged)
        {
            conversation.Next = conversation.Head + 1;
            if (conversation.Head > 0) continue;

            // It may have been made in the failed transaction. If not, it is read again.
            _direct.Remove(conversation.Members);
            _conversations.Remove(conversation.Id);
        }

        _staged.Clear();
    }

    /// <summary>Offers the unread messages of an inbox, oldest first: what is indexed from the disk, the rest from memory.</summary>
    public InboxPage Read(AccountId reader, Func<Message, bool> take)
    {
        var taken = ImmutableArray.CreateBuilder<Message>();
        var after = ClearThrough(reader);

        while (true)
        {
            long indexed;
            lock (_gate)
            {
                if (after >= _indexed) return ReadRecent(InboxOf(reader), after, take, taken);
                indexed = _indexed;
            }

            if (!ReadIndexed(reader, indexed, take, taken, ref after)) return new InboxPage(reader, taken.DrainToImmutable(), after);
        }
    }

    /// <summary>Writes the next slice of the index, in a transaction of its own.</summary>
    public void IndexSlice(Database database)
    {
        if (_segment.Length == 0) Seal();

        // Until it has succeeded: on a full disk it is not tried again at once.
        var kept = _keptSinceSlice;
        _keptSinceSlice = -_pace.Slice;
        var end = Math.Min(_segmentDone + _pace.Slice, _segment.Length);
        database.Run("BEGIN IMMEDIATE");

        // "Or ignore": a crash between two slices leaves rows that a replay brings again.
        var insert = database.Prepare("INSERT OR IGNORE INTO place (conversation, arrival, position, sender) VALUES (?1, ?2, ?3, ?4)");
        foreach (var (message, sender, _) in _segment.AsSpan(_segmentDone, end - _segmentDone))
            insert.Bind(1, message.Conversation.Value).Bind(2, message.Arrival).Bind(3, message.Position).Bind(4, sender.Value).Run();

        if (end == _segment.Length) database.Prepare("UPDATE meta SET value = ?1 WHERE key = 'indexed'").Bind(1, _segmentThrough).Run();
        database.Run("COMMIT");

        _keptSinceSlice = Math.Max(0, kept - _pace.Slice);
        _segmentDone = end;
        if (end < _segment.Length) return;

        lock (_gate)
        {
            _indexed = _segmentThrough;
            foreach (var entry in _segment) entry.Inbox.DropThrough(_segmentThrough);
            Trim();
        }

        _unindexed -= _segment.Length;
        _segment = [];
    }

    private void Seal()
    {
        var length = 0;
        for (var bytes = 0L; length < Math.Min(_tail.Count, _pace.Segment) && bytes < _pace.SegmentBytes; length++) bytes += _tail[length].Message.Text.Length;

        _segment = [.. _tail[..length]];
        (_segmentThrough, _segmentDone, _keptSinceSlice) = (_segment[^1].Message.Arrival, 0, 0);
        _tail = _tail[length..];
        _tailBytes = _tail.Sum(static entry => (long)entry.Message.Text.Length);
        Array.Sort(_segment, static (a, b) => a.Message.Conversation == b.Message.Conversation
            ? a.Message.Arrival.CompareTo(b.Message.Arrival)
            : a.Message.Conversation.Value.CompareTo(b.Message.Conversation.Value));
    }

    private long ClearThrough(AccountId reader)
    {
        lock (_gate)
            if (InboxOf(reader) is { IsLoaded: true } known) return known.ClearThrough;

        using var lease = _reads.Rent();
        var stored = lease.Database.Prepare("SELECT read_through FROM inbox WHERE address = ?1").Bind(1, reader.Value).ReadNumber() ?? 0;
        lock (_gate)
        {
            var inbox = InboxOf(reader);
            inbox.IsLoaded = true;
            inbox.Clear(stored);
            return inbox.ClearThrough;
        }
    }

    private InboxPage ReadRecent(Inbox inbox, long after, Func<Message, bool> take, ImmutableArray<Message>.Builder taken)
    {
        foreach (var entry in inbox.Recent)
        {
            var message = entry.Message;
            if (message.Arrival <= after) continue;
            if (!take(message)) return new InboxPage(inbox.Owner, taken.DrainToImmutable(), after);
            taken.Add(message);
            after = message.Arrival;
        }

        return new InboxPage(inbox.Owner, taken.DrainToImmutable(), Math.Max(after, _committed));
    }

    // Some of what is unread after one arrival and through another; false when one was declined.
    private bool ReadIndexed(AccountId reader, long through, Func<Message, bool> take, ImmutableArray<Message>.Builder taken, ref long after)
    {
        using var lease = _reads.Rent();
        var query = lease.Database.Prepare(
            """
            SELECT m.arrival, m.conversation, m.position, m.sent, m.id, m.sender_name, m.text, a.username, a.realm
            FROM (SELECT p.arrival AS arrival
                  FROM member AS me
                  CROSS JOIN conversation AS c ON c.id = me.conversation
                  CROSS JOIN place AS p ON p.conversation = me.conversation AND p.arrival > ?2 AND p.arrival <= ?3
                  WHERE me.address = ?1 AND (p.sender <> ?1 OR c.kind = 2)
                  ORDER BY p.arrival
                  LIMIT ?4) AS unread
            CROSS JOIN message AS m ON m.arrival = unread.arrival
            CROSS JOIN address AS a ON a.id = m.sender
            ORDER BY m.arrival
            """).Bind(1, reader.Value).Bind(2, after).Bind(3, through).Bind(4, RowsPerRead);
        var rows = 0;
        for (; query.Step(); rows++)
        {
            var message = ReadMessage(query, ReadAddress(query, 7));
            if (!take(message))
            {
                query.Reset();
                return false;
            }

            taken.Add(message);
            after = message.Arrival;
        }

        if (rows < RowsPerRead) after = through;
        return true;
    }

    private void Replay(Database writer)
    {
        var query = writer.Prepare(
            """
            SELECT m.arrival, m.conversation, m.position, m.sent, m.id, m.sender_name, m.text, a.username, a.realm, m.sender
            FROM message AS m JOIN address AS a ON a.id = m.sender
            WHERE m.arrival > ?1 ORDER BY m.arrival
            """).Bind(1, _indexed);
        while (query.Step())
        {
            var message = ReadMessage(query, ReadAddress(query, 7));
            var conversation = FindConversation(writer, message.Conversation)
                ?? throw new StoreException($"Message {message.Arrival} is in a conversation that does not exist; run 'kabar check'.");
            Keep(message, conversation, new AccountId(query.Number(9)));
        }
    }

    // After a commit, and in a replay: the message becomes visible.
    private void Keep(Message message, Conversation conversation, AccountId sender)
    {
        conversation.Accept(message);
        var inbox = InboxOf(conversation.Other(sender));
        var entry = new Entry(message, sender, inbox);
        inbox.Recent.Enqueue(entry);
        _tail.Add(entry);
        _tailBytes += message.Text.Length;
        _unindexed++;
        _keptSinceSlice++;
        _committed = message.Arrival;
    }

    private Inbox InboxOf(AccountId owner)
    {
        if (!_inboxes.TryGetValue(owner, out var inbox)) _inboxes.Add(owner, inbox = new Inbox(owner));
        return inbox;
    }

    // Everything that is dropped here can be read again; what the newest messages refer to stays.
    private void Trim()
    {
        if (_inboxes.Count > CacheLimit)
            foreach (var inbox in _inboxes.Values.Where(inbox => inbox.Recent.Count == 0).ToArray()) _inboxes.Remove(inbox.Owner);
        if (_conversations.Count > CacheLimit)
            foreach (var conversation in _conversations.Values.Where(conversation => conversation.LastArrival <= _indexed).ToArray())
            {
                _conversations.Remove(conversation.Id);
                _direct.Remove(conversation.Members);
            }
    }

    private Conversation FindOrMake(Database database, AccountId one, AccountId other)
    {
        var members = one.Value <= other.Value ? (one.Value, other.Value) : (other.Value, one.Value);
        if (_direct.TryGetValue(members, out var known)) return known;

        var conversation = database.Prepare("SELECT conversation FROM direct WHERE low = ?1 AND high = ?2").Bind(1, members.Item1).Bind(2, members.Item2).ReadNumber() is { } id
            ? FindConversation(database, new ConversationId(id))
            : null;
        return conversation ?? Remember(Conversation.Make(database, members));
    }

    private Conversation? FindConversation(Database database, ConversationId id)
    {
        if (_conversations.TryGetValue(id, out var known)) return known;
        return Conversation.Read(database, id) is { } found ? Remember(found) : null;
    }

    private Conversation Remember(Conversation conversation)
    {
        _conversations[conversation.Id] = conversation;
        _direct[conversation.Members] = conversation;
        return conversation;
    }

    private static Address ReadAddress(Statement query, int column) =>
        new(Username.Parse(query.Text(column)), RealmName.TryParse(query.Text(column + 1), out var realm) ? realm : null);

    private static Message ReadMessage(Statement query, Address from) => new()
    {
        Arrival = query.Number(0),
        Conversation = new ConversationId(query.Number(1)),
        Position = query.Number(2),
        Sent = query.Time(3),
        Id = query.Uuid(4),
        FromName = query.Text(5),
        Text = new MessageText(query.Bytes(6).ToArray()),
        From = from,
    };

    private sealed record Entry(Message Message, AccountId Sender, Inbox Inbox);

    /// <summary>What is kept of one account's inbox.</summary>
    private sealed class Inbox(AccountId owner)
    {
        public AccountId Owner => owner;

        /// <summary>Whether <see cref="ClearThrough"/> takes in what the disk says.</summary>
        public bool IsLoaded { get; set; }

        /// <summary>Nothing up to this arrival is unread.</summary>
        public long ClearThrough { get; private set; }

        /// <summary>The direct messages to the owner that are not indexed yet, in the order of arrival.</summary>
        public Queue<Entry> Recent { get; } = [];

        public void Clear(long through)
        {
            ClearThrough = Math.Max(ClearThrough, through);
            DropThrough(ClearThrough);
        }

        public void DropThrough(long arrival)
        {
            while (Recent.TryPeek(out var entry) && entry.Message.Arrival <= arrival) Recent.Dequeue();
        }
    }

    private sealed class AppendWrite(MessageLog log, NewMessage message) : Write<Message>
    {
        private Conversation? _conversation;
        private Message? _stored;

        // Set by Execute, without which nothing succeeds.
        protected override Message Result => _stored!;

        public override void Execute(Database database)
        {
            var conversation = _conversation = log.FindOrMake(database, message.From.Id, message.To.Id);
            log._staged.Add(conversation);
            var stored = _stored = new Message
            {
                Id = message.Id,
                Conversation = conversation.Id,
                Position = conversation.Next++,
                Arrival = log._nextArrival++,
                From = new Address(message.From.Username),
                FromName = message.From.DisplayName,
                Text = message.Text,
                Sent = message.Sent,
            };
            database.Prepare("INSERT INTO message (arrival, conversation, position, sender, sent, id, sender_name, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
                .Bind(1, stored.Arrival)
                .Bind(2, conversation.Id.Value)
                .Bind(3, stored.Position)
                .Bind(4, message.From.Id.Value)
                .Bind(5, stored.Sent)
                .Bind(6, stored.Id)
                .Bind(7, stored.FromName)
                .BindText(8, stored.Text.Utf8.Span)
                .Run();
        }

        // Set by Execute, which came before.
        public override void Apply() => log.Keep(_stored!, _conversation!, message.From.Id);
    }

    private sealed class MarkReadWrite(MessageLog log, InboxPage page) : Write<bool>
    {
        protected override bool Result => true;

        public override void Execute(Database database) =>
            database.Prepare("INSERT INTO inbox (address, read_through) VALUES (?1, ?2) ON CONFLICT (address) DO UPDATE SET read_through = max(read_through, ?2)")
                .Bind(1, page.Reader.Value).Bind(2, page.Through).Run();

        public override void Apply() => log.InboxOf(page.Reader).Clear(page.Through);
    }
}

/// <summary>How far the index may be behind the log, and how much of it is written at once.</summary>
/// <param name="Segment">Messages that are indexed together: the more, the more of them share a page. Twice as many may be in memory.</param>
/// <param name="SegmentBytes">Bytes of text after which a segment is long enough.</param>
/// <param name="Slice">Messages indexed in one transaction, between two batches.</param>
internal sealed record IndexPace(int Segment, long SegmentBytes, int Slice)
{
    public static IndexPace Default { get; } = new(16 * 1024, 16 * 1024 * 1024, 1024);
}
