namespace Kabar.Core;

/// <summary>
/// What passes between this realm and its native peers, once the authority check has let it through: what a peer's outbox brought is
/// carried out; what could not be delivered goes back to its sender. Safe to call from any thread.
/// </summary>
public sealed class Exchange
{
    private readonly RealmName _here;
    private readonly IStore _store;
    private readonly IPeers _peers;
    private readonly Accounts _accounts;
    private readonly Groups _groups;
    private readonly AccountFeeds _feeds;
    private readonly Presences _presences;
    private readonly RealmOptions _options;
    private readonly TimeProvider _clock;
    private readonly MessageIds _ids;

    internal Exchange(
        RealmName here, IStore store, IPeers peers, Accounts accounts, Groups groups, AccountFeeds feeds, Presences presences, RealmOptions options, TimeProvider clock, MessageIds ids)
    {
        (_here, _store, _peers, _accounts, _groups) = (here, store, peers, accounts, groups);
        (_feeds, _presences, _options, _clock, _ids) = (feeds, presences, options, clock, ids);
    }

    /// <summary>
    /// Carries out a run of dispatches in the order of their numbers, in one transaction with their duplicate marks and the high-water
    /// mark. What cannot be done is answered through the peer's outbox, in the same transaction.
    /// </summary>
    /// <returns>The high-water mark, on disk: what may be acknowledged. Null when the peer is gone.</returns>
    public async ValueTask<long?> ReceiveAsync(Peer peer, Guid epoch, IReadOnlyList<(long Sequence, Dispatch Dispatch)> dispatches, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(peer);
        ArgumentNullException.ThrowIfNull(dispatches);
        var deliveries = new List<Delivery>(dispatches.Count);
        foreach (var (sequence, dispatch) in dispatches)
        {
            deliveries.Add(dispatch switch
            {
                DirectDispatch direct => await ReceiveAsync(peer, sequence, direct, cancellationToken),
                RevisionDispatch revision => await ReceiveAsync(peer, sequence, revision, cancellationToken),
                ReceiptDispatch receipt => await ReceiveAsync(peer, sequence, receipt, cancellationToken),
                GroupDispatch act => Receive(peer, sequence, act),
                FailureDispatch failure => await ReceiveAsync(peer, sequence, failure, cancellationToken),
                _ => throw new System.Diagnostics.UnreachableException($"Nobody carries out a {dispatch.GetType().Name}."),
            });
        }

        return await _store.ReceiveAsync(peer.Id, epoch, _here, deliveries);
    }

    /// <summary>What is told to the senders of dispatches that were not delivered.</summary>
    public async ValueTask<IReadOnlyList<FailureNotice>> NoticesAsync(Peer peer, IEnumerable<Dispatch> undelivered, Refusal reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(peer);
        ArgumentNullException.ThrowIfNull(undelivered);
        var notices = new List<FailureNotice>();
        foreach (var dispatch in undelivered)
        {
            // Who has been removed is told nothing, nor who wanted to leave; and that an answer or a receipt did not arrive is nobody's loss.
            var (from, text) = dispatch switch
            {
                DirectDispatch direct => (direct.From, direct.Text),
                RevisionDispatch revision => (revision.From, revision.Text),
                GroupDispatch act => (act.From, act.Text),
                _ => default,
            };
            if (dispatch is FailureDispatch or ReceiptDispatch or GroupDispatch { Verb: GroupVerb.Leave } || await _accounts.FindAsync(from, cancellationToken) is not { } account) continue;

            var target = dispatch switch
            {
                DirectDispatch direct => new Address(direct.To, peer.Realm).ToString(),
                RevisionDispatch revision => new Address(revision.To, peer.Realm).ToString(),
                GroupDispatch act when await _groups.FindAsync(act.Group, cancellationToken) is { } group => group.Address.ToString(),
                _ => peer.Realm.ToString(),
            };
            notices.Add(new FailureNotice(_ids.Next(), account, DeliveryFailure.Of(dispatch.Id, reason, target, text), _clock.GetUtcNow()));
        }

        return notices;
    }

    /// <summary>Takes in what a peer tells of the moment, once the authority check has let it through.</summary>
    public ValueTask TakeAsync(Peer peer, Signal signal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(peer);
        return signal switch
        {
            PresenceSignal presence => _presences.TakeAsync(peer.Realm, presence, cancellationToken),
            TypingSignal typing => TakeAsync(peer, typing, cancellationToken),
            _ => throw new System.Diagnostics.UnreachableException($"Nobody takes a {signal.GetType().Name}."),
        };
    }

    /// <summary>Takes copies of direct messages that our restored data may lack.</summary>
    /// <returns>How many were new.</returns>
    public ValueTask<int> TakeCopiesAsync(IReadOnlyList<MessageCopy> copies) => _store.AppendCopiesAsync(copies);

    /// <summary>An address as this realm keeps it: its own users without a realm.</summary>
    public Address Inward(Address address) => address.Realm == _here ? address with { Realm = null } : address;

