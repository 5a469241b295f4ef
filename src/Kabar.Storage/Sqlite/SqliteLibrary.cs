using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Kabar.Storage.Sqlite;

/// <summary>
/// Chooses the native SQLite: the operating system's, which its distribution patches, or else the bundled one (3.35.5), which
/// <c>KABAR_SQLITE=bundled</c> in the environment asks for outright.
/// </summary>
internal static class SqliteLibrary
{
    private static readonly string[] SystemNames = ["libsqlite3.so.0", "libsqlite3.dylib", "winsqlite3.dll"];

    private static readonly Lazy<string> Loaded = new(Load);

    /// <summary>Loads the library, once. Must be called before anything else of SQLite's.</summary>
    public static void Use() => _ = Loaded.Value;

    /// <summary>Its version, for the operator.</summary>
    public static string Version => Loaded.Value;

    /// <summary>Whether it has FTS5, the full-text index.</summary>
    public static bool HasFullText
    {
        get
        {
            Use();
            return raw.sqlite3_compileoption_used("ENABLE_FTS5") != 0;
        }
    }

    private static string Load()
    {
        var provider = new SQLite3Provider_e_sqlite3();
        var isBundled = Environment.GetEnvironmentVariable("KABAR_SQLITE") == "bundled";
        NativeLibrary.SetDllImportResolver(provider.GetType().Assembly, (_, _, _) =>
        {
            if (isBundled) return 0;
            foreach (var name in SystemNames)
                if (NativeLibrary.TryLoad(name, Assembly.GetExecutingAssembly(), DllImportSearchPath.SafeDirectories, out var handle)) return handle;
            return 0; // the default search finds the bundled one
        });
        raw.SetProvider(provider);
        return raw.sqlite3_libversion().utf8_to_string();
    }
}
