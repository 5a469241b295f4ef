namespace Kabar.Core;

/// <summary>
/// Something that a peer sent and that has passed the authority check, on its way to the store. The store carries out a batch of them in
/// one transaction with their duplicate marks and the high-water mark.
/// </summary>
/// <param name="Sequence">Its number in the peer's epoch.</param>
/// <param name="Id">Its id, on every realm the same: what comes under an id that was received before is skipped.</param>
public abstract record Delivery(long Sequence, Guid Id);

/// <summary>A direct message to an account here.</summary>
/// <param name="Sequence">See <see cref="Delivery"/>.</param>
/// <param name="Id">See <see cref="Delivery"/>.</param>
/// <param name="From">Who says it; names the peer's realm.</param>
/// <param name="FromName">His display name.</param>
/// <param name="To">Whom it is for.</param>
/// <param name="Text">What is said.</param>
/// <param name="Sent">When he sent it.</param>
/// <param name="Answers">The id of the message that it answers; one that is not known is ignored. Null for none.</param>
public sealed record DirectDelivery(long Sequence, Guid Id, Address From, string FromName, Account To, MessageText Text, DateTimeOffset Sent, Guid? Answers = null)
    : Delivery(Sequence, Id);

/// <summary>
/// A change of, or a reaction to, a message of a direct conversation. The store looks the message up; <paramref name="Decide"/> is given it
/// (null: it is not known here, or not of the conversation of these two) and says what is appended. A refusal appends nothing, and nobody is told.
/// </summary>
/// <param name="Sequence">See <see cref="Delivery"/>.</param>
/// <param name="Id">See <see cref="Delivery"/>.</param>
/// <param name="From">Who; names the peer's realm.</param>
/// <param name="To">The other one.</param>
/// <param name="Target">The id of the message.</param>
/// <param name="Decide">Runs on the store's thread, perhaps twice. The entry's <see cref="NewEntry.Target"/> is the position of the message it is given.</param>
public sealed record RevisionDelivery(long Sequence, Guid Id, Address From, Account To, Guid Target, Func<Message?, Result<NewEntry>> Decide) : Delivery(Sequence, Id);

/// <summary>How far messages of an account here have come with a user of the peer. Ids that are not messages of the account in that conversation are ignored.</summary>
/// <param name="Sequence">See <see cref="Delivery"/>.</param>
/// <param name="Id">See <see cref="Delivery"/>.</param>
/// <param name="From">The reader; names the peer's realm.</param>
/// <param name="To">Whose messages they are.</param>
/// <param name="Delivered">The id of the last one delivered, or null.</param>
/// <param name="Read">The id of the last one read, or null.</param>
public sealed record ReceiptDelivery(long Sequence, Guid Id, Address From, Account To, Guid? Delivered, Guid? Read) : Delivery(Sequence, Id);

/// <summary>Something done in a group whose home is here.</summary>
/// <param name="Sequence">See <see cref="Delivery"/>.</param>
/// <param name="Id">See <see cref="Delivery"/>.</param>
/// <param name="Group">Which group.</param>
/// <param name="Target">The position of the entry that is answered or changed; null for none.</param>
/// <param name="Decide">
/// Given the group as it is in the transaction (null: there is none) and the entry at <paramref name="Target"/> (null: there is none), the entry to append or why not.
/// Runs on the store's thread, perhaps twice.
/// </param>
/// <param name="Refused">What the peer is sent when the answer is no.</param>
public sealed record GroupDelivery(long Sequence, Guid Id, GroupId Group, long? Target, Func<Group?, Message?, Result<NewEntry>> Decide, Func<Refusal, Parcel> Refused)
    : Delivery(Sequence, Id);

/// <summary>Something of which nothing comes here but, perhaps, an answer.</summary>
/// <param name="Sequence">See <see cref="Delivery"/>.</param>
/// <param name="Id">See <see cref="Delivery"/>.</param>
/// <param name="Answer">What a peer is sent; null for nothing.</param>
public sealed record RefusedDelivery(long Sequence, Guid Id, Parcel? Answer) : Delivery(Sequence, Id);

