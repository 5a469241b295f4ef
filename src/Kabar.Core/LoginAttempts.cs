namespace Kabar.Core;

/// <summary>
/// Counts wrong passwords: a minute's for each account and network address together, an hour's for each account. An attempt counts
/// when it begins and is forgiven when its password was right, so that a hundred at once do not slip through before the first has failed.
/// </summary>
internal sealed class LoginAttempts(int perMinute, int perHour, TimeProvider clock)
{
    private const int EntryLimit = 100_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<(Username Account, string Origin), Window> _pairs = [];
    private readonly Dictionary<Username, Window> _accounts = [];

    /// <summary>Begins an attempt; false when one of the limits is reached.</summary>
    public bool TryBegin(Username account, string origin)
    {
        var now = clock.GetTimestamp();
        lock (_gate)
        {
            Prune(now);
            var pair = Current(_pairs, (account, origin), TimeSpan.FromMinutes(1), now);
            var whole = Current(_accounts, account, TimeSpan.FromHours(1), now);
            if ((perMinute > 0 && pair.Count >= perMinute) || (perHour > 0 && whole.Count >= perHour)) return false;

            pair.Count++;
            whole.Count++;
            return true;
        }
    }

    /// <summary>The attempt's password was right.</summary>
    public void Forgive(Username account, string origin)
    {
        lock (_gate)
        {
            if (_pairs.TryGetValue((account, origin), out var pair) && pair.Count > 0) pair.Count--;
            if (_accounts.TryGetValue(account, out var whole) && whole.Count > 0) whole.Count--;
        }
    }

    private Window Current<TKey>(Dictionary<TKey, Window> windows, TKey key, TimeSpan length, long now)
        where TKey : notnull
    {
        if (!windows.TryGetValue(key, out var window)) windows.Add(key, window = new Window(now));
        else if (clock.GetElapsedTime(window.Start, now) >= length) (window.Start, window.Count) = (now, 0);
        return window;
    }

    // Bounded: past the limit what has run out goes, and if nothing has, the pairs start again while the accounts' counts stay.
    private void Prune(long now)
    {
        if (_pairs.Count + _accounts.Count < EntryLimit) return;

        foreach (var (key, window) in _pairs)
            if (clock.GetElapsedTime(window.Start, now) >= TimeSpan.FromMinutes(1)) _pairs.Remove(key);
        foreach (var (key, window) in _accounts)
            if (clock.GetElapsedTime(window.Start, now) >= TimeSpan.FromHours(1)) _accounts.Remove(key);
        if (_pairs.Count + _accounts.Count >= EntryLimit) _pairs.Clear();
    }

    private sealed class Window(long start)
    {
        public long Start { get; set; } = start;

        public int Count { get; set; }
    }
}
