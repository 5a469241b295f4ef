using System.Collections.Immutable;
using System.Security.Cryptography;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <content>Peers: who they are, whom they have, and how they are joined.</content>
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Peer>> ListPeersAsync(CancellationToken cancellationToken)
    {
        using var lease = _reads.Rent();
        return new(PeerRows.ReadAll(lease.Database));
    }

    /// <inheritdoc/>
    public ValueTask<Peer?> AddPeerAsync(NewPeer peer) => ChangeAsync(staging =>
    {
        if (PeerRows.Insert(staging.Database, peer, NewEpoch()) is not { } id) return null;
        _outboxes.Make(id);
        return PeerRows.Read(staging.Database, id);
    });

    /// <inheritdoc/>
    public ValueTask<Peer?> UpdatePeerAsync(PeerId id, Func<Peer, Peer> change) => ChangeAsync(staging =>
    {
        if (PeerRows.Read(staging.Database, id) is not { } peer) return null;
        PeerRows.Update(staging.Database, change(peer));
        return PeerRows.Read(staging.Database, id);
    });

    /// <inheritdoc/>
    public ValueTask<bool> RemovePeerAsync(PeerId id, IReadOnlyList<FailureNotice> notices) => ChangeAsync(staging =>
    {
        if (_outboxes.Of(id) is not { } queue) return false;
        PeerRows.Delete(staging.Database, id);
        queue.StageRemoval();
        staging.AfterCommit(() => _outboxes.Remove(id));
        foreach (var notice in notices) Tell(staging, notice);
        return true;
    });

    /// <inheritdoc/>
    public async ValueTask AddInvitationAsync(TokenHash secret, DateTimeOffset expires) => await ChangeAsync(staging =>
    {
        staging.Database.Prepare("INSERT OR REPLACE INTO invitation (secret_hash, expires) VALUES (?1, ?2)").BindBlob(1, BytesOf(secret)).Bind(2, expires).Run();
        return true;
    });

    /// <inheritdoc/>
    public ValueTask<bool> TakeInvitationAsync(TokenHash secret, DateTimeOffset now) => ChangeAsync(staging =>
    {
        staging.Database.Prepare("DELETE FROM invitation WHERE expires <= ?1").Bind(1, now).Run();
        staging.Database.Prepare("DELETE FROM invitation WHERE secret_hash = ?1").BindBlob(1, BytesOf(secret)).Run();
        return staging.Database.Changes > 0;
    });

    /// <inheritdoc/>
    public ValueTask<bool> HasInvitationsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        using var lease = _reads.Rent();
        return new(lease.Database.Prepare("SELECT 1 FROM invitation WHERE expires > ?1 LIMIT 1").Bind(1, now).ReadNumber() is not null);
    }

    /// <inheritdoc/>
    public async ValueTask SetDirectoryAsync(PeerId peer, IReadOnlyCollection<Username> usernames) => await ChangeAsync(staging =>
    {
        // What differs, so that a directory that is told again costs little.
        var known = PeerRows.ReadDirectory(staging.Database, peer).ToHashSet();
        var told = usernames.ToHashSet();
        return ChangeDirectory(staging.Database, peer, told.Except(known), known.Except(told));
    });

    /// <inheritdoc/>
    public async ValueTask ChangeDirectoryAsync(PeerId peer, IReadOnlyCollection<Username> added, IReadOnlyCollection<Username> removed) =>
        await ChangeAsync(staging => ChangeDirectory(staging.Database, peer, added, removed));

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<PeerId>> FindInDirectoriesAsync(Username username, CancellationToken cancellationToken)
    {
        using var lease = _reads.Rent();
        var query = lease.Database.Prepare("SELECT peer FROM directory WHERE username = ?1 ORDER BY peer").Bind(1, username.Value);
        var peers = ImmutableArray.CreateBuilder<PeerId>();
        while (query.Step()) peers.Add(new PeerId(query.Number(0)));
        return new(peers.DrainToImmutable());
    }

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Username>> ListDirectoryAsync(PeerId peer, CancellationToken cancellationToken)
    {
        using var lease = _reads.Rent();
        return new([.. PeerRows.ReadDirectory(lease.Database, peer)]);
    }

    private bool ChangeDirectory(Database database, PeerId peer, IEnumerable<Username> added, IEnumerable<Username> removed)
    {
        if (_outboxes.Of(peer) is null) return false;
        foreach (var username in removed)
            database.Prepare("DELETE FROM directory WHERE peer = ?1 AND username = ?2").Bind(1, peer.Value).Bind(2, username.Value).Run();
        foreach (var username in added)
            database.Prepare("INSERT OR REPLACE INTO directory (peer, username) VALUES (?1, ?2)").Bind(1, peer.Value).Bind(2, username.Value).Run();
        return true;
    }

    private static Guid NewEpoch() => new(RandomNumberGenerator.GetBytes(16));
}