/// <summary>What a user here did in a group has reached a realm that is not its home: it goes to the home, if it is still pending and does not wait there already.</summary>
/// <param name="Sequence">See <see cref="Delivery"/>.</param>
/// <param name="Id">See <see cref="Delivery"/>.</param>
/// <param name="Home">The home.</param>
/// <param name="Entry">The id of the entry that is pending.</param>
public sealed record RepeatedDelivery(long Sequence, Guid Id, PeerId Home, Guid Entry) : Delivery(Sequence, Id);

/// <summary>
/// The peer could not do what an account here had asked. The store looks up what that was: a message of the account to
/// <paramref name="Addressee"/>, or its pending entry in <paramref name="Group"/>. If it is there, a <see cref="DeliveryFailure"/> is
/// appended to the account's conversation with itself under <see cref="Delivery.Id"/>, and the pending entry is dropped; if not, the peer speaks of what was never sent to it, and nothing happens.
/// </summary>
/// <param name="Sequence">See <see cref="Delivery"/>.</param>
/// <param name="Id">See <see cref="Delivery"/>.</param>
/// <param name="To">Who had sent it.</param>
/// <param name="Failed">The id of what failed.</param>
/// <param name="Reason">Why.</param>
/// <param name="Addressee">Whom the message was for; null for a group.</param>
/// <param name="Group">The group it was for; null for a message.</param>
/// <param name="When">Now.</param>
public sealed record FailureDelivery(long Sequence, Guid Id, Account To, Guid Failed, Refusal Reason, Address? Addressee, GroupId? Group, DateTimeOffset When)
    : Delivery(Sequence, Id);

/// <summary>Tells an account here that something it had sent was not delivered.</summary>
/// <param name="Id">The id of the entry that tells it.</param>
/// <param name="To">Who had sent it.</param>
/// <param name="Failure">What, and why. A pending entry of its id is dropped.</param>
/// <param name="When">When that turned out.</param>
public sealed record FailureNotice(Guid Id, Account To, DeliveryFailure Failure, DateTimeOffset When);

/// <summary>A copy of an entry of a direct conversation that a peer keeps and that our restored data may lack: something said, or what has become of it since.</summary>
/// <param name="Id">Its id; skipped when we have it.</param>
/// <param name="From">Who said it. One of the two is an account here, the other the peer's.</param>
/// <param name="FromName">His display name.</param>
/// <param name="To">To whom.</param>
/// <param name="Text">What was said, as it now reads; how the target was to read; or the reaction.</param>
/// <param name="Sent">When.</param>
/// <param name="Kind"><see cref="EntryKind.Said"/>, <see cref="EntryKind.Edited"/>, <see cref="EntryKind.Deleted"/> or <see cref="EntryKind.Reacted"/>.</param>
/// <param name="Target">The id of the message that it answers, or changes; one that is not known is answered by nobody, and changes nothing. Null for none.</param>
public sealed record MessageCopy(
    Guid Id, Address From, string FromName, Address To, MessageText Text, DateTimeOffset Sent, EntryKind Kind = EntryKind.Said, Guid? Target = null)
{
    /// <summary>Whether who made it may change this message of the same conversation so: his own in any way, the other's by a reaction.</summary>
    public bool MayRevise(Message target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return target is { Kind: EntryKind.Said, IsDeleted: false } && (Kind == EntryKind.Reacted || (Kind is EntryKind.Edited or EntryKind.Deleted && target.From == From));
    }
}

/// <summary>Something said in a group whose home is elsewhere, until the home's entry comes back.</summary>
/// <param name="Group">Which group.</param>
/// <param name="Entry">What was asked for.</param>
/// <param name="Frame">How the link carries it.</param>
public sealed record PendingEntry(GroupId Group, NewEntry Entry, ReadOnlyMemory<byte> Frame);
