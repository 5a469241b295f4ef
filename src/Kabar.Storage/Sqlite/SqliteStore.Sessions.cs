using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <content>Sessions, when accounts were last seen, and registration.</content>
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Session>> ListSessionsAsync(AccountId account, DateTimeOffset since, CancellationToken cancellationToken)
    {
        using var lease = _reads.Rent();
        var query = lease.Database.Prepare("SELECT id, account, created, last_used FROM session WHERE account = ?1 AND last_used >= ?2 ORDER BY number").Bind(1, account.Value).Bind(2, since);
        var sessions = ImmutableArray.CreateBuilder<Session>();
        while (query.Step()) sessions.Add(SessionIn(query));
        return new(sessions.DrainToImmutable());
    }

    /// <inheritdoc/>
    public ValueTask<int> EndOtherSessionsAsync(AccountId account, SessionId kept, CancellationToken cancellationToken) =>
        EndSessionsAsync(database => database.Prepare("DELETE FROM session WHERE account = ?1 AND id <> ?2").Bind(1, account.Value).Bind(2, kept.Value));

    /// <inheritdoc/>
    public async ValueTask SeeAccountAsync(AccountId account, DateTimeOffset when, CancellationToken cancellationToken) => await WriteAsync(database =>
    {
        database.Prepare("UPDATE account SET last_seen = ?2 WHERE address = ?1 AND (last_seen IS NULL OR last_seen < ?2)").Bind(1, account.Value).Bind(2, when).Run();
        return true;
    });

    /// <inheritdoc/>
    public ValueTask<DateTimeOffset?> FindLastSeenAsync(AccountId account, CancellationToken cancellationToken)
    {
        using var lease = _reads.Rent();
        var seen = lease.Database.Prepare(
            "SELECT max(seen) FROM (SELECT last_seen AS seen FROM account WHERE address = ?1 UNION ALL SELECT last_used FROM session WHERE account = ?1)").Bind(1, account.Value).ReadNumber();
        return new(seen is { } when ? DateTimeOffset.FromUnixTimeMilliseconds(when) : null);
    }

    /// <inheritdoc/>
    public async ValueTask AddRegistrationCodeAsync(TokenHash code, int uses, DateTimeOffset expires) => await WriteAsync(database =>
    {
        database.Prepare("INSERT OR REPLACE INTO registration_code (hash, uses, expires) VALUES (?1, ?2, ?3)").BindBlob(1, BytesOf(code)).Bind(2, uses).Bind(3, expires).Run();
        return true;
    });

    /// <inheritdoc/>
    public async ValueTask<Result<Account>> RegisterAsync(NewAccount account, TokenHash? code, CancellationToken cancellationToken)
    {
        var made = await WriteAsync(database => Register(database, account, code));
        if (made.IsOk) Interlocked.Increment(ref _accounts);
        return made;
    }

    private Result<Account> Register(Database database, NewAccount account, TokenHash? code)
    {
        // Expired ones open nothing and need not be kept.
        database.Prepare("DELETE FROM registration_code WHERE expires <= ?1").Bind(1, account.Created).Run();

        // The code first: who has none learns of no name whether it is taken.
        if (code is { } hash && database.Prepare("SELECT uses FROM registration_code WHERE hash = ?1").BindBlob(1, BytesOf(hash)).ReadNumber() is not > 0) return Refusal.WrongCode;
        if (AddAccount(database, account) is not { } made) return Refusal.NameTaken;
        if (code is { } used)
        {
            database.Prepare("UPDATE registration_code SET uses = uses - 1 WHERE hash = ?1").BindBlob(1, BytesOf(used)).Run();
            database.Prepare("DELETE FROM registration_code WHERE uses <= 0").Run();
        }

        return made;
    }

    private async ValueTask<int> EndSessionsAsync(Func<Database, Statement> deletion)
    {
        var ended = await WriteAsync(database =>
        {
            deletion(database).Run();
            return database.Changes;
        });
        Interlocked.Add(ref _sessions, -ended);
        return ended;
    }

    // From the columns id, account, created, last_used.
    private static Session SessionIn(Statement query) => new(new SessionId(query.Uuid(0)), new AccountId(query.Number(1)), query.Time(2), query.Time(3));
}
