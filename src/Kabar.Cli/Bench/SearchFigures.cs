namespace Kabar.Cli.Bench;

/// <summary>What a full-text index came to.</summary>
internal sealed record SearchFigures
{
    public required long Messages { get; init; }

    /// <summary>Making the index of them all.</summary>
    public required double IndexingSeconds { get; init; }

    /// <summary>The CPU of that, in microseconds a message.</summary>
    public required double IndexingCpu { get; init; }

    public required long DatabaseBytes { get; init; }

    public required long IndexBytes { get; init; }

    public required IReadOnlyList<SearchKind> Searches { get; init; }
}

/// <summary>Searches of one kind.</summary>
/// <param name="Kind">What is looked for.</param>
/// <param name="Searches">How many there were.</param>
/// <param name="Found">What one of them found, on average.</param>
/// <param name="Latency">How long they took.</param>
/// <param name="Cpu">The CPU of one, in microseconds.</param>
internal sealed record SearchKind(string Kind, long Searches, double Found, LatencyFigures Latency, double Cpu);

/// <summary>What sending costs when all that is sent becomes searchable.</summary>
/// <param name="ServerCpu">The server's CPU a message in microseconds, with what the index had still to do at the end.</param>
/// <param name="CatchingUpSeconds">How long it took for that.</param>
internal sealed record IndexedSends(double? ServerCpu, double CatchingUpSeconds);
