using System.Buffers.Binary;
using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <content>What comes from peers.</content>
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public ValueTask<long?> ReceiveAsync(PeerId peer, Guid epoch, RealmName here, IReadOnlyList<Delivery> deliveries) => ChangeAsync<long?>(staging =>
    {
        var database = staging.Database;
        var query = database.Prepare("SELECT in_epoch, in_through FROM peer WHERE id = ?1").Bind(1, peer.Value);
        if (!query.Step()) return null;
        var isKnown = query.Uuid(0) == epoch;
        var before = isKnown ? query.Number(1) : 0;
        query.Reset();

        var through = before;
        foreach (var delivery in deliveries)
        {
            if (delivery.Sequence <= through) continue;
            through = delivery.Sequence;
            if (MarkReceived(database, delivery.Id)) Receive(staging, here, delivery);
        }

        if (through > before || !isKnown)
            database.Prepare("UPDATE peer SET in_epoch = ?2, in_through = ?3 WHERE id = ?1").Bind(1, peer.Value).Bind(2, epoch).Bind(3, through).Run();
        return through;
    });

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<MessageCopy>> ListCopiesAsync(RealmName realm, DateTimeOffset since, Guid? after, int most, CancellationToken cancellationToken)
    {
        var copies = ImmutableArray.CreateBuilder<MessageCopy>();
        var targets = new List<(int Index, ConversationId Conversation, long Position)>();
        using (var lease = _reads.Rent()) ReadCopies(lease.Database);

        // What was answered or changed is known to the other side by its id.
        foreach (var (index, conversation, position) in targets) copies[index] = copies[index] with { Target = _log.FindEntry(conversation, position)?.Id };
        return new(copies.DrainToImmutable());

        // The log has no index by time or id; this is read after a restore only.
        void ReadCopies(Database database)
        {
            var query = database.Prepare(
                """
                SELECT m.id, f.username, f.realm, m.sender_name, t.username, t.realm, m.text, m.sent, m.kind, m.target, m.conversation
                FROM message AS m
                CROSS JOIN direct AS d ON d.conversation = m.conversation
                CROSS JOIN address AS f ON f.id = m.sender
                CROSS JOIN address AS t ON t.id = CASE WHEN d.low = m.sender THEN d.high ELSE d.low END
                WHERE m.sent >= ?2 AND m.kind IN (0, 15, 16, 17) AND m.deleted IS NULL AND m.id > ?3 AND (f.realm = ?1 OR t.realm = ?1)
                ORDER BY m.id
                LIMIT ?4
                """).Bind(1, realm.Value).Bind(2, since).Bind(3, after ?? Guid.Empty).Bind(4, most);
            while (query.Step())
            {
                if (query.NumberOrNull(9) is { } position) targets.Add((copies.Count, new ConversationId(query.Number(10)), position));
                copies.Add(new MessageCopy(
                    query.Uuid(0),
                    MessageLog.ReadAddress(query, 1),
                    query.Text(3),
                    MessageLog.ReadAddress(query, 4),
                    new MessageText(query.Bytes(6).ToArray()),
                    query.Time(7),
                    (EntryKind)query.Number(8)));
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<int> AppendCopiesAsync(IReadOnlyList<MessageCopy> copies) => ChangeAsync(staging =>
    {
        var database = staging.Database;
        var reacted = new Dictionary<ConversationId, Dictionary<(long Position, long Who), DateTimeOffset>>();
        var count = 0;
        foreach (var copy in copies)
        {
            // Whose account is no more has nobody to read it.
            if (NumberOfParty(database, copy.From) is not { } from || NumberOfParty(database, copy.To) is not { } to) continue;

            if (MessageRows.FindExchanged(database, copy.Id) is not null) continue;

            var conversation = _log.FindOrMake(database, new AccountId(from), new AccountId(to));
            var target = copy.Target is { } aimed ? FindExchanged(database, conversation, aimed) : null;
            if (copy.Kind != EntryKind.Said && (target is null || !copy.MayRevise(target) || IsOvertaken(copy, target))) continue;
            if (copy.From.Realm is not null && !MarkReceived(database, copy.Id)) continue;

            AppendExchanged(staging, conversation, Said(copy.Id, copy.From, from, copy.FromName, copy.To, copy.Text, copy.Sent, target?.Position) with { Kind = copy.Kind });
            count++;

            // What was done here since the restore is newer than what comes back.
            bool IsOvertaken(MessageCopy revision, Message target)
            {
                if (revision.Kind != EntryKind.Reacted) return revision.Kind == EntryKind.Edited && target.Revision?.Edited > revision.Sent;
                if (!reacted.TryGetValue(conversation.Id, out var last)) reacted.Add(conversation.Id, last = ReadReacted(database, conversation.Id));
                if (last.TryGetValue((target.Position, from), out var since) && since > revision.Sent) return true;
                last[(target.Position, from)] = revision.Sent;
                return false;
            }
        }

        return count;
    });

    /// <inheritdoc/>
    public async ValueTask ForgetReceivedAsync(DateTimeOffset before) => await ChangeAsync(staging =>
    {
        // Big-endian, as the ids begin.
        var bound = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bound, before.ToUnixTimeMilliseconds() << 16);
        staging.Database.Prepare("DELETE FROM received WHERE id < ?1").BindBlob(1, bound.AsSpan(0, 6)).Run();
        return true;
    });

    private void Receive(Staging staging, RealmName here, Delivery delivery)
    {
        switch (delivery)
        {
            case DirectDelivery direct:
                var sender = _addresses.NumberOf(staging.Database, direct.From);
                var conversation = _log.FindOrMake(staging.Database, direct.To.Id, new AccountId(sender));
                var answered = direct.Answers is { } id ? FindExchanged(staging.Database, conversation, id)?.Position : null;
                AppendExchanged(staging, conversation, Said(direct.Id, direct.From, sender, direct.FromName, new Address(direct.To.Username), direct.Text, direct.Sent, answered));
                break;
            case RevisionDelivery revision:
                Receive(staging, revision);
                break;
            case ReceiptDelivery receipt:
                Receive(staging, receipt);
                break;
            case GroupDelivery action:
                if (ChangeGroup(staging, action.Group, here, action.Target, action.Decide).TryGet(out _, out var refusal)) break;
                Answer(staging, action.Refused(refusal));

                // It comes again under the same id when this realm has learnt that the group's home is here.
                if (refusal == Refusal.HomeElsewhere) staging.Database.Prepare("DELETE FROM received WHERE id = ?1").Bind(1, action.Id).Run();
                break;
            case RefusedDelivery refused:
                Answer(staging, refused.Answer);
                break;
            case RepeatedDelivery repeated:
                if (_outboxes.Of(repeated.Home) is null) break;
                foreach (var (number, _, frame) in ListLost(staging.Database, repeated.Home, group: null, repeated.Entry))
                    staging.Enqueue(new Parcel(repeated.Home, frame), _clock.GetUtcNow(), number);
                break;
            case FailureDelivery failure:
                if (FindFailed(staging.Database, failure) is { } found) Tell(staging, new FailureNotice(failure.Id, failure.To, found, failure.When));
                break;
        }
    }

    // A peer that is gone meanwhile is not told.
    private void Answer(Staging staging, Parcel? answer)
    {
        if (answer is not null && _outboxes.Of(answer.Peer) is not null) staging.Enqueue(answer, _clock.GetUtcNow());
    }

    // What the peer says it could not do, if the account had asked for it.
    private DeliveryFailure? FindFailed(Database database, FailureDelivery failure)
    {
        if (failure.Group is { } group)
        {
            if (_groups.Find(database, group) is not { } known) return null;
            var query = database.Prepare("SELECT text FROM pending WHERE id = ?1 AND sender = ?2 AND conversation = ?3")
                .Bind(1, failure.Failed).Bind(2, failure.To.Id.Value).Bind(3, known.Conversation.Value);
            var failed = query.Step() ? DeliveryFailure.Of(failure.Failed, failure.Reason, known.Address.ToString(), new MessageText(query.Bytes(0).ToArray())) : null;
            query.Reset();
            return failed;
        }

        if (failure.Addressee is not { } addressee || MessageRows.FindExchanged(database, failure.Failed) is not { } arrival) return null;

        // Of the account that there is now, not of one that had its name before.
        if (database.Prepare("SELECT sender FROM message WHERE arrival = ?1").Bind(1, arrival).ReadNumber() != failure.To.Id.Value) return null;
        return MessageRows.Find(database, arrival) is { } said && said.From == new Address(failure.To.Username) && said.To == addressee
            ? DeliveryFailure.Of(failure.Failed, failure.Reason, addressee.ToString(), said.Text)
            : null;
    }

    // When somebody last reacted to an entry, or took that back.
    private static Dictionary<(long Position, long Who), DateTimeOffset> ReadReacted(Database database, ConversationId conversation)
    {
        var reacted = new Dictionary<(long Position, long Who), DateTimeOffset>();
        var query = database.Prepare(
            """
            SELECT m.target, m.sender, m.sent FROM place AS p CROSS JOIN message AS m ON m.arrival = p.arrival
            WHERE p.conversation = ?1 AND p.arrival <= (SELECT value FROM meta WHERE key = 'indexed') AND m.kind = 17
            UNION ALL
            SELECT target, sender, sent FROM message WHERE arrival > (SELECT value FROM meta WHERE key = 'indexed') AND conversation = ?1 AND kind = 17
            """).Bind(1, conversation.Value);
        while (query.Step())
        {
            var (key, when) = ((query.Number(0), query.Number(1)), query.Time(2));
            if (!reacted.TryGetValue(key, out var before) || when > before) reacted[key] = when;
        }

        return reacted;
    }

    // Of this realm: only who has an account.
    private long? NumberOfParty(Database database, Address address) =>
        address.Realm is null ? Addresses.Find(database, address) : _addresses.NumberOf(database, address);

    // False when it was marked before.
    private static bool MarkReceived(Database database, Guid id)
    {
        database.Prepare("INSERT OR IGNORE INTO received (id) VALUES (?1)").Bind(1, id).Run();
        return database.Changes > 0;
    }
}
