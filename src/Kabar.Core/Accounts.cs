using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;

namespace Kabar.Core;

/// <summary>
/// The accounts of a realm: found by everybody, changed by the operator. Keeps those in use in memory, since every message asks for two.
/// </summary>
public sealed class Accounts
{
    // A bound, not a tuning: when it is passed the cache starts again, which costs a read each.
    private const int CacheLimit = 100_000;

    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "type", "username", "nama", "password", "password_hash", "admin", "disabled", "created", "inbox_read_through", "last_seen", "incoming", "outgoing");

    private readonly IStore _store;
    private readonly Sessions _sessions;
    private readonly Groups _groups;
    private readonly PasswordHasher _hasher;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<Username, Account> _byName = new();
    private readonly ConcurrentDictionary<AccountId, Account> _byId = new();

    // Counts changes: what was read before a change must not enter the cache after it.
    private long _changes;

    internal Accounts(IStore store, Sessions sessions, Groups groups, PasswordHasher hasher, TimeProvider clock) =>
        (_store, _sessions, _groups, _hasher, _clock) = (store, sessions, groups, hasher, clock);

    /// <summary>Raised after an account was made, removed, or switched off or on: whoever listens must not block.</summary>
    public event Action? Changed;

    /// <summary>Whether a key is no attribute's: attributes stand beside these in exports, imports and what <c>online</c> shows.</summary>
    public static bool IsReserved(string key) => Reserved.Contains(key);

    /// <summary>The account of this name, or null.</summary>
    public ValueTask<Account?> FindAsync(Username username, CancellationToken cancellationToken) =>
        _byName.TryGetValue(username, out var known) ? new(known) : LoadAsync(Volatile.Read(ref _changes), _store.FindAccountAsync(username, cancellationToken));

    /// <summary>The account of this number, or null.</summary>
    public ValueTask<Account?> FindAsync(AccountId id, CancellationToken cancellationToken) =>
        _byId.TryGetValue(id, out var known) ? new(known) : LoadAsync(Volatile.Read(ref _changes), _store.FindAccountAsync(id, cancellationToken));

    /// <summary>All accounts, in the order of their making.</summary>
    public IAsyncEnumerable<Account> ListAsync(CancellationToken cancellationToken) => _store.ListAccountsAsync(cancellationToken);

    /// <summary>A page of those that a text finds, by their usernames; see <see cref="IStore.FindAccountsAsync"/>.</summary>
    public ValueTask<ImmutableArray<Account>> SearchAsync(string text, string after, int most, CancellationToken cancellationToken) =>
        _store.FindAccountsAsync(text, after, most, cancellationToken);

    /// <summary>Makes an account whose password is still to be hashed.</summary>
    /// <returns>The account; <see cref="Refusal.InvalidName"/> or <see cref="Refusal.NameTaken"/>.</returns>
    public async ValueTask<Result<Account>> AddAsync(
        string username,
        string displayName,
        IReadOnlyList<KeyValuePair<string, string>> attributes,
        Password password,
        bool isAdmin,
        CancellationToken cancellationToken)
    {
        // Before the hash, which is slow on purpose; AddHashedAsync asks again in its transaction.
        if (!IsAllowed(password)) return Refusal.InvalidName;
        if (Username.TryParse(username, out var name) && await FindAsync(name, cancellationToken) is not null) return Refusal.NameTaken;

        var hash = await _hasher.HashAsync(password, cancellationToken);
        return await AddHashedAsync(username, displayName, attributes, hash, isAdmin, cancellationToken);
    }

    /// <summary>Makes an account that comes with its hash, from an export.</summary>
    /// <returns>The account; <see cref="Refusal.InvalidName"/> or <see cref="Refusal.NameTaken"/>.</returns>
    public async ValueTask<Result<Account>> AddHashedAsync(
        string username,
        string displayName,
        IReadOnlyList<KeyValuePair<string, string>> attributes,
        string passwordHash,
        bool isAdmin,
        CancellationToken cancellationToken)
    {
        if (!Username.TryParse(username, out var name) || !IsAllowed(displayName)) return Refusal.InvalidName;
        foreach (var (key, value) in attributes)
            if (!Username.TryParse(key, out _) || IsReserved(key) || !IsAllowed(value)) return Refusal.InvalidName;
        if (!PasswordHasher.IsHash(passwordHash)) return Refusal.InvalidName;

        var made = await _store.AddAccountAsync(new NewAccount(name, displayName, attributes, passwordHash, isAdmin, _clock.GetUtcNow()), cancellationToken);
        if (made is null) return Refusal.NameTaken;
        Changed?.Invoke();
        return made;
    }

    /// <summary>Whether an account can have this name, display name and password.</summary>
    internal static bool CanBe(string username, string displayName, Password password) => Username.TryParse(username, out _) && IsAllowed(displayName) && IsAllowed(password);

    /// <summary>Makes an account for somebody who asked himself, and uses up one use of his code if it takes one.</summary>
    /// <returns>The account; <see cref="Refusal.InvalidName"/>, <see cref="Refusal.NameTaken"/> or <see cref="Refusal.WrongCode"/>.</returns>
    internal async ValueTask<Result<Account>> RegisterAsync(string username, string displayName, Password password, TokenHash? code, CancellationToken cancellationToken)
    {
        if (!CanBe(username, displayName, password)) return Refusal.InvalidName;
        var name = Username.Parse(username);

        // Before the hash, which is slow on purpose; the store asks again in its transaction. Who comes with a code is told which names there are only when it is right.
        if (code is null && await FindAsync(name, cancellationToken) is not null) return Refusal.NameTaken;
        var hash = await _hasher.HashAsync(password, cancellationToken);
        var made = await _store.RegisterAsync(new NewAccount(name, displayName, [], hash, IsAdmin: false, _clock.GetUtcNow()), code, cancellationToken);
        if (made.IsOk) Changed?.Invoke();
        return made;
    }

    /// <summary>Gives an account another password in place of one that was compared, and ends its sessions but one. The new one must be allowed.</summary>
    /// <returns>Null; <see cref="Refusal.InvalidName"/>, or <see cref="Refusal.WrongPassword"/> when it has had another since.</returns>
    internal async ValueTask<Refusal?> ChangePasswordAsync(Account compared, Password next, SessionId kept, CancellationToken cancellationToken)
    {
        if (!IsAllowed(next)) return Refusal.InvalidName;
        var hash = await _hasher.HashAsync(next, cancellationToken);
        var changed = await _store.UpdateAccountAsync(
            compared.Id, current => current.PasswordHash == compared.PasswordHash ? current with { PasswordHash = hash } : current, cancellationToken);
        Forget(compared);
        if (changed?.PasswordHash != hash) return Refusal.WrongPassword;

        await _store.EndOtherSessionsAsync(compared.Id, kept, cancellationToken);
        _sessions.Forget(compared.Id, kept);
        return null;
    }

    /// <summary>Gives an account a new password and ends its sessions: whoever had the old one is out.</summary>
    /// <returns>The account; <see cref="Refusal.UnknownUser"/> or <see cref="Refusal.InvalidName"/>.</returns>
    public async ValueTask<Result<Account>> SetPasswordAsync(string username, Password password, CancellationToken cancellationToken)
    {
        if (!IsAllowed(password)) return Refusal.InvalidName;
        var hash = await _hasher.HashAsync(password, cancellationToken);
        return await ChangeAsync(username, account => account with { PasswordHash = hash }, endsSessions: true, cancellationToken);
    }

    /// <summary>Switches an account off, which ends its sessions, or on again.</summary>
    /// <returns>The account, or <see cref="Refusal.UnknownUser"/>.</returns>
    public ValueTask<Result<Account>> SetDisabledAsync(string username, bool disabled, CancellationToken cancellationToken) =>
        ChangeAsync(username, account => account with { IsDisabled = disabled }, endsSessions: disabled, cancellationToken);

    /// <summary>Gives an account the right to administer the realm, or takes it.</summary>
    /// <returns>The account, or <see cref="Refusal.UnknownUser"/>.</returns>
    public ValueTask<Result<Account>> SetAdminAsync(string username, bool isAdmin, CancellationToken cancellationToken) =>
        ChangeAsync(username, account => account with { IsAdmin = isAdmin }, endsSessions: false, cancellationToken);

    /// <summary>Takes an account out of its groups and removes it; see <see cref="IStore.RemoveAccountAsync"/> for what stays.</summary>
    /// <returns>
    /// The account that was, or <see cref="Refusal.UnknownUser"/>; <see cref="Refusal.Recovering"/> or <see cref="Refusal.PeerQueueFull"/>
    /// when it cannot leave a group now, and then it is still there.
    /// </returns>
    public async ValueTask<Result<Account>> RemoveAsync(string username, CancellationToken cancellationToken)
    {
        if (!Username.TryParse(username, out var name) || await FindAsync(name, cancellationToken) is not { } account) return Refusal.UnknownUser;
        if (await _groups.LeaveAllAsync(account, cancellationToken) is { } hindrance) return hindrance;
        var removed = await _store.RemoveAccountAsync(account.Id, _clock.GetUtcNow(), cancellationToken);
        Forget(account);
        _sessions.Forget(account.Id);

        // What it has joined meanwhile.
        await _groups.LeaveAllAsync(account, cancellationToken);
        Changed?.Invoke();
        return removed ? account : Refusal.UnknownUser;
    }

    /// <summary>
    /// Replaces the hash after a log-in that found the old one made with weaker settings, unless another has taken its place since:
    /// a password that was changed meanwhile stays changed. Sessions live on.
    /// </summary>
    internal async ValueTask RehashAsync(Account account, string hash, CancellationToken cancellationToken)
    {
        await _store.UpdateAccountAsync(account.Id, current => current.PasswordHash == account.PasswordHash ? current with { PasswordHash = hash } : current, cancellationToken);
        Forget(account);
    }

    private async ValueTask<Result<Account>> ChangeAsync(
        string username,
        Func<Account, Account> change,
        bool endsSessions,
        CancellationToken cancellationToken)
    {
        if (!Username.TryParse(username, out var name) || await FindAsync(name, cancellationToken) is not { } account) return Refusal.UnknownUser;

        var changed = await _store.UpdateAccountAsync(account.Id, change, cancellationToken);
        Forget(account);
        if (endsSessions)
        {
            await _store.EndSessionsAsync(account.Id, cancellationToken);
            _sessions.Forget(account.Id);
        }

        Changed?.Invoke();
        return changed is null ? Refusal.UnknownUser : changed;
    }

    // The changes are counted before the read begins, which may be over before this is called.
    private async ValueTask<Account?> LoadAsync(long seen, ValueTask<Account?> loading)
    {
        var account = await loading;
        if (account is null || seen != Volatile.Read(ref _changes)) return account;

        if (_byId.Count >= CacheLimit)
        {
            _byName.Clear();
            _byId.Clear();
        }

        _byName[account.Username] = account;
        _byId[account.Id] = account;
        if (seen != Volatile.Read(ref _changes)) Drop(account);
        return account;
    }

    private void Forget(Account account)
    {
        Interlocked.Increment(ref _changes);
        Drop(account);
    }

    private void Drop(Account account)
    {
        _byName.TryRemove(account.Username, out _);
        _byId.TryRemove(account.Id, out _);
    }

    // Old dialects split a line at blanks, so a password that holds one could be set but never typed.
    private static bool IsAllowed(Password password) =>
        password.Utf8.Length is > 0 and <= Password.MaxBytes && !password.Utf8.Span.ContainsAny(" \r\n\0"u8)
        && System.Text.Unicode.Utf8.IsValid(password.Utf8.Span);

    /// <summary>Whether people can be shown something under this name.</summary>
    internal static bool IsAllowed(string name) =>
        name.Length is > 0 and <= Account.MaxNameLength && !name.AsSpan().ContainsAnyInRange('\0', '\u001F') && name.EnumerateRunes().All(rune => rune != Rune.ReplacementChar);
}
