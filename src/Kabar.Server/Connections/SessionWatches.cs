using Kabar.Core;

namespace Kabar.Server.Connections;

/// <summary>Who is to know at once when a session ends: connections that are somebody's for as long as it lives. Safe to call from any thread.</summary>
internal sealed class SessionWatches
{
    private readonly Lock _gate = new();
    private readonly Dictionary<AccountId, List<Watch>> _watches = [];

    public SessionWatches(Realm realm) => realm.SessionsEnded += OnEnded;

    /// <summary>Calls something once the session has ended, until the returned object is disposed of; at that moment it may still be called.</summary>
    /// <param name="login">Which session. One that has ended before is not noticed: whoever watches looks once more, afterwards.</param>
    /// <param name="ended">What to call, from whichever thread ends the session: must be quick and not throw.</param>
    public IDisposable Add(LoggedIn login, Action ended)
    {
        var watch = new Watch(this, login.Account.Id, login.Session.Id, ended);
        lock (_gate)
        {
            if (!_watches.TryGetValue(watch.Account, out var watches)) _watches.Add(watch.Account, watches = []);
            watches.Add(watch);
        }

        return watch;
    }

    private void OnEnded(AccountId account, SessionId? only, SessionId? kept)
    {
        Watch[] ended;
        lock (_gate)
        {
            if (!_watches.TryGetValue(account, out var watches)) return;
            ended = [.. watches.Where(watch => (only is null || watch.Session == only) && watch.Session != kept)];
        }

        foreach (var watch in ended) watch.Ended();
    }

    private void Remove(Watch watch)
    {
        lock (_gate)
        {
            if (!_watches.TryGetValue(watch.Account, out var watches)) return;
            watches.Remove(watch);
            if (watches.Count == 0) _watches.Remove(watch.Account);
        }
    }

    private sealed record Watch(SessionWatches Owner, AccountId Account, SessionId Session, Action Ended) : IDisposable
    {
        public void Dispose() => Owner.Remove(this);

        public bool Equals(Watch? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
    }
}
