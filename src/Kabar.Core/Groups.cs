using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Kabar.Core;

/// <summary>
/// The groups that this realm knows: those whose home it is, and replicas of those its users are members of elsewhere. What is done in a
/// group goes to its home, which gives the positions: here that is an entry at once; elsewhere it waits in the home's outbox, durably,
/// and becomes an entry when the home's comes back. Safe to call from any thread.
/// </summary>
public sealed class Groups : IAsyncDisposable
{
    // A bound, not a tuning: when it is passed it starts again.
    private const int MostConversations = 100_000;

    private readonly RealmName _here;
    private readonly IStore _store;
    private readonly IPeers _peers;
    private readonly RealmOptions _options;
    private readonly TimeProvider _clock;
    private readonly MessageIds _ids;
    private readonly GroupFeeds _feeds;
    private readonly AccountFeeds _accountFeeds;
    private readonly ConcurrentDictionary<GroupId, TaskCompletionSource> _awaitedReplicas = new();

    // Grows only with what users here ask for.
    private readonly ConcurrentDictionary<GroupId, RealmName> _wanted = new();

    // Which group a conversation is of never changes; one that is gone is not found by its number either.
    private readonly ConcurrentDictionary<ConversationId, GroupId> _conversations = new();

    internal Groups(RealmName here, IStore store, IPeers peers, AccountFeeds accountFeeds, RealmOptions options, TimeProvider clock, MessageIds ids)
    {
        (_here, _store, _peers, _accountFeeds, _options, _clock, _ids) = (here, store, peers, accountFeeds, options, clock, ids);
        _feeds = new GroupFeeds(store);
    }

    /// <summary>All of them, in the order in which they became known.</summary>
    public ValueTask<ImmutableArray<Group>> ListAsync(CancellationToken cancellationToken) => _store.ListGroupsAsync(cancellationToken);

    /// <summary>The group of this number, or null.</summary>
    public ValueTask<Group?> FindAsync(GroupId id, CancellationToken cancellationToken) => _store.FindGroupAsync(id, cancellationToken);

    /// <summary>The group whose conversation this is, or null. Mostly from memory.</summary>
    public ValueTask<Group?> FindAsync(ConversationId conversation, CancellationToken cancellationToken) =>
        _conversations.TryGetValue(conversation, out var id) ? _store.FindGroupAsync(id, cancellationToken) : LoadAsync(conversation, cancellationToken);

    /// <summary>
    /// The group of this address that is known here, or null. Without a realm: the one whose home is here, else one that has members
    /// here, else any.
    /// </summary>
    public async ValueTask<Group?> FindAsync(GroupAddress address, CancellationToken cancellationToken)
    {
        var known = await _store.FindGroupsAsync(address.Name, cancellationToken);
        if (address.Realm is { } realm) return known.FirstOrDefault(group => (group.Home ?? _here) == realm);
        return known.FirstOrDefault(group => group.IsHere)
            ?? known.FirstOrDefault(group => group.Members.Keys.Any(member => member.Realm is null))
            ?? known.FirstOrDefault();
    }

    /// <summary>Makes a group whose home is here and whose first member, and owner, is its maker.</summary>
    /// <returns>The maker's place in it; <see cref="Refusal.NameTaken"/> or <see cref="Refusal.TooMany"/>.</returns>
    public async ValueTask<Result<Visit>> CreateAsync(Account maker, GroupName name, bool isOpen, CancellationToken cancellationToken)
    {
        var id = new GroupId(_ids.Next());
        var first = NewEntry(Actor.Of(maker), EntryKind.Joined, null, default);
        if (!(await _store.AddGroupAsync(id, name, isOpen, first, _options.GroupsPerAccount)).TryGet(out var entry, out var refusal)) return refusal;
        return await VisitAsync(id, first.From, entry.Position - 1, cancellationToken);
    }

