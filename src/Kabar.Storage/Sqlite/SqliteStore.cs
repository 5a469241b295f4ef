using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <summary>
/// A realm's memory in one SQLite file: for a realm of one process, which holds the data directory to itself. Changes go through
/// <see cref="WriteQueue"/>; messages through <see cref="MessageLog"/>; everything else is read here, on the caller's thread, since a
/// read takes microseconds.
/// </summary>
public sealed partial class SqliteStore : IStore
{
    private const string AccountColumns = "a.id, a.username, c.display_name, c.attributes, c.password_hash, c.is_admin, c.is_disabled, c.created";

    private readonly Database _writer;
    private readonly ReadConnections _reads;
    private readonly TimeProvider _clock;
    private readonly MessageLog _log;
    private readonly Addresses _addresses = new();
    private readonly GroupTable _groups;
    private readonly Outboxes _outboxes;
    private readonly WriteQueue _writes;

    private SqliteStore(Database writer, string path, string? searchIndex, IndexPace pace, TimeProvider clock)
    {
        _writer = writer;
        _clock = clock;
        _reads = new ReadConnections(path);
        _log = new MessageLog(writer, _reads, pace);
        _groups = new GroupTable(_log);
        _outboxes = new Outboxes(writer);
        (_accounts, _sessions) = (CountOf(writer, "account"), CountOf(writer, "session"));
        if (searchIndex is not null) _search = new SearchIndex(searchIndex, path, IdentityOf(writer), _log.LastArrival, clock);
        _writes = new WriteQueue(writer, _log, Publish, RollBack);
    }

    /// <summary>The version of the SQLite library in use.</summary>
    public static string LibraryVersion => SqliteLibrary.Version;

    /// <summary>Messages that the index does not hold yet: some thousands. Many more mean that it cannot be written.</summary>
    public int UnindexedMessages => _log.Unindexed;

    /// <summary>Opens the file, makes or migrates it where needed, and replays what a crash may have left unindexed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="clock">The time.</param>
    /// <param name="searchIndex">The file of its full-text index, which is made where it is missing or another's; without one nothing is found.</param>
    /// <exception cref="StoreException">It cannot be opened, or was written by a later version.</exception>
    public static SqliteStore Open(string path, TimeProvider? clock = null, string? searchIndex = null) => Open(path, IndexPace.Default, clock, searchIndex);

