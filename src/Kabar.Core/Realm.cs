using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Kabar.Core;

/// <summary>
/// The one door to what chat means here: log in and out, send, read the inbox, see who is active. Every front end comes through it,
/// and it knows none of them. Safe to call from any thread.
/// </summary>
public sealed class Realm : IAsyncDisposable
{
    private readonly IStore _store;
    private readonly RealmOptions _options;
    private readonly TimeProvider _clock;
    private readonly PasswordHasher _hasher = new();
    private readonly Sessions _sessions;
    private readonly LoginAttempts _attempts;
    private readonly InboxTurns _turns;
    private readonly MessageIds _ids;
    private readonly DirectSends _sends;
    private readonly Receipts _receipts;

    // What a password is compared with when there is no account: an answer to an unknown name takes as long as one to a wrong password.
    private volatile string? _nobodysHash;

    /// <summary>Opens a realm on its store. The store and the peers stay their owner's to dispose of.</summary>
    public Realm(RealmName name, IStore store, RealmOptions options, TimeProvider clock, IPeers? peers = null)
    {
        Name = name;
        peers ??= NoPeers.Instance;
        (_store, _options, _clock) = (store, options, clock);
        _sessions = new Sessions(store, options.SessionIdle, clock);
        _attempts = new LoginAttempts(options.WrongPasswordsPerMinute, options.WrongPasswordsPerHour, clock);
        _turns = new InboxTurns(options.InboxTurn, clock);
        _ids = new MessageIds(clock);
        Feeds = new AccountFeeds(store, _sessions.IsLiveAsync);
        _sessions.Ended += Feeds.End;
        Groups = new Groups(name, store, peers, Feeds, options, clock, _ids);
        Accounts = new Accounts(store, _sessions, Groups, _hasher, clock);
        Registrations = new Registrations(store, Accounts, options, clock);
        _receipts = new Receipts(store, peers, Feeds, clock, _ids);
        _sends = new DirectSends(name, store, peers, Accounts, options, clock, _ids);
        Conversations = new Conversations(name, store, peers, Accounts, Groups, _sends, Feeds, _receipts, options, clock, _ids);
        Presences = new Presences(name, store, peers, Accounts, Feeds, clock);
        Tokens = new AccessTokens(store, Accounts, Groups, Conversations, clock);
        Exchange = new Exchange(name, store, peers, Accounts, Groups, Feeds, Presences, options, clock, _ids);
    }

    /// <summary>
    /// Raised after sessions of an account have ended: the one that is named, or all but one. Not for those that have been idle too long. Whoever listens must not block and not throw.
    /// </summary>
    public event Action<AccountId, SessionId?, SessionId?>? SessionsEnded
    {
        add => _sessions.Ended += value;
        remove => _sessions.Ended -= value;
    }

    /// <summary>The realm's name.</summary>
    public RealmName Name { get; }

    /// <summary>Its rules.</summary>
    public RealmOptions Options => _options;

    /// <summary>How much it remembers.</summary>
    public StoreFigures Figures => _store.Figures;

    /// <summary>Its accounts.</summary>
    public Accounts Accounts { get; }

    /// <summary>The groups it knows.</summary>
    public Groups Groups { get; }

    /// <summary>What passes between it and its native peers.</summary>
    public Exchange Exchange { get; }

    /// <summary>What accounts do in their conversations.</summary>
    public Conversations Conversations { get; }

    /// <summary>What connections hear as it happens.</summary>
    public AccountFeeds Feeds { get; }

    /// <summary>Who is there.</summary>
    public Presences Presences { get; }

    /// <summary>Accounts that people make by themselves.</summary>
    public Registrations Registrations { get; }

    /// <summary>The tokens of programs.</summary>
    public AccessTokens Tokens { get; }

    /// <summary>Compares a password and starts a session that outlives connection and process.</summary>
    /// <param name="username">As it was typed.</param>
    /// <param name="password">As it was typed.</param>
    /// <param name="origin">The network address the attempt counts for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>
    /// The token; <see cref="Refusal.UnknownUser"/>, <see cref="Refusal.WrongPassword"/>, or after too many of those
    /// <see cref="Refusal.TooManyAttempts"/>, held back for a while, also when the password was right.
    /// </returns>
    public async ValueTask<Result<LoggedIn>> LogInAsync(string username, Password password, string origin, CancellationToken cancellationToken) =>
        !Username.TryParse(username, out var name) || await Accounts.FindAsync(name, cancellationToken) is not { IsDisabled: false } account
            ? Refusal.UnknownUser
            : await OpenAsync(account, name, password, origin, cancellationToken);

