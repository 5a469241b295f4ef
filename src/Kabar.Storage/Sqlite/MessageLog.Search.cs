using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <content>Reading what a search has found.</content>
internal sealed partial class MessageLog
{
    /// <summary>The entry of an arrival, or null.</summary>
    public static Message? Find(Database database, long arrival)
    {
        var query = database.Prepare(
            $"""
            SELECT {EntryColumns}, m.deleted
            FROM message AS m JOIN address AS a ON a.id = m.sender LEFT JOIN address AS s ON s.id = m.subject
            WHERE m.arrival = ?1
            """).Bind(1, arrival);
        var found = query.Step() && query.IsNull(12) ? ReadMessage(query) : null;
        query.Reset();
        return found;
    }
}