    /// <summary>The same with an index of another pace.</summary>
    internal static SqliteStore Open(string path, IndexPace pace, TimeProvider? clock = null, string? searchIndex = null)
    {
        if (!File.Exists(path))
        {
            if (File.Exists(StoreCopy.IncomingFor(path))) throw new StoreException($"A restore of {path} was interrupted; run 'kabar restore' again.");
            MakeFile(path);
        }

        var writer = Database.OpenWriter(path);
        try
        {
            Migrations.Apply(writer);
            return new SqliteStore(writer, path, searchIndex, pace, clock ?? TimeProvider.System);
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>A setting that belongs to the data, such as the realm's name; null when it was never set.</summary>
    public string? FindSetting(string key)
    {
        using var lease = _reads.Rent();
        var query = lease.Database.Prepare("SELECT value FROM meta WHERE key = ?1").Bind(1, key);
        if (!query.Step()) return null;
        var value = query.Text(0);
        query.Reset();
        return value;
    }

    /// <summary>Sets such a setting.</summary>
    public async ValueTask SetSettingAsync(string key, string value) =>
        await WriteAsync(database =>
        {
            database.Prepare("INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2").Bind(1, key).Bind(2, value).Run();
            return true;
        });

    /// <inheritdoc/>
    public ValueTask<Account?> FindAccountAsync(Username username, CancellationToken cancellationToken)
    {
        using var lease = _reads.Rent();
        return new(ReadAccount(lease.Database.Prepare(
            $"SELECT {AccountColumns} FROM address AS a JOIN account AS c ON c.address = a.id WHERE a.username = ?1 AND a.realm = '' AND a.retired IS NULL")
            .Bind(1, username.Value)));
    }

    /// <inheritdoc/>
    public ValueTask<Account?> FindAccountAsync(AccountId id, CancellationToken cancellationToken)
    {
        using var lease = _reads.Rent();
        return new(FindAccount(lease.Database, id));
    }

    /// <inheritdoc/>
    public async ValueTask<Account?> AddAccountAsync(NewAccount account, CancellationToken cancellationToken)
    {
        var made = await WriteAsync(database => AddAccount(database, account));
        if (made is not null) Interlocked.Increment(ref _accounts);
        return made;
    }

    /// <inheritdoc/>
    public ValueTask<Account?> UpdateAccountAsync(AccountId id, Func<Account, Account> change, CancellationToken cancellationToken) => WriteAsync(database =>
    {
        if (FindAccount(database, id) is not { } current) return null;

        var account = change(current);
        database.Prepare("UPDATE account SET display_name = ?2, attributes = ?3, password_hash = ?4, is_admin = ?5, is_disabled = ?6 WHERE address = ?1")
            .Bind(1, id.Value)
            .Bind(2, account.DisplayName)
            .Bind(3, WriteAttributes(account.Attributes))
            .Bind(4, account.PasswordHash)
            .Bind(5, account.IsAdmin ? 1 : 0)
            .Bind(6, account.IsDisabled ? 1 : 0)
            .Run();
        return FindAccount(database, id);
    });

    /// <inheritdoc/>
    public async ValueTask<bool> RemoveAccountAsync(AccountId id, DateTimeOffset when, CancellationToken cancellationToken)
    {
        var (existed, sessions) = await WriteAsync(database => RemoveAccount(database, id, when));
        if (existed) Interlocked.Decrement(ref _accounts);
        Interlocked.Add(ref _sessions, -sessions);
        return existed;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Account> ListAccountsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A page at a time, so that no read transaction stays open while the caller works.
        const int Page = 500;
        var after = 0L;
        while (true)
        {
            var accounts = ReadAccounts(after, Page);
            foreach (var account in accounts)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return account;
            }

            if (accounts.Count < Page) yield break;
            after = accounts[^1].Id.Value;
            await Task.Yield();
        }
    }

    /// <inheritdoc/>
    public async ValueTask AddSessionAsync(Session session, TokenHash token, CancellationToken cancellationToken)
    {
        await WriteAsync(database =>
        {
            database.Prepare("INSERT INTO session (token_hash, id, account, created, last_used) VALUES (?1, ?2, ?3, ?4, ?5)")
                .BindBlob(1, BytesOf(token))
                .Bind(2, session.Id.Value)
                .Bind(3, session.Account.Value)
                .Bind(4, session.Created)
                .Bind(5, session.LastUsed)
                .Run();
            return true;
        });
        Interlocked.Increment(ref _sessions);
    }

    /// <inheritdoc/>
    public ValueTask<Session?> FindSessionAsync(TokenHash token, CancellationToken cancellationToken)
    {
        using var lease = _reads.Rent();
        var query = lease.Database.Prepare("SELECT id, account, created, last_used FROM session WHERE token_hash = ?1").BindBlob(1, BytesOf(token));
        if (!query.Step()) return default;
        var session = SessionIn(query);
        query.Reset();
        return new(session);
    }

    /// <inheritdoc/>
    public async ValueTask TouchSessionAsync(SessionId id, DateTimeOffset lastUsed, CancellationToken cancellationToken) => await WriteAsync(database =>
    {
        database.Prepare("UPDATE session SET last_used = ?2 WHERE id = ?1 AND last_used < ?2").Bind(1, id.Value).Bind(2, lastUsed).Run();
        return true;
    });

    /// <inheritdoc/>
    public async ValueTask<bool> EndSessionAsync(SessionId id, CancellationToken cancellationToken) =>
        await EndSessionsAsync(database => database.Prepare("DELETE FROM session WHERE id = ?1").Bind(1, id.Value)) > 0;

    /// <inheritdoc/>
    public ValueTask<int> EndSessionsAsync(AccountId account, CancellationToken cancellationToken) =>
        EndSessionsAsync(database => database.Prepare("DELETE FROM session WHERE account = ?1").Bind(1, account.Value));

    /// <inheritdoc/>
    public ValueTask<int> EndIdleSessionsAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        EndSessionsAsync(database => database.Prepare("DELETE FROM session WHERE last_used < ?1").Bind(1, before));

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<ActiveSession>> ListSessionsAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        using var lease = _reads.Rent();
        var query = lease.Database.Prepare(
            $"""
            SELECT {AccountColumns}, s.id
            FROM session AS s JOIN address AS a ON a.id = s.account JOIN account AS c ON c.address = s.account
            WHERE s.last_used >= ?1 AND c.is_disabled = 0
            ORDER BY s.number
            """).Bind(1, since);
        var sessions = ImmutableArray.CreateBuilder<ActiveSession>();
        while (query.Step()) sessions.Add(new ActiveSession(new SessionId(query.Uuid(8)), AccountIn(query)));
        return new(sessions.DrainToImmutable());
    }