    /// <summary>As <see cref="LogInAsync"/>, but an unknown name and a wrong password are one refusal, <see cref="Refusal.NotAuthenticated"/>, and take the same time.</summary>
    public async ValueTask<Result<LoggedIn>> AuthenticateAsync(string username, Password password, string origin, CancellationToken cancellationToken)
    {
        // What is no name at all counts as one that nobody has.
        var isName = Username.TryParse(username, out var name);
        var account = isName && await Accounts.FindAsync(name, cancellationToken) is { IsDisabled: false } found ? found : null;
        var opened = await OpenAsync(account, name, password, origin, cancellationToken);
        return !opened.TryGet(out _, out var refusal) && refusal is Refusal.WrongPassword or Refusal.UnknownUser ? Refusal.NotAuthenticated : opened;
    }

    /// <summary>Starts a session for an account that has just been made.</summary>
    public ValueTask<LoggedIn> BeginSessionAsync(Account account, CancellationToken cancellationToken) => _sessions.StartAsync(account, cancellationToken);

    /// <summary>Goes on with a session.</summary>
    /// <returns>The session and whose it is, or <see cref="Refusal.UnknownSession"/>.</returns>
    public async ValueTask<Result<LoggedIn>> ResumeAsync(SessionToken token, CancellationToken cancellationToken) =>
        await _sessions.FindAsync(token, cancellationToken) is { } session
        && await Accounts.FindAsync(session.Account, cancellationToken) is { IsDisabled: false } account
            ? new LoggedIn(token, account, session)
            : Refusal.UnknownSession;

    /// <summary>The live sessions of an account, in the order of their logins.</summary>
    public ValueTask<ImmutableArray<Session>> ListOwnSessionsAsync(Account account, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        return _sessions.ListAsync(account.Id, cancellationToken);
    }

    /// <summary>Ends one session of an account; its connections are told.</summary>
    /// <returns>Null, or <see cref="Refusal.UnknownSession"/>.</returns>
    public async ValueTask<Refusal?> EndSessionAsync(Account account, SessionId session, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        return await _sessions.EndAsync(account.Id, session, cancellationToken) ? null : Refusal.UnknownSession;
    }

    /// <summary>Ends all sessions of an account; their connections are told.</summary>
    /// <returns>How many there were.</returns>
    public async ValueTask<int> EndSessionsAsync(Account account, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        var ended = await _store.EndSessionsAsync(account.Id, cancellationToken);
        _sessions.Forget(account.Id);
        return ended;
    }

    /// <summary>Changes an account's password after a look at the old one, and ends its other sessions.</summary>
    /// <returns>Null; <see cref="Refusal.WrongPassword"/>, <see cref="Refusal.InvalidName"/> for one that is not allowed, <see cref="Refusal.TooManyAttempts"/>.</returns>
    public async ValueTask<Refusal?> ChangePasswordAsync(LoggedIn session, Password old, Password next, string origin, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (await Accounts.FindAsync(session.Account.Id, cancellationToken) is not { IsDisabled: false } account) return Refusal.WrongPassword;
        return (await CompareAsync(account, account.Username, old, origin, cancellationToken)).TryGet(out _, out var refusal)
            ? await Accounts.ChangePasswordAsync(account, next, session.Session.Id, cancellationToken)
            : refusal;
    }

    /// <summary>Ends the session of a token. Its other connections find it gone.</summary>
    /// <returns>Whose it was, or <see cref="Refusal.UnknownSession"/>.</returns>
    public async ValueTask<Result<Account>> LogOutAsync(SessionToken token, CancellationToken cancellationToken)
    {
        if (await _sessions.FindAsync(token, cancellationToken) is not { } session
            || await Accounts.FindAsync(session.Account, cancellationToken) is not { } account) return Refusal.UnknownSession;

        await _sessions.EndAsync(token, session, cancellationToken);
        return account;
    }

    /// <summary>The account a token acts for.</summary>
    /// <returns>The account, or <see cref="Refusal.UnknownSession"/>; an account that was switched off has no sessions.</returns>
    public async ValueTask<Result<Account>> FindUserAsync(SessionToken token, CancellationToken cancellationToken) =>
        await _sessions.FindAsync(token, cancellationToken) is { } session
        && await Accounts.FindAsync(session.Account, cancellationToken) is { IsDisabled: false } account
            ? account
            : Refusal.UnknownSession;

