using System.Collections.Immutable;
using System.Text;

namespace Kabar.Core;

/// <content>Finding and reading.</content>
public sealed partial class Conversations
{
    private const int MostBytes = 256 * 1024;

    /// <summary>Moves the account's read mark forward, to a position or to the end, durably, and tells the others: in a group those of its members here, if it is a small one.</summary>
    /// <returns>How far it has read then; <see cref="Refusal.UnknownRecipient"/>, <see cref="Refusal.UnknownGroup"/>, <see cref="Refusal.NotAMember"/>.</returns>
    public async ValueTask<Result<long>> ReadAsync(Account reader, ConversationAddress place, long? position, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reader);
        if (!(await FindPlaceAsync(reader, place, cancellationToken)).TryGet(out var found, out var refusal)) return refusal;
        if (found.Conversation is not { } conversation) return 0;

        var head = await _store.FindHeadAsync(conversation, cancellationToken);
        await _receipts.ReadAsync(reader, conversation, found.Other, Math.Clamp(position ?? head, 0, head));
        return ReadBy(reader, await _store.ListMarksAsync(conversation, cancellationToken));
    }

    /// <summary>
    /// A page of what was said, at most <see cref="RealmOptions.HistoryEntries"/> and 256 KiB of text: of an invite-only group from the account's join on. Of a group with
    /// more than a hundred members <see cref="HistoryPage.Marks"/> is empty.
    /// </summary>
    /// <returns>The page, empty when nothing was said; <see cref="Refusal.UnknownRecipient"/>, <see cref="Refusal.UnknownGroup"/>, <see cref="Refusal.NotAMember"/>.</returns>
    public async ValueTask<Result<HistoryPage>> ReadHistoryAsync(Account reader, ConversationAddress place, HistoryRange range, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reader);
        if (!(await FindPlaceAsync(reader, place, cancellationToken)).TryGet(out var found, out var refusal)) return refusal;
        var canonical = new ConversationAddress(found.Other, found.Group?.Address);
        if (found.Conversation is not { } conversation) return new HistoryPage(canonical, [], 1, 0, 0, 0, []);

        // 1. The entries, without what lies before the first that he may read.
        var most = RealmOptions.Bounded(range.Most, _options.HistoryEntries);
        var head = await _store.FindHeadAsync(conversation, cancellationToken);
        var before = Math.Clamp(range.Before ?? long.MaxValue, 1, head + 1);
        var after = Math.Max(range.After ?? 0, found.First - 1);
        var entries = range.After is null
            ? await _store.ReadConversationBackAsync(conversation, before, most, MostBytes, cancellationToken)
            : await _store.ReadConversationAsync(conversation, after, most, MostBytes, cancellationToken);
        entries = entries.RemoveAll(entry => entry.Position <= after || entry.Position >= before);

        // 2. How far he and the others have come.
        var marks = await _store.ListMarksAsync(conversation, cancellationToken);
        var self = new Address(reader.Username);
        var others = found.Group is { Members.Count: > Receipts.MostTold } ? [] : marks.RemoveAll(mark => mark.Who == self);

        // 3. What only tells of another entry is covered by the page, and not in it.
        var (first, last) = entries.IsEmpty ? (after + 1, after) : (entries[0].Position, entries[^1].Position);
        return new HistoryPage(canonical, entries.RemoveAll(static entry => GroupRules.Revises(entry.Kind)), first, last, head, ReadBy(reader, marks), others);
    }

    /// <summary>The account's conversations, the one with the newest entry first: at most a hundred. See <see cref="IConversationStore.ListConversationsAsync"/>.</summary>
    public async ValueTask<ImmutableArray<ConversationSummary>> ListAsync(Account reader, long? before, int most, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var found = await _store.ListConversationsAsync(reader.Id, before, RealmOptions.Bounded(most, _options.HistoryEntries), cancellationToken);
        var named = ImmutableArray.CreateBuilder<ConversationSummary>(found.Length);
        foreach (var summary in found)
            named.Add(summary.Other is { Realm: null } other && await _accounts.FindAsync(other.Username, cancellationToken) is { } account ? summary with { Name = account.DisplayName } : summary);
        return named.DrainToImmutable();
    }

    /// <summary>What was said in the account's conversations, newest first, at most <see cref="RealmOptions.SearchResults"/>. See <see cref="IConversationStore.SearchAsync"/>.</summary>
    /// <returns>The found; <see cref="Refusal.EmptyText"/> when there is no word, and what <see cref="ReadHistoryAsync"/> refuses of <paramref name="within"/>.</returns>
    public async ValueTask<Result<ImmutableArray<Message>>> SearchAsync(
        Account reader, string words, ConversationAddress? within, long? before, int most, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(words);
        if (!words.EnumerateRunes().Any(Rune.IsLetterOrDigit)) return Refusal.EmptyText;
        ConversationId? conversation = null;
        if (within is { } place)
        {
            if (!(await FindPlaceAsync(reader, place, cancellationToken)).TryGet(out var found, out var refusal)) return refusal;
            if (found.Conversation is null) return ImmutableArray<Message>.Empty;
            conversation = found.Conversation;
        }

        return await _store.SearchAsync(reader.Id, words, conversation, before, RealmOptions.Bounded(most, _options.SearchResults), cancellationToken);
    }

    /// <summary>The group an entry is of, as it is addressed here; null for a direct one, or when the group is gone.</summary>
    public async ValueTask<GroupAddress?> FindGroupAsync(Message entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.To is null ? (await _groups.FindAsync(entry.Conversation, cancellationToken))?.Address : null;
    }

    /// <summary>Where an address leads an account, however it is written.</summary>
    /// <returns>The conversation by its full address; what <see cref="ReadHistoryAsync"/> refuses.</returns>
    internal async ValueTask<Result<AccessPlace>> LocateAsync(Account reader, ConversationAddress address, CancellationToken cancellationToken) =>
        (await FindPlaceAsync(reader, address, cancellationToken)).TryGet(out var found, out var refusal)
            ? new AccessPlace(new ConversationAddress(found.Other, found.Group?.Address), found.Group?.Id)
            : refusal;

    private static long ReadBy(Account reader, ImmutableArray<Marks> marks)
    {
        var self = new Address(reader.Username);
        foreach (var mark in marks)
            if (mark.Who == self) return mark.Read;
        return 0;
    }

    // Where a reader is: a conversation of his own, or a group that he may read.
    private async ValueTask<Result<Place>> FindPlaceAsync(Account reader, ConversationAddress address, CancellationToken cancellationToken)
    {
        if (address.Group is { } named)
        {
            if (await _groups.FindAsync(named, cancellationToken) is not { } group) return Refusal.UnknownGroup;
            var actor = Actor.Of(reader);
            return GroupRules.CheckReader(group, actor) is { } hindrance ? hindrance : new Place(group.Conversation, null, group, GroupRules.FirstReadable(group, actor.Address));
        }

        if (address.User is not { } user) return Refusal.UnknownRecipient;
        return (await FindOtherAsync(reader, user, cancellationToken)).TryGet(out var other, out var refusal)
            ? new Place(await _store.FindDirectAsync(reader.Id, other, cancellationToken), other, null, 1)
            : refusal;
    }

    // Whom an address means to somebody: without a realm an account here, then one with whom he has spoken (who may be gone by now), then one whom a peer has.
    private async ValueTask<Result<Address>> FindOtherAsync(Account account, Address named, CancellationToken cancellationToken)
    {
        if (named.Realm is { } realm && realm != _here)
        {
            if (_peers.Find(realm) is not null || await _store.FindDirectAsync(account.Id, named, cancellationToken) is not null) return named;
            return Refusal.UnknownRecipient;
        }

        var here = new Address(named.Username);
        if (await _accounts.FindAsync(named.Username, cancellationToken) is { } found) return new Address(found.Username);
        if (await _store.FindDirectAsync(account.Id, here, cancellationToken) is not null) return here;
        if (named.Realm is not null) return Refusal.UnknownRecipient;

        foreach (var contact in await _store.ListContactsAsync(account.Id, cancellationToken))
            if (contact.Username == named.Username) return contact;
        return (await _peers.FindUserAsync(named.Username, cancellationToken)).TryGet(out var peer, out var refusal) ? new Address(named.Username, peer.Realm) : refusal;
    }

    /// <summary>Where something is read or done.</summary>
    /// <param name="Conversation">Null when nothing was said yet.</param>
    /// <param name="Other">The other one of a direct conversation.</param>
    /// <param name="Group">The group.</param>
    /// <param name="First">The first position that the reader may read.</param>
    private sealed record Place(ConversationId? Conversation, Address? Other, Group? Group, long First);
}

/// <summary>Which part of a conversation: before a position, after one, or with neither the end.</summary>
/// <param name="Before">Entries before this position, the last ones; null for no bound.</param>
/// <param name="After">Entries after this position, the first ones; null for no bound. With both, the first ones between them.</param>
/// <param name="Most">How many at most.</param>
public readonly record struct HistoryRange(long? Before, long? After, int Most);

/// <summary>A part of a conversation.</summary>
/// <param name="Place">Which conversation, as it is called in its entries: a name that was asked for without a realm is told with the one it has.</param>
/// <param name="Entries">Oldest first, without those that only tell of an edit, a deletion or a reaction: the entry they tell of shows it.</param>
/// <param name="First">The first position that the page covers.</param>
/// <param name="Last">The last position that it covers; less than <paramref name="First"/> when there is nothing.</param>
/// <param name="Head">The last position of the conversation.</param>
/// <param name="Read">How far the reader has read.</param>
/// <param name="Marks">How far the others have come.</param>
public sealed record HistoryPage(ConversationAddress Place, ImmutableArray<Message> Entries, long First, long Last, long Head, long Read, ImmutableArray<Marks> Marks)
{
    /// <summary>The group; null for a direct conversation.</summary>
    public GroupAddress? Group => Place.Group;
}
