using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <content>What an administrator looks at: how much there is, and accounts a page at a time.</content>
public sealed partial class SqliteStore
{
    // Counted once, at the start, and kept by every verb that makes or ends one.
    private long _accounts;
    private long _sessions;

    /// <inheritdoc/>
    public StoreFigures Figures => new(Volatile.Read(ref _accounts), Volatile.Read(ref _sessions), _log.LastArrival, UnindexedMessages, UnsearchableMessages);

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Account>> FindAccountsAsync(string text, string after, int most, CancellationToken cancellationToken)
    {
        using var lease = _reads.Rent();
        var query = lease.Database.Prepare(
            $"""
            SELECT {AccountColumns}
            FROM address AS a JOIN account AS c ON c.address = a.id
            WHERE a.realm = '' AND a.retired IS NULL AND a.username > ?1 AND (a.username LIKE ?2 ESCAPE '\' OR c.display_name LIKE ?2 ESCAPE '\')
            ORDER BY a.username LIMIT ?3
            """)
            .Bind(1, after).Bind(2, $"%{Literal(text)}%").Bind(3, most);
        var accounts = ImmutableArray.CreateBuilder<Account>();
        while (query.Step()) accounts.Add(AccountIn(query));
        return new(accounts.DrainToImmutable());
    }

    private static string Literal(string text) =>
        text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal);

    private static long CountOf(Database database, string table) => database.Prepare($"SELECT count(*) FROM {table}").ReadNumber() ?? 0;
}
