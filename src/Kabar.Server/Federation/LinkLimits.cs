namespace Kabar.Server.Federation;

/// <summary>What a stranger at the link may cost.</summary>
internal sealed record LinkLimits
{
    /// <summary>How long a connection may take to be made.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long TLS may take, and how long the exchange of hellos after it.</summary>
    public TimeSpan Handshake { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>TLS handshakes under way at once; who comes beyond is let go.</summary>
    public int Handshakes { get; init; } = 128;

    /// <summary>Connections from one network address, whatever their state.</summary>
    public int PerAddress { get; init; } = 32;
}