    /// <inheritdoc/>
    public ValueTask<Message> AppendAsync(in NewMessage message) => message.Key is null && message.Target is null ? Enqueue(_log.Append(message)) : AppendAnsweringAsync(message);

    /// <inheritdoc/>
    public ValueTask<InboxPage> ReadInboxAsync(AccountId reader, Func<Message, bool> take, CancellationToken cancellationToken) =>
        new(_log.Read(reader, take));

    /// <inheritdoc/>
    public async ValueTask MarkReadAsync(InboxPage page, CancellationToken cancellationToken)
    {
        if (_log.MarkRead(page) is { } write) await Enqueue(write);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _writes.DisposeAsync();
        if (_search is not null) await _search.DisposeAsync();
        _searching.Dispose();
        _reads.Dispose();
        _writer.Dispose();
    }

    internal static Account AccountIn(Statement query) => new()
    {
        Id = new AccountId(query.Number(0)),
        Username = Username.Parse(query.Text(1)),
        DisplayName = query.Text(2),
        Attributes = ReadAttributes(query.Bytes(3)),
        PasswordHash = query.Text(4),
        IsAdmin = query.Truth(5),
        IsDisabled = query.Truth(6),
        Created = query.Time(7),
    };

    // What most messages have not: a key of its sender's, or something that it answers.
    private ValueTask<Message> AppendAnsweringAsync(NewMessage message) => ChangeAsync(staging =>
    {
        var (from, to) = (message.From, message.To);
        if (FindKeyed(staging.Database, from.Id.Value, message.Key) is { } first) return first;

        var conversation = _log.FindOrMake(staging.Database, from.Id, to.Id);
        var said = Said(message.Id, new Address(from.Username), from.Id.Value, from.DisplayName, new Address(to.Username), message.Text, message.Sent, message.Target);
        var stored = staging.Append(conversation, said);
        KeepKey(staging.Database, from.Id.Value, message.Key, stored.Arrival, pending: null, message.Sent);
        return stored;
    });