    /// <summary>
    /// Brings somebody into a group, wherever its home is, if he is not in it already. A member comes in also while the home is away.
    /// </summary>
    /// <returns>
    /// His place in it; <see cref="Refusal.UnknownGroup"/> when neither this realm nor a native peer that answered has one of that name;
    /// <see cref="Refusal.Banned"/>, <see cref="Refusal.InviteOnly"/>, <see cref="Refusal.TooMany"/>; <see cref="Refusal.PeerUnreachable"/>
    /// when the home of a group known here did not answer.
    /// </returns>
    public async ValueTask<Result<Visit>> EnterAsync(Account who, GroupAddress address, CancellationToken cancellationToken)
    {
        if (await FindAsync(address, cancellationToken) is { } group) return await EnterAsync(Actor.Of(who), who, group, cancellationToken);
        if (address.Realm is { } realm && realm == _here) return Refusal.UnknownGroup;
        if (!(await _peers.FindGroupAsync(address, cancellationToken)).TryGet(out var found, out var refusal)) return refusal;
        return await JoinElsewhereAsync(found.Home.Realm, found.Group, who, cancellationToken);
    }

    /// <summary>Brings a user of a legacy peer, for whom that peer speaks, into a group whose home is here.</summary>
    /// <returns>His place in it, or a refusal as above.</returns>
    public async ValueTask<Result<Visit>> EnterAsync(Address who, GroupName name, CancellationToken cancellationToken) =>
        await _store.FindGroupAsync(name, home: null, cancellationToken) is { } group
            ? await EnterAsync(new Actor(who, who.Username.Value), null, group, cancellationToken)
            : Refusal.UnknownGroup;

    /// <summary>Lets a user of a peer into a group whose home is here, as the peer has asked.</summary>
    /// <returns>The position of his join, also of one before; or a refusal.</returns>
    public async ValueTask<Result<long>> AdmitAsync(Actor who, GroupId id, Guid entry, CancellationToken cancellationToken)
    {
        var joined = await _store.ChangeGroupAsync(id, _here, null, (group, _) => Decide(group, who, GroupVerb.Join, null, default, entry));
        if (joined.TryGet(out var message, out var refusal)) return message.Position;
        return refusal == Refusal.AlreadyMember && await FindAsync(id, cancellationToken) is { } group && group.Members.TryGetValue(who.Address, out var member)
            ? member.Joined
            : refusal;
    }

    /// <summary>Does something in a group: says, leaves, and all that <see cref="GroupRules"/> knows but reading and joining.</summary>
    /// <param name="actor">Who.</param>
    /// <param name="id">In which group.</param>
    /// <param name="verb">What.</param>
    /// <param name="subject">Whom it concerns; of this realm when he names none.</param>
    /// <param name="text">What is said, the topic, the word of the role, the name of the realm to move to.</param>
    /// <param name="target">The position of the entry that is answered or changed; null for none.</param>
    /// <param name="key">The actor's key: what he says under one that he has used in the last days is not said again, the first is returned. Null for none.</param>
    /// <param name="cancellationToken">Gives up asking another realm; what is begun in the store is finished.</param>
    /// <returns>
    /// The entry, on disk, or only its id when it waits, on disk, for the group's home; a refusal of <see cref="GroupRules.Check"/>, or
    /// <see cref="Refusal.PeerUnreachable"/>, <see cref="Refusal.PeerQueueFull"/> when it cannot even wait. To the operator a home
    /// elsewhere is a <see cref="Refusal.HomeElsewhere"/>: he is nobody there.
    /// </returns>
    public async ValueTask<Result<Posted>> ActAsync(
        Actor actor, GroupId id, GroupVerb verb, Address? subject, MessageText text, CancellationToken cancellationToken, long? target = null, string? key = null)
    {
        if (verb == GroupVerb.Move && await CheckMoveAsync(actor, id, text, cancellationToken) is { } hindrance) return hindrance;

        // Before anything is waited for, it has its place behind what the same caller began before: here in the store's order, elsewhere in
        // the outbox's.
        var entry = _ids.Next();
        if (!actor.IsOperator && await FindAsync(id, cancellationToken) is { Home: { } home } replica) return await AskHomeAsync(home, replica, actor, verb, subject, text, entry, target, key);

        var done = await _store.ChangeGroupAsync(id, _here, target, (group, aimed) => Decide(group, actor, verb, subject, text, entry, position: target, target: aimed, key: key));
        if (done.TryGet(out var message, out var refusal)) return new Posted(message.Id, message, IsQueued: false);
        if (refusal != Refusal.HomeElsewhere || actor.IsOperator || await FindAsync(id, cancellationToken) is not { Home: { } moved } left) return refusal;
        return await AskHomeAsync(moved, left, actor, verb, subject, text, entry, target, key);
    }

