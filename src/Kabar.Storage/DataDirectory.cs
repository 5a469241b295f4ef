namespace Kabar.Storage;

/// <summary>
/// The folder with everything a realm owns: the database, the certificate made at first start, the control socket. Whoever holds one
/// holds it alone, until disposal or the end of the process, however that comes.
/// </summary>
public sealed class DataDirectory : IDisposable
{
    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream held) => (Path, _lock) = (path, held);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The database.</summary>
    public string Database => DatabaseIn(Path);

    /// <summary>Where the database of a data directory lies.</summary>
    public static string DatabaseIn(string path) => System.IO.Path.Combine(path, "kabar.db");

    /// <summary>Its full-text index.</summary>
    public string SearchIndex => SearchIndexIn(Path);

    /// <summary>Where the full-text index of a data directory lies. It is made again from the database when it is missing.</summary>
    public static string SearchIndexIn(string path) => System.IO.Path.Combine(path, "search.db");

    /// <summary>Where a running server listens for its operator's commands.</summary>
    public static string ControlSocketIn(string path) => System.IO.Path.Combine(path, "control.sock");

    /// <summary>Where the certificate made at first start lies.</summary>
    public static string CertificateIn(string path) => System.IO.Path.Combine(path, "tls", "certificate.pem");

    /// <summary>Where its key lies.</summary>
    public static string KeyIn(string path) => System.IO.Path.Combine(path, "tls", "key.pem");

    /// <summary>The folder of what the realm is known by to other realms: its key, its certificate, and how its former keys vouch for it.</summary>
    public static string LinkIn(string path) => System.IO.Path.Combine(path, "link");

    /// <summary>The folder of the backups that were asked for without saying where to.</summary>
    public static string BackupsIn(string path) => System.IO.Path.Combine(path, "backups");

    /// <summary>Makes the folder, readable by its owner alone, where there is none.</summary>
    public static void Make(string path)
    {
        if (Directory.Exists(path)) return;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Takes hold of a folder, making it where there is none; null when somebody else holds it.</summary>
    public static DataDirectory? TryHold(string path)
    {
        Make(path);
        try
        {
            // The system drops the lock with the process, so a crash leaves nothing to clean up.
            var held = new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DataDirectory(System.IO.Path.GetFullPath(path), held);
        }
        catch (IOException) when (File.Exists(System.IO.Path.Combine(path, "lock")))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();
}
