namespace Kabar.Core;

/// <summary>Counts attempts by key, each key's within a window of time that begins with its first. Not locked: its owner does that.</summary>
internal sealed class AttemptWindows<TKey>(TimeSpan length, TimeProvider clock)
    where TKey : notnull
{
    private readonly Dictionary<TKey, Window> _windows = [];

    public int Count => _windows.Count;

    /// <summary>The window of a key as it is now.</summary>
    public Window Current(TKey key, long now)
    {
        if (!_windows.TryGetValue(key, out var window)) _windows.Add(key, window = new Window(now));
        else if (clock.GetElapsedTime(window.Start, now) >= length) (window.Start, window.Count) = (now, 0);
        return window;
    }

    /// <summary>One attempt of a key does not count.</summary>
    public void Forgive(TKey key)
    {
        if (_windows.TryGetValue(key, out var window) && window.Count > 0) window.Count--;
    }

    /// <summary>Forgets what has run out.</summary>
    public void Prune(long now)
    {
        foreach (var (key, window) in _windows)
            if (clock.GetElapsedTime(window.Start, now) >= length) _windows.Remove(key);
    }

    public void Clear() => _windows.Clear();

    internal sealed class Window(long start)
    {
        public long Start { get; set; } = start;

        public int Count { get; set; }
    }
}
