using System.Collections.Concurrent;
using System.Collections.Immutable;
using Kabar.Core;
using Kabar.Protocol.Links;

namespace Kabar.Server.Federation;

/// <summary>
/// Who lives where: the usernames of this realm as its peers are told them, and those of the peers as they told us. So an addressee is
/// found, or known to be nowhere, while his realm is down.
/// </summary>
internal sealed class UserDirectory(Func<Realm> realm, IPeerStore store) : IDisposable
{
    private const int CacheLimit = 100_000;

    // Of one peer.
    private const int MostNames = 1_000_000;

    private readonly ConcurrentDictionary<Username, ImmutableArray<PeerId>> _found = new();
    private readonly ConcurrentDictionary<PeerId, bool> _hasTold = new();

    // No fewer than there are: names that were removed, or told twice, are counted still.
    private readonly ConcurrentDictionary<PeerId, long> _counts = new();
    private readonly SemaphoreSlim _telling = new(1);
    private ImmutableHashSet<Username>? _told;

    /// <summary>Tells a peer who lives here, unless it holds the same already.</summary>
    public async ValueTask SendToAsync(LinkSession session, string? peerHolds, CancellationToken cancellationToken)
    {
        var own = await OwnAsync(cancellationToken);
        _told ??= own;
        var hash = UsersFrame.HashOf(own);
        if (hash == peerHolds) return;
        foreach (var part in new UsersFrame(IsAll: true, [.. own], [], hash).Parts()) await session.SendAsync(part, cancellationToken);
    }

    /// <summary>Tells all peers what has changed here since the last time.</summary>
    public async ValueTask TellAsync(IEnumerable<LinkSession> sessions, CancellationToken cancellationToken)
    {
        await _telling.WaitAsync(cancellationToken);
        try
        {
            if (_told is not { } before) return;
            var own = _told = await OwnAsync(cancellationToken);
            var change = new UsersFrame(IsAll: false, [.. own.Except(before)], [.. before.Except(own)], UsersFrame.HashOf(own));
            if (change.Add.IsEmpty && change.Remove.IsEmpty) return;
            foreach (var session in sessions)
                foreach (var part in change.Parts()) session.Offer(part);
        }
        finally
        {
            _telling.Release();
        }
    }

    /// <summary>Takes in what a peer tells. False when that would be more names than a peer may have; then nothing has changed.</summary>
    public async ValueTask<bool> TakeAsync(Peer peer, UsersFrame users, CancellationToken cancellationToken)
    {
        var known = users.IsAll ? 0 : _counts.TryGetValue(peer.Id, out var counted) ? counted : await CountAsync();
        if (known + users.Add.Length > MostNames) known = users.IsAll ? known : await CountAsync();
        if (known + users.Add.Length > MostNames) return false;

        _counts[peer.Id] = known + users.Add.Length;
        if (users.IsAll) await store.SetDirectoryAsync(peer.Id, users.Add);
        else await store.ChangeDirectoryAsync(peer.Id, users.Add, users.Remove);
        _found.Clear();
        _hasTold.TryRemove(peer.Id, out _);
        return true;

        async ValueTask<long> CountAsync() => (await store.ListDirectoryAsync(peer.Id, cancellationToken)).Length;
    }

    /// <summary>Whether a peer tells who lives there; else it has to be asked.</summary>
    public async ValueTask<bool> HasToldAsync(Peer peer, CancellationToken cancellationToken)
    {
        if (_hasTold.TryGetValue(peer.Id, out var hasTold)) return hasTold;
        return _hasTold[peer.Id] = !(await store.ListDirectoryAsync(peer.Id, cancellationToken)).IsEmpty;
    }

    /// <summary>The hash of what a peer has told; null when that is nothing.</summary>
    public async ValueTask<string?> HashOfAsync(Peer peer, CancellationToken cancellationToken) =>
        await store.ListDirectoryAsync(peer.Id, cancellationToken) is { IsEmpty: false } told ? UsersFrame.HashOf(told) : null;

    /// <summary>The peers that say they have a user of this name, in the order of joining.</summary>
    public async ValueTask<ImmutableArray<PeerId>> FindAsync(Username username, CancellationToken cancellationToken)
    {
        if (_found.TryGetValue(username, out var known)) return known;
        var found = await store.FindInDirectoriesAsync(username, cancellationToken);
        if (_found.Count >= CacheLimit) _found.Clear();

        // That nobody has him may be wrong the next moment; that somebody had him costs at most a failed delivery.
        if (!found.IsEmpty) _found[username] = found;
        return found;
    }

    public void Dispose() => _telling.Dispose();

    /// <summary>A peer has gone, and with it what it told.</summary>
    public void Forget()
    {
        _found.Clear();
        _hasTold.Clear();
        _counts.Clear();
    }

    private async ValueTask<ImmutableHashSet<Username>> OwnAsync(CancellationToken cancellationToken)
    {
        var own = ImmutableHashSet.CreateBuilder<Username>();
        await foreach (var account in realm().Accounts.ListAsync(cancellationToken))
            if (!account.IsDisabled) own.Add(account.Username);
        return own.ToImmutable();
    }
}
