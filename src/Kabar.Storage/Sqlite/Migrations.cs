using System.Globalization;
using System.Reflection;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <summary>Brings a file to the schema of this program: numbered scripts, forward only, one transaction each.</summary>
internal static class Migrations
{
    /// <summary>The schema this program writes.</summary>
    public static int Latest { get; } = Scripts().Count;

    /// <summary>The schema a file has; 0 for a new one.</summary>
    public static int Version(Database database) => (int)(database.Prepare("PRAGMA user_version").ReadNumber() ?? 0);

    /// <summary>Runs the scripts that the file has not seen.</summary>
    /// <exception cref="StoreException">The file was written by a later program.</exception>
    public static void Apply(Database database)
    {
        var version = Version(database);
        RefuseLater(version);

        for (var next = version + 1; next <= Latest; next++)
            database.Run(string.Create(CultureInfo.InvariantCulture, $"BEGIN IMMEDIATE; {Script(next)}; PRAGMA user_version = {next}; COMMIT"));
    }

    /// <summary>Throws when a schema is one that this program does not know.</summary>
    /// <exception cref="StoreException">It is.</exception>
    public static void RefuseLater(int version)
    {
        if (version > Latest)
            throw new StoreException($"The data have schema {version}; this program knows schemas up to {Latest}. A later version of kabar has written them.");
    }

    /// <summary>The script that leads to a schema.</summary>
    internal static string Script(int version) => Scripts()[version - 1];

    private static List<string> Scripts()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal) && name.Contains(".Sqlite.Migrations.", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!); // named by the assembly itself
                return reader.ReadToEnd();
            })
            .ToList();
    }
}
