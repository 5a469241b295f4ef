namespace Kabar.Core;

/// <summary>A direct message on its way to the store, between two accounts of this realm.</summary>
/// <param name="Id">Its id.</param>
/// <param name="From">Who says it, an account here.</param>
/// <param name="To">Whom it is for, an account here; may be the sender.</param>
/// <param name="Text">What is said.</param>
/// <param name="Sent">When.</param>
/// <param name="Key">The sender's key: a second message of the same sender and key is not appended, the first is returned. Null for none.</param>
/// <param name="Target">The position of the entry that it answers; null for none.</param>
public readonly record struct NewMessage(Guid Id, Account From, Account To, MessageText Text, DateTimeOffset Sent, string? Key = null, long? Target = null);

/// <summary>A direct message to somebody on another realm, on its way to the store.</summary>
/// <param name="Id">Its id.</param>
/// <param name="From">Who says it, an account here.</param>
/// <param name="To">Whom it is for; names a realm.</param>
/// <param name="Text">What is said.</param>
/// <param name="Sent">When.</param>
/// <param name="Parcel">What the peer is to be sent, put into its outbox together with the message; null when the peer has it already.</param>
/// <param name="Key">As in <see cref="NewMessage"/>.</param>
/// <param name="Target">As in <see cref="NewMessage"/>.</param>
public readonly record struct OutgoingMessage(Guid Id, Account From, Address To, MessageText Text, DateTimeOffset Sent, Parcel? Parcel, string? Key = null, long? Target = null);

/// <summary>An entry of a group on its way to the store, which gives it its position.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">What it tells.</param>
/// <param name="From">Who did it; of this realm when it names none.</param>
/// <param name="FromName">His display name.</param>
/// <param name="Subject">Whom it concerns besides.</param>
/// <param name="Text">What was said, or what the kind says.</param>
/// <param name="Sent">When.</param>
/// <param name="Key">As in <see cref="NewMessage"/>.</param>
/// <param name="Target">The position of the entry that it answers or changes; null for none.</param>
public sealed record NewEntry(
    Guid Id, EntryKind Kind, Address From, string FromName, Address? Subject, MessageText Text, DateTimeOffset Sent, string? Key = null, long? Target = null);

/// <summary>Something for a peer's outbox, as the link will carry it.</summary>
/// <param name="Peer">Which peer.</param>
/// <param name="Frame">The frame without its sequence number, which the store gives.</param>
public sealed record Parcel(PeerId Peer, ReadOnlyMemory<byte> Frame);
