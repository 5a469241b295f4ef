namespace Kabar.Tests.Storage.Sqlite;

/// <summary>What a kill leaves behind, taken from a store that goes on: the file and its log as they lie there, nothing tidied up.</summary>
internal static class Crash
{
    public static string Copy(string database, string folder)
    {
        Directory.CreateDirectory(folder);
        var copy = Path.Combine(folder, Path.GetFileName(database));
        foreach (var suffix in new[] { "", "-wal", "-shm" }) File.Copy(database + suffix, copy + suffix);
        return copy;
    }
}