    /// <summary>Entries of a group after a position, oldest first: at most so many, and no more than so many bytes of text except for the first.</summary>
    public ValueTask<ImmutableArray<Message>> ReadAsync(Group group, long after, int mostEntries, int mostBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(group);
        return _store.ReadConversationAsync(group.Conversation, after, mostEntries, mostBytes, cancellationToken);
    }

    /// <summary>The last position of a group.</summary>
    public ValueTask<long> FindHeadAsync(Group group, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(group);
        return _store.FindHeadAsync(group.Conversation, cancellationToken);
    }

    /// <summary>A home that was restored waits for a realm that has members in the group, or does not any more: null when there is no such group.</summary>
    public ValueTask<Group?> AwaitAsync(GroupId id, RealmName realm, bool isAwaited) =>
        _store.UpdateGroupAsync(id, group => group with { Awaited = isAwaited ? group.Awaited.Add(realm) : group.Awaited.Remove(realm) });

    /// <summary>The home says that nobody of this realm is in the group: so it is kept.</summary>
    public ValueTask<Group?> LoseAsync(GroupId id) =>
        ChangeMembersAsync(id, group => group with { Members = group.Members.RemoveRange(group.Members.Keys.Where(member => member.Realm is null)) });

    /// <summary>What waits for the home of a group, oldest first.</summary>
    public ValueTask<ImmutableArray<PendingEntry>> ListPendingAsync(Group group, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(group);
        return _store.ListPendingAsync(group.Id, cancellationToken);
    }

    /// <summary>Brings the entries of a group after a position, as they come, until the returned object is disposed of.</summary>
    public ValueTask<IDisposable> ListenAsync(Group group, long after, IEntryListener listener, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(group);
        return _feeds.ListenAsync(group.Conversation, after, listener, cancellationToken);
    }

    /// <summary>Takes an account that is to be removed out of all groups, so that a later one of its name is in none.</summary>
    /// <returns>Null when it is; else why it cannot leave one of them now: <see cref="Refusal.Recovering"/> or <see cref="Refusal.PeerQueueFull"/>.</returns>
    public async ValueTask<Refusal?> LeaveAllAsync(Account who, CancellationToken cancellationToken)
    {
        var actor = Actor.Of(who);
        foreach (var group in await ListAsync(cancellationToken))
        {
            if (!group.Members.ContainsKey(actor.Address)) continue;
            var left = await ActAsync(actor, group.Id, GroupVerb.Leave, null, default, cancellationToken);
            if (!left.TryGet(out _, out var refusal) && refusal is Refusal.Recovering or Refusal.PeerQueueFull) return refusal;

            // The home elsewhere may take its time, or be gone for good; here he is out at once.
            if (!group.IsHere) await ChangeMembersAsync(group.Id, current => current.IsHere ? current : current.Without(actor.Address));
        }

        return null;
    }

    /// <summary>The operator no longer waits for the realms that a restored group awaits: what only they have is lost.</summary>
    /// <returns>The group, or <see cref="Refusal.UnknownGroup"/>.</returns>
    public async ValueTask<Result<Group>> RecoverAsync(GroupId id) =>
        await _store.UpdateGroupAsync(id, static group => group with { Awaited = [] }) is { } group ? group : Refusal.UnknownGroup;

