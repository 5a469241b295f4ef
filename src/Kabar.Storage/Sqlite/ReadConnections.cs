using System.Collections.Concurrent;

namespace Kabar.Storage.Sqlite;

/// <summary>Connections to read with, one for each thread that reads at the moment; a few are kept.</summary>
internal sealed class ReadConnections(string path) : IDisposable
{
    private const int Kept = 8;

    private readonly ConcurrentBag<Database> _idle = [];

    public Lease Rent() => new(this, _idle.TryTake(out var database) ? database : Database.OpenReader(path));

    public void Dispose()
    {
        while (_idle.TryTake(out var database)) database.Dispose();
    }

    private void Return(Database database)
    {
        if (_idle.Count < Kept) _idle.Add(database);
        else database.Dispose();
    }

    public readonly struct Lease(ReadConnections owner, Database database) : IDisposable
    {
        public Database Database => database;

        public void Dispose() => owner.Return(database);
    }
}