    /// <summary>
    /// Accepts a message and gives it its place: messages are appended in the order in which calls of this method complete. Waits
    /// while too many are on their way to the disk; a caller that holds some of those commits them meanwhile, or waits for itself.
    /// </summary>
    /// <returns>
    /// What completes when the message is on disk, and for somebody on another realm also in that peer's outbox; <see cref="Refusal.UnknownSession"/>,
    /// <see cref="Refusal.UnknownRecipient"/>, <see cref="Refusal.UnreachableRecipient"/>, <see cref="Refusal.PeerUnreachable"/>,
    /// <see cref="Refusal.PeerQueueFull"/>, <see cref="Refusal.EmptyText"/> or <see cref="Refusal.TextTooLong"/>, and then nothing is stored.
    /// </returns>
    public async ValueTask<Result<Sending>> BeginSendAsync(SessionToken token, string to, MessageText text, CancellationToken cancellationToken)
    {
        if (!(await FindUserAsync(token, cancellationToken)).TryGet(out var sender, out var refusal)) return refusal;
        if (GroupRules.CheckText(text, _options) is { } hindrance) return hindrance;
        if (!Address.TryParse(to, out var address)) return Refusal.UnknownRecipient;
        return await _sends.BeginAsync(sender, address, new Draft(text), cancellationToken);
    }

    /// <summary>Sends a message and waits until it is on disk. See <see cref="BeginSendAsync"/>.</summary>
    public async ValueTask<Result<Message>> SendAsync(SessionToken token, string to, MessageText text, CancellationToken cancellationToken) =>
        (await BeginSendAsync(token, to, text, cancellationToken)).TryGet(out var sending, out var refusal) ? await sending.CommitAsync() : refusal;

