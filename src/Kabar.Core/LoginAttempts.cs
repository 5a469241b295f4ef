namespace Kabar.Core;

/// <summary>
/// Counts wrong passwords: a minute's for each account and network address together, an hour's for each account. An attempt counts
/// when it begins and is forgiven when its password was right, so that a hundred at once do not slip through before the first has failed.
/// </summary>
internal sealed class LoginAttempts(int perMinute, int perHour, TimeProvider clock)
{
    private const int EntryLimit = 100_000;

    private readonly Lock _gate = new();
    private readonly AttemptWindows<(Username Account, string Origin)> _pairs = new(TimeSpan.FromMinutes(1), clock);
    private readonly AttemptWindows<Username> _accounts = new(TimeSpan.FromHours(1), clock);

    /// <summary>Begins an attempt; false when one of the limits is reached.</summary>
    public bool TryBegin(Username account, string origin)
    {
        var now = clock.GetTimestamp();
        lock (_gate)
        {
            Prune(now);
            var pair = _pairs.Current((account, origin), now);
            var whole = _accounts.Current(account, now);
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
            _pairs.Forgive((account, origin));
            _accounts.Forgive(account);
        }
    }

    // Bounded: past the limit what has run out goes, and if nothing has, the pairs start again while the accounts' counts stay.
    private void Prune(long now)
    {
        if (_pairs.Count + _accounts.Count < EntryLimit) return;

        _pairs.Prune(now);
        _accounts.Prune(now);
        if (_pairs.Count + _accounts.Count >= EntryLimit) _pairs.Clear();
    }
}
