using System.Diagnostics;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <summary>
/// What the writer keeps of a direct conversation: how far it goes and how far its two members have read. On disk the head is as of
/// the index and may lag; here it is what has been committed.
/// </summary>
internal sealed class Conversation
{
    /// <summary>The kind of a conversation between two.</summary>
    public const int Direct = 1;

    private const int WithOneself = 2;

    private long _readByLow;
    private long _readByHigh;

    private Conversation(ConversationId id, (long Low, long High) members, long head)
    {
        (Id, Members, Head) = (id, members, head);
        Next = head + 1;
    }

    public ConversationId Id { get; }

    /// <summary>The numbers of the two addresses, the smaller first; the same twice when somebody writes to himself.</summary>
    public (long Low, long High) Members { get; }

    /// <summary>The last committed position.</summary>
    public long Head { get; private set; }

    /// <summary>The position of the next message: ahead of the head while a transaction is open.</summary>
    public long Next { get; set; }

    /// <summary>When it last grew.</summary>
    public long LastArrival { get; private set; }

    public static Conversation Make(Database database, (long Low, long High) members)
    {
        database.Prepare("INSERT INTO conversation (kind, head) VALUES (?1, 0)").Bind(1, members.Low == members.High ? WithOneself : Direct).Run();
        var id = database.LastRow;
        database.Prepare("INSERT INTO direct (low, high, conversation) VALUES (?1, ?2, ?3)").Bind(1, members.Low).Bind(2, members.High).Bind(3, id).Run();

        const string Join = "INSERT INTO member (address, conversation, read) VALUES (?1, ?2, 0)";
        database.Prepare(Join).Bind(1, members.Low).Bind(2, id).Run();
        if (members.High != members.Low) database.Prepare(Join).Bind(1, members.High).Bind(2, id).Run();
        return new Conversation(new ConversationId(id), members, head: 0);
    }

    public static Conversation? Read(Database database, ConversationId id)
    {
        var query = database.Prepare(
            """
            SELECT d.low, d.high, c.head, l.read, h.read
            FROM conversation AS c
            JOIN direct AS d ON d.conversation = c.id
            JOIN member AS l ON l.address = d.low AND l.conversation = c.id
            JOIN member AS h ON h.address = d.high AND h.conversation = c.id
            WHERE c.id = ?1
            """).Bind(1, id.Value);
        if (!query.Step()) return null;

        var conversation = new Conversation(id, (query.Number(0), query.Number(1)), query.Number(2))
        {
            _readByLow = query.Number(3),
            _readByHigh = query.Number(4),
        };
        query.Reset();
        return conversation;
    }

    /// <summary>The member that a message of <paramref name="sender"/> is for.</summary>
    public AccountId Other(AccountId sender) => new(Members.Low == sender.Value ? Members.High : Members.Low);

    public long ReadBy(AccountId member) => member.Value == Members.Low ? _readByLow : _readByHigh;

    /// <summary>Grows by a committed message. One's own message is not unread: a sender who had read everything before it has read it too.</summary>
    public void Accept(Message message, AccountId sender)
    {
        if (message.Position != Head + 1) throw new UnreachableException($"Conversation {Id.Value} has a gap at {message.Position}.");

        Head = message.Position;
        Next = Math.Max(Next, Head + 1);
        LastArrival = message.Arrival;
        if (Members.Low != Members.High && ReadBy(sender) == message.Position - 1) MarkRead(sender, message.Position);
    }

    public void MarkRead(AccountId member, long position)
    {
        if (member.Value == Members.Low) _readByLow = Math.Max(_readByLow, position);
        else _readByHigh = Math.Max(_readByHigh, position);
    }

    /// <summary>Writes down the head and the read positions.</summary>
    public void WriteHead(Database database)
    {
        database.Prepare("UPDATE conversation SET head = ?2 WHERE id = ?1").Bind(1, Id.Value).Bind(2, Head).Run();
        const string MarkRead = "UPDATE member SET read = ?3 WHERE address = ?1 AND conversation = ?2 AND read < ?3";
        database.Prepare(MarkRead).Bind(1, Members.Low).Bind(2, Id.Value).Bind(3, _readByLow).Run();
        if (Members.High != Members.Low) database.Prepare(MarkRead).Bind(1, Members.High).Bind(2, Id.Value).Bind(3, _readByHigh).Run();
    }
}
