namespace Kabar.Core;

/// <summary>A listener's place among all that is committed. Disposing of it ends the listening; something may still be heard at that moment.</summary>
public sealed class FeedPlace : IDisposable
{
    // What one round brings mostly fits; a burst's room is given back.
    private const int MostKept = 64;

    private readonly AccountFeeds _feeds;
    private readonly IFeedListener _listener;
    private FeedEvent[] _heard = [];
    private int _count;
    private volatile int _isOver;

    internal FeedPlace(AccountFeeds feeds, Account account, SessionId session, IFeedListener listener) =>
        (_feeds, Account, Session, _listener) = (feeds, account, session, listener);

    /// <summary>Everything after this arrival is brought.</summary>
    public long After { get; internal set; }

    /// <summary>Whose listener it is.</summary>
    internal Account Account { get; }

    /// <summary>The session that it listens with.</summary>
    internal SessionId Session { get; }

    internal bool IsOver => _isOver != 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (TryEnd()) _feeds.Leave(this);
    }

    /// <summary>Nothing more is brought. False when that was so already.</summary>
    internal bool TryEnd() => Interlocked.Exchange(ref _isOver, 1) == 0;

    /// <summary>On the loop: the listener will hear this in this round. True when it is the first.</summary>
    internal bool Add(FeedEvent happened)
    {
        if (_count == _heard.Length) Array.Resize(ref _heard, Math.Max(4, _count * 2));
        _heard[_count++] = happened;
        return _count == 1;
    }

    /// <summary>On the loop: the listener hears what was added.</summary>
    internal void Bring(long through)
    {
        if (!IsOver) _listener.Hear(_heard.AsSpan(0, _count), Math.Max(through, After));
        if (_heard.Length > MostKept) _heard = [];
        else Array.Clear(_heard, 0, _count);
        _count = 0;
    }

    /// <summary>On the loop: what comes after an arrival will not be brought. False when nothing was to be brought any more.</summary>
    internal bool Miss(long after)
    {
        if (!TryEnd()) return false;
        _listener.Miss(Math.Max(after, After));
        return true;
    }

    /// <summary>On the loop: the session has ended. As <see cref="Miss"/>.</summary>
    internal bool End()
    {
        if (!TryEnd()) return false;
        _listener.End();
        return true;
    }
}
