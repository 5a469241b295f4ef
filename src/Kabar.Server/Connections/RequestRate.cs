namespace Kabar.Server.Connections;

/// <summary>A token bucket: so many requests a second sustained, so many at once. Used by one thread at a time: the loop of a connection, or whoever holds the lock of its owner.</summary>
internal sealed class RequestRate(int perSecond, int burst, TimeProvider clock)
{
    private double _tokens = Math.Max(burst, 1);
    private long _filled = clock.GetTimestamp();

    /// <summary>Counts a request.</summary>
    /// <returns>How long to wait before it; zero while within the rate.</returns>
    public TimeSpan Take()
    {
        if (perSecond <= 0) return TimeSpan.Zero;

        Fill();
        _tokens--;
        return _tokens >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-_tokens / perSecond);
    }

    /// <summary>Counts a request if it is within the rate; false when it is one too many, and then nobody waits for it.</summary>
    public bool TryTake()
    {
        if (perSecond <= 0) return true;

        Fill();
        if (_tokens < 1) return false;
        _tokens--;
        return true;
    }

    private void Fill()
    {
        var now = clock.GetTimestamp();
        _tokens = Math.Min(Math.Max(burst, 1), _tokens + (clock.GetElapsedTime(_filled, now).TotalSeconds * perSecond));
        _filled = now;
    }
}
