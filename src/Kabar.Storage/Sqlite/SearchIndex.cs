using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <summary>
/// The full-text index: a file of its own beside the database, which follows the log in the order of arrivals.
///
/// <code>
///   table message:  1 ……………………………………………………… through ………… committed
///   search.db:      1 ……………………………………………………… through ┊ a batch ┊
/// </code>
///
/// A thread of its own reads the log through a connection of its own, a batch at a time, and commits its rows together with the mark up to which they go. Nothing is handed to it but the
/// number of the last arrival, so a send costs nothing more, and however far it is behind, it holds no more than a batch. It may lose everything: what does not belong to this database, is
/// damaged or is missing is made again from the log, in the background, and finds what it holds so far.
///
/// Of what was said the row holds how it now reads: an edit or a deletion is an entry that the thread comes to, upon which it looks at the target's row. Where it was said is a column beside
/// the text (<see cref="SearchPlace"/>), so that a search walks two lists from their newest ends, and only as far as it finds enough.
///
/// Owners: the file is changed by the thread. Readers search under the read half of <see cref="_lifetime"/>, which the thread takes whole to replace the file.
/// </summary>
internal sealed class SearchIndex : IAsyncDisposable
{
    // Raised when rows are made otherwise: an index of another format is made again.
    private const int Format = 1;

    // The larger a transaction, the fewer lists have to be merged later; and a stop waits for one.
    private const int MostInBatch = 16 * 1024;
    private const long MostBytesInBatch = 8 * 1024 * 1024;

    // NORMAL: a power cut may take the last transactions, whole ones and in their order. What is deleted is overwritten in the pages that are written anyway.
    private const string Pragmas = "PRAGMA page_size=16384; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16384; PRAGMA secure_delete=FAST; PRAGMA temp_store=MEMORY";

    private const int MostPlaces = 100_000;

    // So that messages that come one by one share a transaction.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly string _path;
    private readonly string _identity;
    private readonly Database _log;
    private readonly TimeProvider _clock;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ReaderWriterLockSlim _lifetime = new();
    private readonly Dictionary<long, string?> _places = [];

    // A monitor, not a Lock: the thread waits on it.
    private readonly object _gate = new();
    private long _committed;
    private long _through;
    private bool _isIdle;
    private bool _isStopping;
    private volatile bool _isDamaged;

    // Both are there, or neither.
    private Database? _index;
    private ReadConnections? _reads;

    /// <param name="path">Its file.</param>
    /// <param name="database">The file that it follows.</param>
    /// <param name="identity">By which that database is known from others.</param>
    /// <param name="committed">The last arrival there is.</param>
    /// <param name="clock">Says how long a batch takes.</param>
    public SearchIndex(string path, string database, string identity, long committed, TimeProvider clock)
    {
        (_path, _identity, _committed, _clock) = (path, identity, committed, clock);
        _log = Database.OpenReader(database);
        if (!SqliteLibrary.HasFullText)
        {
            _log.Dispose();
            throw new StoreException($"SQLite {SqliteLibrary.Version} has no full-text search (FTS5). KABAR_SQLITE=bundled takes one that has, and the setting Search false does without.");
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "Kabar search" };
        _thread.Start();
    }

    /// <summary>How far it is behind, in arrivals. May be asked from any thread.</summary>
    public long Behind => Math.Max(0, Volatile.Read(ref _committed) - Volatile.Read(ref _through));

    /// <summary>Something may have been committed. On the writer's thread, after each commit; it takes no lock unless the index sleeps.</summary>
    public void Follow(long committed)
    {
        if (committed == _committed) return;

        // A full fence: either the thread sees the new number, or it is seen here that it sleeps.
        Interlocked.Exchange(ref _committed, committed);
        if (Volatile.Read(ref _isIdle)) Wake();
    }

    /// <summary>The arrivals of entries that match an expression of <see cref="SearchWords"/> and <see cref="SearchPlace"/>, newest first, before one.</summary>
    public ImmutableArray<long> Find(string expression, long before, int most)
    {
        _lifetime.EnterReadLock();
        try
        {
            if (_reads is null) return [];
            using var lease = _reads.Rent();
            try
            {
                return Find(lease.Database, expression, before, most);
            }
            catch (StoreException) when (lease.Database.IsDamaged)
            {
                _isDamaged = true;
                Wake();
                throw;
            }
        }
        finally
        {
            _lifetime.ExitReadLock();
        }
    }

