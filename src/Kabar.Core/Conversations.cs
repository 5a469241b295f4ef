using System.Collections.Immutable;

namespace Kabar.Core;

/// <summary>
/// What an account does in its conversations, direct ones and groups, here and on other realms: say, edit, delete, react, read, search. Whoever calls has
/// checked that the account's session is live. Safe to call from any thread.
/// </summary>
public sealed class Conversations
{
    /// <summary>
    /// Says something. When this completes, what is said has its place behind all that the same caller began before; nothing is on disk yet.
    /// Waits while too many are on their way to the disk.
    /// </summary>
    /// <returns>
    /// What completes when it is on disk; else what <see cref="Realm.BeginSendAsync"/> and <see cref="GroupRules.Check"/> refuse, or <see cref="Refusal.UnknownMessage"/> when
    /// there is nothing to answer at <see cref="Draft.Answers"/>, and then nothing is stored.
    /// </returns>
    public ValueTask<Result<Posting>> BeginPostAsync(Account from, ConversationAddress to, Draft draft, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Lets something that the account has said read differently.</summary>
    /// <returns>The entry that tells it; <see cref="Refusal.UnknownMessage"/>, <see cref="Refusal.NotAllowed"/> for what somebody else said, and what <see cref="BeginPostAsync"/> refuses.</returns>
    public ValueTask<Result<Posted>> EditAsync(Account who, ConversationAddress place, long position, MessageText text, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Takes back something that was said: by the account itself, or in a group where it keeps order. The text is erased.</summary>
    /// <returns>As <see cref="EditAsync"/>.</returns>
    public ValueTask<Result<Posted>> DeleteAsync(Account who, ConversationAddress place, long position, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Reacts to something that was said; an empty <paramref name="emoji"/> takes the account's reaction back.</summary>
    /// <returns>As <see cref="EditAsync"/>, and <see cref="Refusal.InvalidParameter"/> for what is no <see cref="Reaction"/>.</returns>
    public ValueTask<Result<Posted>> ReactAsync(Account who, ConversationAddress place, long position, string emoji, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Tells those who listen that the account is typing. Null, or why not.</summary>
    public ValueTask<Refusal?> TypeAsync(Account who, ConversationAddress place, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Moves the account's read mark forward, to a position or to the end, durably, and tells the others.</summary>
    /// <returns>How far it has read then; <see cref="Refusal.UnknownRecipient"/>, <see cref="Refusal.UnknownGroup"/>, <see cref="Refusal.NotAMember"/>.</returns>
    public ValueTask<Result<long>> ReadAsync(Account reader, ConversationAddress place, long? position, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>A page of what was said: of an invite-only group from the account's join on.</summary>
    public ValueTask<Result<HistoryPage>> ReadHistoryAsync(Account reader, ConversationAddress place, HistoryRange range, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The account's conversations, the one with the newest entry first. See <see cref="IConversationStore.ListConversationsAsync"/>.</summary>
    public ValueTask<ImmutableArray<ConversationSummary>> ListAsync(Account reader, long? before, int most, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>What was said in the account's conversations, newest first. See <see cref="IConversationStore.SearchAsync"/>.</summary>
    /// <returns>The found; <see cref="Refusal.EmptyText"/> when there is no word, and what <see cref="ReadHistoryAsync"/> refuses of <paramref name="within"/>.</returns>
    public ValueTask<Result<ImmutableArray<Message>>> SearchAsync(
        Account reader, string words, ConversationAddress? within, long? before, int most, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The group an entry is of, as it is addressed here; null for a direct one, or when the group is gone.</summary>
    public ValueTask<GroupAddress?> FindGroupAsync(Message entry, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>A client of the reader was given entries, in one direct conversation or several: the senders are told, a moment later. Never waits.</summary>
    public void NoteDelivered(Account reader, ReadOnlySpan<Message> entries) => throw new NotImplementedException();
}

/// <summary>Something about to be said.</summary>
/// <param name="Text">What.</param>
/// <param name="Key">The sender's key, 1–64 bytes of UTF-8; saying something under a key that he has used in the last days returns the first and says nothing. Null for none.</param>
/// <param name="Answers">The position of what it answers; null for nothing.</param>
public readonly record struct Draft(MessageText Text, string? Key = null, long? Answers = null);

/// <summary>Something said that has its place and is on its way to the disk. Must be awaited once.</summary>
public readonly struct Posting
{
    private readonly ValueTask<Result<Posted>> _commit;

    internal Posting(ValueTask<Result<Posted>> commit) => _commit = commit;

    /// <summary>Completes when it is on disk. A group may refuse only here.</summary>
    /// <exception cref="StoreException">It is not on disk, and will not be.</exception>
    public ValueTask<Result<Posted>> CommitAsync() => _commit;
}

/// <summary>What has become of something that was said or changed.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Entry">The entry; null while it waits for the group's home.</param>
/// <param name="IsQueued">Whether it also waits for another realm.</param>
public readonly record struct Posted(Guid Id, Message? Entry, bool IsQueued);

/// <summary>Which part of a conversation: before a position, after one, or with neither the end.</summary>
/// <param name="Before">Entries before this position, the last ones; null for no bound.</param>
/// <param name="After">Entries after this position, the first ones; null for no bound. With both, the first ones between them.</param>
/// <param name="Most">How many at most.</param>
public readonly record struct HistoryRange(long? Before, long? After, int Most);

/// <summary>A part of a conversation.</summary>
/// <param name="Group">The group; null for a direct conversation.</param>
/// <param name="Entries">Oldest first, without those that only tell of an edit, a deletion or a reaction: the entry they tell of shows it.</param>
/// <param name="First">The first position that the page covers.</param>
/// <param name="Last">The last position that it covers; less than <paramref name="First"/> when there is nothing.</param>
/// <param name="Head">The last position of the conversation.</param>
/// <param name="Read">How far the reader has read.</param>
/// <param name="Marks">How far the others have come.</param>
public sealed record HistoryPage(GroupAddress? Group, ImmutableArray<Message> Entries, long First, long Last, long Head, long Read, ImmutableArray<Marks> Marks);
