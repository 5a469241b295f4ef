using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <content>The keys under which clients say something: once.</content>
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public ValueTask<int> ForgetKeysAsync(DateTimeOffset before) => WriteAsync(database =>
    {
        database.Prepare("DELETE FROM client_key WHERE created < ?1").Bind(1, before).Run();
        return database.Changes;
    });

    // What was said under a key: where it lies in the log, or the id of what waits for a group's home. Null for no key, or a new one.
    private static (long? Arrival, Guid? Pending)? FindKey(Database database, long sender, string? key)
    {
        if (key is null) return null;
        var query = database.Prepare("SELECT arrival, pending FROM client_key WHERE sender = ?1 AND key = ?2").Bind(1, sender).Bind(2, key);
        if (!query.Step()) return null;
        (long?, Guid?) found = (query.NumberOrNull(0), query.IsNull(1) ? null : query.Uuid(1));
        query.Reset();
        return found;
    }

    // The message that was said under a key.
    private static Message? FindKeyed(Database database, long sender, string? key) =>
        FindKey(database, sender, key) is { Arrival: { } arrival } ? MessageRows.Find(database, arrival) : null;

    private static void KeepKey(Database database, long sender, string? key, long? arrival, Guid? pending, DateTimeOffset created)
    {
        if (key is null) return;
        var insert = database.Prepare("INSERT OR REPLACE INTO client_key (sender, key, arrival, pending, created) VALUES (?1, ?2, ?3, ?4, ?5)")
            .Bind(1, sender).Bind(2, key).Bind(3, arrival).Bind(5, created);
        if (pending is { } id) insert.Bind(4, id);
        else insert.BindNull(4);
        insert.Run();
    }

    // What waited for a group's home has come back with its place.
    private static void PlaceKey(Database database, Guid pending, long arrival) =>
        database.Prepare("UPDATE client_key SET arrival = ?2 WHERE pending = ?1").Bind(1, pending).Bind(2, arrival).Run();
}
