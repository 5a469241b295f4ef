namespace Kabar.Storage.Sqlite;

/// <content>What has become of entries, and how far they have come.</content>
public static partial class StoreCheck
{
    private static void CheckRevisions(Database database, List<string> problems)
    {
        Collect(
            problems,
            database.Prepare("SELECT arrival, target FROM message WHERE target IS NOT NULL AND (target < 1 OR target >= position)"),
            row => $"Arrival {row.Number(0)} answers or changes position {row.Number(1)}, which is not before it.");
        Collect(
            problems,
            database.Prepare("SELECT m.arrival FROM message AS m JOIN direct AS d ON d.conversation = m.conversation WHERE m.kind IN (15, 16, 17) AND m.target IS NULL"),
            row => $"Arrival {row.Number(0)} changes an entry and does not say which.");
        Collect(
            problems,
            database.Prepare("SELECT arrival FROM message WHERE deleted IS NOT NULL AND text <> ''"),
            row => $"Arrival {row.Number(0)} is deleted and still has a text.");
        Collect(
            problems,
            database.Prepare(
                """
                SELECT e.arrival FROM message AS e JOIN (SELECT conversation, position FROM message WHERE kind = 0 AND deleted IS NOT NULL) AS m ON m.conversation = e.conversation AND m.position = e.target
                WHERE e.kind = 15 AND e.text <> ''
                """),
            row => $"Arrival {row.Number(0)} still says what a deleted entry said.");
        Collect(
            problems,
            database.Prepare(
                """
                SELECT r.conversation, r.position FROM reaction AS r
                LEFT JOIN (SELECT conversation, position FROM message WHERE kind = 0 AND deleted IS NULL) AS m ON m.conversation = r.conversation AND m.position = r.position
                WHERE m.conversation IS NULL
                """),
            row => $"Conversation {row.Number(0)}: somebody reacts to position {row.Number(1)}, where nothing is said.");
        Collect(
            problems,
            database.Prepare("SELECT hex(x.id) FROM exchanged AS x LEFT JOIN message AS m ON m.arrival = x.arrival AND m.id = x.id WHERE m.arrival IS NULL"),
            row => $"Message {row.Text(0)} was exchanged with another realm and is not where it is said to be.");
        Collect(
            problems,
            database.Prepare(
                "SELECT k.sender, k.key FROM client_key AS k LEFT JOIN message AS m ON m.arrival = k.arrival AND m.sender = k.sender WHERE m.arrival IS NULL AND (k.arrival IS NOT NULL OR k.pending IS NULL)"),
            row => $"Address {row.Number(0)} has said nothing under its key {row.Text(1)}.");
    }

    private static void CheckMarks(Database database, List<string> problems) => Collect(
        problems,
        database.Prepare(
            """
            SELECT k.address, k.conversation
            FROM mark AS k
            LEFT JOIN (SELECT conversation, max(position) AS head FROM message GROUP BY conversation) AS m ON m.conversation = k.conversation
            LEFT JOIN group_chat AS g ON g.conversation = k.conversation
            WHERE max(k.stored, k.delivered, k.read) > max(coalesce(m.head, 0), coalesce(g.history_after, 0))
            """),
        row => $"Address {row.Number(0)} has come further in conversation {row.Number(1)} than it goes.");
}
