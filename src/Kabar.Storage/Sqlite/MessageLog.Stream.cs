using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <content>Reading what an account may have heard, in the order of arrivals.</content>
internal sealed partial class MessageLog
{
    // How much of the log is looked at in the first query of a page, times what the page holds: of a realm's arrivals most are not the reader's, so that it doubles while little is found.
    private const long ArrivalsPerEntry = 4;

    /// <summary>Entries after an arrival: what is indexed from the disk, the rest from memory.</summary>
    public StreamPage ReadStream(AccountId reader, long after, int mostEntries, int mostBytes)
    {
        var page = new Page(mostEntries, mostBytes);
        Message[] newest;
        long committed;
        while (true)
        {
            long indexed;
            lock (_gate)
            {
                if (after >= _indexed)
                {
                    committed = _committed;
                    newest = CopyNewest(after);
                    break;
                }

                indexed = _indexed;
            }

            using var reading = _reads.Rent();
            for (var step = ArrivalsPerEntry * mostEntries; after < indexed; step *= 2)
            {
                var through = Math.Min(indexed, after + step);
                if (!ReadIndexedStream(reading.Database, reader, after, through, mostEntries, page)) return Full(page, after);
                after = through;
            }
        }

        if (newest.Length > 0)
        {
            // Read after memory was, so that who is in what is known of all of it.
            using var lease = _reads.Rent();
            var heard = ReadHeard(lease.Database, reader);
            foreach (var message in newest)
                if (heard.TryGetValue(message.Conversation, out var spans) && IsWithin(spans, message.Position) && !page.TryAdd(message))
                    return Full(page, after);
        }

        return new StreamPage(page.Drain(), Math.Max(after, committed), IsLast: true);
    }

    private static StreamPage Full(Page page, long after)
    {
        var through = page.Count == 0 ? after : page.LastArrival;
        return new StreamPage(page.Drain(), through, IsLast: false);
    }

    private Message[] CopyNewest(long after)
    {
        var first = _newest.IndexAfter(after);
        var copy = new Message[_newest.Count - first];
        for (var i = 0; i < copy.Length; i++) copy[i] = _newest[first + i];
        return copy;
    }

    // False when the page is full.
    private static bool ReadIndexedStream(Database database, AccountId reader, long after, long through, int mostEntries, Page page)
    {
        // "Union": what is told twice of one who came and went is heard once.
        var query = database.Prepare(
            $"""
            SELECT {MessageRows.Columns}
            FROM (SELECT p.arrival AS arrival FROM member AS me
                  CROSS JOIN place AS p ON p.conversation = me.conversation AND p.arrival > ?2 AND p.arrival <= ?3
                  WHERE me.address = ?1
                  UNION
                  SELECT p.arrival FROM group_member AS me
                  CROSS JOIN place AS p ON p.conversation = me.conversation AND p.arrival > ?2 AND p.arrival <= ?3 AND p.position >= me.joined
                  WHERE me.address = ?1
                  UNION
                  SELECT p.arrival FROM group_past AS me
                  CROSS JOIN place AS p ON p.conversation = me.conversation AND p.arrival > ?2 AND p.arrival <= ?3 AND p.position BETWEEN me.joined AND me.until
                  WHERE me.address = ?1
                  ORDER BY arrival
                  LIMIT ?4) AS heard
            CROSS JOIN message AS m ON m.arrival = heard.arrival
            {MessageRows.Joins}
            ORDER BY m.arrival
            """).Bind(1, reader.Value).Bind(2, after).Bind(3, through).Bind(4, mostEntries - page.Count + 1L);
        while (query.Step())
        {
            if (page.TryAdd(MessageRows.Read(database, query))) continue;
            query.Reset();
            return false;
        }

        return true;
    }

    // Which positions of which conversations an account may have heard.
    private static Dictionary<ConversationId, List<(long Joined, long Until)>> ReadHeard(Database database, AccountId reader)
    {
        var heard = new Dictionary<ConversationId, List<(long Joined, long Until)>>();
        var query = database.Prepare(
            """
            SELECT conversation, 1, 9223372036854775807 FROM member WHERE address = ?1
            UNION ALL SELECT conversation, joined, 9223372036854775807 FROM group_member WHERE address = ?1
            UNION ALL SELECT conversation, joined, until FROM group_past WHERE address = ?1
            """).Bind(1, reader.Value);
        while (query.Step())
        {
            var conversation = new ConversationId(query.Number(0));
            if (!heard.TryGetValue(conversation, out var spans)) heard.Add(conversation, spans = new List<(long Joined, long Until)>(1));
            spans.Add((query.Number(1), query.Number(2)));
        }

        return heard;
    }

    private static bool IsWithin(List<(long Joined, long Until)> spans, long position)
    {
        foreach (var (joined, until) in spans)
            if (position >= joined && position <= until) return true;
        return false;
    }
}
