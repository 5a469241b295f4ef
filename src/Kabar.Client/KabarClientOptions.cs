namespace Kabar.Client;

/// <summary>Where a client connects to, and how.</summary>
public sealed record KabarClientOptions
{
    /// <summary>
    /// Where: <c>tcp://HOST:PORT</c>, <c>tls://HOST:PORT</c>, <c>ws://HOST:PORT/ws</c> or <c>wss://HOST:PORT/ws</c>.
    /// </summary>
    public required Uri Server { get; init; }

    /// <summary>The SHA-256 of the certificate to accept, in hexadecimal, whoever has signed it; null for one that the system trusts.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>What refusals are worded in: <c>id</c> or <c>en</c>.</summary>
    public string Language { get; init; } = "en";

    /// <summary>How long the realm may be silent while it owes an answer before the connection counts as broken. When it owes none it is asked after as long a silence. Also how long connecting and logging in may take together.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait between two attempts to connect.</summary>
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Events that may wait for whoever listens; when they are more, the connection is not read for a while.</summary>
    public int EventsWaiting { get; init; } = 1024;

    /// <summary>The time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
