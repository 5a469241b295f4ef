using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <content>Groups.</content>
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public event Action<ImmutableArray<Message>>? EntriesCommitted;

    /// <inheritdoc/>
    public async ValueTask<Group?> FindGroupAsync(GroupName name, RealmName? home, CancellationToken cancellationToken)
    {
        // When a realm has given a name twice, the later one is the one that it still has.
        Group? found = null;
        foreach (var id in _groups.Named(name, _reads))
            if (await FindGroupAsync(id, cancellationToken) is { } group && group.Home == home) found = group;
        return found;
    }

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<Group>> FindGroupsAsync(GroupName name, CancellationToken cancellationToken)
    {
        var ids = _groups.Named(name, _reads);
        var groups = ImmutableArray.CreateBuilder<Group>(ids.Length);
        foreach (var id in ids)
            if (await FindGroupAsync(id, cancellationToken) is { } group) groups.Add(group);
        return groups.DrainToImmutable();
    }

    /// <inheritdoc/>
    public ValueTask<Group?> FindGroupAsync(GroupId id, CancellationToken cancellationToken)
    {
        if (_groups.Peek(id) is { } known) return new(known);
        using (var lease = _reads.Rent())
            if (GroupRows.FindConversation(lease.Database, id) is null) return default;
        return LoadGroupAsync(id);
    }

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Group>> ListGroupsAsync(CancellationToken cancellationToken)
    {
        using var lease = _reads.Rent();
        return new(ReadGroups(lease.Database, lease.Database.Prepare("SELECT id, conversation FROM group_chat ORDER BY conversation")));
    }

    /// <inheritdoc/>
    public ValueTask<Result<Message>> AddGroupAsync(GroupId id, GroupName name, bool isOpen, NewEntry first, int mostPerMaker) => ChangeAsync<Result<Message>>(staging =>
    {
        var database = staging.Database;
        if (GroupRows.IsTaken(database, name, home: null) || _groups.Find(database, id) is not null) return Refusal.NameTaken;
        var maker = _addresses.NumberOf(database, first.From);
        if (mostPerMaker > 0 && GroupRows.CountMadeBy(database, maker) >= mostPerMaker) return Refusal.TooMany;

        var group = new Group { Id = id, Conversation = _log.MakeGroup(database, historyAfter: 0).Id, Name = name, IsOpen = isOpen };
        GroupRows.Insert(database, _addresses, group, maker, historyAfter: 0);
        _groups.StageNamed(group);
        return AppendTo(staging, group, first, here: null);
    });

    /// <inheritdoc/>
    public ValueTask<Result<Message>> ChangeGroupAsync(GroupId id, RealmName here, long? target, Func<Group?, Message?, Result<NewEntry>> decide) =>
        ChangeAsync(staging => ChangeGroup(staging, id, here, target, decide));

    /// <inheritdoc/>
    public ValueTask<Group> KeepReplicaAsync(Group state, long historyAfter) => ChangeAsync(staging =>
    {
        var database = staging.Database;
        if (_groups.Find(database, state.Id) is not { } known)
        {
            var made = _log.MakeGroup(database, historyAfter);
            var replica = state with { Conversation = made.Id };
            GroupRows.Insert(database, _addresses, replica, creator: null, historyAfter);
            _groups.StageNamed(replica);
            staging.AfterCommit(() => made.Jump(historyAfter));
            return replica;
        }

        // A state before our own is a home's that was restored: what it lacks is here, and its entries would not come again.
        var kept = state.StatePosition < known.StatePosition ? known with { Home = state.Home } : state with { Conversation = known.Conversation };
        GroupRows.SaveAll(database, _addresses, known, kept);
        _groups.StageNamed(kept);
        if (ConversationOf(database, known) is { } conversation && historyAfter >= conversation.Next)
        {
            GroupRows.Jump(database, conversation.Id, historyAfter);
            _log.StageJump(conversation, historyAfter);
            staging.AfterCommit(() => conversation.Jump(historyAfter));
        }

        return kept;
    });

    /// <inheritdoc/>
    public ValueTask<long?> AppendEntriesAsync(GroupId id, RealmName here, IReadOnlyList<Message> entries) => ChangeAsync<long?>(staging =>
    {
        var database = staging.Database;
        if (_groups.Find(database, id) is not { } group) return null;

        var conversation = ConversationOf(database, group);
        foreach (var entry in entries)
        {
            if (entry.Position < conversation.Next) continue;
            if (entry.Position > conversation.Next) break;

            // A group does not come here under a name that another has here.
            var moves = entry.Kind == EntryKind.Moved && entry.Position > group.StatePosition;
            if (moves && !group.IsHere && RealmName.TryParse(entry.Text.Decode(), out var next) && next == here && GroupRows.IsTaken(database, group.Name, home: null)) break;

            var home = group.Home;
            var appended = Append(
                staging, group, conversation, new NewEntry(entry.Id, entry.Kind, entry.From, entry.FromName, entry.Subject, entry.Text, entry.Sent, Target: entry.Target), here);
            group = appended.Group;
            MarkReceived(database, entry.Id);

            // Only what was said here can be pending here.
            if (entry.From.Realm is null)
            {
                PlaceKey(database, entry.Id, appended.Message.Arrival);
                database.Prepare("DELETE FROM pending WHERE id = ?1").Bind(1, entry.Id).Run();
            }

            // What comes after that is the next home's to tell.
            if (moves && group.Home != home) break;
        }

        return conversation.Next - 1;
    });

    /// <inheritdoc/>
    public ValueTask<Group?> UpdateGroupAsync(GroupId id, Func<Group, Group> change) => ChangeAsync(staging =>
    {
        if (_groups.Find(staging.Database, id) is not { } before) return null;

        var changed = change(before);
        var after = before with { Awaited = changed.Awaited, Members = before.IsHere ? before.Members : changed.Members };
        GroupRows.SaveAll(staging.Database, _addresses, before, after);
        _groups.Stage(after);
        return after;
    });

    /// <inheritdoc/>
    public ValueTask<bool> RemoveGroupAsync(GroupId id) => ChangeAsync(staging =>
    {
        if (_groups.Find(staging.Database, id) is not { } group) return false;

        var conversation = ConversationOf(staging.Database, group);
        GroupRows.Delete(staging.Database, group.Conversation);
        _groups.StageRemoval(id);
        staging.AfterCommit(() => _log.Remove(conversation));
        return true;
    });

    /// <inheritdoc/>
    public ValueTask<Posted> AppendPendingAsync(PendingEntry pending, Parcel parcel) => ChangeAsync(staging =>
    {
        var (database, entry) = (staging.Database, pending.Entry);
        var conversation = GroupRows.FindConversation(database, pending.Group) ?? throw new StoreException("The group is gone.");
        var sender = _addresses.NumberOf(database, entry.From);
        if (FindKey(database, sender, entry.Key) is { } first)
        {
            if (first.Arrival is { } arrival && MessageRows.Find(database, arrival) is { } message) return new Posted(message.Id, message, IsQueued: false);
            return new Posted(first.Pending ?? throw new StoreException("What was said under a key is gone; run 'kabar check'."), null, IsQueued: true);
        }

        var subject = NumberOf(database, entry.Subject);
        database.Prepare(
            """
            INSERT INTO pending (id, conversation, kind, sender, sender_name, subject, text, sent, frame, target)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """)
            .Bind(1, entry.Id)
            .Bind(2, conversation.Value)
            .Bind(3, (long)entry.Kind)
            .Bind(4, sender)
            .Bind(5, entry.FromName)
            .Bind(6, subject)
            .BindText(7, entry.Text.Utf8.Span)
            .Bind(8, entry.Sent)
            .BindBlob(9, pending.Frame.Span)
            .Bind(10, entry.Target)
            .Run();
        staging.Enqueue(parcel, entry.Sent, database.LastRow);
        KeepKey(database, sender, entry.Key, arrival: null, entry.Id, entry.Sent);
        return new Posted(entry.Id, null, IsQueued: true);
    });

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<PendingEntry>> ListPendingAsync(GroupId id, CancellationToken cancellationToken)
    {
        using var lease = _reads.Rent();
        var query = lease.Database.Prepare(
            """
            SELECT p.id, p.kind, a.username, a.realm, p.sender_name, s.username, s.realm, p.text, p.sent, p.frame, p.target
            FROM group_chat AS g
            JOIN pending AS p ON p.conversation = g.conversation
            JOIN address AS a ON a.id = p.sender
            LEFT JOIN address AS s ON s.id = p.subject
            WHERE g.id = ?1
            ORDER BY p.number
            """).Bind(1, id.Value);
        var pending = ImmutableArray.CreateBuilder<PendingEntry>();
        while (query.Step())
        {
            var entry = new NewEntry(
                query.Uuid(0),
                (EntryKind)query.Number(1),
                MessageLog.ReadAddress(query, 2),
                query.Text(4),
                query.IsNull(5) ? null : MessageLog.ReadAddress(query, 5),
                new MessageText(query.Bytes(7).ToArray()),
                query.Time(8),
                Target: query.NumberOrNull(10));
            pending.Add(new PendingEntry(id, entry, query.Bytes(9).ToArray()));
        }

        return new(pending.DrainToImmutable());
    }

    private Result<Message> ChangeGroup(Staging staging, GroupId id, RealmName here, long? target, Func<Group?, Message?, Result<NewEntry>> decide)
    {
        var group = _groups.Find(staging.Database, id);
        var aimed = target is { } position && group is not null ? _log.FindStaged(staging.Database, ConversationOf(staging.Database, group), position) : null;
        if (!decide(group, aimed).TryGet(out var entry, out var refusal)) return refusal;
        if (group is null) return Refusal.UnknownGroup;
        var sender = entry.Key is null ? 0 : _addresses.NumberOf(staging.Database, entry.From);
        if (FindKey(staging.Database, sender, entry.Key) is { } first)
        {
            // It was said while the group's home was elsewhere, and is not back from there.
            if (first.Arrival is not { } arrival || MessageRows.Find(staging.Database, arrival) is not { } said) return Refusal.HomeElsewhere;
            return said;
        }

        if (entry.Kind == EntryKind.Moved && HomeAfter(entry, here) is var home && home != group.Home
            && GroupRows.IsTaken(staging.Database, group.Name, home)) return Refusal.NameTaken;
        var message = AppendTo(staging, group, entry, here);
        KeepKey(staging.Database, sender, entry.Key, message.Arrival, pending: null, entry.Sent);
        return message;
    }

    private Message AppendTo(Staging staging, Group group, NewEntry entry, RealmName? here) =>
        Append(staging, group, ConversationOf(staging.Database, group), entry, here).Message;

    // Appends an entry at the next position, and what it makes of the group.
    private (Message Message, Group Group) Append(Staging staging, Group group, Conversation conversation, NewEntry entry, RealmName? here)
    {
        var database = staging.Database;
        var message = staging.Append(conversation, RowOf(database, entry));
        var after = group.Apply(message);
        if (entry.Kind == EntryKind.Moved && message.Position > group.StatePosition) after = after with { Home = HomeAfter(entry, here) };
        GroupRows.Save(database, _addresses, group, after, message);
        if (entry.Kind == EntryKind.Moved) _groups.StageNamed(after);
        else _groups.Stage(after);
        return (message, after);
    }

    private static RealmName? HomeAfter(NewEntry moved, RealmName? here) =>
        RealmName.TryParse(moved.Text.Decode(), out var home) && home != here ? home : null;

    private NewRow RowOf(Database database, NewEntry entry) => new(
        entry.Id, entry.Kind, entry.From, _addresses.NumberOf(database, entry.From), entry.FromName, entry.Subject, NumberOf(database, entry.Subject), entry.Text, entry.Sent, Target: entry.Target);

    private long? NumberOf(Database database, Address? address) => address is { } known ? _addresses.NumberOf(database, known) : null;

    private Conversation ConversationOf(Database database, Group group) =>
        _log.FindConversation(database, group.Conversation) ?? throw new StoreException($"Group {group.Id} has no conversation; run 'kabar check'.");

    // In the writer's order, so that what is kept is not older than what is there. It changes nothing and so syncs nothing.
    private ValueTask<Group?> LoadGroupAsync(GroupId id) => WriteAsync(database => _groups.Find(database, id));

    // From the columns id, conversation of group_chat.
    private ImmutableArray<Group> ReadGroups(Database database, Statement query)
    {
        var listed = new List<(GroupId Id, ConversationId Conversation)>();
        while (query.Step()) listed.Add((new GroupId(query.Uuid(0)), new ConversationId(query.Number(1))));
        var groups = ImmutableArray.CreateBuilder<Group>(listed.Count);
        foreach (var (id, conversation) in listed)
            if ((_groups.Peek(id) ?? ReadGroup(database, conversation)) is { } group) groups.Add(group);
        return groups.DrainToImmutable();
    }

    // The head first: what is said meanwhile is then not taken to be in the state.
    private Group? ReadGroup(Database database, ConversationId conversation)
    {
        var head = _log.FindHead(conversation);
        database.Run("BEGIN");
        try
        {
            return GroupRows.Read(database, conversation, head);
        }
        finally
        {
            database.Run("COMMIT");
        }
    }
}
