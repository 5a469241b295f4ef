using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <content>The conversations of an account, and what is unread in them.</content>
internal sealed partial class MessageLog
{
    /// <summary>The conversations that an account takes part in and that have an entry, or only one of them, in no order.</summary>
    public IReadOnlyList<Taking> ListTaking(Database database, AccountId reader, ConversationId? only = null)
    {
        while (true)
        {
            long indexed;
            lock (_gate) indexed = _indexed;
            var taking = ReadTaking(database, reader, only, indexed);
            lock (_gate)
            {
                // What has been indexed meanwhile is neither in what was read nor in memory.
                if (indexed != _indexed) continue;
                foreach (var one in taking)
                    if (_shelves.TryGetValue(one.Conversation, out var shelf) && shelf.Last is { } last) one.LastArrival = last.Arrival;
            }

            return taking.FindAll(static one => one.LastArrival > 0);
        }
    }

    /// <summary>The last entry of a conversation as it was listed.</summary>
    public Message? FindLast(Database database, Taking taking)
    {
        lock (_gate)
            if (_shelves.TryGetValue(taking.Conversation, out var shelf) && shelf.FindArrived(taking.LastArrival) is { } last && last.Arrival == taking.LastArrival) return last;
        return MessageRows.Find(database, taking.LastArrival);
    }

    /// <summary>How many messages of others, at most so many, lie beyond a position that has been read and the arrival that goes with it.</summary>
    public int CountUnread(Database database, Taking taking, AccountId reader, long read, long readArrival, int most)
    {
        var after = Math.Max(read, taking.Joined - 1);
        var (count, indexed) = (0, 0L);
        lock (_gate)
        {
            indexed = _indexed;
            if (_shelves.TryGetValue(taking.Conversation, out var shelf))
                shelf.Read(after, message => (count += IsForInbox(message) && !message.IsDeleted && (taking.IsWithOneself || message.From != taking.Reader) ? 1 : 0) < most);
        }

        if (count >= most) return most;
        if (read < after) readArrival = Math.Max(readArrival, FindArrival(database, taking.Conversation, after, indexed));
        return count + (int)(database.Prepare(
            """
            SELECT count(*)
            FROM (SELECT 1 FROM place AS p CROSS JOIN message AS m ON m.arrival = p.arrival
                  WHERE p.conversation = ?1 AND p.arrival > ?2 AND p.arrival <= ?3 AND p.position > ?4 AND (p.sender <> ?5 OR ?6) AND m.kind IN (0, 14) AND m.deleted IS NULL
                  LIMIT ?7)
            """)
            .Bind(1, taking.Conversation.Value)
            .Bind(2, readArrival)
            .Bind(3, indexed)
            .Bind(4, after)
            .Bind(5, reader.Value)
            .Bind(6, taking.IsWithOneself ? 1 : 0)
            .Bind(7, most - count)
            .ReadNumber() ?? 0);
    }

    private static List<Taking> ReadTaking(Database database, AccountId reader, ConversationId? only, long indexed)
    {
        var taking = new List<Taking>();
        var query = database.Prepare(
            """
            SELECT me.conversation, c.kind, me.joined, a.username, a.realm, o.username, o.realm, g.id, coalesce(i.read_through, 0),
                   (SELECT arrival FROM place WHERE conversation = me.conversation AND arrival <= ?2 ORDER BY arrival DESC LIMIT 1)
            FROM (SELECT conversation, 1 AS joined FROM member WHERE address = ?1 UNION ALL SELECT conversation, joined FROM group_member WHERE address = ?1) AS me
            CROSS JOIN conversation AS c ON c.id = me.conversation
            CROSS JOIN address AS a ON a.id = ?1
            LEFT JOIN direct AS d ON d.conversation = me.conversation
            LEFT JOIN address AS o ON o.id = CASE WHEN d.low = ?1 THEN d.high ELSE d.low END
            LEFT JOIN group_chat AS g ON g.conversation = me.conversation
            LEFT JOIN inbox AS i ON i.address = ?1
            WHERE ?3 IS NULL OR me.conversation = ?3
            """).Bind(1, reader.Value).Bind(2, indexed).Bind(3, only?.Value);
        while (query.Step())
            taking.Add(new Taking(
                new ConversationId(query.Number(0)),
                query.Number(1) == Conversation.WithOneself,
                query.Number(2),
                ReadAddress(query, 3),
                query.IsNull(5) ? null : ReadAddress(query, 5),
                query.IsNull(7) ? null : new GroupId(query.Uuid(7)),
                query.Number(8))
            { LastArrival = query.Number(9) });
        return taking;
    }

    /// <summary>A conversation that somebody takes part in.</summary>
    /// <param name="Conversation">Which.</param>
    /// <param name="IsWithOneself">Whether all of it is his own.</param>
    /// <param name="Joined">What he may have heard begins at this position.</param>
    /// <param name="Reader">Who takes part.</param>
    /// <param name="Other">Of two the other one.</param>
    /// <param name="Group">The group, if it is one's.</param>
    /// <param name="InboxRead">How far he has read his inbox.</param>
    public sealed record Taking(ConversationId Conversation, bool IsWithOneself, long Joined, Address Reader, Address? Other, GroupId? Group, long InboxRead)
    {
        /// <summary>When the last entry arrived; 0 for none.</summary>
        public long LastArrival { get; set; }
    }
}
