using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Kabar.Core;

/// <summary>
/// What an account does in its conversations, direct ones and groups, here and on other realms: say, edit, delete, react, read, search. Whoever calls has
/// checked that the account's session is live. Safe to call from any thread.
/// </summary>
public sealed partial class Conversations
{
    private const int MostKeyBytes = 64;

    private readonly RealmName _here;
    private readonly IStore _store;
    private readonly IPeers _peers;
    private readonly Accounts _accounts;
    private readonly Groups _groups;
    private readonly DirectSends _sends;
    private readonly AccountFeeds _feeds;
    private readonly Receipts _receipts;
    private readonly RealmOptions _options;
    private readonly TimeProvider _clock;
    private readonly MessageIds _ids;

    internal Conversations(
        RealmName here,
        IStore store,
        IPeers peers,
        Accounts accounts,
        Groups groups,
        DirectSends sends,
        AccountFeeds feeds,
        Receipts receipts,
        RealmOptions options,
        TimeProvider clock,
        MessageIds ids)
    {
        (_here, _store, _peers, _accounts, _groups, _sends) = (here, store, peers, accounts, groups, sends);
        (_feeds, _receipts, _options, _clock, _ids) = (feeds, receipts, options, clock, ids);
    }

    /// <summary>
    /// Says something. When this completes, what is said has its place behind all that the same caller began before; nothing is on disk yet.
    /// Waits while too many are on their way to the disk; a caller that holds some of those commits them meanwhile, or waits for itself.
    /// </summary>
    /// <returns>
    /// What completes when it is on disk; else what <see cref="Realm.BeginSendAsync"/> and <see cref="GroupRules.Check"/> refuse, <see cref="Refusal.UnknownMessage"/> when
    /// there is nothing to answer at <see cref="Draft.Answers"/>, <see cref="Refusal.InvalidParameter"/> for what is no key, and then nothing is stored. Over a legacy link,
    /// which knows neither, a key does not keep something from being said twice, and what is not there to answer is not looked for before it is said.
    /// </returns>
    public async ValueTask<Result<Posting>> BeginPostAsync(Account from, ConversationAddress to, Draft draft, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(from);
        if (GroupRules.CheckText(draft.Text, _options) is { } hindrance) return hindrance;
        if (draft.Key is { } key && !IsKey(key)) return Refusal.InvalidParameter;
        if (to.User is { } user) return (await _sends.BeginAsync(from, user, draft, cancellationToken)).TryGet(out var sending, out var refusal) ? Posting.Of(sending) : refusal;
        if (to.Group is not { } address || await _groups.FindAsync(address, cancellationToken) is not { } group) return Refusal.UnknownGroup;

        if (!_sends.Room.Wait(0, CancellationToken.None)) await _sends.Room.WaitAsync(cancellationToken);
        return Posting.Of(_groups.ActAsync(Actor.Of(from), group.Id, GroupVerb.Say, null, draft.Text, CancellationToken.None, draft.Answers, draft.Key), _sends.Room);
    }

    /// <summary>Whether something can be the key of a message.</summary>
    internal static bool IsKey([NotNullWhen(true)] string? key) => key is not null && Encoding.UTF8.GetByteCount(key) is > 0 and <= MostKeyBytes;

    /// <summary>Lets something that the account has said read differently.</summary>
    /// <returns>
    /// The entry that tells it; <see cref="Refusal.UnknownMessage"/>, <see cref="Refusal.NotAllowed"/> for what somebody else said, <see cref="Refusal.PeerUnreachable"/> for
    /// what was said to somebody whose realm is over a legacy link or no peer any more, since it cannot be told; and what <see cref="BeginPostAsync"/> refuses.
    /// </returns>
    public ValueTask<Result<Posted>> EditAsync(Account who, ConversationAddress place, long position, MessageText text, CancellationToken cancellationToken) =>
        ReviseAsync(who, place, EntryKind.Edited, GroupVerb.Edit, position, text, cancellationToken);

    /// <summary>Takes back something that was said: by the account itself, or in a group where it keeps order. The text is erased.</summary>
    /// <returns>As <see cref="EditAsync"/>.</returns>
    public ValueTask<Result<Posted>> DeleteAsync(Account who, ConversationAddress place, long position, CancellationToken cancellationToken) =>
        ReviseAsync(who, place, EntryKind.Deleted, GroupVerb.Delete, position, default, cancellationToken);

