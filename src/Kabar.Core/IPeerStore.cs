using System.Collections.Immutable;

namespace Kabar.Core;

/// <summary>The part of a store that keeps peers, what waits for them, and what they have sent. See <see cref="IStore"/> for what holds of every verb.</summary>
public interface IPeerStore
{
    /// <summary>Raised after a commit that put something into a peer's outbox. Called on the store's own thread: whoever listens must not block and not throw.</summary>
    event Action<PeerId>? OutboxGrew;

    /// <summary>All peers, in the order in which they were joined.</summary>
    ValueTask<ImmutableArray<Peer>> ListPeersAsync(CancellationToken cancellationToken);

    /// <summary>Keeps a peer, with a new epoch. Null when there is one of this name.</summary>
    ValueTask<Peer?> AddPeerAsync(NewPeer peer);

    /// <summary>
    /// Changes what may change of a peer: its address, fingerprint, secret, whether it is paused, when it was heard of, what is to be reconciled. The marks of
    /// the streams change by other verbs. Null when it is gone. <paramref name="change"/> runs inside the transaction, perhaps twice.
    /// </summary>
    ValueTask<Peer?> UpdatePeerAsync(PeerId id, Func<Peer, Peer> change);

    /// <summary>
    /// Removes a peer with its outbox, its directory and its marks, and appends <paramref name="notices"/>. What it said stays; the members of its realm stay in groups until they
    /// are put out. False when it is gone already.
    /// </summary>
    ValueTask<bool> RemovePeerAsync(PeerId id, IReadOnlyList<FailureNotice> notices);

    /// <summary>Keeps the hash of an invitation's secret.</summary>
    ValueTask AddInvitationAsync(TokenHash secret, DateTimeOffset expires);

    /// <summary>Takes an invitation, which works once. False when there is none, or it has expired.</summary>
    ValueTask<bool> TakeInvitationAsync(TokenHash secret, DateTimeOffset now);

    /// <summary>Whether there is an invitation that can still be taken.</summary>
    ValueTask<bool> HasInvitationsAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Appends a message to somebody on another realm and puts it into that peer's outbox, in one transaction. As <see cref="IStore.AppendAsync"/>.</summary>
    ValueTask<Message> AppendAsync(in OutgoingMessage message);

    /// <summary>What waits for a peer.</summary>
    ValueTask<OutboxState> FindOutboxAsync(PeerId peer, CancellationToken cancellationToken);

    /// <summary>Entries of a peer's outbox after a number, oldest first, no more than so many bytes of frames except for the first.</summary>
    ValueTask<ImmutableArray<OutboxEntry>> ReadOutboxAsync(PeerId peer, long after, int mostBytes, CancellationToken cancellationToken);

    /// <summary>The peer has committed everything through this number of our epoch: that much is forgotten.</summary>
    ValueTask AcknowledgeAsync(PeerId peer, Guid epoch, long through);

    /// <summary>Takes entries through a number out of a peer's outbox undelivered, with what is pending of them, and appends <paramref name="notices"/>, in one transaction.</summary>
    ValueTask ReturnAsync(PeerId peer, long through, IReadOnlyList<FailureNotice> notices);

    /// <summary>Puts a parcel into an outbox by itself.</summary>
    ValueTask EnqueueAsync(Parcel parcel);

    /// <summary>Puts into an outbox again what is pending for groups whose home the peer is (or for one of them), where it does not wait there already.</summary>
    ValueTask EnqueuePendingAsync(PeerId peer, GroupId? group);

    /// <summary>
    /// Begins another epoch towards a peer: what waits is numbered anew from 1, in the same order, and what is still pending for groups
    /// whose home it is is put in again where it no longer waits. Returns the peer as it is then.
    /// </summary>
    ValueTask<Peer?> BeginEpochAsync(PeerId peer);

    /// <summary>
    /// Carries out what a peer sent, in one transaction with the duplicate marks and the high-water mark. An unknown epoch begins at 0.
    /// What has a number at or below the mark, or an id received before, is skipped. Returns the high-water mark afterwards, or null when the peer is gone.
    /// </summary>
    ValueTask<long?> ReceiveAsync(PeerId peer, Guid epoch, RealmName here, IReadOnlyList<Delivery> deliveries);

    /// <summary>
    /// Copies of what was said in direct conversations with users of a realm, as it now reads, and of what has become of it, at or after a time, by ascending id,
    /// after an id (null: from the first), at most so many. What was deleted is not among them, only that it was.
    /// </summary>
    ValueTask<ImmutableArray<MessageCopy>> ListCopiesAsync(RealmName realm, DateTimeOffset since, Guid? after, int most, CancellationToken cancellationToken);

    /// <summary>
    /// Appends those copies that are not there yet: for a sender here without sending again, for a reader here as unread. What changes a message that is not there, or that
    /// it may not change (<see cref="MessageCopy.MayRevise"/>), is left out. Returns how many were new.
    /// </summary>
    ValueTask<int> AppendCopiesAsync(IReadOnlyList<MessageCopy> copies);

    /// <summary>Forgets the duplicate marks of ids made before a time (their first 48 bits tell it).</summary>
    ValueTask ForgetReceivedAsync(DateTimeOffset before);

    /// <summary>Replaces the usernames that a peer says it has.</summary>
    ValueTask SetDirectoryAsync(PeerId peer, IReadOnlyCollection<Username> usernames);

    /// <summary>Adds to and removes from them.</summary>
    ValueTask ChangeDirectoryAsync(PeerId peer, IReadOnlyCollection<Username> added, IReadOnlyCollection<Username> removed);

    /// <summary>The peers that say they have a user of this name, in the order in which they were joined.</summary>
    ValueTask<ImmutableArray<PeerId>> FindInDirectoriesAsync(Username username, CancellationToken cancellationToken);

    /// <summary>The usernames that a peer says it has, in order.</summary>
    ValueTask<ImmutableArray<Username>> ListDirectoryAsync(PeerId peer, CancellationToken cancellationToken);

    /// <summary>
    /// After a restore: begins another epoch towards every peer; notes that each is to be reconciled from an hour before the last
    /// message; counts the age of what waits in the outboxes from <paramref name="now"/>; and lets each group at home here await the realms of its members that are peers.
    /// True when the data were restored since the last call; else nothing is done.
    /// </summary>
    ValueTask<bool> BeginAfterRestoreAsync(DateTimeOffset now);
}
