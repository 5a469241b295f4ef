using System.Collections.Immutable;

namespace Kabar.Core;

/// <summary>The part of a store that keeps groups. See <see cref="IStore"/> for what holds of every verb.</summary>
public interface IGroupStore
{
    /// <summary>
    /// Raised with all entries of one commit, of groups and between two, in the order of their arrivals, before the callers who wrote them
    /// go on. Called on the store's own thread: whoever listens must not block and not throw.
    /// </summary>
    event Action<ImmutableArray<Message>>? EntriesCommitted;

    /// <summary>The group of this name and home (null: here), or null.</summary>
    ValueTask<Group?> FindGroupAsync(GroupName name, RealmName? home, CancellationToken cancellationToken);

    /// <summary>The groups of this name, those whose home is here first, then in the order in which they became known.</summary>
    ValueTask<ImmutableArray<Group>> FindGroupsAsync(GroupName name, CancellationToken cancellationToken);

    /// <summary>The group of this number, or null.</summary>
    ValueTask<Group?> FindGroupAsync(GroupId id, CancellationToken cancellationToken);

    /// <summary>The group whose conversation this is, or null.</summary>
    ValueTask<Group?> FindGroupAsync(ConversationId conversation, CancellationToken cancellationToken);

    /// <summary>All groups, in the order in which they became known.</summary>
    ValueTask<ImmutableArray<Group>> ListGroupsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Makes a group whose home is here, with the entry that brings in its first member.
    /// <see cref="Refusal.NameTaken"/> when a group of this name has its home here; <see cref="Refusal.TooMany"/> when the maker (the
    /// entry's <see cref="NewEntry.From"/>) has made <paramref name="mostPerMaker"/> groups that still exist (0: any number).
    /// </summary>
    ValueTask<Result<Message>> AddGroupAsync(GroupId id, GroupName name, bool isOpen, NewEntry first, int mostPerMaker);

    /// <summary>
    /// Appends what <paramref name="decide"/> answers when it is given the group as it is in the transaction (null when there is none),
    /// and applies it. It runs on the store's thread in the order of calls, perhaps twice, and must be quick. A refusal changes nothing.
    /// It is also given the entry at position <paramref name="target"/> (null: there is none). An entry of a <see cref="NewEntry.Key"/> that its sender has used before is
    /// not appended: the first is returned. An entry of <see cref="EntryKind.Moved"/> also changes <see cref="Group.Home"/>, to null when it names this realm
    /// (<paramref name="here"/>).
    /// </summary>
    ValueTask<Result<Message>> ChangeGroupAsync(GroupId id, RealmName here, long? target, Func<Group?, Message?, Result<NewEntry>> decide);

    /// <summary>
    /// Keeps the state of a group whose home is elsewhere, as its home told it; makes the replica where there is none. History begins
    /// after <paramref name="historyAfter"/> when the replica is new, or when its own ends before that. The group's
    /// <see cref="Group.Conversation"/> is ignored. Returns the group as kept.
    /// </summary>
    ValueTask<Group> KeepReplicaAsync(Group state, long historyAfter);

    /// <summary>
    /// Appends entries that come with their positions: to a replica from its home, to a restored home from its replicas. Those at or
    /// below the last position are skipped; one beyond the next position ends it, and what follows is ignored; so does one that moves
    /// the group, and one that would move it here while a group of its name is here. Each is applied to the group's state, drops the
    /// pending entry of its id, and marks its id as received. Returns the position of the last entry the group has then, or null when there is no such group.
    /// </summary>
    ValueTask<long?> AppendEntriesAsync(GroupId id, RealmName here, IReadOnlyList<Message> entries);

    /// <summary>Changes <see cref="Group.Awaited"/>, or for a replica its members, without an entry. Null when there is no such group.</summary>
    ValueTask<Group?> UpdateGroupAsync(GroupId id, Func<Group, Group> change);

    /// <summary>Removes a group and what was said in it. False when there is none.</summary>
    ValueTask<bool> RemoveGroupAsync(GroupId id);

    /// <summary>
    /// Entries of a conversation after a position, oldest first: at most so many, and no more than so many bytes of text except for the first.
    /// </summary>
    ValueTask<ImmutableArray<Message>> ReadConversationAsync(ConversationId conversation, long after, int mostEntries, int mostBytes, CancellationToken cancellationToken);

    /// <summary>The last position of a conversation; 0 when nothing was said.</summary>
    ValueTask<long> FindHeadAsync(ConversationId conversation, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps something said in a group whose home is elsewhere, and puts it into the home's outbox, in one transaction. With a
    /// <see cref="NewEntry.Key"/> that its sender has used before, nothing is kept and the first is returned: with its entry, when it has its place by now.
    /// </summary>
    ValueTask<Posted> AppendPendingAsync(PendingEntry pending, Parcel parcel);

    /// <summary>What waits for the home of a group, oldest first.</summary>
    ValueTask<ImmutableArray<PendingEntry>> ListPendingAsync(GroupId id, CancellationToken cancellationToken);
}
