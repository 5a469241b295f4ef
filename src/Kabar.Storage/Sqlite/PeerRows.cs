using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <summary>Peers as rows.</summary>
internal static class PeerRows
{
    private const string Columns =
        "id, realm, link_address, fingerprint, secret, is_paused, joined, last_contact, out_epoch, out_acknowledged, in_epoch, in_through, reconcile_since";

    public static ImmutableArray<Peer> ReadAll(Database database)
    {
        var query = database.Prepare($"SELECT {Columns} FROM peer ORDER BY id");
        var peers = ImmutableArray.CreateBuilder<Peer>();
        while (query.Step()) peers.Add(PeerIn(query));
        return peers.DrainToImmutable();
    }

    public static Peer? Read(Database database, PeerId id)
    {
        var query = database.Prepare($"SELECT {Columns} FROM peer WHERE id = ?1").Bind(1, id.Value);
        if (!query.Step()) return null;
        var peer = PeerIn(query);
        query.Reset();
        return peer;
    }

    /// <summary>Null when there is one of this name.</summary>
    public static PeerId? Insert(Database database, NewPeer peer, Guid epoch)
    {
        database.Prepare(
            """
            INSERT INTO peer (realm, link_address, fingerprint, secret, is_paused, joined, out_epoch, out_acknowledged, out_last, in_epoch, in_through)
            VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, 0, 0, ?7, 0)
            ON CONFLICT (realm) DO NOTHING
            """)
            .Bind(1, peer.Realm.Value)
            .BindOrNull(2, peer.LinkAddress)
            .Bind(3, peer.Fingerprint ?? "")
            .BindOrNull(4, peer.Secret)
            .Bind(5, peer.Joined)
            .Bind(6, epoch)
            .Bind(7, Guid.Empty)
            .Run();
        return database.Changes > 0 ? new PeerId(database.LastRow) : null;
    }

    /// <summary>Writes what may change.</summary>
    public static void Update(Database database, Peer peer) => database.Prepare(
        "UPDATE peer SET link_address = ?2, fingerprint = ?3, secret = ?4, is_paused = ?5, last_contact = ?6, reconcile_since = ?7 WHERE id = ?1")
        .Bind(1, peer.Id.Value)
        .BindOrNull(2, peer.LinkAddress)
        .Bind(3, peer.Fingerprint ?? "")
        .BindOrNull(4, peer.Secret)
        .Bind(5, peer.IsPaused ? 1 : 0)
        .Bind(6, peer.LastContact)
        .Bind(7, peer.ReconcileSince)
        .Run();

    /// <summary>Writes that another epoch begins in what we send.</summary>
    public static void BeginEpoch(Database database, PeerId peer, Guid epoch) =>
        database.Prepare("UPDATE peer SET out_epoch = ?2, out_acknowledged = 0, out_last = 0 WHERE id = ?1").Bind(1, peer.Value).Bind(2, epoch).Run();

    /// <summary>Removes a peer with its outbox and its directory.</summary>
    public static void Delete(Database database, PeerId peer)
    {
        database.Prepare("DELETE FROM outbox WHERE peer = ?1").Bind(1, peer.Value).Run();
        database.Prepare("DELETE FROM directory WHERE peer = ?1").Bind(1, peer.Value).Run();
        database.Prepare("DELETE FROM peer WHERE id = ?1").Bind(1, peer.Value).Run();
    }

    public static List<Username> ReadDirectory(Database database, PeerId peer)
    {
        var query = database.Prepare("SELECT username FROM directory WHERE peer = ?1 ORDER BY username").Bind(1, peer.Value);
        var usernames = new List<Username>();
        while (query.Step()) usernames.Add(Username.Parse(query.Text(0)));
        return usernames;
    }

    private static Peer PeerIn(Statement query) => new()
    {
        Id = new PeerId(query.Number(0)),
        Realm = RealmName.TryParse(query.Text(1), out var realm) ? realm : throw new StoreException("A peer has no name; run 'kabar check'."),
        LinkAddress = query.TextOrNull(2),
        Fingerprint = query.Text(3),
        Secret = query.TextOrNull(4),
        IsPaused = query.Truth(5),
        Joined = query.Time(6),
        LastContact = query.TimeOrNull(7),
        OutEpoch = query.Uuid(8),
        OutAcknowledged = query.Number(9),
        InEpoch = query.Uuid(10),
        InThrough = query.Number(11),
        ReconcileSince = query.TimeOrNull(12),
    };
}
