using System.Diagnostics.CodeAnalysis;

namespace Kabar.Core;

/// <summary>
/// The other realms, as this one needs them: who is where, and what they answer. What can wait goes through their outboxes; what is
/// asked here is answered within a few seconds or refused. Safe to call from any thread.
/// </summary>
public interface IPeers
{
    /// <summary>The peer of this name that is joined over the native link, or null.</summary>
    Peer? Find(RealmName realm);

    /// <summary>Whether the link to a realm stands at this moment.</summary>
    bool IsConnected(RealmName realm);

    /// <summary>
    /// The native peer that has a user of this name, the first in the order of joining: from the directories that peers share, or by
    /// asking those that share none.
    /// </summary>
    /// <returns>The peer; <see cref="Refusal.UnknownRecipient"/>; or <see cref="Refusal.UnreachableRecipient"/> when one that might know could not be asked.</returns>
    ValueTask<Result<Peer>> FindUserAsync(Username username, CancellationToken cancellationToken);

    /// <summary>Whether as much waits for a peer as may.</summary>
    bool IsFull(PeerId peer);

    /// <summary>The realms that this one is joined with, in the order of their names, and whether each can be reached at this moment.</summary>
    IReadOnlyList<(RealmName Realm, bool IsConnected)> List();

    /// <summary>Tells a realm something that is worth nothing later. Never waits; forgotten when the link does not stand.</summary>
    void Send(RealmName realm, Signal signal);

    /// <summary>Asks a realm how a user of it is.</summary>
    /// <returns>How he is; <see cref="Refusal.UnknownRecipient"/> or <see cref="Refusal.PeerUnreachable"/>.</returns>
    ValueTask<Result<UserPresence>> FindPresenceAsync(Address who, CancellationToken cancellationToken);

    /// <summary>A dispatch as the link carries it.</summary>
    ReadOnlyMemory<byte> Write(Dispatch dispatch);

    /// <summary>
    /// Sends over a legacy link: to the realm that <paramref name="to"/> names, or to each in the configured order until one has such a
    /// user. Asks, waits, answers; nothing is kept for later.
    /// </summary>
    /// <returns>
    /// The addressee with his realm, once that realm has the message; <see cref="Refusal.UnknownRecipient"/> when none has such a user or
    /// there is no legacy peer, or <see cref="Refusal.PeerUnreachable"/>.
    /// </returns>
    ValueTask<Result<Address>> SendOverLegacyAsync(Username from, Address to, MessageText text, CancellationToken cancellationToken);

    /// <summary>The group of this address that has its home at a native peer which is not known here yet.</summary>
    /// <returns>Where and which; <see cref="Refusal.UnknownGroup"/>, also when a peer could not be asked in time.</returns>
    ValueTask<Result<(Peer Home, GroupId Group)>> FindGroupAsync(GroupAddress address, CancellationToken cancellationToken);

    /// <summary>Asks the home of a group to let somebody of this realm in.</summary>
    /// <returns>The position of his join; a refusal of the group's; or <see cref="Refusal.PeerUnreachable"/>.</returns>
    ValueTask<Result<long>> JoinGroupAsync(RealmName home, GroupId group, Account who, Guid entry, CancellationToken cancellationToken);

    /// <summary>Asks a realm whether it will be the home of a group of which it has a replica.</summary>
    /// <returns>True, or why not.</returns>
    ValueTask<Result<bool>> OfferGroupAsync(RealmName realm, Group group, CancellationToken cancellationToken);
}

/// <summary>A realm that is joined with no other.</summary>
public sealed class NoPeers : IPeers
{
    private NoPeers()
    {
    }

    /// <summary>The one.</summary>
    public static NoPeers Instance { get; } = new();

    /// <inheritdoc/>
    public Peer? Find(RealmName realm) => null;

    /// <inheritdoc/>
    public bool IsConnected(RealmName realm) => false;

    /// <inheritdoc/>
    public ValueTask<Result<Peer>> FindUserAsync(Username username, CancellationToken cancellationToken) => new(Refusal.UnknownRecipient);

    /// <inheritdoc/>
    public bool IsFull(PeerId peer) => false;

    /// <inheritdoc/>
    public IReadOnlyList<(RealmName Realm, bool IsConnected)> List() => [];

    /// <inheritdoc/>
    public void Send(RealmName realm, Signal signal)
    {
    }

    /// <inheritdoc/>
    public ValueTask<Result<UserPresence>> FindPresenceAsync(Address who, CancellationToken cancellationToken) => new(Refusal.UnknownRecipient);

    /// <inheritdoc/>
    [DoesNotReturn]
    public ReadOnlyMemory<byte> Write(Dispatch dispatch) => throw new System.Diagnostics.UnreachableException("There is no peer to write to.");

    /// <inheritdoc/>
    public ValueTask<Result<Address>> SendOverLegacyAsync(Username from, Address to, MessageText text, CancellationToken cancellationToken) => new(Refusal.UnknownRecipient);

    /// <inheritdoc/>
    public ValueTask<Result<(Peer Home, GroupId Group)>> FindGroupAsync(GroupAddress address, CancellationToken cancellationToken) => new(Refusal.UnknownGroup);

    /// <inheritdoc/>
    public ValueTask<Result<long>> JoinGroupAsync(RealmName home, GroupId group, Account who, Guid entry, CancellationToken cancellationToken) => new(Refusal.PeerUnreachable);

    /// <inheritdoc/>
    public ValueTask<Result<bool>> OfferGroupAsync(RealmName realm, Group group, CancellationToken cancellationToken) => new(Refusal.PeerUnreachable);
}
