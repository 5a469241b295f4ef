namespace Kabar.Server.Federation;

/// <summary>How long things on a legacy link may take. Its protocol stores nothing on the way: somebody waits for each of them.</summary>
internal sealed record LegacyTimes
{
    /// <summary>To a connection with the peer.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>To the whole answer, the connecting included.</summary>
    public TimeSpan Answer { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>From <c>exit</c> to the closing reply.</summary>
    public TimeSpan Closing { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>For one write to be taken: a client that does not read would otherwise hold up the peer's group, and a peer its own client.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Around <c>exit</c>, so that it arrives by itself: the first clients and servers compare it with the whole of one read.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(50);
}
