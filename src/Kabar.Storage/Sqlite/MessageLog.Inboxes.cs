using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <content>Reading inboxes.</content>
internal sealed partial class MessageLog
{
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

    /// <summary>A write that marks a page as read; null when that takes none.</summary>
    public Write<bool>? MarkRead(InboxPage page)
    {
        if (page.Messages.Length > 0) return new MarkReadWrite(this, page);
        lock (_gate) InboxOf(page.Reader).Clear(page.Through);
        return null;
    }

    /// <summary>After a commit: an account has read a conversation up to an arrival.</summary>
    public void Clear(AccountId reader, ConversationId conversation, long through)
    {
        if (_inboxes.TryGetValue(reader, out var inbox)) inbox.Clear(conversation, through);
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
        foreach (var message in inbox.Recent)
        {
            if (message.Arrival <= after || message.IsDeleted) continue;
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
            $"""
            SELECT {MessageRows.Columns}
            FROM (SELECT p.arrival AS arrival
                  FROM member AS me
                  CROSS JOIN conversation AS c ON c.id = me.conversation
                  LEFT JOIN mark AS k ON k.address = ?1 AND k.conversation = me.conversation
                  CROSS JOIN place AS p ON p.conversation = me.conversation AND p.arrival > max(?2, coalesce(k.read_arrival, 0)) AND p.arrival <= ?3
                  WHERE me.address = ?1 AND (p.sender <> ?1 OR c.kind = 2)
                  ORDER BY p.arrival
                  LIMIT ?4) AS unread
            CROSS JOIN message AS m ON m.arrival = unread.arrival
            {MessageRows.Joins}
            ORDER BY m.arrival
            """).Bind(1, reader.Value).Bind(2, after).Bind(3, through).Bind(4, RowsPerRead);
        var rows = 0;
        for (; query.Step(); rows++)
        {
            var message = MessageRows.Read(lease.Database, query);
            if (!IsForInbox(message) || message.IsDeleted)
            {
                after = message.Arrival;
                continue;
            }

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

    /// <summary>What is kept of one account's inbox.</summary>
    private sealed class Inbox(AccountId owner)
    {
        public AccountId Owner => owner;

        /// <summary>Whether <see cref="ClearThrough"/> takes in what the disk says.</summary>
        public bool IsLoaded { get; set; }

        /// <summary>Nothing up to this arrival is unread.</summary>
        public long ClearThrough { get; private set; }

        /// <summary>The unread direct messages to the owner that are not indexed yet, in the order of arrival.</summary>
        public Queue<Message> Recent { get; private set; } = [];

        public void Clear(long through)
        {
            ClearThrough = Math.Max(ClearThrough, through);
            DropThrough(ClearThrough);
        }

        /// <summary>Of one conversation nothing up to this arrival is unread.</summary>
        public void Clear(ConversationId conversation, long through)
        {
            if (Recent.Any(IsCleared)) Recent = new Queue<Message>(Recent.Where(message => !IsCleared(message)));

            bool IsCleared(Message message) => message.Conversation == conversation && message.Arrival <= through;
        }

        public void DropThrough(long arrival)
        {
            while (Recent.TryPeek(out var message) && message.Arrival <= arrival) Recent.Dequeue();
        }
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
