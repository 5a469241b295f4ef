using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <content>What goes to peers.</content>
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public event Action<PeerId>? OutboxGrew;

    /// <inheritdoc/>
    public ValueTask<Message> AppendAsync(in OutgoingMessage message)
    {
        var outgoing = message;
        return ChangeAsync(staging =>
        {
            var (database, from) = (staging.Database, outgoing.From);
            if (FindKeyed(database, from.Id.Value, outgoing.Key) is { } first) return first;

            var conversation = _log.FindOrMake(database, from.Id, new AccountId(_addresses.NumberOf(database, outgoing.To)));
            var said = Said(outgoing.Id, new Address(from.Username), from.Id.Value, from.DisplayName, outgoing.To, outgoing.Text, outgoing.Sent, outgoing.Target);
            var message = AppendExchanged(staging, conversation, said);
            if (outgoing.Parcel is { } parcel) staging.Enqueue(parcel, outgoing.Sent, direct: message);
            KeepKey(database, from.Id.Value, outgoing.Key, message.Arrival, pending: null, outgoing.Sent);
            return message;
        });
    }

    /// <inheritdoc/>
    public ValueTask<OutboxState> FindOutboxAsync(PeerId peer, CancellationToken cancellationToken) =>
        new(_outboxes.Find(peer)?.State(_reads) ?? new OutboxState(0, 0, null, 0));

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<OutboxEntry>> ReadOutboxAsync(PeerId peer, long after, int mostBytes, CancellationToken cancellationToken) =>
        new(_outboxes.Find(peer)?.Read(_reads, after, mostBytes) ?? []);

    /// <inheritdoc/>
    public async ValueTask AcknowledgeAsync(PeerId peer, Guid epoch, long through) => await ChangeAsync(staging =>
    {
        var database = staging.Database;
        if (_outboxes.Of(peer) is not { } queue) return false;

        // What was never sent cannot have come.
        through = Math.Min(through, queue.Last);
        database.Prepare("UPDATE peer SET out_acknowledged = ?3 WHERE id = ?1 AND out_epoch = ?2 AND out_acknowledged < ?3")
            .Bind(1, peer.Value).Bind(2, epoch).Bind(3, through).Run();
        if (database.Changes == 0) return false;
        NoteStored(staging, peer, through);
        staging.AfterCommit(queue.StageRemoval(database, through));
        return true;
    });

    /// <inheritdoc/>
    public async ValueTask ReturnAsync(PeerId peer, long through, IReadOnlyList<FailureNotice> notices) => await ChangeAsync(staging =>
    {
        if (_outboxes.Of(peer) is not { } queue) return false;

        through = Math.Min(through, queue.Last);
        staging.Database.Prepare("UPDATE peer SET out_last = max(out_last, ?2) WHERE id = ?1").Bind(1, peer.Value).Bind(2, through).Run();
        staging.Database.Prepare("DELETE FROM pending WHERE number IN (SELECT pending FROM outbox WHERE peer = ?1 AND seq <= ?2 AND pending IS NOT NULL)")
            .Bind(1, peer.Value).Bind(2, through).Run();
        staging.AfterCommit(queue.StageRemoval(staging.Database, through));
        foreach (var notice in notices) Tell(staging, notice);
        return true;
    });

    /// <inheritdoc/>
    public async ValueTask EnqueueAsync(Parcel parcel) => await ChangeAsync(staging =>
    {
        staging.Enqueue(parcel, _clock.GetUtcNow());
        return true;
    });

    /// <inheritdoc/>
    public async ValueTask EnqueuePendingAsync(PeerId peer, GroupId? group) => await ChangeAsync(staging =>
    {
        foreach (var (number, _, frame) in ListLost(staging.Database, peer, group, entry: null)) staging.Enqueue(new Parcel(peer, frame), _clock.GetUtcNow(), number);
        return true;
    });

    /// <inheritdoc/>
    public ValueTask<Peer?> BeginEpochAsync(PeerId peer) => ChangeAsync(staging => BeginEpoch(staging, peer));

    /// <inheritdoc/>
    public ValueTask<bool> BeginAfterRestoreAsync(DateTimeOffset now) => ChangeAsync(staging =>
    {
        var database = staging.Database;
        database.Prepare("DELETE FROM meta WHERE key = 'restored'").Run();
        if (database.Changes == 0) return false;

        var last = database.Prepare("SELECT sent FROM message ORDER BY arrival DESC LIMIT 1").ReadNumber();
        var since = last is { } sent ? DateTimeOffset.FromUnixTimeMilliseconds(sent).AddHours(-1) : DateTimeOffset.UnixEpoch;
        database.Prepare("UPDATE outbox SET queued = ?1").Bind(1, now).Run();
        var peers = PeerRows.ReadAll(database);
        foreach (var peer in peers)
        {
            BeginEpoch(staging, peer.Id);

            // A restore before this one may not have been told everything yet.
            PeerRows.Update(database, peer with { ReconcileSince = peer.ReconcileSince is { } earlier && earlier < since ? earlier : since });
        }

        LetGroupsAwait(database, [.. peers.Select(peer => peer.Realm)]);
        return true;
    });

    private Peer? BeginEpoch(Staging staging, PeerId id)
    {
        var database = staging.Database;
        if (_outboxes.Of(id) is not { } queue) return null;

        PeerRows.BeginEpoch(database, id, NewEpoch());
        var lost = ListLost(database, id, group: null, entry: null);

        // First: they were said before all that still waits.
        var begin = queue.StageEpoch(database, lost);
        staging.AfterCommit(() =>
        {
            begin();
            if (lost.Count > 0) _outboxes.Note(queue);
        });
        return PeerRows.Read(database, id);
    }

    // What is acknowledged of direct messages is on the disk of the other's realm.
    private void NoteStored(Staging staging, PeerId peer, long through)
    {
        var database = staging.Database;
        var acknowledged = new List<(long Number, Marks Marks)>();
        var query = database.Prepare(
            """
            SELECT r.id, r.username, r.realm, l.username, l.realm, o.conversation, max(o.position)
            FROM outbox AS o
            CROSS JOIN direct AS d ON d.conversation = o.conversation
            CROSS JOIN address AS r ON r.id IN (d.low, d.high) AND r.realm <> ''
            CROSS JOIN address AS l ON l.id = d.low + d.high - r.id
            WHERE o.peer = ?1 AND o.seq <= ?2 AND o.conversation IS NOT NULL
            GROUP BY o.conversation
            """).Bind(1, peer.Value).Bind(2, through);
        while (query.Step())
            acknowledged.Add((
                query.Number(0),
                new Marks(new ConversationId(query.Number(5)), MessageLog.ReadAddress(query, 1), MessageLog.ReadAddress(query, 3), query.Number(6), Delivered: 0, Read: 0)));

        foreach (var (number, marks) in acknowledged)
        {
            if (!MarkRows.Advance(database, number, marks.Conversation, marks.Stored, delivered: 0, read: 0, readArrival: 0, _log.LastStaged)) continue;
            var (_, delivered, read) = MarkRows.Find(database, number, marks.Conversation);
            NoteChanged(staging, marks with { Delivered = delivered, Read = read });
        }
    }

    // What is pending for groups of a peer and does not wait in its outbox.
    private static List<(long Number, DateTimeOffset Sent, byte[] Frame)> ListLost(Database database, PeerId peer, GroupId? group, Guid? entry)
    {
        var lost = new List<(long, DateTimeOffset, byte[])>();
        var query = database.Prepare(
            """
            SELECT p.number, p.sent, p.frame, g.id, p.id
            FROM peer
            JOIN group_chat AS g ON g.home = peer.realm
            JOIN pending AS p ON p.conversation = g.conversation
            WHERE peer.id = ?1 AND p.number NOT IN (SELECT pending FROM outbox WHERE peer = ?1 AND pending IS NOT NULL)
            ORDER BY p.number
            """).Bind(1, peer.Value);
        while (query.Step())
        {
            if ((group is null || query.Uuid(3) == group.Value.Value) && (entry is null || query.Uuid(4) == entry))
                lost.Add((query.Number(0), query.Time(1), query.Bytes(2).ToArray()));
        }

        return lost;
    }

    private void LetGroupsAwait(Database database, HashSet<RealmName> peers)
    {
        var groups = new List<GroupId>();
        var query = database.Prepare(
            """
            SELECT DISTINCT g.id
            FROM peer
            JOIN address AS a ON a.realm = peer.realm
            JOIN group_member AS m ON m.address = a.id
            JOIN group_chat AS g ON g.conversation = m.conversation
            WHERE g.home = ''
            """);
        while (query.Step()) groups.Add(new GroupId(query.Uuid(0)));
        foreach (var id in groups)
        {
            if (_groups.Find(database, id) is not { } group) continue;
            var after = group with { Awaited = group.Awaited.Union(group.MemberRealms.Where(peers.Contains)) };
            GroupRows.SaveAll(database, _addresses, group, after);
            _groups.Stage(after);
        }
    }

    // In the account's conversation with itself, so that it waits in the inbox like any message.
    private void Tell(Staging staging, FailureNotice notice)
    {
        var database = staging.Database;
        database.Prepare("DELETE FROM pending WHERE id = ?1").Bind(1, notice.Failure.Message).Run();
        MarkFailed(staging, notice.To.Id, notice.Failure.Message, notice.Failure.Reason);
        var (to, number, address) = (notice.To, notice.To.Id.Value, new Address(notice.To.Username));
        staging.Append(
            _log.FindOrMake(database, to.Id, to.Id),
            new NewRow(notice.Id, EntryKind.DeliveryFailed, address, number, to.DisplayName, null, null, notice.Failure.Write(), notice.When, To: address));
    }

    private static NewRow Said(Guid id, Address from, long sender, string fromName, Address to, MessageText text, DateTimeOffset sent, long? target = null) =>
        new(id, EntryKind.Said, from, sender, fromName, null, null, text, sent, to, target);
}
