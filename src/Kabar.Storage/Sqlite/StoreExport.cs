using System.Text.Encodings.Web;
using System.Text.Json;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <summary>
/// Writes everything as JSON Lines: an object a line, its kind under <c>type</c>. One consistent state, beside a running server too.
/// Lines of accounts are those that <c>kabar user import</c> reads. Tokens are not there to be written: the store has only hashes.
/// </summary>
public static partial class StoreExport
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes to <paramref name="output"/> and returns how many lines there were.</summary>
    public static long Write(string path, Stream output)
    {
        if (!File.Exists(path)) throw new StoreException($"There is no database at {path}.");
        using var database = Database.OpenReader(path);
        if (Migrations.Version(database) != Migrations.Latest)
            throw new StoreException($"{path} has schema {Migrations.Version(database)}; this program writes out schema {Migrations.Latest}. Start the server once: it brings the data up to date.");
        database.Run("BEGIN");
        var lines = WriteAccounts(database, output) + WriteSessions(database, output) + WriteTokens(database, output) + WritePeers(database, output) + WriteGroups(database, output)
            + WriteConversations(database, output) + WriteMessages(database, output) + WriteMarks(database, output) + WritePending(database, output) + WriteOutboxes(database, output);
        database.Run("COMMIT");
        return lines;
    }

    private static long WriteAccounts(Database database, Stream output) => WriteAll(
        database.Prepare(
            """
            SELECT a.id, a.username, c.display_name, c.attributes, c.password_hash, c.is_admin, c.is_disabled, c.created, coalesce(i.read_through, 0), c.last_seen
            FROM address AS a JOIN account AS c ON c.address = a.id LEFT JOIN inbox AS i ON i.address = a.id ORDER BY a.id
            """),
        output,
        (row, json) =>
        {
            var account = SqliteStore.AccountIn(row);
            json.WriteString("type", "account");
            json.WriteString("username", account.Username.Value);
            json.WriteString("nama", account.DisplayName);
            foreach (var (key, value) in account.Attributes) json.WriteString(key, value);
            json.WriteString("password_hash", account.PasswordHash);
            json.WriteBoolean("admin", account.IsAdmin);
            json.WriteBoolean("disabled", account.IsDisabled);
            json.WriteString("created", account.Created);
            json.WriteNumber("inbox_read_through", row.Number(8));
            if (!row.IsNull(9)) json.WriteString("last_seen", row.Time(9));
        });

    private static long WriteSessions(Database database, Stream output) => WriteAll(
        database.Prepare("SELECT s.id, a.username, s.created, s.last_used FROM session AS s JOIN address AS a ON a.id = s.account ORDER BY s.number"),
        output,
        (row, json) =>
        {
            json.WriteString("type", "session");
            json.WriteString("id", row.Uuid(0));
            json.WriteString("username", row.Bytes(1));
            json.WriteString("created", row.Time(2));
            json.WriteString("last_used", row.Time(3));
        });

    private static long WriteTokens(Database database, Stream output) => WriteAll(
        database.Prepare(
            "SELECT t.id, a.username, t.name, t.may, t.place, t.is_hook, t.created, t.used, t.expires FROM access_token AS t JOIN address AS a ON a.id = t.account ORDER BY t.number"),
        output,
        (row, json) =>
        {
            json.WriteString("type", "token");
            json.WriteString("id", row.Uuid(0));
            json.WriteString("username", row.Bytes(1));
            json.WriteString("name", row.Bytes(2));
            json.WriteStartArray("may");
            foreach (var word in AccessWords.Of((AccessRights)row.Number(3))) json.WriteStringValue(word);
            json.WriteEndArray();
            if (!row.IsNull(4)) json.WriteString("in", row.Bytes(4));
            json.WriteBoolean("hook", row.Truth(5));
            json.WriteString("created", row.Time(6));
            if (!row.IsNull(7)) json.WriteString("used", row.Time(7));
            if (!row.IsNull(8)) json.WriteString("expires", row.Time(8));
        });

    private static long WriteConversations(Database database, Stream output) => WriteAll(
        database.Prepare(
            """
            SELECT c.id, c.kind, low.username, low.realm, high.username, high.realm, g.id
            FROM conversation AS c
            LEFT JOIN direct AS d ON d.conversation = c.id
            LEFT JOIN address AS low ON low.id = d.low
            LEFT JOIN address AS high ON high.id = d.high
            LEFT JOIN group_chat AS g ON g.conversation = c.id
            WHERE c.kind <> 0
            ORDER BY c.id
            """),
        output,
        (row, json) =>
        {
            json.WriteString("type", "conversation");
            json.WriteNumber("id", row.Number(0));
            if (row.Number(1) == Conversation.Group)
            {
                json.WriteString("kind", "group");
                json.WriteString("group", row.Uuid(6));
                return;
            }

            json.WriteString("kind", "direct");
            json.WriteStartArray("members");
            json.WriteStringValue(AddressIn(row, 2));
            if (row.Number(1) == Conversation.Direct) json.WriteStringValue(AddressIn(row, 4));
            json.WriteEndArray();
        });

    private static long WriteMessages(Database database, Stream output) => WriteAll(
        database.Prepare(
            """
            SELECT m.id, m.conversation, m.position, m.arrival, a.username, a.realm, m.sender_name, m.sent, m.text, m.kind, s.username, s.realm, m.target, m.edited, m.deleted, m.failure,
                   EXISTS (SELECT 1 FROM reaction AS r WHERE r.conversation = m.conversation AND r.position = m.position)
            FROM message AS m
            CROSS JOIN conversation AS c ON c.id = m.conversation
            CROSS JOIN address AS a ON a.id = m.sender
            LEFT JOIN address AS s ON s.id = m.subject
            WHERE c.kind <> 0
            ORDER BY m.arrival
            """),
        output,
        (row, json) =>
        {
            json.WriteString("type", "message");
            json.WriteString("id", row.Uuid(0));
            json.WriteNumber("conversation", row.Number(1));
            json.WriteNumber("position", row.Number(2));
            json.WriteNumber("arrival", row.Number(3));
            json.WriteString("kind", Word(row, 9));
            json.WriteString("from", AddressIn(row, 4));
            json.WriteString("from_name", row.Bytes(6));
            if (!row.IsNull(10)) json.WriteString("subject", AddressIn(row, 10));
            json.WriteString("sent", row.Time(7));
            if (!row.IsNull(12)) json.WriteNumber("target", row.Number(12));
            if (!row.IsNull(13)) json.WriteString("edited", row.Time(13));
            if (!row.IsNull(15)) json.WriteString("failure", row.Bytes(15));
            if (row.IsNull(14)) json.WriteString("text", row.Bytes(8));
            else json.WriteString("deleted", row.Time(14));
            if (!row.Truth(16)) return;
            json.WriteStartArray("reactions");
            foreach (var reaction in MessageRows.ReadReactions(database, new ConversationId(row.Number(1)), row.Number(2)))
            {
                json.WriteStartObject();
                json.WriteString("from", reaction.Who.ToString());
                json.WriteString("emoji", reaction.Emoji);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });

    private static long WriteMarks(Database database, Stream output) => WriteAll(
        database.Prepare(
            "SELECT k.conversation, a.username, a.realm, k.stored, k.delivered, k.read FROM mark AS k JOIN address AS a ON a.id = k.address ORDER BY k.conversation, k.address"),
        output,
        (row, json) =>
        {
            json.WriteString("type", "mark");
            json.WriteNumber("conversation", row.Number(0));
            json.WriteString("address", AddressIn(row, 1));
            json.WriteNumber("stored", row.Number(3));
            json.WriteNumber("delivered", row.Number(4));
            json.WriteNumber("read", row.Number(5));
        });

    private static long WriteAll(Statement query, Stream output, Action<Statement, Utf8JsonWriter> write)
    {
        using var json = new Utf8JsonWriter(output, Plain);
        var lines = 0L;
        while (query.Step())
        {
            WriteLine(output, json, () => write(query, json));
            lines++;
        }

        return lines;
    }

    private static void WriteLine(Stream output, Utf8JsonWriter json, Action write)
    {
        json.WriteStartObject();
        write();
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
        json.Reset();
    }
}
