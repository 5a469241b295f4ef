using System.Text.Json;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <content>Groups and peers. Secrets of peers and invitations are not written.</content>
public static partial class StoreExport
{
    private static long WritePeers(Database database, Stream output)
    {
        using var json = new Utf8JsonWriter(output, Plain);
        var lines = 0L;
        foreach (var peer in PeerRows.ReadAll(database))
        {
            WriteLine(output, json, () =>
            {
                json.WriteString("type", "peer");
                json.WriteString("realm", peer.Realm.Value);
                if (peer.LinkAddress is { } address) json.WriteString("link_address", address);
                json.WriteString("fingerprint", peer.Fingerprint);
                json.WriteBoolean("paused", peer.IsPaused);
                json.WriteString("joined", peer.Joined);
                if (peer.LastContact is { } contact) json.WriteString("last_contact", contact);
                json.WriteString("out_epoch", peer.OutEpoch);
                json.WriteNumber("out_acknowledged", peer.OutAcknowledged);
                json.WriteString("in_epoch", peer.InEpoch);
                json.WriteNumber("in_through", peer.InThrough);
                if (peer.ReconcileSince is { } since) json.WriteString("reconcile_since", since);
                json.WriteStartArray("usernames");
                foreach (var username in PeerRows.ReadDirectory(database, peer.Id)) json.WriteStringValue(username.Value);
                json.WriteEndArray();
            });
            lines++;
        }

        return lines;
    }

    private static long WriteGroups(Database database, Stream output)
    {
        var conversations = new List<ConversationId>();
        var query = database.Prepare("SELECT conversation FROM group_chat ORDER BY conversation");
        while (query.Step()) conversations.Add(new ConversationId(query.Number(0)));

        using var json = new Utf8JsonWriter(output, Plain);
        foreach (var conversation in conversations)
        {
            if (GroupRows.Read(database, conversation, head: 0) is not { } group) continue;
            var historyAfter = database.Prepare("SELECT history_after FROM group_chat WHERE conversation = ?1").Bind(1, conversation.Value).ReadNumber() ?? 0;
            WriteLine(output, json, () =>
            {
                json.WriteString("type", "group");
                json.WriteString("id", group.Id.Value);
                json.WriteString("name", group.Name.Value);
                if (group.Home is { } home) json.WriteString("home", home.Value);
                json.WriteString("topic", group.Topic);
                json.WriteBoolean("open", group.IsOpen);
                json.WriteNumber("conversation", conversation.Value);
                json.WriteNumber("history_after", historyAfter);
                json.WriteStartArray("members");
                foreach (var member in group.Members.Values.OrderBy(member => member.Joined))
                {
                    json.WriteStartObject();
                    json.WriteString("address", member.Address.ToString());
                    json.WriteString("name", member.DisplayName);
                    json.WriteString("role", GroupRoles.Word(member.Role));
                    json.WriteBoolean("muted", member.IsMuted);
                    json.WriteNumber("joined", member.Joined);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                WriteAddresses(json, "banned", group.Banned);
                WriteAddresses(json, "invited", group.Invited);
            });
        }

        return conversations.Count;
    }

    private static long WritePending(Database database, Stream output) => WriteAll(
        database.Prepare(
            """
            SELECT p.id, g.id, p.kind, a.username, a.realm, p.sent, s.username, s.realm, p.text, p.target
            FROM pending AS p
            JOIN group_chat AS g ON g.conversation = p.conversation
            JOIN address AS a ON a.id = p.sender
            LEFT JOIN address AS s ON s.id = p.subject
            ORDER BY p.number
            """),
        output,
        (row, json) =>
        {
            json.WriteString("type", "pending");
            json.WriteString("id", row.Uuid(0));
            json.WriteString("group", row.Uuid(1));
            json.WriteString("kind", Word(row, 2));
            json.WriteString("from", AddressIn(row, 3));
            if (!row.IsNull(6)) json.WriteString("subject", AddressIn(row, 6));
            json.WriteString("sent", row.Time(5));
            if (!row.IsNull(9)) json.WriteNumber("target", row.Number(9));
            json.WriteString("text", row.Bytes(8));
        });

    private static long WriteOutboxes(Database database, Stream output) => WriteAll(
        database.Prepare("SELECT p.realm, o.seq, o.queued, length(o.frame) FROM outbox AS o JOIN peer AS p ON p.id = o.peer ORDER BY o.peer, o.seq"),
        output,
        (row, json) =>
        {
            json.WriteString("type", "outbox");
            json.WriteString("peer", row.Bytes(0));
            json.WriteNumber("seq", row.Number(1));
            json.WriteString("queued", row.Time(2));
            json.WriteNumber("bytes", row.Number(3));
        });

    private static void WriteAddresses(Utf8JsonWriter json, string name, IEnumerable<Address> addresses)
    {
        json.WriteStartArray(name);
        foreach (var address in addresses.Select(address => address.ToString()).Order(StringComparer.Ordinal)) json.WriteStringValue(address);
        json.WriteEndArray();
    }

    private static string AddressIn(Statement row, int column) => MessageLog.ReadAddress(row, column).ToString();

    private static string Word(Statement row, int column) => (EntryKind)row.Number(column) switch
    {
        EntryKind.Said => "said",
        EntryKind.Joined => "joined",
        EntryKind.Left => "left",
        EntryKind.Kicked => "kicked",
        EntryKind.Banned => "banned",
        EntryKind.Unbanned => "unbanned",
        EntryKind.Muted => "muted",
        EntryKind.Unmuted => "unmuted",
        EntryKind.RoleChanged => "role",
        EntryKind.TopicChanged => "topic",
        EntryKind.Opened => "opened",
        EntryKind.Closed => "closed",
        EntryKind.Invited => "invited",
        EntryKind.Moved => "moved",
        EntryKind.Edited => "edited",
        EntryKind.Deleted => "deleted",
        EntryKind.Reacted => "reacted",
        EntryKind.DeliveryFailed => "delivery_failed",
    };
}
