namespace Kabar.Server.Control;

/// <summary>How a realm does. Without a running server there is no start, and what only a server counts is 0.</summary>
internal sealed record StatusReport
{
    public required string Realm { get; init; }

    public required string Version { get; init; }

    public required DateTimeOffset Now { get; init; }

    public DateTimeOffset? Started { get; init; }

    public long? UptimeSeconds { get; init; }

    public int Connections { get; init; }

    /// <summary>Those of them that are told what happens.</summary>
    public int Listening { get; init; }

    public long Sessions { get; init; }

    public long Accounts { get; init; }

    /// <summary>What was ever said, and whatever else stands in a conversation.</summary>
    public long Messages { get; init; }

    /// <summary>Since the start, as the refusals.</summary>
    public long Requests { get; init; }

    public long Refusals { get; init; }

    /// <summary>Of the process, since its start.</summary>
    public double CpuSeconds { get; init; }

    public long ResidentBytes { get; init; }

    public long ManagedBytes { get; init; }

    public long Unindexed { get; init; }

    public long Unsearchable { get; init; }

    /// <summary>The database, its log and its full-text index.</summary>
    public long DatabaseBytes { get; init; }

    /// <summary>Free where the data lie.</summary>
    public long FreeBytes { get; init; }

    /// <summary>A backup that is being made.</summary>
    public BackupProgress? Backup { get; init; }

    public required string Registration { get; init; }

    public required IReadOnlyList<string> Listeners { get; init; }

    public required IReadOnlyList<PeerState> Peers { get; init; }

    public required IReadOnlyList<LimitLine> Limits { get; init; }
}

/// <summary>How far a backup is that is being made.</summary>
internal sealed record BackupProgress(DateTimeOffset Begun, long Bytes, long Of);

/// <summary>A native peer in short: its state and what waits for it.</summary>
internal sealed record PeerState(string Realm, string State, long Queue, long QueueBytes)
{
    /// <summary>No server runs that could be joined with it.</summary>
    public const string Offline = "offline";
}

/// <summary>A limit, its value, and what it bounds; 0 is off.</summary>
internal sealed record LimitLine(string Name, int Value, string Meaning);
