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
/// start replays the log from <c>indexed</c> on, so a crash in between loses nothing. What is not indexed is in memory, by inbox, by
/// conversation (<see cref="Shelf"/>) and in the order of arrivals: a reader who keeps up never reads the disk.
///
/// Owners: conversations, segment and tail belong to the writer's thread. Inboxes, shelves and the newest entries change under
/// <see cref="_gate"/>, and readers look at them under it.
/// </summary>
internal sealed partial class MessageLog
{
    private const int CacheLimit = 100_000;
    private const int RowsPerRead = 1024;

    private readonly Lock _gate = new();
    private readonly ReadConnections _reads;
    private readonly IndexPace _pace;
    private readonly Dictionary<(long Low, long High), Conversation> _direct = [];
    private readonly Dictionary<ConversationId, Conversation> _conversations = [];
    private readonly Dictionary<AccountId, Inbox> _inboxes = [];
    private readonly Dictionary<ConversationId, Shelf> _shelves = [];
    private readonly List<Conversation> _staged = [];
    private readonly Run<Message> _newest = new(static message => message.Arrival);
    private readonly List<Message> _published = [];

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
        _published.Clear();
        _nextArrival = Math.Max(_committed, writer.Prepare("SELECT max(arrival) FROM message").ReadNumber() ?? 0) + 1;
        _committed = _nextArrival - 1;
    }

    /// <summary>How many messages are not indexed yet. May be asked from any thread.</summary>
    public int Unindexed => Volatile.Read(ref _unindexed);

    /// <summary>The arrival of the last entry that is committed. May be asked from any thread.</summary>
    public long LastArrival => Volatile.Read(ref _committed);

    /// <summary>Within a transaction: the arrival of the last entry that is committed with it, or was before.</summary>
    public long LastStaged => _nextArrival - 1;

    /// <summary>A write that appends a message.</summary>
    public Write<Message> Append(in NewMessage message) => new AppendWrite(this, message);

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

    /// <summary>The entries published since the last call, in the order of arrivals.</summary>
    public ImmutableArray<Message> TakePublished()
    {
        if (_published.Count == 0) return [];
        ImmutableArray<Message> taken = [.. _published];
        _published.Clear();
        return taken;
    }

    /// <summary>Appends an entry within a transaction; <see cref="Keep"/> comes after its commit. For everything but a message between accounts here.</summary>
    public Message Stage(Database database, Conversation conversation, long position, in NewRow row)
    {
        _staged.Add(conversation);
        conversation.Next = position + 1;
        var stored = new Message
        {
            Id = row.Id,
            Conversation = conversation.Id,
            Position = position,
            Arrival = _nextArrival++,
            From = row.From,
            FromName = row.FromName,
            Text = row.Text,
            Sent = row.Sent,
            Kind = row.Kind,
            To = row.To,
            Subject = row.Subject,
            Target = row.Target > 0 && row.Target < position ? row.Target : null,
        };
        database.Prepare(
            """
            INSERT INTO message (arrival, conversation, position, sender, sent, id, sender_name, text, kind, subject, target)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            """)
            .Bind(1, stored.Arrival)
            .Bind(2, conversation.Id.Value)
            .Bind(3, position)
            .Bind(4, row.Sender)
            .Bind(5, stored.Sent)
            .Bind(6, stored.Id)
            .Bind(7, stored.FromName)
            .BindText(8, stored.Text.Utf8.Span)
            .Bind(9, (long)stored.Kind)
            .Bind(10, row.SubjectNumber)
            .Bind(11, stored.Target)
            .Run();
        return stored;
    }

    /// <summary>Within a transaction: a conversation for a group, whose first entry comes behind a position.</summary>
    public Conversation MakeGroup(Database database, long historyAfter)
    {
        var conversation = Conversation.MakeGroup(database);
        _conversations[conversation.Id] = conversation;
        StageJump(conversation, historyAfter);
        return conversation;
    }

    /// <summary>Within a transaction: the next entry comes behind a position; <see cref="Conversation.Jump"/> comes after its commit.</summary>
    public void StageJump(Conversation conversation, long historyAfter)
    {
        _staged.Add(conversation);
        conversation.Next = historyAfter + 1;
    }

    /// <summary>After a commit that removed a group.</summary>
    public void Remove(Conversation conversation)
    {
        conversation.Remove();
        conversation.Shelf = null;
        _shelves.Remove(conversation.Id);
    }

    private void Replay(Database writer)
    {
        var query = writer.Prepare(
            $"""
            SELECT {MessageRows.Columns}, m.sender, coalesce(k.read_arrival, 0)
            FROM message AS m {MessageRows.Joins}
            LEFT JOIN mark AS k ON k.address = t.id AND k.conversation = m.conversation
            WHERE m.arrival > ?1 ORDER BY m.arrival
            """).Bind(1, _indexed);
        while (query.Step())
        {
            var message = MessageRows.Read(writer, query);
            var conversation = FindConversation(writer, message.Conversation)
                ?? throw new StoreException($"Message {message.Arrival} is in a conversation that does not exist; run 'kabar check'.");
            Keep(message, conversation, new AccountId(query.Number(MessageRows.ColumnCount)), isRead: message.Arrival <= query.Number(MessageRows.ColumnCount + 1));
        }
    }

    /// <summary>After a commit, and in a replay: the entry becomes visible.</summary>
    public void Keep(Message message, Conversation conversation, AccountId sender, bool isRead = false)
    {
        conversation.Accept(message);

        // A removed group is read by nobody, but the index takes in every row of the log.
        if (conversation.Kind == Conversation.Removed)
        {
            _tail.Add(new Entry(message, sender, null, null));
        }
        else
        {
            var shelf = conversation.Shelf ?? ShelfOf(conversation);
            shelf.Add(message, conversation.Head);
            _newest.Add(message);
            _published.Add(message);
            var inbox = conversation.Kind != Conversation.Group && !isRead && IsForInbox(message) ? InboxOf(conversation.Other(sender)) : null;
            inbox?.Recent.Enqueue(message);
            _tail.Add(new Entry(message, sender, shelf, inbox));
        }

        _tailBytes += message.Text.Length;
        _unindexed++;
        _keptSinceSlice++;
        _committed = message.Arrival;
    }

    // What is only told of another entry shows in that one.
    private static bool IsForInbox(Message message) => message.Kind is EntryKind.Said or EntryKind.DeliveryFailed;

    private Shelf ShelfOf(Conversation conversation)
    {
        if (!_shelves.TryGetValue(conversation.Id, out var shelf)) _shelves.Add(conversation.Id, shelf = new Shelf(conversation));
        return conversation.Shelf = shelf;
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
        if (_shelves.Count > CacheLimit)
            foreach (var shelf in _shelves.Values.Where(shelf => shelf.IsEmpty).ToArray())
            {
                shelf.Conversation.Shelf = null;
                _shelves.Remove(shelf.Conversation.Id);
            }

        if (_conversations.Count > CacheLimit)
            foreach (var conversation in _conversations.Values.Where(conversation => conversation.LastArrival <= _indexed).ToArray())
            {
                _conversations.Remove(conversation.Id);
                _direct.Remove(conversation.Members);
            }
    }

    /// <summary>Within a transaction: the conversation of two addresses, made if need be.</summary>
    public Conversation FindOrMake(Database database, AccountId one, AccountId other)
    {
        var members = one.Value <= other.Value ? (one.Value, other.Value) : (other.Value, one.Value);
        if (_direct.TryGetValue(members, out var known)) return known;

        var conversation = database.Prepare("SELECT conversation FROM direct WHERE low = ?1 AND high = ?2").Bind(1, members.Item1).Bind(2, members.Item2).ReadNumber() is { } id
            ? FindConversation(database, new ConversationId(id))
            : null;
        if (conversation is not null) return conversation;

        // Staged at once: if the transaction fails before anything is said in it, it is forgotten too.
        var made = Remember(Conversation.Make(database, members));
        _staged.Add(made);
        return made;
    }

    /// <summary>The conversation of a number, as the open transaction has it.</summary>
    public Conversation? FindConversation(Database database, ConversationId id)
    {
        if (_conversations.TryGetValue(id, out var known)) return known;
        return Conversation.Read(database, id) is { } found ? Remember(found) : null;
    }

    private Conversation Remember(Conversation conversation)
    {
        _conversations[conversation.Id] = conversation;
        if (conversation.Members.Low > 0) _direct[conversation.Members] = conversation;
        return conversation;
    }

    /// <summary>An address in two columns, username and realm.</summary>
    public static Address ReadAddress(Statement query, int column) =>
        new(Username.Parse(query.Text(column)), RealmName.TryParse(query.Text(column + 1), out var realm) ? realm : null);

    private sealed record Entry(Message Message, AccountId Sender, Shelf? Shelf, Inbox? Inbox);

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
                To = new Address(message.To.Username),
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
}

/// <summary>What is appended besides messages between accounts here: its position, arrival and conversation are the log's to add.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">What it tells.</param>
/// <param name="From">Whose it is.</param>
/// <param name="Sender">The number of that address.</param>
/// <param name="FromName">His display name.</param>
/// <param name="Subject">Whom it concerns besides.</param>
/// <param name="SubjectNumber">The number of that address.</param>
/// <param name="Text">Its text.</param>
/// <param name="Sent">When.</param>
/// <param name="To">Of two the other one; null in a group.</param>
/// <param name="Target">The position of the entry that it answers or changes.</param>
internal readonly record struct NewRow(
    Guid Id, EntryKind Kind, Address From, long Sender, string FromName, Address? Subject, long? SubjectNumber, MessageText Text, DateTimeOffset Sent, Address? To = null, long? Target = null);
