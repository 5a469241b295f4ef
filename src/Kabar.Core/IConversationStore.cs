using System.Collections.Immutable;

namespace Kabar.Core;

/// <summary>The part of a store that keeps conversations of all kinds, as one who takes part in them reads and changes them. See <see cref="IStore"/> for what holds of every verb.</summary>
public interface IConversationStore
{
    /// <summary>Raised when marks have changed by what a peer has acknowledged, or told of its users. Called on the store's own thread: whoever listens must not block and not throw.</summary>
    event Action<ImmutableArray<Marks>>? MarksStored;

    /// <summary>The arrival of the last entry that is committed; 0 before the first. It has come that far when <see cref="IGroupStore.EntriesCommitted"/> is raised.</summary>
    long LastArrival { get; }

    /// <summary>
    /// Completes when all that any read had shown before the call has also passed through <see cref="IGroupStore.EntriesCommitted"/>: what is read from the disk may be ahead of
    /// that, for the moment between a commit and its announcement.
    /// </summary>
    ValueTask SettleAsync();

    /// <summary>The direct conversation of two, or null when nothing was said in it. <paramref name="other"/> may be the account itself.</summary>
    ValueTask<ConversationId?> FindDirectAsync(AccountId account, Address other, CancellationToken cancellationToken);

    /// <summary>The entry at a position, or null.</summary>
    ValueTask<Message?> FindEntryAsync(ConversationId conversation, long position, CancellationToken cancellationToken);

    /// <summary>
    /// The last entries of a conversation before a position, oldest first: at most so many, and no more than so many bytes of text except for the last one.
    /// </summary>
    ValueTask<ImmutableArray<Message>> ReadConversationBackAsync(ConversationId conversation, long before, int mostEntries, int mostBytes, CancellationToken cancellationToken);

    /// <summary>
    /// What an account may have heard after an arrival, oldest first: the entries of its direct conversations, and of groups from its join until it left or was put
    /// out (with the entry that did so). At most so many, and no more than so many bytes of text except for the first.
    /// </summary>
    ValueTask<StreamPage> ReadStreamAsync(AccountId reader, long after, int mostEntries, int mostBytes, CancellationToken cancellationToken);

    /// <summary>
    /// The conversations of an account by their last entry, newest first, whose last arrival lies before <paramref name="before"/> (null: from the newest), at most so many:
    /// direct ones, and the groups that it is a member of.
    /// </summary>
    ValueTask<ImmutableArray<ConversationSummary>> ListConversationsAsync(AccountId reader, long? before, int most, CancellationToken cancellationToken);

    /// <summary>One of them; null when the account has no such one, or it has no entry.</summary>
    ValueTask<ConversationSummary?> FindConversationAsync(AccountId reader, ConversationId conversation, CancellationToken cancellationToken);

    /// <summary>Those with whom an account has a direct conversation.</summary>
    ValueTask<ImmutableArray<Address>> ListContactsAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>Those with whom somebody, here or elsewhere, has a direct conversation.</summary>
    ValueTask<ImmutableArray<Address>> ListContactsAsync(Address who, CancellationToken cancellationToken);

    /// <summary>The groups that an account is a member of.</summary>
    ValueTask<ImmutableArray<Group>> ListGroupsAsync(AccountId member, CancellationToken cancellationToken);

    /// <summary>The groups that somebody, here or elsewhere, is a member of.</summary>
    ValueTask<ImmutableArray<Group>> ListGroupsAsync(Address member, CancellationToken cancellationToken);

    /// <summary>
    /// Appends to a direct conversation what <paramref name="decide"/> answers when it is given the entry at a position (null: there is none), and revises that entry:
    /// an <see cref="EntryKind.Edited"/>, <see cref="EntryKind.Deleted"/> or <see cref="EntryKind.Reacted"/>. A deletion erases the text wherever it is kept. With a parcel, that goes into
    /// the peer's outbox in the same transaction. It runs on the store's thread in the order of calls, perhaps twice, and must be quick. A refusal changes nothing.
    /// </summary>
    ValueTask<Result<Message>> ReviseAsync(AccountId account, Address other, long target, Func<Message?, Result<(NewEntry Entry, Parcel? Parcel)>> decide);

