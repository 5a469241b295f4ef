using System.Buffers.Binary;
using System.Collections.Concurrent;
using Kabar.Core;

namespace Kabar.Tests.Core;

/// <summary>Other realms, as a test says they answer. A frame is the number of a dispatch that was written.</summary>
internal sealed class FakePeers : IPeers
{
    private readonly Lock _gate = new();
    private readonly List<Dispatch> _written = [];
    private readonly Dictionary<RealmName, Peer> _native = [];

    /// <summary>For which peer as much waits as may.</summary>
    public PeerId? Full { get; set; }

    public Func<Username, Result<Peer>> FindUser { get; set; } = _ => Refusal.UnknownRecipient;

    public Func<Address, Result<Address>> SendOverLegacy { get; set; } = _ => Refusal.UnknownRecipient;

    public Func<GroupAddress, Result<(Peer Home, GroupId Group)>> FindGroup { get; set; } = _ => Refusal.UnknownGroup;

    public Func<GroupId, Account, Result<long>> JoinGroup { get; set; } = (_, _) => Refusal.PeerUnreachable;

    public Func<Address, Result<UserPresence>> FindPresence { get; set; } = _ => Refusal.PeerUnreachable;

    /// <summary>Realms whose link does not stand.</summary>
    public HashSet<RealmName> Away { get; } = [];

    /// <summary>What was told of the moment.</summary>
    public ConcurrentQueue<(RealmName Realm, Signal Signal)> Sent { get; } = new();

    public Result<bool> Offered { get; set; } = Refusal.PeerUnreachable;

    public static RealmName Name(string realm) => RealmName.TryParse(realm, out var name) ? name : throw new FormatException(realm);

    /// <summary>Joins a realm: keeps it in the store, and is asked for it from then on.</summary>
    public async Task<Peer> AddAsync(RealmFixture realm, string name)
    {
        var peer = (await realm.Store.AddPeerAsync(new NewPeer(Name(name), null, new string('0', 64), null, realm.Clock.GetUtcNow()))).ShouldNotBeNull();
        return _native[peer.Realm] = peer;
    }

    /// <summary>What waits for a peer, in order.</summary>
    public async Task<IReadOnlyList<Dispatch>> WaitingForAsync(RealmFixture realm, Peer peer)
    {
        var entries = await realm.Store.ReadOutboxAsync(peer.Id, 0, int.MaxValue, CancellationToken.None);
        lock (_gate) return [.. entries.Select(entry => _written[BinaryPrimitives.ReadInt32BigEndian(entry.Frame.Span)])];
    }

    public Peer? Find(RealmName realm) => _native.GetValueOrDefault(realm);

    public bool IsConnected(RealmName realm) => !Away.Contains(realm);

    public ValueTask<Result<Peer>> FindUserAsync(Username username, CancellationToken cancellationToken) => new(FindUser(username));

    public IReadOnlyList<(RealmName Realm, bool IsConnected)> List() => [.. _native.Keys.Select(realm => (realm, IsConnected(realm)))];

    public void Send(RealmName realm, Signal signal) => Sent.Enqueue((realm, signal));

    public ValueTask<Result<UserPresence>> FindPresenceAsync(Address who, CancellationToken cancellationToken) => new(FindPresence(who));

    public bool IsFull(PeerId peer) => peer == Full;

    public ReadOnlyMemory<byte> Write(Dispatch dispatch)
    {
        lock (_gate)
        {
            var frame = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(frame, _written.Count);
            _written.Add(dispatch);
            return frame;
        }
    }

    public ValueTask<Result<Address>> SendOverLegacyAsync(Username from, Address to, MessageText text, CancellationToken cancellationToken) => new(SendOverLegacy(to));

    public ValueTask<Result<(Peer Home, GroupId Group)>> FindGroupAsync(GroupAddress address, CancellationToken cancellationToken) => new(FindGroup(address));

    public ValueTask<Result<long>> JoinGroupAsync(RealmName home, GroupId group, Account who, Guid entry, CancellationToken cancellationToken) => new(JoinGroup(group, who));

    public ValueTask<Result<bool>> OfferGroupAsync(RealmName realm, Group group, CancellationToken cancellationToken) => new(Offered);
}