    /// <summary>Removes a group and what was said in it: one whose home is here, or a replica whose home is no peer any more.</summary>
    /// <returns>The group that was; <see cref="Refusal.UnknownGroup"/>, or <see cref="Refusal.HomeElsewhere"/> when its home would bring it back.</returns>
    public async ValueTask<Result<Group>> RemoveAsync(GroupId id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } group) return Refusal.UnknownGroup;
        if (group.Home is { } home && _peers.Find(home) is not null) return Refusal.HomeElsewhere;
        if (!await _store.RemoveGroupAsync(id)) return Refusal.UnknownGroup;
        _accountFeeds.Renew(group.Conversation);
        return group;
    }

    /// <summary>Whether somebody here has asked, since the start, to join a group of this home: so that its home may tell of it.</summary>
    public bool IsWanted(GroupId id, RealmName home) => _wanted.TryGetValue(id, out var asked) && asked == home;

    /// <summary>Takes in what the home of a group told of its state.</summary>
    public async ValueTask<Group> KeepReplicaAsync(Group state, long historyAfter)
    {
        var kept = await _store.KeepReplicaAsync(state, historyAfter);
        _accountFeeds.Renew(kept.Conversation);
        Signal(kept.Id);
        return kept;
    }

    /// <summary>Takes in entries that come with their positions. See <see cref="IGroupStore.AppendEntriesAsync"/>.</summary>
    public async ValueTask<long?> AppendEntriesAsync(GroupId id, IReadOnlyList<Message> entries)
    {
        var head = await _store.AppendEntriesAsync(id, _here, entries);
        Signal(id);
        return head;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _feeds.DisposeAsync();

    /// <summary>The entry that somebody's doing makes, or why it may not be done. Runs inside the store's transaction.</summary>
    internal Result<NewEntry> Decide(
        Group? group, Actor actor, GroupVerb verb, Address? subject, MessageText text, Guid entry, DateTimeOffset? sent = null, long? position = null, Message? target = null, string? key = null)
    {
        if (GroupRules.Check(group, actor, verb, subject, text, _options, position, target) is { } refusal) return refusal;
        return GroupRules.EntryOf(verb) is { } kind
            ? NewEntry(actor, kind, GroupRules.ConcernsSomebody(verb) ? subject : null, GroupRules.HasText(verb) ? text : default, entry, sent) with { Key = key, Target = target?.Position }
            : Refusal.NotAllowed;
    }

    private async ValueTask<Group?> ChangeMembersAsync(GroupId id, Func<Group, Group> change)
    {
        var changed = await _store.UpdateGroupAsync(id, change);
        if (changed is not null) _accountFeeds.Renew(changed.Conversation);
        return changed;
    }

    private NewEntry NewEntry(Actor actor, EntryKind kind, Address? subject, MessageText text, Guid? id = null, DateTimeOffset? sent = null) =>
        new(id ?? _ids.Next(), kind, actor.Address, actor.DisplayName, subject, text, sent ?? _clock.GetUtcNow());

    private async ValueTask<Result<Visit>> EnterAsync(Actor actor, Account? account, Group group, CancellationToken cancellationToken)
    {
        // Who has just left, and of whom the home does not know it yet, comes in again when it does.
        if (!group.IsHere && group.Members.ContainsKey(actor.Address) && await IsLeavingAsync(group.Id, actor.Address, cancellationToken))
        {
            var without = await WaitAsync(
                group.Id,
                async () => await IsLeavingAsync(group.Id, actor.Address, cancellationToken) ? null : await FindAsync(group.Id, cancellationToken),
                cancellationToken);
            if (without is null) return Refusal.PeerUnreachable;
            group = without;
        }

        if (group.Members.ContainsKey(actor.Address))
            return new Visit(group, actor.Address, await _store.FindHeadAsync(group.Conversation, cancellationToken), IsNew: false);
        if (group.Home is { } home) return account is null ? Refusal.UnknownGroup : await JoinElsewhereAsync(home, group.Id, account, cancellationToken);

        var entry = _ids.Next();
        var joined = await _store.ChangeGroupAsync(group.Id, _here, null, (current, _) => Decide(current, actor, GroupVerb.Join, null, default, entry));
        if (joined.TryGet(out var message, out var refusal)) return await VisitAsync(group.Id, actor.Address, message.Position - 1, cancellationToken);

        // Two of his connections came at once.
        return refusal == Refusal.AlreadyMember ? await EnterAgainAsync(group.Id, actor.Address, cancellationToken) : refusal;
    }

    private async ValueTask<Group?> LoadAsync(ConversationId conversation, CancellationToken cancellationToken)
    {
        if (await _store.FindGroupAsync(conversation, cancellationToken) is not { } group) return null;
        if (_conversations.Count >= MostConversations) _conversations.Clear();
        _conversations[conversation] = group.Id;
        return group;
    }

    private async ValueTask<bool> IsLeavingAsync(GroupId id, Address who, CancellationToken cancellationToken) =>
        (await _store.ListPendingAsync(id, cancellationToken)).Any(pending => pending.Entry is { Kind: EntryKind.Left, From: var from } && from == who);

    private async ValueTask<Result<Visit>> EnterAgainAsync(GroupId id, Address who, CancellationToken cancellationToken) =>
        await FindAsync(id, cancellationToken) is { } group
            ? new Visit(group, who, await _store.FindHeadAsync(group.Conversation, cancellationToken), IsNew: false)
            : Refusal.UnknownGroup;

    private async ValueTask<Result<Visit>> VisitAsync(GroupId id, Address who, long after, CancellationToken cancellationToken) =>
        await FindAsync(id, cancellationToken) is { } group ? new Visit(group, who, after, IsNew: true) : Refusal.UnknownGroup;

    private async ValueTask<Result<Visit>> JoinElsewhereAsync(RealmName home, GroupId id, Account who, CancellationToken cancellationToken)
    {
        _wanted[id] = home;
        if (!(await _peers.JoinGroupAsync(home, id, who, _ids.Next(), cancellationToken)).TryGet(out var position, out var refusal)) return refusal;
        var address = new Address(who.Username);

        // The home has him; his conversation begins when the replica has come that far.
        var visit = await WaitAsync(
            id,
            async () => await FindAsync(id, cancellationToken) is { } group
                && group.Members.ContainsKey(address)
                && await _store.FindHeadAsync(group.Conversation, cancellationToken) >= position
                    ? new Visit(group, address, position - 1, IsNew: true)
                    : null,
            cancellationToken);
        return visit is null ? Refusal.PeerUnreachable : visit;
    }

    // Asks again whenever something of the group has come, as long as another realm may take; null when that was not enough.
    private async ValueTask<T?> WaitAsync<T>(GroupId id, Func<ValueTask<T?>> look, CancellationToken cancellationToken)
        where T : class
    {
        using var patience = new CancellationTokenSource(_options.PeerPatience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            while (true)
            {
                var signal = _awaitedReplicas.GetOrAdd(id, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                if (await look() is { } found) return found;
                await signal.Task.WaitAsync(either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private void Signal(GroupId id)
    {
        if (_awaitedReplicas.TryRemove(id, out var waiting)) waiting.SetResult();
    }

    private async ValueTask<Result<Posted>> AskHomeAsync(
        RealmName home, Group replica, Actor actor, GroupVerb verb, Address? subject, MessageText text, Guid entry, long? position, string? key)
    {
        var target = position is { } aimed ? await _store.FindEntryAsync(replica.Conversation, aimed, CancellationToken.None) : null;

        // What the replica can tell is told at once; the home decides in the end.
        if (!Decide(replica with { Home = null }, actor, verb, subject, text, entry, null, position, target, key).TryGet(out var asked, out var refusal)) return refusal;
        if (_peers.Find(home) is not { } peer) return Refusal.PeerUnreachable;
        if (_peers.IsFull(peer.Id)) return Refusal.PeerQueueFull;

        var named = asked.Subject is { Realm: null } own ? own with { Realm = _here } : asked.Subject;
        var frame = _peers.Write(new GroupDispatch(entry, replica.Id, verb, actor.Address.Username, actor.DisplayName, named, asked.Text, asked.Sent, position));
        return await _store.AppendPendingAsync(new PendingEntry(replica.Id, asked, frame), new Parcel(peer.Id, frame));
    }

    private async ValueTask<Refusal?> CheckMoveAsync(Actor actor, GroupId id, MessageText text, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } group) return Refusal.UnknownGroup;
        if (!group.IsHere) return Refusal.HomeElsewhere;
        if (GroupRules.Check(group, actor, GroupVerb.Move, null, text, _options) is { } refusal) return refusal;
        if (!RealmName.TryParse(text.Decode(), out var realm) || !group.MemberRealms.Contains(realm)) return Refusal.UnknownPeer;
        return (await _peers.OfferGroupAsync(realm, group, cancellationToken)).TryGet(out _, out refusal) ? null : refusal;
    }
}

/// <summary>Somebody's place in a group.</summary>
/// <param name="Group">The group as it was when he came.</param>
/// <param name="Who">Who.</param>
/// <param name="After">What he has not seen comes after this position.</param>
/// <param name="IsNew">Whether he has just joined; else he was a member before.</param>
public sealed record Visit(Group Group, Address Who, long After, bool IsNew);
