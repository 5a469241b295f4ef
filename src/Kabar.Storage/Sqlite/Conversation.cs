using System.Diagnostics;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <summary>What the writer keeps of a direct conversation: whose it is and how far it goes.</summary>
internal sealed class Conversation
{
    /// <summary>The kind of a conversation between two.</summary>
    public const int Direct = 1;

    private const int WithOneself = 2;

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
        database.Prepare("INSERT INTO conversation (kind) VALUES (?1)").Bind(1, members.Low == members.High ? WithOneself : Direct).Run();
        var id = database.LastRow;
        database.Prepare("INSERT INTO direct (low, high, conversation) VALUES (?1, ?2, ?3)").Bind(1, members.Low).Bind(2, members.High).Bind(3, id).Run();

        const string Join = "INSERT INTO member (address, conversation) VALUES (?1, ?2)";
        database.Prepare(Join).Bind(1, members.Low).Bind(2, id).Run();
        if (members.High != members.Low) database.Prepare(Join).Bind(1, members.High).Bind(2, id).Run();
        return new Conversation(new ConversationId(id), members, head: 0);
    }

    /// <summary>The conversation as the index has it; what the log holds beyond is for the caller to add.</summary>
    public static Conversation? Read(Database database, ConversationId id)
    {
        var query = database.Prepare(
            """
            SELECT low, high, (SELECT position FROM place
                               WHERE conversation = ?1 AND arrival <= (SELECT value FROM meta WHERE key = 'indexed')
                               ORDER BY arrival DESC LIMIT 1)
            FROM direct WHERE conversation = ?1
            """).Bind(1, id.Value);
        if (!query.Step()) return null;

        // No row of the index yet is NULL, which reads as 0.
        var conversation = new Conversation(id, (query.Number(0), query.Number(1)), query.Number(2));
        query.Reset();
        return conversation;
    }

    /// <summary>The member that a message of <paramref name="sender"/> is for.</summary>
    public AccountId Other(AccountId sender) => new(Members.Low == sender.Value ? Members.High : Members.Low);

    /// <summary>Grows by a committed message.</summary>
    public void Accept(Message message)
    {
        if (message.Position != Head + 1) throw new UnreachableException($"Conversation {Id.Value} has a gap at {message.Position}.");

        Head = message.Position;
        Next = Math.Max(Next, Head + 1);
        LastArrival = message.Arrival;
    }
}
