namespace Kabar.Core;

/// <summary>
/// What one realm's outbox brings to another, the same on both sides: the sender writes it, the receiver carries it out after the
/// authority check. Who acts is always a user of the sending realm, so only his username is carried. Protocol: native link, "Numbered frames".
/// </summary>
/// <param name="Id">A UUID version 7, made where it began. What arrives twice has the same one.</param>
public abstract record Dispatch(Guid Id);

/// <summary>A direct message.</summary>
/// <param name="Id">Its id on both realms.</param>
/// <param name="From">Who says it, on the sending realm.</param>
/// <param name="FromName">His display name.</param>
/// <param name="To">Whom it is for, on the receiving realm.</param>
/// <param name="Text">What is said.</param>
/// <param name="Sent">When.</param>
/// <param name="Answers">The id of the message that it answers; null for none.</param>
public sealed record DirectDispatch(Guid Id, Username From, string FromName, Username To, MessageText Text, DateTimeOffset Sent, Guid? Answers = null) : Dispatch(Id);

/// <summary>A user of the sending realm changes or reacts to a message of his conversation with one of the receiving realm.</summary>
/// <param name="Id">The id of the entry that comes of it, on both realms.</param>
/// <param name="Kind"><see cref="EntryKind.Edited"/>, <see cref="EntryKind.Deleted"/> or <see cref="EntryKind.Reacted"/>.</param>
/// <param name="From">Who, on the sending realm.</param>
/// <param name="FromName">His display name.</param>
/// <param name="To">The other one, on the receiving realm.</param>
/// <param name="Target">The id of the message.</param>
/// <param name="Text">How it now reads, or the reaction; empty for a deletion or a reaction that is taken back.</param>
/// <param name="Sent">When.</param>
public sealed record RevisionDispatch(Guid Id, EntryKind Kind, Username From, string FromName, Username To, Guid Target, MessageText Text, DateTimeOffset Sent) : Dispatch(Id);

/// <summary>How far messages of a user of the receiving realm have come with one of the sending realm.</summary>
/// <param name="Id">Its id.</param>
/// <param name="From">The reader, on the sending realm.</param>
/// <param name="To">Whose messages they are, on the receiving realm.</param>
/// <param name="Delivered">The id of the last of his messages that a client of the reader has been given; null when nothing new.</param>
/// <param name="Read">The id of the last of his messages that the reader has read; null when nothing new.</param>
public sealed record ReceiptDispatch(Guid Id, Username From, Username To, Guid? Delivered, Guid? Read) : Dispatch(Id);

/// <summary>Something that a user of the sending realm does in a group whose home is the receiving one.</summary>
/// <param name="Id">The id of the entry that comes of it.</param>
/// <param name="Group">Which group.</param>
/// <param name="Verb">What he does.</param>
/// <param name="From">Who, on the sending realm.</param>
/// <param name="FromName">His display name.</param>
/// <param name="Subject">Whom it concerns; always names a realm.</param>
/// <param name="Text">What is said, the topic, the role's word, or empty.</param>
/// <param name="Sent">When.</param>
/// <param name="Target">The position of the entry that is answered or changed; null for none.</param>
public sealed record GroupDispatch(
    Guid Id, GroupId Group, GroupVerb Verb, Username From, string FromName, Address? Subject, MessageText Text, DateTimeOffset Sent, long? Target = null)
    : Dispatch(Id);

/// <summary>Something that the receiving realm had sent could not be done.</summary>
/// <param name="Id">The id of this answer.</param>
/// <param name="Failed">The id of what failed.</param>
/// <param name="Reason">Why.</param>
/// <param name="To">Who had sent it, on the receiving realm.</param>
/// <param name="Addressee">Whom the message was for, on the sending realm; null for a group.</param>
/// <param name="Group">The group it was for; null for a message.</param>
public sealed record FailureDispatch(Guid Id, Guid Failed, Refusal Reason, Username To, Username? Addressee, GroupId? Group) : Dispatch(Id);