    /// <summary>An address as other realms know it: always with a realm.</summary>
    public Address Outward(Address address) => address.Realm is null ? address with { Realm = _here } : address;

    private async ValueTask<Delivery> ReceiveAsync(Peer peer, long sequence, DirectDispatch direct, CancellationToken cancellationToken)
    {
        var refusal = GroupRules.CheckText(direct.Text, _options);
        var account = await _accounts.FindAsync(direct.To, cancellationToken);
        if (account is null or { IsDisabled: true }) refusal = Refusal.UnknownRecipient;
        return account is null || refusal is not null
            ? new RefusedDelivery(sequence, direct.Id, Answer(peer, new FailureDispatch(_ids.Next(), direct.Id, refusal ?? Refusal.UnknownRecipient, direct.From, direct.To, null)))
            : new DirectDelivery(sequence, direct.Id, new Address(direct.From, peer.Realm), direct.FromName, account, direct.Text, direct.Sent, direct.Answers);
    }

    // What was changed here is changed for an account that is switched off too. Who wanted to change what is not there, or not his, is told nothing: his own realm has seen
    // to that, and if the message came to grief he knows it.
    private async ValueTask<Delivery> ReceiveAsync(Peer peer, long sequence, RevisionDispatch revision, CancellationToken cancellationToken)
    {
        if (await _accounts.FindAsync(revision.To, cancellationToken) is not { } account) return new RefusedDelivery(sequence, revision.Id, null);
        var actor = new Actor(new Address(revision.From, peer.Realm), revision.FromName);
        return new RevisionDelivery(sequence, revision.Id, actor.Address, account, revision.Target, target =>
        {
            if (target is not { Kind: EntryKind.Said, IsDeleted: false }) return Refusal.UnknownMessage;
            if (GroupRules.CheckRevision(revision.Kind, actor, target, revision.Text, _options) is { } refusal) return refusal;
            var text = revision.Kind == EntryKind.Deleted ? default : revision.Text;
            return new NewEntry(revision.Id, revision.Kind, actor.Address, actor.DisplayName, null, text, revision.Sent, null, target.Position);
        });
    }

    private async ValueTask<Delivery> ReceiveAsync(Peer peer, long sequence, ReceiptDispatch receipt, CancellationToken cancellationToken) =>
        await _accounts.FindAsync(receipt.To, cancellationToken) is { } account
            ? new ReceiptDelivery(sequence, receipt.Id, new Address(receipt.From, peer.Realm), account, receipt.Delivered, receipt.Read)
            : new RefusedDelivery(sequence, receipt.Id, null);

    private async ValueTask TakeAsync(Peer peer, TypingSignal typing, CancellationToken cancellationToken)
    {
        if (!_feeds.HasListeners) return;
        var from = new Address(typing.From, peer.Realm);
        if (typing.To is { } to) _feeds.Publish(new TypingEvent(from, new ConversationAddress(new Address(to), null)), [to]);
        else if (typing.Group is { } id && await _groups.FindAsync(id, cancellationToken) is { } group && group.Members.TryGetValue(from, out var member) && !member.IsMuted)
            _feeds.Publish(new TypingEvent(from, new ConversationAddress(null, group.Address)), group.Conversation, null);
    }

    private GroupDelivery Receive(Peer peer, long sequence, GroupDispatch act)
    {
        var actor = new Actor(new Address(act.From, peer.Realm), act.FromName);
        Address? subject = act.Subject is { } named ? Inward(named) : null;
        return new GroupDelivery(
            sequence,
            act.Id,
            act.Group,
            act.Target,
            (group, target) => _groups.Decide(group, actor, act.Verb, subject, act.Text, act.Id, act.Sent, act.Target, target),
            refusal => Answer(peer, new FailureDispatch(_ids.Next(), act.Id, refusal, act.From, null, act.Group)));
    }

    private async ValueTask<Delivery> ReceiveAsync(Peer peer, long sequence, FailureDispatch failure, CancellationToken cancellationToken)
    {
        if (failure.Group is { } id)
        {
            var group = await _groups.FindAsync(id, cancellationToken);

            // The home has moved meanwhile, or does not know yet that it is one: it is asked again, or the next home is.
            if (failure.Reason == Refusal.HomeElsewhere && group is { Home: { } home } && _peers.Find(home) is { } next)
                return new RepeatedDelivery(sequence, failure.Id, next.Id, failure.Failed);

            // A former home decides nothing any more while the present one can be asked.
            if (group is null || (group.Home is { } other && other != peer.Realm && _peers.Find(other) is not null)) return new RefusedDelivery(sequence, failure.Id, null);
        }

        var account = await _accounts.FindAsync(failure.To, cancellationToken);
        Address? addressee = failure.Addressee is { } username ? new Address(username, peer.Realm) : null;
        return account is null
            ? new RefusedDelivery(sequence, failure.Id, null)
            : new FailureDelivery(sequence, failure.Id, account, failure.Failed, failure.Reason, addressee, failure.Group, _clock.GetUtcNow());
    }

    private Parcel Answer(Peer peer, FailureDispatch failure) => new(peer.Id, _peers.Write(failure));
}
