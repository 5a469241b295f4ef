namespace Kabar.Cli.Bench;

/// <summary>What one workload on one target came to.</summary>
internal sealed record WorkloadResult
{
    public required Workload Workload { get; init; }

    /// <summary>"kabar", "echo", the address of a server that was there already, or the realms that took part.</summary>
    public required string Target { get; init; }

    /// <summary>What the target said of itself, and what was set otherwise than by default.</summary>
    public string? Settings { get; init; }

    public StartFigures? Start { get; init; }

    public LoadFigures? Load { get; init; }

    public Delivery? Delivery { get; init; }

    public IdleFigures? Idle { get; init; }

    /// <summary>What messages to another realm came to that were sent beside the others.</summary>
    public QueueFigures? Queue { get; init; }

    /// <summary>What was searched.</summary>
    public SearchFigures? Search { get; init; }

    /// <summary>What the sends came to when all of them were searchable.</summary>
    public IndexedSends? Indexed { get; init; }

    /// <summary>This result against one of the same run.</summary>
    public Comparison? Comparison { get; init; }

    /// <summary>What went wrong, and how often.</summary>
    public IReadOnlyDictionary<string, long> Failures { get; init; } = new Dictionary<string, long>();

    /// <summary>Whether nothing failed, was lost or was doubled.</summary>
    public bool IsSound => Failures.Count == 0 && Delivery is null or { IsExact: true } && Queue is null or { IsWhole: true };
}

/// <summary>A server's start.</summary>
/// <param name="Milliseconds">From starting the process to its first accepted connection.</param>
/// <param name="ResidentBytes">Its memory a second later.</param>
internal sealed record StartFigures(double Milliseconds, long ResidentBytes);

/// <summary>What was asked and answered in the window. Times in microseconds.</summary>
internal sealed record LoadFigures
{
    /// <summary>Requests that were answered OK; texts delivered to a member of a group; messages that have arrived in another realm.</summary>
    public required long Answered { get; init; }

    public required double Seconds { get; init; }

    public required double PerSecond { get; init; }

    public required LatencyFigures Latency { get; init; }

    /// <summary>The server's CPU a request; null where its process is not known.</summary>
    public double? ServerCpu { get; init; }

    /// <summary>The load generator's own.</summary>
    public double? GeneratorCpu { get; init; }

    /// <summary>Processors that other processes kept busy meanwhile; much more than 0.1, and the latencies are theirs as well.</summary>
    public double? OthersProcessors { get; init; }

    public PollFigures? Polls { get; init; }

    /// <summary>What the window counted.</summary>
    public static LoadFigures Of(LoadWindow window, Stretch stretch) => Of(window.Latencies.Count, window.Latencies, stretch);

    /// <summary>So many of what is counted, with the latencies of what was measured.</summary>
    public static LoadFigures Of(long answered, LatencyHistogram latencies, Stretch stretch)
    {
        double? Each(TimeSpan? cpu) => answered == 0 || cpu is null ? null : Math.Round(cpu.Value.TotalMicroseconds / answered, 2);
        return new LoadFigures
        {
            Answered = answered,
            Seconds = Math.Round(stretch.Elapsed.TotalSeconds, 3),
            PerSecond = Math.Round(answered / stretch.Elapsed.TotalSeconds, 1),
            Latency = LatencyFigures.Of(latencies),
            ServerCpu = Each(stretch.ServerCpu),
            GeneratorCpu = Each(stretch.OwnCpu),
            OthersProcessors = stretch.OthersCpu is { } others ? Math.Round(Math.Max(0, others / stretch.Elapsed), 2) : null,
        };
    }
}

/// <summary>Latencies in microseconds.</summary>
internal sealed record LatencyFigures(double P50, double P99, double P999, double Longest)
{
    public static LatencyFigures Of(LatencyHistogram histogram) => new(
        Microseconds(histogram.Percentile(0.5)), Microseconds(histogram.Percentile(0.99)), Microseconds(histogram.Percentile(0.999)),
        Microseconds(histogram.Longest));

    private static double Microseconds(TimeSpan time) => Math.Round(time.TotalMicroseconds, 1);
}

/// <summary>The requests for an inbox among the sends.</summary>
internal sealed record PollFigures(long Answered, LatencyFigures Latency)
{
    public static PollFigures Of(LatencyHistogram polls) => new(polls.Count, LatencyFigures.Of(polls));
}

/// <summary>Idle connections. Memory is the server's, and null where its process is not known.</summary>
internal sealed record IdleFigures
{
    public required int Connections { get; init; }

    /// <summary>How long opening them took, to the moment the server had taken the last.</summary>
    public required double OpeningSeconds { get; init; }

    public long? BytesBefore { get; init; }

    public long? BytesOpen { get; init; }

    /// <summary>After they had been held.</summary>
    public long? BytesHeld { get; init; }

    public long? BytesPerConnection => (BytesOpen - BytesBefore) / Connections;

    /// <summary>How many of those that were asked in the end answered.</summary>
    public required int Answered { get; init; }

    public required int Asked { get; init; }

    /// <summary>How many the server had closed.</summary>
    public required int Closed { get; init; }
}