    /// <summary>
    /// Takes a turn at the user's inbox and reads what is unread, oldest first, up to <see cref="RealmOptions.InboxReplyBytes"/>.
    /// Nothing counts as read before <see cref="InboxReading.MarkReadAsync"/>.
    /// </summary>
    /// <param name="token">Whose inbox.</param>
    /// <param name="encodedSize">The bytes a message will take in the reply.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The reading, which must be disposed of; or <see cref="Refusal.UnknownSession"/>.</returns>
    public async ValueTask<Result<InboxReading>> ReadInboxAsync(
        SessionToken token,
        Func<Message, Account, int> encodedSize,
        CancellationToken cancellationToken)
    {
        if (!(await FindUserAsync(token, cancellationToken)).TryGet(out var reader, out var refusal)) return refusal;

        var turn = await _turns.TakeAsync(reader.Id, cancellationToken);
        try
        {
            var left = _options.InboxReplyBytes > 0 ? _options.InboxReplyBytes : int.MaxValue;
            var isFirst = true;
            var page = await _store.ReadInboxAsync(reader.Id, Take, cancellationToken);
            return new InboxReading(_store, turn, _receipts, reader, page, await FindHomonymsAsync(page, cancellationToken));

            // The first is always shown: a limit below one message would otherwise stop the inbox for ever.
            bool Take(Message message)
            {
                left -= encodedSize(message, reader);
                var fits = left >= 0 || isFirst;
                isFirst = false;
                return fits;
            }
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    /// <summary>The live sessions, in the order of their logins. A user with several appears several times.</summary>
    /// <returns>The sessions, or <see cref="Refusal.UnknownSession"/>.</returns>
    public async ValueTask<Result<ImmutableArray<ActiveSession>>> ListSessionsAsync(SessionToken token, CancellationToken cancellationToken)
    {
        if (!(await FindUserAsync(token, cancellationToken)).TryGet(out _, out var refusal)) return refusal;
        return await _store.ListSessionsAsync(_sessions.LiveSince, cancellationToken);
    }

    /// <summary>Who has a live session: each once, in the order of the oldest login that still lives.</summary>
    /// <returns>The accounts, or <see cref="Refusal.UnknownSession"/>.</returns>
    public async ValueTask<Result<ImmutableArray<Account>>> ListActiveUsersAsync(SessionToken token, CancellationToken cancellationToken)
    {
        if (!(await ListSessionsAsync(token, cancellationToken)).TryGet(out var sessions, out var refusal)) return refusal;
        return sessions.Select(session => session.Account).DistinctBy(account => account.Id).ToImmutableArray();
    }

    /// <summary>Ends the sessions that have not been used for the idle time, and returns how many there were.</summary>
    public async ValueTask<int> EndIdleSessionsAsync(CancellationToken cancellationToken)
    {
        var ended = await _sessions.EndIdleAsync(cancellationToken);
        if (ended > 0) await Feeds.EndLostAsync(cancellationToken);
        return ended;
    }

    /// <summary>Forgets the keys of clients that have lived for <see cref="RealmOptions.KeyLifetime"/>, and returns how many there were.</summary>
    public ValueTask<int> ForgetKeysAsync() => _store.ForgetKeysAsync(_clock.GetUtcNow() - _options.KeyLifetime);

    /// <summary>
    /// Stores a message that a legacy peer brings for an account here, whose word is taken for who its sender is.
    /// </summary>
    /// <returns>The account it is for; <see cref="Refusal.UnknownRecipient"/>, <see cref="Refusal.EmptyText"/> or <see cref="Refusal.TextTooLong"/>.</returns>
    public async ValueTask<Result<Account>> ReceiveOverLegacyAsync(Address from, Username to, MessageText text, CancellationToken cancellationToken)
    {
        if (GroupRules.CheckText(text, _options) is { } hindrance) return hindrance;
        if (await Accounts.FindAsync(to, cancellationToken) is not { IsDisabled: false } recipient) return Refusal.UnknownRecipient;
        await _store.AppendCopiesAsync([new MessageCopy(_ids.Next(), from, from.Username.Value, new Address(to), text, _clock.GetUtcNow())]);
        return recipient;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // What still has something to write or to tell comes before those it tells.
        await Presences.DisposeAsync();
        await _receipts.DisposeAsync();
        _sessions.Ended -= Feeds.End;
        await Feeds.DisposeAsync();
        await Groups.DisposeAsync();
        _hasher.Dispose();
        _sends.Dispose();
    }

    // Without an account there is no session, in the same time.
    private async ValueTask<Result<LoggedIn>> OpenAsync(Account? account, Username name, Password password, string origin, CancellationToken cancellationToken)
    {
        if (!(await CompareAsync(account, name, password, origin, cancellationToken)).TryGet(out var isOutdated, out var refusal)) return refusal;
        if (account is null) return Refusal.UnknownUser;
        if (isOutdated) await Accounts.RehashAsync(account, await _hasher.HashAsync(password, cancellationToken), cancellationToken);
        var loggedIn = await _sessions.StartAsync(account, cancellationToken);

        // A change of the password ends all sessions; one that begins from a comparison made before it must not outlive it.
        if (await StillOpensAsync(account, password, cancellationToken)) return loggedIn;
        await LogOutAsync(loggedIn.Token, cancellationToken);
        return Refusal.WrongPassword;
    }

    // Whether the hash is an outdated one, when the password is right; an attempt counts until then. Without an account none is.
    private async ValueTask<Result<bool>> CompareAsync(Account? account, Username name, Password password, string origin, CancellationToken cancellationToken)
    {
        if (!_attempts.TryBegin(name, origin))
        {
            await Task.Delay(_options.AttemptDelay, _clock, cancellationToken);
            return Refusal.TooManyAttempts;
        }

        if (password.Utf8.Length > Password.MaxBytes) return Refusal.WrongPassword;
        if ((account?.PasswordHash ?? _nobodysHash) is not { } hash)
        {
            _nobodysHash = await _hasher.HashAsync(new Password(RandomNumberGenerator.GetBytes(16)), cancellationToken);
            return Refusal.WrongPassword;
        }

        if (await _hasher.VerifyAsync(password, hash, cancellationToken) is not { } verdict)
        {
            // Nothing was compared: too many wait for it.
            _attempts.Forgive(name, origin);
            return Refusal.TooManyAttempts;
        }

        if (account is null || !verdict.IsRight) return Refusal.WrongPassword;
        _attempts.Forgive(name, origin);
        return verdict.IsOutdated;
    }

    private async ValueTask<bool> StillOpensAsync(Account account, Password password, CancellationToken cancellationToken)
    {
        if (await Accounts.FindAsync(account.Id, cancellationToken) is not { IsDisabled: false } current) return false;
        if (current.PasswordHash == account.PasswordHash) return true;
        return await _hasher.VerifyAsync(password, current.PasswordHash, cancellationToken) is { IsRight: true };
    }

    private async ValueTask<ImmutableHashSet<Username>> FindHomonymsAsync(InboxPage page, CancellationToken cancellationToken)
    {
        var homonyms = ImmutableHashSet<Username>.Empty;
        foreach (var message in page.Messages)
            if (message.From is { Realm: not null, Username: var username } && !homonyms.Contains(username) && await Accounts.FindAsync(username, cancellationToken) is not null)
                homonyms = homonyms.Add(username);
        return homonyms;
    }
}