    /// <summary>Reacts to something that was said; an empty <paramref name="emoji"/> takes the account's reaction back.</summary>
    /// <returns>As <see cref="EditAsync"/>, and <see cref="Refusal.InvalidParameter"/> for what is no <see cref="Reaction"/>.</returns>
    public ValueTask<Result<Posted>> ReactAsync(Account who, ConversationAddress place, long position, string emoji, CancellationToken cancellationToken) =>
        ReviseAsync(who, place, EntryKind.Reacted, GroupVerb.React, position, MessageText.From(emoji), cancellationToken);

    /// <summary>Tells those who listen that the account is typing. Null, or why not: he may not say anything there.</summary>
    public async ValueTask<Refusal?> TypeAsync(Account who, ConversationAddress place, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(who);
        if (!(await FindPlaceAsync(who, place, cancellationToken)).TryGet(out var found, out var refusal)) return refusal;
        var self = new Address(who.Username);
        if (found.Other is { } other)
        {
            if (other.Realm is { } realm) _peers.Send(realm, new TypingSignal(who.Username, other.Username, null));
            else if (other != self) _feeds.Publish(new TypingEvent(self, new ConversationAddress(other, null)), [other.Username]);
            return null;
        }

        if (found.Group is not { } group) return null;
        if (group.Members[self].IsMuted) return Refusal.Muted;
        _feeds.Publish(new TypingEvent(self, new ConversationAddress(null, group.Address)), group.Conversation, who.Username);
        foreach (var realm in group.MemberRealms) _peers.Send(realm, new TypingSignal(who.Username, null, group.Id));
        return null;
    }

    /// <summary>A client of the reader was given entries, in one direct conversation or several: the senders are told, a moment later. Never waits.</summary>
    public void NoteDelivered(Account reader, ReadOnlySpan<Message> entries)
    {
        ArgumentNullException.ThrowIfNull(reader);
        _receipts.Note(reader, entries, isRead: false);
    }

    private async ValueTask<Result<Posted>> ReviseAsync(
        Account who, ConversationAddress place, EntryKind kind, GroupVerb verb, long position, MessageText text, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(who);
        var actor = Actor.Of(who);
        if (place.Group is { } address)
        {
            if (await _groups.FindAsync(address, cancellationToken) is not { } group) return Refusal.UnknownGroup;
            return await _groups.ActAsync(actor, group.Id, verb, null, text, cancellationToken, position);
        }

        if (place.User is not { } user) return Refusal.UnknownRecipient;
        if (!(await FindOtherAsync(who, user, cancellationToken)).TryGet(out var other, out var refusal)) return refusal;
        Peer? peer = null;
        if (other.Realm is { } realm)
        {
            peer = _peers.Find(realm);
            if (peer is null) return Refusal.PeerUnreachable;
            if (text.Length > RealmOptions.MostLinkTextBytes) return Refusal.TextTooLong;
            if (_peers.IsFull(peer.Id)) return Refusal.PeerQueueFull;
        }

        var (id, now) = (_ids.Next(), _clock.GetUtcNow());
        var revised = await _store.ReviseAsync(who.Id, other, position, target => Decide(target, actor, kind, text, id, now, peer, other));
        return revised.TryGet(out var entry, out refusal) ? new Posted(entry.Id, entry, IsQueued: peer is not null) : refusal;
    }

    // On the store's thread. The other realm knows the message by its id: positions of a direct conversation are each realm's own.
    private Result<(NewEntry Entry, Parcel? Parcel)> Decide(Message? target, Actor actor, EntryKind kind, MessageText text, Guid id, DateTimeOffset now, Peer? peer, Address other)
    {
        if (target is not { Kind: EntryKind.Said, IsDeleted: false }) return Refusal.UnknownMessage;
        if (GroupRules.CheckRevision(kind, actor, target, text, _options) is { } refusal) return refusal;
        var frame = peer is null ? default : _peers.Write(new RevisionDispatch(id, kind, actor.Address.Username, actor.DisplayName, other.Username, target.Id, text, now));
        return (new NewEntry(id, kind, actor.Address, actor.DisplayName, null, text, now, null, target.Position), peer is null ? null : new Parcel(peer.Id, frame));
    }
}

/// <summary>Something about to be said.</summary>
/// <param name="Text">What.</param>
/// <param name="Key">The sender's key, 1–64 bytes of UTF-8; saying something under a key that he has used in the last days returns the first and says nothing. Null for none.</param>
/// <param name="Answers">The position of what it answers; null for nothing.</param>
public readonly record struct Draft(MessageText Text, string? Key = null, long? Answers = null);
