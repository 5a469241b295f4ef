using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <summary>What can be told of data that nobody opens: they are read as they are, of whatever schema up to this program's, and stay so.</summary>
/// <param name="Realm">The name they carry; null when they were never given one.</param>
/// <param name="Figures">How much there is. What the full-text index lacks is not looked at.</param>
/// <param name="Queues">The realms it is joined with, and what waits for each.</param>
public sealed record StoreGlance(string? Realm, StoreFigures Figures, ImmutableArray<QueueGlance> Queues)
{
    // The first schema with other realms.
    private const int WithPeers = 2;

    /// <summary>Looks at a file.</summary>
    /// <exception cref="StoreException">It cannot be read, or was written by a later version.</exception>
    public static StoreGlance Take(string path)
    {
        using var database = Database.OpenReader(path);
        var version = Migrations.Version(database);
        Migrations.RefuseLater(version);
        var entries = Number("SELECT max(arrival) FROM message");
        var unindexed = Math.Max(0, entries - Number("SELECT value FROM meta WHERE key = 'indexed'"));
        return new StoreGlance(
            Realm(),
            new StoreFigures(Number("SELECT count(*) FROM account"), Number("SELECT count(*) FROM session"), entries, unindexed, Unsearchable: 0),
            version < WithPeers ? [] : Queues());

        long Number(string sql) => database.Prepare(sql).ReadNumber() ?? 0;

        string? Realm()
        {
            var query = database.Prepare("SELECT value FROM meta WHERE key = 'realm'");
            var name = query.Step() ? query.Text(0) : null;
            query.Reset();
            return name;
        }

        ImmutableArray<QueueGlance> Queues()
        {
            var query = database.Prepare(
                "SELECT p.realm, count(o.seq), coalesce(sum(length(o.frame)), 0) FROM peer AS p LEFT JOIN outbox AS o ON o.peer = p.id GROUP BY p.id ORDER BY p.realm");
            var queues = ImmutableArray.CreateBuilder<QueueGlance>();
            while (query.Step()) queues.Add(new QueueGlance(query.Text(0), query.Number(1), query.Number(2)));
            return queues.DrainToImmutable();
        }
    }
}

/// <summary>What waits for another realm.</summary>
public sealed record QueueGlance(string Realm, long Count, long Bytes);
