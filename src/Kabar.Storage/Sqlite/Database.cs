using Kabar.Core;
using SQLitePCL;

namespace Kabar.Storage.Sqlite;

/// <summary>
/// One connection to the file, with its prepared statements. Used by one thread at a time. Every failure of SQLite's is a
/// <see cref="StoreException"/> with SQLite's words, which name tables and paths but never a value.
/// </summary>
internal sealed class Database : IDisposable
{
    private readonly sqlite3 _handle;
    private readonly Dictionary<string, Statement> _statements = new(ReferenceEqualityComparer.Instance as IEqualityComparer<string>);

    private Database(sqlite3 handle) => _handle = handle;

    /// <summary>Opens the file to write; makes it when it is not there.</summary>
    public static Database OpenWriter(string path)
    {
        var database = Open(path, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);

        // Secure_delete: what is erased is overwritten in the pages that are written anyway. FULL: the log is synced at every commit, so that an acknowledged message survives a power cut, not only the process.
        database.Run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000; PRAGMA cache_size=-32768; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=FAST");
        return database;
    }

    /// <summary>Opens a file to write as it is; makes it when it is not there.</summary>
    public static Database Open(string path) => Open(path, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);

    /// <summary>Opens the file to read, beside its writer in this or another process.</summary>
    public static Database OpenReader(string path)
    {
        // Not SQLITE_OPEN_READONLY: the last reader of a write-ahead log may have to tidy it up.
        var database = Open(path, raw.SQLITE_OPEN_READWRITE);
        database.Run("PRAGMA query_only=ON; PRAGMA temp_store=MEMORY");
        return database;
    }

    /// <summary>Whether a transaction is open; SQLite ends one by itself after some failures.</summary>
    public bool IsInTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    /// <summary>Whether SQLite has found the file to be damaged, or no database.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>How many rows the last statement changed.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    /// <summary>The number of the row inserted last.</summary>
    public long LastRow => raw.sqlite3_last_insert_rowid(_handle);

    /// <summary>The statement for a constant text, ready to be bound. It is prepared once; <paramref name="sql"/> must be a literal.</summary>
    public Statement Prepare(string sql)
    {
        if (_statements.TryGetValue(sql, out var statement))
        {
            statement.Reset();
            return statement;
        }

        Check(raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var handle));
        statement = new Statement(this, handle);
        _statements.Add(sql, statement);
        return statement;
    }

    /// <summary>Runs statements that take and return nothing.</summary>
    public void Run(string sql) => Check(raw.sqlite3_exec(_handle, sql));

    /// <summary>Copies this database over <paramref name="target"/> with SQLite's online backup: one consistent state, writers go on.</summary>
    public void CopyTo(Database target)
    {
        using var backup = raw.sqlite3_backup_init(target._handle, "main", _handle, "main");
        if (backup is null || backup.IsInvalid) target.Check(raw.sqlite3_errcode(target._handle));

        // All pages in one step: a copy in several would begin again whenever another process commits in between.
        var result = raw.sqlite3_backup_step(backup, -1);
        if (result != raw.SQLITE_DONE) Check(result);
    }

    /// <summary>Throws what SQLite says unless all went well.</summary>
    public void Check(int result)
    {
        if (result is raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE) return;
        IsDamaged |= (result & 0xFF) is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB; // the rest of an extended code says where
        throw new StoreException($"SQLite: {raw.sqlite3_errmsg(_handle).utf8_to_string()} (code {raw.sqlite3_extended_errcode(_handle)}).");
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
        _handle.Dispose();
    }

    private static Database Open(string path, int flags)
    {
        SqliteLibrary.Use();
        var result = raw.sqlite3_open_v2(path, out var handle, flags | raw.SQLITE_OPEN_NOMUTEX, null);
        var database = new Database(handle);
        if (result != raw.SQLITE_OK)
        {
            database.Dispose();
            throw new StoreException($"SQLite: cannot open {path} ({raw.sqlite3_errstr(result).utf8_to_string()}).");
        }

        raw.sqlite3_busy_timeout(handle, 10_000);
        return database;
    }
}
