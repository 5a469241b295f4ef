using System.Diagnostics;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <summary>What the writer keeps of a conversation: whose it is and how far it goes.</summary>
internal sealed class Conversation
{
    /// <summary>The kind of a conversation whose group was removed: its rows stay in the log, and nobody reads them.</summary>
    public const int Removed = 0;

    /// <summary>The kind of a conversation between two.</summary>
    public const int Direct = 1;

    /// <summary>The kind of a conversation of somebody with himself.</summary>
    public const int WithOneself = 2;

    /// <summary>The kind of a conversation that is a group's.</summary>
    public const int Group = 3;

    // The position of the last message there is. The head is further while nothing has come yet behind a jump.
    private long _last;

    private Conversation(ConversationId id, int kind, (long Low, long High) members, long last, long head)
    {
        (Id, Kind, Members, _last, Head) = (id, kind, members, last, head);
        Next = head + 1;
    }

    public ConversationId Id { get; }

    public int Kind { get; private set; }

    /// <summary>The numbers of the two addresses, the smaller first; the same twice when somebody writes to himself. Zeros for a group.</summary>
    public (long Low, long High) Members { get; }

    /// <summary>The last committed position.</summary>
    public long Head { get; private set; }

    /// <summary>The position of the next message: ahead of the head while a transaction is open.</summary>
    public long Next { get; set; }

    /// <summary>What of it is kept in memory, for as long as the log has that. Kept by the log.</summary>
    public Shelf? Shelf { get; set; }

    /// <summary>When it last grew.</summary>
    public long LastArrival { get; private set; }

    public static Conversation Make(Database database, (long Low, long High) members)
    {
        var kind = members.Low == members.High ? WithOneself : Direct;
        var id = Insert(database, kind);
        database.Prepare("INSERT INTO direct (low, high, conversation) VALUES (?1, ?2, ?3)").Bind(1, members.Low).Bind(2, members.High).Bind(3, id.Value).Run();

        const string Join = "INSERT INTO member (address, conversation) VALUES (?1, ?2)";
        database.Prepare(Join).Bind(1, members.Low).Bind(2, id.Value).Run();
        if (members.High != members.Low) database.Prepare(Join).Bind(1, members.High).Bind(2, id.Value).Run();
        return new Conversation(id, kind, members, last: 0, head: 0);
    }

    /// <summary>One for a group; the group's row is the caller's.</summary>
    public static Conversation MakeGroup(Database database) => new(Insert(database, Group), Group, default, last: 0, head: 0);

    /// <summary>The conversation as the index has it; what the log holds beyond is for the caller to add.</summary>
    public static Conversation? Read(Database database, ConversationId id)
    {
        var query = database.Prepare(
            """
            SELECT c.kind, d.low, d.high, g.history_after,
                   (SELECT position FROM place
                    WHERE conversation = ?1 AND arrival <= (SELECT value FROM meta WHERE key = 'indexed')
                    ORDER BY arrival DESC LIMIT 1)
            FROM conversation AS c
            LEFT JOIN direct AS d ON d.conversation = c.id
            LEFT JOIN group_chat AS g ON g.conversation = c.id
            WHERE c.id = ?1
            """).Bind(1, id.Value);
        if (!query.Step()) return null;

        // What is not there is NULL, which reads as 0.
        var (last, historyAfter) = (query.Number(4), query.Number(3));
        var conversation = new Conversation(id, (int)query.Number(0), (query.Number(1), query.Number(2)), last, Math.Max(last, historyAfter));
        query.Reset();
        return conversation;
    }

    /// <summary>The member that a message of <paramref name="sender"/> is for.</summary>
    public AccountId Other(AccountId sender) => new(Members.Low == sender.Value ? Members.High : Members.Low);

    /// <summary>Grows by a committed message.</summary>
    public void Accept(Message message)
    {
        // A group's history may jump, where its home began to tell it later; kabar check knows where.
        if (message.Position != _last + 1 && (Kind is not (Group or Removed) || message.Position <= _last))
            throw new UnreachableException($"Conversation {Id.Value} has a gap at {message.Position}.");

        _last = message.Position;
        Head = Math.Max(Head, _last);
        Next = Math.Max(Next, Head + 1);
        LastArrival = message.Arrival;
    }

    /// <summary>After a commit: the next message comes behind this position.</summary>
    public void Jump(long after)
    {
        Head = Math.Max(Head, after);
        Next = Math.Max(Next, Head + 1);
        Shelf?.Jump(Head);
    }

    /// <summary>After a commit: its group is no more.</summary>
    public void Remove() => Kind = Removed;

    private static ConversationId Insert(Database database, int kind)
    {
        database.Prepare("INSERT INTO conversation (kind) VALUES (?1)").Bind(1, kind).Run();
        return new ConversationId(database.LastRow);
    }
}
