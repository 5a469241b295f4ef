using System.Globalization;
using Kabar.Core;
using Kabar.Storage.Sqlite;

namespace Kabar.Storage;

/// <summary>
/// The backups in a data directory: each a folder named after the time when it was begun. One is made at a time, beside the server that goes on writing, and it appears
/// when it is whole. Safe to use from any thread.
/// </summary>
/// <param name="data">The data directory.</param>
/// <param name="clock">The time.</param>
/// <param name="free">How many bytes are free where the data lie; the disk is asked unless it is said.</param>
public sealed class Backups(string data, TimeProvider clock, Func<long>? free = null)
{
    // What is not whole: of the one under way, or of a process that died.
    private const string Unfinished = ".unfinished";

    // What a backup must leave the realm besides a tenth of its size: the realm goes on writing while it is made, and after it.
    private const long LeastLeft = 64 * 1024 * 1024;

    private const string NameFormat = "yyyyMMdd'T'HHmmssfff'Z'";

    private readonly string _root = DataDirectory.BackupsIn(Path.GetFullPath(data));
    private BackupUnderWay? _underWay;

    /// <summary>The one that is being made, if one is.</summary>
    public BackupUnderWay? UnderWay => Volatile.Read(ref _underWay) is { } making ? making with { Bytes = SizeOf(making.Folder) } : null;

    /// <summary>The bytes of the database with its log and its full-text index.</summary>
    public long DataBytes => DatabaseBytes + SizesOf(DataDirectory.SearchIndexIn(data));

    /// <summary>The bytes that are free where the data lie.</summary>
    public long FreeBytes => free?.Invoke() ?? new DriveInfo(Path.GetFullPath(data)).AvailableFreeSpace;

    private long DatabaseBytes => SizesOf(DataDirectory.DatabaseIn(data));

    /// <summary>Those that were made, the oldest first.</summary>
    public IReadOnlyList<Backup> List()
    {
        if (!Directory.Exists(_root)) return [];
        var backups = new List<Backup>();
        foreach (var folder in Directory.EnumerateDirectories(_root))
            if (DateTimeOffset.TryParseExact(Path.GetFileName(folder), NameFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var begun))
                backups.Add(new Backup(folder, begun, SizeOf(folder)));
        return [.. backups.OrderBy(backup => backup.Begun)];
    }

    /// <summary>Makes one, on a thread of its own.</summary>
    /// <exception cref="BackupRefusedException">One is being made, or there is no room.</exception>
    /// <exception cref="StoreException">The copy failed; what was begun is removed.</exception>
    public async Task<Backup> MakeAsync()
    {
        var begun = clock.GetUtcNow();
        var folder = Path.Combine(_root, begun.UtcDateTime.ToString(NameFormat, CultureInfo.InvariantCulture));
        var making = new BackupUnderWay(folder + Unfinished, begun, Bytes: 0, Of: DatabaseBytes);
        if (Interlocked.CompareExchange(ref _underWay, making, null) is { } other)
            throw new BackupRefusedException($"A backup is being made already, since {other.Begun.UtcDateTime:HH:mm:ss} UTC.");
        try
        {
            await Task.Factory.StartNew(() => Make(making, folder), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            return new Backup(folder, begun, SizeOf(folder));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The backup failed: {exception.Message}", exception);
        }
        finally
        {
            Volatile.Write(ref _underWay, null);
        }
    }

    private void Make(BackupUnderWay making, string folder)
    {
        DataDirectory.Make(_root);
        foreach (var remains in Directory.EnumerateDirectories(_root, "*" + Unfinished)) Directory.Delete(remains, recursive: true);

        // A copy that fills the disk would keep the realm from accepting messages.
        var needed = making.Of + (making.Of / 10) + LeastLeft;
        if (FreeBytes is var left && left < needed)
            throw new BackupRefusedException(string.Create(CultureInfo.InvariantCulture, $"There is no room for a backup: with what the realm needs beside it, it takes {needed} bytes, and {left} are free."));
        try
        {
            StoreCopy.BackUp(data, making.Folder);
            Directory.Move(making.Folder, folder);
        }
        catch
        {
            if (Directory.Exists(making.Folder)) Directory.Delete(making.Folder, recursive: true);
            throw;
        }
    }

    private static long SizesOf(string database)
    {
        var sum = 0L;
        foreach (var path in new[] { database, database + "-wal" })
            if (new FileInfo(path) is { Exists: true, Length: var length }) sum += length;
        return sum;
    }

    // Of a folder that may come, change its name and go while it is looked at.
    private static long SizeOf(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}

/// <summary>A backup that was made.</summary>
/// <param name="Folder">Where it lies.</param>
/// <param name="Begun">When it was begun, which names it.</param>
/// <param name="Bytes">How large it is.</param>
public sealed record Backup(string Folder, DateTimeOffset Begun, long Bytes);

/// <summary>A backup that is being made.</summary>
/// <param name="Folder">Where it lies until it is whole.</param>
/// <param name="Begun">When it was begun.</param>
/// <param name="Bytes">How much of it is there.</param>
/// <param name="Of">About how large it will be.</param>
public sealed record BackupUnderWay(string Folder, DateTimeOffset Begun, long Bytes, long Of);