    /// <summary>The marks of all who take part in a conversation, as far as there are any.</summary>
    ValueTask<ImmutableArray<Marks>> ListMarksAsync(ConversationId conversation, CancellationToken cancellationToken);

    /// <summary>The marks in an account's conversations that have changed since an arrival was the last one.</summary>
    ValueTask<ImmutableArray<Marks>> ListMarksAsync(AccountId reader, long since, CancellationToken cancellationToken);

    /// <summary>
    /// Moves marks forward, in one transaction; a mark never goes back. Returns those that have changed, as they are then. The parcel of one that has not is not sent.
    /// </summary>
    ValueTask<ImmutableArray<Marks>> AdvanceAsync(IReadOnlyList<MarkAdvance> advances);

    /// <summary>
    /// What was said in an account's conversations that holds all the words (a last one of two letters or more, ending in <c>*</c>: words beginning so; those behind the 32nd are not looked at), newest first, before an arrival (null: from the newest),
    /// at most so many. <paramref name="within"/> limits it to one conversation. What was said less than a few seconds ago may be missing.
    /// </summary>
    ValueTask<ImmutableArray<Message>> SearchAsync(AccountId reader, string words, ConversationId? within, long? before, int most, CancellationToken cancellationToken);
}

/// <summary>A page of what an account may have heard.</summary>
/// <param name="Entries">In the order of arrival.</param>
/// <param name="Through">Nothing up to this arrival is missing.</param>
/// <param name="IsLast">Whether nothing more was there.</param>
public sealed record StreamPage(ImmutableArray<Message> Entries, long Through, bool IsLast);

/// <summary>How far somebody has come in a conversation, as positions: each is the last one, and all before it.</summary>
/// <param name="Conversation">Which conversation.</param>
/// <param name="Who">Whose marks.</param>
/// <param name="Other">In a direct conversation the other one, who is told; null in a group.</param>
/// <param name="Stored">His realm has everything up to here; for an account here always 0.</param>
/// <param name="Delivered">A client of his was given everything up to here.</param>
/// <param name="Read">He has read everything up to here.</param>
public sealed record Marks(ConversationId Conversation, Address Who, Address? Other, long Stored, long Delivered, long Read);

/// <summary>Marks to be moved forward: where a number is not beyond what is kept, that one stays.</summary>
/// <param name="Conversation">Which conversation.</param>
/// <param name="Who">Whose marks.</param>
/// <param name="Delivered">See <see cref="Marks"/>.</param>
/// <param name="Read">See <see cref="Marks"/>; takes <paramref name="Delivered"/> with it.</param>
/// <param name="Receipt">Makes what the other's realm is sent of it, from the ids of the last message of the other up to each mark (null where that did not change, or there is none); null for nothing.</param>
public sealed record MarkAdvance(ConversationId Conversation, Address Who, long Delivered, long Read, Func<Guid?, Guid?, Parcel?>? Receipt);

/// <summary>A conversation as one who takes part in it sees it in a list.</summary>
/// <param name="Conversation">Which.</param>
/// <param name="Other">The other one; null for a group.</param>
/// <param name="Group">The group; null for a direct one.</param>
/// <param name="Last">Its last entry.</param>
/// <param name="Read">How far the reader has read.</param>
/// <param name="Unread">How many messages of others lie beyond, at most <see cref="MostUnread"/>.</param>
public sealed record ConversationSummary(ConversationId Conversation, Address? Other, Group? Group, Message Last, long Read, int Unread)
{
    /// <summary>Where counting ends.</summary>
    public const int MostUnread = 100;

    /// <summary>The display name of the other one, where he is a user of this realm. A store leaves it out.</summary>
    public string? Name { get; init; }
}