    // Made here, not by SQLite, so that it is its owner's from the first byte; SQLite gives its log the same mode.
    internal static void MakeFile(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            new FileStream(path, options).Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"Cannot make {path}: {exception.Message}", exception);
        }
    }

    // Within a transaction: whether it was there, and how many sessions went with it.
    private (bool Existed, int Sessions) RemoveAccount(Database database, AccountId id, DateTimeOffset when)
    {
        if (FindAccount(database, id) is { } account)
        {
            _addresses.Forget(account.Username);
            _groups.Forget(new Address(account.Username));
        }

        // Nobody reads on from where he was.
        database.Prepare("DELETE FROM group_member WHERE address = ?1").Bind(1, id.Value).Run();
        database.Prepare("DELETE FROM group_past WHERE address = ?1").Bind(1, id.Value).Run();
        database.Prepare("DELETE FROM client_key WHERE sender = ?1").Bind(1, id.Value).Run();
        database.Prepare("DELETE FROM session WHERE account = ?1").Bind(1, id.Value).Run();
        var sessions = database.Changes;
        database.Prepare("DELETE FROM access_token WHERE account = ?1").Bind(1, id.Value).Run();
        database.Prepare("DELETE FROM account WHERE address = ?1").Bind(1, id.Value).Run();
        var existed = database.Changes > 0;
        database.Prepare("UPDATE address SET retired = ?2 WHERE id = ?1 AND retired IS NULL").Bind(1, id.Value).Bind(2, when).Run();
        return (existed, sessions);
    }

    // Within a transaction; null when the name is taken.
    private Account? AddAccount(Database database, NewAccount account)
    {
        if (database.Prepare("SELECT 1 FROM address WHERE username = ?1 AND realm = '' AND retired IS NULL").Bind(1, account.Username.Value).ReadNumber() is not null)
            return null;

        // Whatever is known of somebody who had this name is not his.
        _addresses.Forget(account.Username);
        _groups.Forget(new Address(account.Username));
        database.Prepare("INSERT INTO address (username) VALUES (?1)").Bind(1, account.Username.Value).Run();
        var id = new AccountId(database.LastRow);
        database.Prepare("INSERT INTO account (address, display_name, attributes, password_hash, is_admin, is_disabled, created) VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)")
            .Bind(1, id.Value)
            .Bind(2, account.DisplayName)
            .Bind(3, WriteAttributes(account.Attributes))
            .Bind(4, account.PasswordHash)
            .Bind(5, account.IsAdmin ? 1 : 0)
            .Bind(6, account.Created)
            .Run();
        return FindAccount(database, id);
    }

    // What its full-text index knows it by; a restored database gets another one.
    private static string IdentityOf(Database writer)
    {
        writer.Prepare("INSERT OR IGNORE INTO meta (key, value) VALUES ('identity', ?1)").Bind(1, RandomNumberGenerator.GetHexString(32)).Run();
        var query = writer.Prepare("SELECT value FROM meta WHERE key = 'identity'");
        query.Step();
        var identity = query.Text(0);
        query.Reset();
        return identity;
    }

    private static Account? FindAccount(Database database, AccountId id) => ReadAccount(database.Prepare(
        $"SELECT {AccountColumns} FROM address AS a JOIN account AS c ON c.address = a.id WHERE a.id = ?1").Bind(1, id.Value));

    private static Account? ReadAccount(Statement query)
    {
        if (!query.Step()) return null;
        var account = AccountIn(query);
        query.Reset();
        return account;
    }

    private List<Account> ReadAccounts(long after, int most)
    {
        using var lease = _reads.Rent();
        var query = lease.Database.Prepare(
            $"SELECT {AccountColumns} FROM address AS a JOIN account AS c ON c.address = a.id WHERE a.id > ?1 ORDER BY a.id LIMIT ?2")
            .Bind(1, after).Bind(2, most);
        var accounts = new List<Account>();
        while (query.Step()) accounts.Add(AccountIn(query));
        return accounts;
    }

    /// <summary>Does one thing in the writer's order, in a transaction.</summary>
    internal ValueTask<T> WriteAsync<T>(Func<Database, T> work) => Enqueue(new Work<T>(work));

    // The same with entries and parcels.
    private ValueTask<T> ChangeAsync<T>(Func<Staging, T> work) => Enqueue(new Change<T>(_log, _outboxes, work));

    // A batch is committed: what it changed in memory becomes visible, then those who listen are told. On the writer's thread.
    private void Publish(List<Write> batch)
    {
        _log.Publish(batch);
        _addresses.Publish();
        _groups.Publish();
        var entries = _log.TakePublished();
        if (entries.Length > 0) EntriesCommitted?.Invoke(entries);
        PublishMarks();
        _outboxes.Publish(OutboxGrew);
        _search?.Follow(_log.LastArrival);
    }

    private void RollBack()
    {
        _log.RollBack();
        _addresses.RollBack();
        _groups.RollBack();
        _outboxes.RollBack();
    }

    private ValueTask<T> Enqueue<T>(Write<T> write)
    {
        _writes.Enqueue(write);
        return write.Task;
    }

    private static byte[] BytesOf(TokenHash token)
    {
        var bytes = new byte[TokenHash.Length];
        token.Write(bytes);
        return bytes;
    }

    private static string WriteAttributes(IReadOnlyList<KeyValuePair<string, string>> attributes)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            foreach (var (key, value) in attributes) json.WriteString(key, value);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    private static List<KeyValuePair<string, string>> ReadAttributes(ReadOnlySpan<byte> json)
    {
        var attributes = new List<KeyValuePair<string, string>>();
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName) continue;
            var key = reader.GetString() ?? "";
            reader.Read();
            attributes.Add(new(key, reader.GetString() ?? ""));
        }

        return attributes;
    }
}
