using Kabar.Protocol.Dialects;

namespace Kabar.Server.Connections;

/// <summary>What a connection speaks: one of the line dialects, or the native protocol.</summary>
internal sealed record Speech
{
    private Speech(Dialect? dialect) => Dialect = dialect;

    /// <summary>The native protocol.</summary>
    public static Speech Native { get; } = new((Dialect?)null);

    /// <summary>What a listener speaks unless it is told otherwise.</summary>
    public static Speech Default { get; } = Of(DialectCatalog.Default);

    /// <summary>The names of all there are.</summary>
    public static IEnumerable<string> Names => DialectCatalog.All.Select(dialect => dialect.Name).Append(DialectCatalog.NativeName);

    /// <summary>The line dialect; null for the native protocol.</summary>
    public Dialect? Dialect { get; }

    /// <summary>What it is asked for by.</summary>
    public string Name => Dialect?.Name ?? DialectCatalog.NativeName;

    /// <summary>A line dialect.</summary>
    public static Speech Of(Dialect dialect) => new(dialect);

    /// <summary>What has this name, or null.</summary>
    public static Speech? Find(string name) => name == DialectCatalog.NativeName ? Native : DialectCatalog.Find(name) is { } dialect ? Of(dialect) : null;
}
