using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Kabar.Core;

/// <summary>
/// The live sessions in use on this node. The truth is in the store under a hash of the token; this keeps what was found there, by the
/// token itself, so that a message costs neither a read nor a hash.
/// </summary>
internal sealed class Sessions(IStore store, TimeSpan idle, TimeProvider clock)
{
    private const int CacheLimit = 100_000;

    private readonly ConcurrentDictionary<SessionToken, Session> _found = new();

    // "Last used" is written down again only after this long: often enough for the idle time, too seldom to cost anything.
    private readonly TimeSpan _touchAfter = TimeSpan.FromTicks(idle > TimeSpan.Zero ? Math.Clamp(idle.Ticks / 24, TimeSpan.TicksPerSecond, TimeSpan.TicksPerHour) : TimeSpan.TicksPerHour);

    // Counts endings: what was read before one must not be kept after it.
    private long _endings;

    /// <summary>Raised after sessions of an account have ended: the one that is named, or all but one. Whoever listens must not block.</summary>
    public event Action<AccountId, SessionId?, SessionId?>? Ended;

    /// <summary>Sessions used since this time are live.</summary>
    public DateTimeOffset LiveSince => idle > TimeSpan.Zero ? clock.GetUtcNow() - idle : DateTimeOffset.MinValue;

    public async ValueTask<LoggedIn> StartAsync(Account account, CancellationToken cancellationToken)
    {
        var token = SessionToken.Create();
        var now = clock.GetUtcNow();
        var session = new Session(new SessionId(Guid.NewGuid()), account.Id, now, now);
        await store.AddSessionAsync(session, token.Hash(), cancellationToken);
        return new LoggedIn(token, account, session);
    }

    /// <summary>The live session of a token, or null. Completes at once for one that was used lately.</summary>
    public ValueTask<Session?> FindAsync(SessionToken token, CancellationToken cancellationToken)
    {
        if (token == default) return default;

        return _found.TryGetValue(token, out var session) && clock.GetUtcNow() - session.LastUsed < _touchAfter
            ? new(session)
            : LoadAsync(token, cancellationToken);
    }

    public async ValueTask EndAsync(SessionToken token, Session session, CancellationToken cancellationToken)
    {
        await store.EndSessionAsync(session.Id, cancellationToken);
        Interlocked.Increment(ref _endings);
        _found.TryRemove(token, out _);
        Ended?.Invoke(session.Account, session.Id, null);
    }

    /// <summary>Ends a session of an account by its public id. False when there is no such live one.</summary>
    public async ValueTask<bool> EndAsync(AccountId account, SessionId id, CancellationToken cancellationToken)
    {
        if (!await IsLiveAsync(account, id, cancellationToken)) return false;
        await store.EndSessionAsync(id, cancellationToken);
        Drop(session => session.Id == id);
        Ended?.Invoke(account, id, null);
        return true;
    }

    /// <summary>The live sessions of an account, in the order of their logins.</summary>
    public ValueTask<ImmutableArray<Session>> ListAsync(AccountId account, CancellationToken cancellationToken) => store.ListSessionsAsync(account, LiveSince, cancellationToken);

    /// <summary>Whether an account has this session, and it is live.</summary>
    public async ValueTask<bool> IsLiveAsync(AccountId account, SessionId id, CancellationToken cancellationToken)
    {
        foreach (var session in await ListAsync(account, cancellationToken))
            if (session.Id == id) return true;
        return false;
    }

    /// <summary>Drops what is kept of an account whose sessions, but perhaps one, have ended in the store.</summary>
    public void Forget(AccountId account, SessionId? kept = null)
    {
        Drop(session => session.Account == account && session.Id != kept);
        Ended?.Invoke(account, null, kept);
    }

    public ValueTask<int> EndIdleAsync(CancellationToken cancellationToken) =>
        idle > TimeSpan.Zero ? store.EndIdleSessionsAsync(LiveSince, cancellationToken) : new(0);

    private void Drop(Func<Session, bool> isOver)
    {
        Interlocked.Increment(ref _endings);
        foreach (var (token, session) in _found)
            if (isOver(session)) _found.TryRemove(token, out _);
    }

    private async ValueTask<Session?> LoadAsync(SessionToken token, CancellationToken cancellationToken)
    {
        var seen = Volatile.Read(ref _endings);
        if (await store.FindSessionAsync(token.Hash(), cancellationToken) is not { } session || session.LastUsed < LiveSince)
        {
            _found.TryRemove(token, out _);
            return null;
        }

        var now = clock.GetUtcNow();
        if (now - session.LastUsed >= _touchAfter)
        {
            try
            {
                await store.TouchSessionAsync(session.Id, now, cancellationToken);
            }
            catch (StoreException)
            {
                // On a full disk, say: that must not keep anybody from reading. It is written down another time.
            }

            session = session with { LastUsed = now };
        }

        if (_found.Count >= CacheLimit) _found.Clear();
        _found[token] = session;
        if (seen != Volatile.Read(ref _endings)) _found.TryRemove(token, out _);
        return session;
    }
}
