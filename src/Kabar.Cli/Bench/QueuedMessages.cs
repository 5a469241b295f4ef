namespace Kabar.Cli.Bench;

/// <summary>The messages to a realm that is down: accepted, and queued for it. Any sender may add one.</summary>
internal sealed class QueuedMessages
{
    private long _acknowledged;

    /// <summary>How many were answered OK, in the warm-up too.</summary>
    public long Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>From request to answer, of those inside the window.</summary>
    public LatencyHistogram Latencies { get; } = new();

    public void Add(long ticks, bool isMeasured)
    {
        Interlocked.Increment(ref _acknowledged);
        if (isMeasured) Latencies.Record(ticks);
    }
}
