using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <summary>Entries as rows, and what becomes of them.</summary>
internal static class MessageRows
{
    /// <summary>What <see cref="Read"/> reads, of <c>message AS m</c> and <see cref="Joins"/>. Another column begins at <see cref="ColumnCount"/>.</summary>
    public const string Columns =
        """
        m.arrival, m.conversation, m.position, m.sent, m.id, m.sender_name, m.text, a.username, a.realm, m.kind, s.username, s.realm, t.username, t.realm,
        m.target, m.edited, m.deleted, m.failure, EXISTS (SELECT 1 FROM reaction AS r WHERE r.conversation = m.conversation AND r.position = m.position)
        """;

    /// <summary>The sender, the subject, and of two the other one.</summary>
    public const string Joins =
        """
        CROSS JOIN address AS a ON a.id = m.sender
        LEFT JOIN address AS s ON s.id = m.subject
        LEFT JOIN direct AS d ON d.conversation = m.conversation
        LEFT JOIN address AS t ON t.id = CASE WHEN d.low = m.sender THEN d.high ELSE d.low END
        """;

    /// <summary>How many columns that are.</summary>
    public const int ColumnCount = 19;

    /// <summary>The entry of a row, as it now is.</summary>
    public static Message Read(Database database, Statement row)
    {
        var text = new MessageText(row.Bytes(6).ToArray());
        return new Message
        {
            Arrival = row.Number(0),
            Conversation = new ConversationId(row.Number(1)),
            Position = row.Number(2),
            Sent = row.Time(3),
            Id = row.Uuid(4),
            FromName = row.Text(5),
            Text = text,
            From = MessageLog.ReadAddress(row, 7),
            Kind = (EntryKind)row.Number(9),
            Subject = row.IsNull(10) ? null : MessageLog.ReadAddress(row, 10),
            To = row.IsNull(12) ? null : MessageLog.ReadAddress(row, 12),
            Target = row.NumberOrNull(14),
            Revision = ReadRevision(database, row, text),
        };
    }

    /// <summary>The entry of an arrival, or null.</summary>
    public static Message? Find(Database database, long arrival)
    {
        var query = database.Prepare($"SELECT {Columns} FROM message AS m {Joins} WHERE m.arrival = ?1").Bind(1, arrival);
        var found = query.Step() ? Read(database, query) : null;
        query.Reset();
        return found;
    }

    /// <summary>The entry now reads otherwise.</summary>
    public static void Edit(Database database, long arrival, MessageText text, DateTimeOffset when) =>
        database.Prepare("UPDATE message SET text = ?2, edited = ?3 WHERE arrival = ?1").Bind(1, arrival).BindText(2, text.Utf8.Span).Bind(3, when).Run();

    /// <summary>The entry is deleted: its text and that of every edit are erased, and nobody reacts to it any more.</summary>
    public static void Delete(Database database, Message entry, DateTimeOffset when)
    {
        database.Prepare("UPDATE message SET text = '', deleted = ?2 WHERE arrival = ?1").Bind(1, entry.Arrival).Bind(2, when).Run();
        database.Prepare("UPDATE message SET text = '', deleted = ?3 WHERE conversation = ?1 AND target = ?2 AND kind = 15")
            .Bind(1, entry.Conversation.Value).Bind(2, entry.Position).Bind(3, when).Run();
        database.Prepare("DELETE FROM reaction WHERE conversation = ?1 AND position = ?2").Bind(1, entry.Conversation.Value).Bind(2, entry.Position).Run();
    }

    /// <summary>Somebody reacts to the entry in place of what he reacted with before; with nothing: no more.</summary>
    public static void React(Database database, Message entry, long who, long arrival, MessageText emoji)
    {
        if (emoji.Length == 0)
        {
            database.Prepare("DELETE FROM reaction WHERE conversation = ?1 AND position = ?2 AND who = ?3").Bind(1, entry.Conversation.Value).Bind(2, entry.Position).Bind(3, who).Run();
            return;
        }

        database.Prepare("INSERT OR REPLACE INTO reaction (conversation, position, who, arrival, emoji) VALUES (?1, ?2, ?3, ?4, ?5)")
            .Bind(1, entry.Conversation.Value).Bind(2, entry.Position).Bind(3, who).Bind(4, arrival).BindText(5, emoji.Utf8.Span).Run();
    }

    /// <summary>The entry could not be delivered.</summary>
    public static void Fail(Database database, long arrival, Refusal reason) =>
        database.Prepare("UPDATE message SET failure = ?2 WHERE arrival = ?1").Bind(1, arrival).Bind(2, reason.ToString()).Run();

    /// <summary>The arrival of a direct message with somebody on another realm, or of what became of one, by its id; null when none is known under it.</summary>
    public static long? FindExchanged(Database database, Guid id) => database.Prepare("SELECT arrival FROM exchanged WHERE id = ?1").Bind(1, id).ReadNumber();

    /// <summary>Keeps the id of a direct message with somebody on another realm, or of what became of one.</summary>
    public static void KeepExchanged(Database database, Message message) =>
        database.Prepare("INSERT OR IGNORE INTO exchanged (id, arrival) VALUES (?1, ?2)").Bind(1, message.Id).Bind(2, message.Arrival).Run();

    /// <summary>Who reacted with what, in the order of reacting.</summary>
    public static ImmutableArray<Reaction> ReadReactions(Database database, ConversationId conversation, long position)
    {
        var query = database.Prepare(
            """
            SELECT a.username, a.realm, r.emoji FROM reaction AS r CROSS JOIN address AS a ON a.id = r.who
            WHERE r.conversation = ?1 AND r.position = ?2 ORDER BY r.arrival
            """).Bind(1, conversation.Value).Bind(2, position);
        var reactions = ImmutableArray.CreateBuilder<Reaction>();
        while (query.Step()) reactions.Add(new Reaction(MessageLog.ReadAddress(query, 0), query.Text(2)));
        return reactions.DrainToImmutable();
    }

    private static MessageRevision? ReadRevision(Database database, Statement row, MessageText text)
    {
        var (edited, isDeleted, failure, hasReactions) = (row.TimeOrNull(15), !row.IsNull(16), row.TextOrNull(17), row.Truth(18));
        if (edited is null && !isDeleted && failure is null && !hasReactions) return null;
        return new MessageRevision
        {
            Text = text,
            Edited = edited,
            IsDeleted = isDeleted,

            // A reason that only a later program has a name for is one all the same.
            Failure = failure is null ? null : Enum.TryParse<Refusal>(failure, out var reason) ? reason : Refusal.Failed,
            Reactions = hasReactions ? ReadReactions(database, new ConversationId(row.Number(1)), row.Number(2)) : [],
        };
    }
}
