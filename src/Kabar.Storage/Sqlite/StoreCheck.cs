using System.Globalization;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <summary>
/// Verifies a database: SQLite's own structure, and what Kabar promises of it. Reads one consistent state, beside a running server too.
/// </summary>
public static partial class StoreCheck
{
    private const int MostProblems = 100;

    /// <summary>Reads everything.</summary>
    /// <exception cref="StoreException">There is no database, or it cannot be read at all.</exception>
    public static StoreReport Run(string path)
    {
        if (!File.Exists(path)) throw new StoreException($"There is no database at {path}.");
        using var database = Database.OpenReader(path);

        var version = Migrations.Version(database);
        if (version == 0 || version > Migrations.Latest)
            throw new StoreException($"{path} has schema {version}; this program knows schemas 1 to {Migrations.Latest}.");
        var (hasGroups, hasRevisions, hasTokens) = (version >= 2, version >= 3, version >= 4);

        var problems = new List<string>();
        database.Run("BEGIN");
        Collect(problems, database.Prepare("PRAGMA integrity_check"), row => row.Text(0) == "ok" ? null : $"SQLite: {row.Text(0)}");
        Collect(problems, database.Prepare("PRAGMA foreign_key_check"), row => $"A row of {row.Text(0)} refers to a row of {row.Text(2)} that is not there.");

        // A broken file answers further questions with nonsense.
        var messages = problems.Count == 0 ? CheckMessages(database, hasGroups ? ReadGroups(database) : [], problems) : 0;
        if (problems.Count == 0) CheckIndex(database, problems);
        if (problems.Count == 0 && hasGroups)
        {
            CheckGroups(database, problems);
            CheckPeers(database, problems);
        }

        if (problems.Count == 0 && hasRevisions)
        {
            CheckRevisions(database, problems);
            CheckMarks(database, problems);
        }

        if (problems.Count == 0 && hasTokens) CheckTokens(database, problems);

        var report = new StoreReport(
            database.Prepare("SELECT count(*) FROM account").ReadNumber() ?? 0,
            database.Prepare("SELECT count(*) FROM session").ReadNumber() ?? 0,
            database.Prepare("SELECT count(*) FROM conversation").ReadNumber() ?? 0,
            messages,
            problems);
        database.Run("COMMIT");
        return report;
    }

    private static long CheckMessages(Database database, Dictionary<long, long> groups, List<string> problems)
    {
        var heads = new Dictionary<long, long>();
        var count = 0L;
        var query = database.Prepare("SELECT arrival, conversation, position FROM message ORDER BY arrival");
        while (query.Step())
        {
            count++;
            var (conversation, position) = (query.Number(1), query.Number(2));
            var expected = heads.GetValueOrDefault(conversation) + 1;

            // A group's history may jump where its home began to tell it later, but never back.
            if (position != expected && !(position > expected && groups.TryGetValue(conversation, out var historyAfter) && position - 1 <= historyAfter)) Add(problems, $"Conversation {conversation}: arrival {query.Number(0)} has position {position} where {expected} was due.");
            heads[conversation] = position;
        }

        Collect(
            problems,
            database.Prepare("SELECT address, read_through FROM inbox WHERE read_through > (SELECT coalesce(max(arrival), 0) FROM message)"),
            row => $"Address {row.Number(0)} has read its inbox to arrival {row.Number(1)}, beyond the last message.");

        // A replica that was removed and came back has its entries twice, once in a conversation that is nobody's.
        Collect(
            problems,
            database.Prepare("SELECT hex(id) FROM message WHERE conversation NOT IN (SELECT id FROM conversation WHERE kind = 0) GROUP BY id HAVING count(*) > 1"),
            row => $"Message {row.Text(0)} is there more than once.");
        Collect(
            problems,
            database.Prepare("SELECT DISTINCT conversation FROM message WHERE conversation NOT IN (SELECT id FROM conversation)"),
            row => $"Conversation {row.Number(0)} has messages but does not exist.");
        Collect(
            problems,
            database.Prepare("SELECT DISTINCT sender FROM message WHERE sender NOT IN (SELECT id FROM address)"),
            row => $"Address {row.Number(0)} has said something but does not exist.");
        return count;
    }

    private static void CheckIndex(Database database, List<string> problems)
    {
        Collect(
            problems,
            database.Prepare(
                """
                SELECT p.conversation, p.position FROM place AS p
                LEFT JOIN message AS m ON m.arrival = p.arrival AND m.conversation = p.conversation AND m.position = p.position AND m.sender = p.sender
                WHERE m.arrival IS NULL
                """),
            row => $"Conversation {row.Number(0)}: the index leads position {row.Number(1)} to another message.");
        Collect(
            problems,
            database.Prepare(
                """
                SELECT indexed.value, (SELECT count(*) FROM place WHERE arrival <= indexed.value), (SELECT count(*) FROM message WHERE arrival <= indexed.value)
                FROM meta AS indexed WHERE indexed.key = 'indexed'
                """),
            row => row.Number(1) == row.Number(2) ? null : $"The index holds {row.Number(1)} of the {row.Number(2)} messages up to arrival {row.Number(0)}.");
    }

    private static void CheckTokens(Database database, List<string> problems)
    {
        var query = database.Prepare("SELECT hex(id), may, place, place_id IS NOT NULL, is_hook FROM access_token");
        while (query.Step())
        {
            var isPlace = ConversationAddress.TryParse(query.TextOrNull(2), out var place);
            if (query.Number(1) is < 1 or > (long)(AccessRights.Send | AccessRights.Read)) Add(problems, $"Token {query.Text(0)} may do what is not known.");
            if (!query.IsNull(2) && (!isPlace || place.Group is not null != query.Truth(3))) Add(problems, $"Token {query.Text(0)} is for \"{query.Text(2)}\", which is no conversation.");
            else if (query.Truth(4) && !query.Truth(3)) Add(problems, $"Token {query.Text(0)} is a hook of no group.");
        }
    }

    private static void Collect(List<string> problems, Statement query, Func<Statement, string?> problem)
    {
        while (query.Step())
            if (problem(query) is { } found) Add(problems, found);
    }

    private static void Add(List<string> problems, string problem)
    {
        if (problems.Count < MostProblems) problems.Add(problem);
        else if (problems.Count == MostProblems) problems.Add(string.Create(CultureInfo.InvariantCulture, $"… and more; the first {MostProblems} are listed."));
    }
}

/// <summary>What a check found.</summary>
/// <param name="Accounts">How many accounts.</param>
/// <param name="Sessions">How many sessions.</param>
/// <param name="Conversations">How many conversations.</param>
/// <param name="Messages">How many messages.</param>
/// <param name="Problems">What is wrong, a sentence each; empty when all is well.</param>
public sealed record StoreReport(long Accounts, long Sessions, long Conversations, long Messages, IReadOnlyList<string> Problems);
