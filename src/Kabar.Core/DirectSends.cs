namespace Kabar.Core;

/// <summary>
/// Says something to somebody, here or on another realm: finds him, and gives what is said its place on the way to the disk. The one way for all dialects.
/// </summary>
internal sealed class DirectSends : IDisposable
{
    private readonly RealmName _here;
    private readonly IStore _store;
    private readonly IPeers _peers;
    private readonly Accounts _accounts;
    private readonly TimeProvider _clock;
    private readonly MessageIds _ids;

    public DirectSends(RealmName here, IStore store, IPeers peers, Accounts accounts, RealmOptions options, TimeProvider clock, MessageIds ids)
    {
        (_here, _store, _peers, _accounts, _clock, _ids) = (here, store, peers, accounts, clock, ids);
        Room = new SemaphoreSlim(options.SendsWaiting > 0 ? options.SendsWaiting : int.MaxValue);
    }

    /// <summary>Room for what waits for a commit in all: entered before the store is called, released when it has answered.</summary>
    public SemaphoreSlim Room { get; }

    /// <summary>Gives a message its place. The caller has looked at the text.</summary>
    /// <returns>As <see cref="Realm.BeginSendAsync"/>; <see cref="Refusal.UnknownMessage"/> when there is nothing to answer.</returns>
    public async ValueTask<Result<Sending>> BeginAsync(Account sender, Address to, Draft draft, CancellationToken cancellationToken)
    {
        if ((to.Realm is not null && to.Realm != _here) || await _accounts.FindAsync(to.Username, cancellationToken) is not { IsDisabled: false } recipient)
            return to.Realm == _here ? Refusal.UnknownRecipient : await BeginElsewhereAsync(sender, to, draft, cancellationToken);

        if (draft.Answers is { } position && await FindAnsweredAsync(sender, new Address(recipient.Username), position, cancellationToken) is null) return Refusal.UnknownMessage;
        if (!Room.Wait(0, CancellationToken.None)) await Room.WaitAsync(cancellationToken);
        return new Sending(_store.AppendAsync(new NewMessage(_ids.Next(), sender, recipient, draft.Text, _clock.GetUtcNow(), draft.Key, draft.Answers)), Room);
    }

    public void Dispose() => Room.Dispose();

    // To a realm that is named, without asking it; else to the first that has such a user; the legacy peers last, since each of them
    // must be asked and waited for.
    private async ValueTask<Result<Sending>> BeginElsewhereAsync(Account sender, Address to, Draft draft, CancellationToken cancellationToken)
    {
        var found = to.Realm is { } realm
            ? _peers.Find(realm) is { } named ? named : Refusal.UnknownRecipient
            : await _peers.FindUserAsync(to.Username, cancellationToken);
        if (!found.TryGet(out var peer, out var refusal))
        {
            var sent = await _peers.SendOverLegacyAsync(sender.Username, to, draft.Text, cancellationToken);
            if (sent.TryGet(out var address, out var legacyRefusal)) return await KeepSentAsync(sender, address, draft, cancellationToken);
            return legacyRefusal == Refusal.UnknownRecipient ? refusal : legacyRefusal;
        }

        if (draft.Text.Length > RealmOptions.MostLinkTextBytes) return Refusal.TextTooLong;
        if (_peers.IsFull(peer.Id)) return Refusal.PeerQueueFull;

        var there = new Address(to.Username, peer.Realm);
        Message? answered = null;
        if (draft.Answers is { } position)
        {
            answered = await FindAnsweredAsync(sender, there, position, cancellationToken);
            if (answered is null) return Refusal.UnknownMessage;
        }

        var (id, now) = (_ids.Next(), _clock.GetUtcNow());
        var frame = _peers.Write(new DirectDispatch(id, sender.Username, sender.DisplayName, to.Username, draft.Text, now, answered?.Id));
        return await KeepAsync(new OutgoingMessage(id, sender, there, draft.Text, now, new Parcel(peer.Id, frame), draft.Key, draft.Answers), isQueued: true, cancellationToken);
    }

    // It has gone already: what it answers is kept if it is there. Of that, and of the key, the other realm has heard nothing.
    private async ValueTask<Result<Sending>> KeepSentAsync(Account sender, Address to, Draft draft, CancellationToken cancellationToken)
    {
        var answered = draft.Answers is { } position ? await FindAnsweredAsync(sender, to, position, cancellationToken) : null;
        return await KeepAsync(new OutgoingMessage(_ids.Next(), sender, to, draft.Text, _clock.GetUtcNow(), null, draft.Key, answered?.Position), isQueued: false, cancellationToken);
    }

    private async ValueTask<Result<Sending>> KeepAsync(OutgoingMessage message, bool isQueued, CancellationToken cancellationToken)
    {
        if (!Room.Wait(0, CancellationToken.None)) await Room.WaitAsync(cancellationToken);
        return new Sending(_store.AppendAsync(message), Room, isQueued);
    }

    private async ValueTask<Message?> FindAnsweredAsync(Account sender, Address other, long position, CancellationToken cancellationToken) =>
        await _store.FindDirectAsync(sender.Id, other, cancellationToken) is { } conversation
        && await _store.FindEntryAsync(conversation, position, cancellationToken) is { Kind: EntryKind.Said, IsDeleted: false } answered
            ? answered
            : null;
}
