using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <summary>
/// Backups: a folder with a copy of the database, of the certificate and of what other realms know this one by. The copy is one consistent state and is made beside a running
/// server, which goes on writing.
/// </summary>
public static class StoreCopy
{
    /// <summary>Copies a data directory to a folder that is new or empty.</summary>
    /// <exception cref="StoreException">There are no data, the folder holds something, or the copy failed; what was begun is then removed.</exception>
    public static void BackUp(string data, string target)
    {
        if (!File.Exists(DataDirectory.DatabaseIn(data))) throw new StoreException($"There are no data in {data}.");
        if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()) throw new StoreException($"{target} is not empty.");

        DataDirectory.Make(target);
        var database = DataDirectory.DatabaseIn(target);
        try
        {
            CopyDatabase(DataDirectory.DatabaseIn(data), database);
            CopyKeys(data, target);
        }
        catch
        {
            DeleteDatabase(database);
            foreach (var folder in new[] { Path.GetDirectoryName(DataDirectory.KeyIn(target))!, DataDirectory.LinkIn(target) }) // a file in a folder
                if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>
    /// Puts a backup in the place of a data directory's database. The keys of its links stay when they are the same realm's. What was there is kept, in a folder beside it that is named in the
    /// result; null when nothing was there.
    /// </summary>
    /// <param name="backup">The folder of the backup.</param>
    /// <param name="held">The data directory, held, so that no server runs on it.</param>
    /// <param name="now">Names the folder.</param>
    /// <exception cref="StoreException">The backup is none, or is damaged; nothing has been changed then.</exception>
    public static string? Restore(string backup, DataDirectory held, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(held);
        var source = DataDirectory.DatabaseIn(backup);
        if (!File.Exists(source)) throw new StoreException($"{backup} is no backup: it holds no kabar.db.");
        if (StoreCheck.Run(source).Problems is [var first, ..]) throw new StoreException($"{backup} is damaged: {first}");

        // Beside the old one first, so that a copy that fails (a full disk) leaves everything as it was.
        var incoming = IncomingFor(held.Database);
        DeleteDatabase(incoming);
        try
        {
            CopyDatabase(source, incoming, "INSERT OR REPLACE INTO meta (key, value) VALUES ('restored', 1); DELETE FROM meta WHERE key = 'identity'");
        }
        catch
        {
            DeleteDatabase(incoming);
            throw;
        }

        string? kept = null;
        var isAnotherRealm = RealmOf(held.Database) is { } realm && realm != RealmOf(source);
        if (Array.Exists(DatabaseSuffixes, suffix => File.Exists(held.Database + suffix)))
        {
            kept = Path.Combine(held.Path, $"before-restore-{now.UtcDateTime:yyyyMMdd'T'HHmmssfff}");
            DataDirectory.Make(kept);
            foreach (var suffix in DatabaseSuffixes)
                if (File.Exists(held.Database + suffix)) File.Move(held.Database + suffix, DataDirectory.DatabaseIn(kept) + suffix);
            CopyKeys(held.Path, kept);
        }

        // Its own identity stays, unless it is known to be another realm's: the peers may know it by a newer key than the backup's.
        File.Move(incoming, held.Database);
        CopyKeys(backup, held.Path, withLink: isAnotherRealm || !Directory.Exists(DataDirectory.LinkIn(held.Path)));
        return kept;
    }

    // Null when it was never named, and when what is there cannot be read any more.
    private static string? RealmOf(string path)
    {
        if (!File.Exists(path)) return null;
        try
        {
            using var database = Database.OpenReader(path);
            var query = database.Prepare("SELECT value FROM meta WHERE key = 'realm'");
            var name = query.Step() ? query.Text(0) : null;
            query.Reset();
            return name;
        }
        catch (StoreException)
        {
            return null;
        }
    }

    /// <summary>Where a restore prepares the database that is to come. A process that dies between its moves leaves it there, and nothing in its place.</summary>
    internal static string IncomingFor(string database) => database + ".restoring";

    private static readonly string[] DatabaseSuffixes = ["", "-wal", "-shm"];

    private static void CopyDatabase(string from, string to, string? mark = null)
    {
        using (var source = Database.OpenReader(from))
        using (var target = Database.OpenWriter(to))
        {
            source.CopyTo(target);

            // A restored realm has to find out what its peers know that it does not: IPeerStore.BeginAfterRestoreAsync. And no index of what was here before is its own.
            if (mark is not null) target.Run(mark);

            // Back into the one file: a copy is not to have a log beside it.
            target.Run("PRAGMA wal_checkpoint(TRUNCATE)");
        }

        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(to, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    // Keys with their certificates. What is half written ends in .new and is left where it is.
    private static void CopyKeys(string from, string to, bool withLink = true)
    {
        foreach (var (source, target, isWanted) in new[]
        {
            (Path.GetDirectoryName(DataDirectory.KeyIn(from))!, Path.GetDirectoryName(DataDirectory.KeyIn(to))!, true), // a file in a folder
            (DataDirectory.LinkIn(from), DataDirectory.LinkIn(to), withLink),
        })
        {
            if (!isWanted || !Directory.Exists(source)) continue;
            DataDirectory.Make(target);

            // File.Copy keeps the mode: the key stays its owner's.
            foreach (var file in Directory.EnumerateFiles(source))
                if (!file.EndsWith(".new", StringComparison.Ordinal)) File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        }
    }

    private static void DeleteDatabase(string path)
    {
        foreach (var suffix in DatabaseSuffixes) File.Delete(path + suffix);
    }
}
