namespace Kabar.Storage.Sqlite;

/// <content>Groups and peers.</content>
public static partial class StoreCheck
{
    // Each group's conversation, with the position up to which its history may have gaps. That of a removed one is nobody's any more.
    private static Dictionary<long, long> ReadGroups(Database database)
    {
        var groups = new Dictionary<long, long>();
        var query = database.Prepare(
            "SELECT c.id, CASE WHEN c.kind = 0 THEN 9223372036854775807 ELSE g.history_after END FROM conversation AS c LEFT JOIN group_chat AS g ON g.conversation = c.id WHERE c.kind IN (0, 3)");
        while (query.Step()) groups[query.Number(0)] = query.Number(1);
        return groups;
    }

    private static void CheckGroups(Database database, List<string> problems)
    {
        Collect(
            problems,
            database.Prepare("SELECT c.id FROM conversation AS c LEFT JOIN group_chat AS g ON g.conversation = c.id WHERE (c.kind = 3) <> (g.conversation IS NOT NULL)"),
            row => $"Conversation {row.Number(0)} is a group's, or there is a group of it, and not both.");
        Collect(
            problems,
            database.Prepare("SELECT c.id FROM conversation AS c LEFT JOIN direct AS d ON d.conversation = c.id WHERE (c.kind IN (1, 2)) <> (d.conversation IS NOT NULL)"),
            row => $"Conversation {row.Number(0)} is between two, or two have it, and not both.");

        // A replica may have been told a state whose entries have not come yet.
        Collect(
            problems,
            database.Prepare(
                """
                SELECT g.name, g.state_position, m.head
                FROM group_chat AS g LEFT JOIN (SELECT conversation, max(position) AS head FROM message GROUP BY conversation) AS m ON m.conversation = g.conversation
                WHERE g.home = '' AND g.history_after = 0 AND g.state_position > coalesce(m.head, 0)
                """),
            row => $"Group {row.Text(0)} is in the state after position {row.Number(1)}, and its last is {row.Number(2)}.");
        Collect(
            problems,
            database.Prepare(
                """
                SELECT m.arrival FROM message AS m JOIN conversation AS c ON c.id = m.conversation
                WHERE (c.kind = 1 AND m.kind NOT IN (0, 15, 16, 17)) OR (c.kind = 2 AND m.kind NOT IN (0, 14, 15, 16, 17)) OR m.kind NOT BETWEEN 0 AND 17
                """),
            row => $"Arrival {row.Number(0)} is an entry of a kind that its conversation does not have.");
        Collect(
            problems,
            database.Prepare("SELECT DISTINCT subject FROM message WHERE subject IS NOT NULL AND subject NOT IN (SELECT id FROM address)"),
            row => $"Address {row.Number(0)} is the subject of an entry but does not exist.");
        Collect(
            problems,
            database.Prepare("SELECT g.name, m.address FROM group_member AS m JOIN group_chat AS g ON g.conversation = m.conversation WHERE m.role NOT IN (0, 1, 2)"),
            row => $"Group {row.Text(0)}: member {row.Number(1)} has a role that there is not.");
        Collect(
            problems,
            database.Prepare("SELECT hex(p.id) FROM pending AS p WHERE p.id IN (SELECT m.id FROM message AS m WHERE m.conversation = p.conversation)"),
            row => $"Entry {row.Text(0)} is pending and there.");
    }

    private static void CheckPeers(Database database, List<string> problems)
    {
        Collect(
            problems,
            database.Prepare("SELECT peer, count(*) FROM outbox WHERE peer NOT IN (SELECT id FROM peer) GROUP BY peer"),
            row => $"{row.Number(1)} entries wait for peer {row.Number(0)}, which does not exist.");
        Collect(
            problems,
            database.Prepare("SELECT p.realm, o.seq FROM outbox AS o JOIN peer AS p ON p.id = o.peer WHERE o.seq <= p.out_acknowledged OR o.seq < 1"),
            row => $"Entry {row.Number(1)} still waits for {row.Text(0)}, which has acknowledged it.");
    }
}