    /// <summary>Ends the batch at hand, and it.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isStopping = true;
            Monitor.Pulse(_gate);
        }

        await _stopped.Task;
        _log.Dispose();
        _lifetime.Dispose();
    }

    private static ImmutableArray<long> Find(Database index, string expression, long before, int most)
    {
        // The lists of the words and the places are walked together from the end: nothing is sorted, and it stops when there are enough.
        var query = index.Prepare("SELECT rowid FROM said WHERE said MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3").Bind(1, expression).Bind(2, before).Bind(3, most);
        var found = ImmutableArray.CreateBuilder<long>();
        while (query.Step()) found.Add(query.Number(0));
        return found.DrainToImmutable();
    }

    private bool IsStopping
    {
        get
        {
            lock (_gate) return _isStopping;
        }
    }

    private void Run()
    {
        while (WaitForWork())
        {
            try
            {
                if (_isDamaged) Discard();
                if (_index is null) Open();
                while (IndexBatch() && !IsStopping)
                {
                }
            }
            catch (StoreException)
            {
                // A full disk, say: it is tried again later. What is damaged is made again.
                RollBack();
                _isDamaged |= _index is { IsDamaged: true };
                Wait(Patience);
            }
        }

        Close();
        _stopped.SetResult();
    }

    // False when it is to end. What has just come is given a moment, in which more may come.
    private bool WaitForWork()
    {
        lock (_gate)
        {
            Volatile.Write(ref _isIdle, true);
            Interlocked.MemoryBarrier();
            while (!_isStopping && !_isDamaged && _index is not null && Behind == 0) Monitor.Wait(_gate);
            Volatile.Write(ref _isIdle, false);
            if (!_isStopping && !_isDamaged && _index is not null) Monitor.Wait(_gate, Gathering);
            return !_isStopping;
        }
    }

    private void Wait(TimeSpan time)
    {
        lock (_gate)
            if (!_isStopping) Monitor.Wait(_gate, time);
    }

    private void Wake()
    {
        lock (_gate) Monitor.Pulse(_gate);
    }

    // Takes the file that is there, or makes one.
    private void Open()
    {
        if (File.Exists(_path) && !TryOpen()) Discard();
        if (_index is null) Make();
    }

    private bool TryOpen()
    {
        var index = Database.Open(_path);
        try
        {
            index.Run(Pragmas);
            var mark = index.Prepare("PRAGMA user_version").ReadNumber() == Format ? ReadMark(index) : null;
            if (mark is { } through && through <= Volatile.Read(ref _committed))
            {
                Use(index, through);
                return true;
            }
        }
        catch (StoreException) when (index.IsDamaged)
        {
        }
        catch
        {
            index.Dispose();
            throw;
        }

        index.Dispose();
        return false;
    }

    // Null for another database's. The same one, but as it once was (files that were copied back), gives itself away by the message at the mark.
    private long? ReadMark(Database index)
    {
        var state = index.Prepare("SELECT identity, through, last FROM state");
        if (!state.Step()) return null;
        var (identity, through, last) = (state.Text(0), state.Number(1), state.Bytes(2).ToArray());
        state.Reset();
        if (identity != _identity) return null;
        if (through == 0) return 0;

        var message = _log.Prepare("SELECT id FROM message WHERE arrival = ?1").Bind(1, through);
        var isThere = message.Step() && message.Bytes(0).SequenceEqual(last);
        message.Reset();
        return isThere ? through : null;
    }

    private void Make()
    {
        SqliteStore.MakeFile(_path);
        var index = Database.Open(_path);
        try
        {
            index.Run(Pragmas);

            // Prefixes of two to four letters have lists of their own; those of longer ones are short enough to be put together. Large nodes, merged many at a time, cost half as much as by default.
            index.Run(
                $"""
                BEGIN IMMEDIATE;
                CREATE TABLE state (identity TEXT NOT NULL, through INTEGER NOT NULL, last BLOB NOT NULL);
                CREATE VIRTUAL TABLE said USING fts5 (text, place, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3 4', columnsize = 0);
                INSERT INTO said (said, rank) VALUES ('pgsz', 16000), ('automerge', 16), ('hashsize', {MostBytesInBatch});
                PRAGMA user_version = {Format};
                """);
            index.Prepare("INSERT INTO state (identity, through, last) VALUES (?1, 0, x'')").Bind(1, _identity).Run();
            index.Run("COMMIT");
        }
        catch
        {
            index.Dispose();
            throw;
        }

        Use(index, 0);
    }

    private void Use(Database index, long through)
    {
        _lifetime.EnterWriteLock();
        (_index, _reads) = (index, new ReadConnections(_path));
        Volatile.Write(ref _through, through);
        _lifetime.ExitWriteLock();
    }

    // Nobody may have the file open when it goes: SQLite would take the log of the next one for its own.
    private void Discard()
    {
        Close();
        foreach (var suffix in new[] { "", "-wal", "-shm" }) Delete(_path + suffix);
        Volatile.Write(ref _through, 0);
        _isDamaged = false;
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"Cannot delete {path}: {exception.Message}", exception);
        }
    }

    private void Close()
    {
        _lifetime.EnterWriteLock();
        _reads?.Dispose();
        _index?.Dispose();
        (_index, _reads) = (null, null);
        _lifetime.ExitWriteLock();
    }

    private void RollBack()
    {
        try
        {
            if (_index is { IsInTransaction: true }) _index.Run("ROLLBACK");
            if (_log.IsInTransaction) _log.Run("ROLLBACK");
        }
        catch (StoreException)
        {
            // SQLite has rolled back by itself, or the next BEGIN says what is wrong.
        }
    }

    // Some thousand entries, with the mark up to which they go, in one transaction, out of one state of the log. False when there is nothing more.
    private bool IndexBatch()
    {
        var (index, begun, known) = (_index!, _clock.GetTimestamp(), Volatile.Read(ref _committed)); // opened
        if (known <= _through) return false;

        _log.Run("BEGIN");
        index.Run("BEGIN IMMEDIATE");
        var (through, count, bytes) = (_through, 0, 0L);
        var revised = new HashSet<(long Conversation, long Position)>();
        var entries = _log.Prepare("SELECT arrival, conversation, kind, text, deleted, target FROM message WHERE arrival > ?1 ORDER BY arrival LIMIT ?2")
            .Bind(1, through).Bind(2, MostInBatch);
        while (bytes < MostBytesInBatch && entries.Step())
        {
            (through, count, bytes) = (entries.Number(0), count + 1, bytes + entries.Bytes(3).Length);
            var kind = (EntryKind)entries.Number(2);
            if (kind == EntryKind.Said && entries.IsNull(4) && PlaceOf(entries.Number(1)) is { } place)
                index.Prepare("INSERT INTO said (rowid, text, place) VALUES (?1, ?2, ?3)").Bind(1, through).BindText(2, entries.Bytes(3)).Bind(3, place).Run();
            else if (kind is EntryKind.Edited or EntryKind.Deleted && !entries.IsNull(5))
                revised.Add((entries.Number(1), entries.Number(5)));
        }

        entries.Reset();
        foreach (var arrival in TargetsOf(revised, through)) Revise(index, arrival);
        if (count > 0) Mark(index, through);
        index.Run("COMMIT");
        _log.Run("COMMIT");
        Volatile.Write(ref _through, Math.Max(through, count == 0 ? known : 0));

        // While others say something it rests as long as it works: what is searched may be late, what is said may not.
        if (Volatile.Read(ref _committed) > known) Wait(_clock.GetElapsedTime(begun));
        return count == MostInBatch || bytes >= MostBytesInBatch;
    }

    private void Mark(Database index, long through)
    {
        var message = _log.Prepare("SELECT id FROM message WHERE arrival = ?1").Bind(1, through);
        message.Step();
        index.Prepare("UPDATE state SET through = ?1, last = ?2").Bind(1, through).BindBlob(2, message.Bytes(0)).Run();
        message.Reset();
    }

    // The row as the target now reads. What was said in this batch is so already, but is seldom changed at once.
    private void Revise(Database index, long arrival)
    {
        var target = _log.Prepare("SELECT text, deleted FROM message WHERE arrival = ?1").Bind(1, arrival);
        if (!target.Step()) return;
        if (target.IsNull(1)) index.Prepare("UPDATE said SET text = ?2 WHERE rowid = ?1").Bind(1, arrival).BindText(2, target.Bytes(0)).Run();
        else index.Prepare("DELETE FROM said WHERE rowid = ?1").Bind(1, arrival).Run();
        target.Reset();
    }

    // In the order of arrivals, which FTS5 wants: a row before the last one would end a list each time.
    private SortedSet<long> TargetsOf(HashSet<(long Conversation, long Position)> revised, long through)
    {
        var arrivals = new SortedSet<long>();
        if (revised.Count == 0) return arrivals;

        var indexed = _log.Prepare("SELECT value FROM meta WHERE key = 'indexed'").ReadNumber() ?? 0;
        foreach (var (conversation, position) in revised.ToArray())
            if (MessageLog.FindPlace(_log, new ConversationId(conversation), position, indexed) is { } arrival)
            {
                arrivals.Add(arrival);
                revised.Remove((conversation, position));
            }

        // What the index by conversation does not hold yet: some ten thousand rows, looked through once for all.
        if (revised.Count == 0) return arrivals;
        var rest = _log.Prepare("SELECT arrival, conversation, position FROM message WHERE arrival > ?1 AND arrival <= ?2").Bind(1, indexed).Bind(2, through);
        while (rest.Step())
            if (revised.Contains((rest.Number(1), rest.Number(2)))) arrivals.Add(rest.Number(0));
        return arrivals;
    }

    // Null for a removed group's. Where a conversation is, and whose, never changes.
    private string? PlaceOf(long conversation)
    {
        if (_places.TryGetValue(conversation, out var known)) return known;
        if (_places.Count >= MostPlaces) _places.Clear();

        var query = _log.Prepare("SELECT c.kind, d.low, d.high FROM conversation AS c LEFT JOIN direct AS d ON d.conversation = c.id WHERE c.id = ?1").Bind(1, conversation);
        string? place = null;
        if (query.Step() && query.Number(0) != Conversation.Removed)
            place = query.IsNull(1)
                ? SearchPlace.Of(new ConversationId(conversation))
                : $"{SearchPlace.Of(new AccountId(query.Number(1)))} {SearchPlace.Of(new AccountId(query.Number(2)))} {SearchPlace.Of(new ConversationId(conversation))}";
        query.Reset();
        _places.Add(conversation, place);
        return place;
    }
}
