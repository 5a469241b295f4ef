using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <summary>Marks as rows.</summary>
internal static class MarkRows
{
    /// <summary>How far an address has read a conversation by its mark alone: the position, and an arrival with all up to that.</summary>
    public static (long Read, long ReadArrival) FindRead(Database database, long address, ConversationId conversation)
    {
        var query = database.Prepare("SELECT read, read_arrival FROM mark WHERE address = ?1 AND conversation = ?2").Bind(1, address).Bind(2, conversation.Value);
        var found = query.Step() ? (query.Number(0), query.Number(1)) : default;
        query.Reset();
        return found;
    }

    /// <summary>The three marks of an address in a conversation as they are written down: 0 where nothing is.</summary>
    public static (long Stored, long Delivered, long Read) Find(Database database, long address, ConversationId conversation)
    {
        var query = database.Prepare("SELECT stored, delivered, read FROM mark WHERE address = ?1 AND conversation = ?2").Bind(1, address).Bind(2, conversation.Value);
        var found = query.Step() ? (query.Number(0), query.Number(1), query.Number(2)) : default;
        query.Reset();
        return found;
    }

    /// <summary>Moves marks forward. False when none of them was behind.</summary>
    public static bool Advance(Database database, long address, ConversationId conversation, long stored, long delivered, long read, long readArrival, long changed)
    {
        database.Prepare(
            """
            INSERT INTO mark (address, conversation, stored, delivered, read, read_arrival, changed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT (address, conversation) DO UPDATE SET
                stored = max(stored, ?3), delivered = max(delivered, ?4), read = max(read, ?5), read_arrival = max(read_arrival, ?6), changed = ?7
            WHERE stored < ?3 OR delivered < ?4 OR read < ?5
            """)
            .Bind(1, address)
            .Bind(2, conversation.Value)
            .Bind(3, stored)
            .Bind(4, delivered)
            .Bind(5, read)
            .Bind(6, readArrival)
            .Bind(7, changed)
            .Run();
        return database.Changes > 0;
    }
}
