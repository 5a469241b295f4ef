using System.Collections.Immutable;

namespace Kabar.Core;

/// <summary>
/// What a realm remembers. Every verb is one transaction, and one that changes something returns only after the change is on
/// disk: it survives the death of the process and of the machine. A verb that cannot do its work throws <see cref="StoreException"/>
/// and has then changed nothing. Verbs may be called from any thread.
/// </summary>
public interface IStore : IGroupStore, IPeerStore, IConversationStore, ITokenStore, IAsyncDisposable
{
    /// <summary>The account of this name, or null.</summary>
    ValueTask<Account?> FindAccountAsync(Username username, CancellationToken cancellationToken);

    /// <summary>The account of this number, or null.</summary>
    ValueTask<Account?> FindAccountAsync(AccountId id, CancellationToken cancellationToken);

    /// <summary>Makes an account. Null when the name is taken.</summary>
    ValueTask<Account?> AddAccountAsync(NewAccount account, CancellationToken cancellationToken);

    /// <summary>
    /// Changes what may change of an account: names shown, attributes, hash, rights, whether it is switched off. Null when it is gone.
    /// <paramref name="change"/> is given the account as it is and runs inside the transaction, so no other change is undone; it may
    /// run again, and must be quick.
    /// </summary>
    ValueTask<Account?> UpdateAccountAsync(AccountId id, Func<Account, Account> change, CancellationToken cancellationToken);

    /// <summary>
    /// Removes an account, its sessions and its tokens. What it said stays with those it was said to; a later account of the same name is
    /// another one and sees none of it. False when it is gone already.
    /// </summary>
    ValueTask<bool> RemoveAccountAsync(AccountId id, DateTimeOffset when, CancellationToken cancellationToken);

    /// <summary>All accounts, in the order of their making.</summary>
    IAsyncEnumerable<Account> ListAccountsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The accounts in whose username or display name <paramref name="text"/> stands, in any case of A-Z, in the order of their usernames: at most
    /// <paramref name="most"/> of those behind <paramref name="after"/>. Empty texts mean all, and from the beginning.
    /// </summary>
    ValueTask<ImmutableArray<Account>> FindAccountsAsync(string text, string after, int most, CancellationToken cancellationToken);

    /// <summary>How much there is. Nothing is counted for it.</summary>
    StoreFigures Figures { get; }

    /// <summary>Keeps a new session under the hash of its token.</summary>
    ValueTask AddSessionAsync(Session session, TokenHash token, CancellationToken cancellationToken);

    /// <summary>The session under this hash, or null.</summary>
    ValueTask<Session?> FindSessionAsync(TokenHash token, CancellationToken cancellationToken);

    /// <summary>Writes down when a session was last used.</summary>
    ValueTask TouchSessionAsync(SessionId id, DateTimeOffset lastUsed, CancellationToken cancellationToken);

    /// <summary>Ends a session. False when it had ended.</summary>
    ValueTask<bool> EndSessionAsync(SessionId id, CancellationToken cancellationToken);

    /// <summary>The sessions of an account used since a time, in the order of their logins.</summary>
    ValueTask<ImmutableArray<Session>> ListSessionsAsync(AccountId account, DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Ends every session of an account but one and returns how many there were.</summary>
    ValueTask<int> EndOtherSessionsAsync(AccountId account, SessionId kept, CancellationToken cancellationToken);

    /// <summary>Writes down when an account was last seen, if that is later than what is known.</summary>
    ValueTask SeeAccountAsync(AccountId account, DateTimeOffset when, CancellationToken cancellationToken);

    /// <summary>When an account was last seen, or one of its live sessions last used, whichever is later; null for never.</summary>
    ValueTask<DateTimeOffset?> FindLastSeenAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>Keeps the hash of a registration code that works so many times.</summary>
    ValueTask AddRegistrationCodeAsync(TokenHash code, int uses, DateTimeOffset expires);

    /// <summary>Makes an account and uses up one use of a registration code, in one transaction. <see cref="Refusal.NameTaken"/> or <see cref="Refusal.WrongCode"/>, and then nothing has changed.</summary>
    ValueTask<Result<Account>> RegisterAsync(NewAccount account, TokenHash? code, CancellationToken cancellationToken);

    /// <summary>Ends every session of an account and returns how many there were.</summary>
    ValueTask<int> EndSessionsAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>Ends the sessions last used before <paramref name="before"/> and returns how many there were.</summary>
    ValueTask<int> EndIdleSessionsAsync(DateTimeOffset before, CancellationToken cancellationToken);

    /// <summary>The sessions used since <paramref name="since"/> whose accounts are not switched off, in the order of their logins.</summary>
    ValueTask<ImmutableArray<ActiveSession>> ListSessionsAsync(DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>
    /// Appends a message to the conversation of its two accounts, which begins with the first message. The order of calls is the
    /// order of arrivals. The call itself never waits, so the caller bounds how many are under way. The returned task must be awaited.
    /// </summary>
    ValueTask<Message> AppendAsync(in NewMessage message);

    /// <summary>Forgets the keys under which something was said before a time, and returns how many there were.</summary>
    ValueTask<int> ForgetKeysAsync(DateTimeOffset before);

    /// <summary>
    /// Offers the account's unread direct messages to <paramref name="take"/>, in the order of arrival, until it declines one or
    /// there are no more: what others said to it and failures of its own that were not deleted, behind what it has read of its inbox and of the conversation.
    /// What was taken is the page; nothing is marked as read.
    /// </summary>
    ValueTask<InboxPage> ReadInboxAsync(AccountId reader, Func<Message, bool> take, CancellationToken cancellationToken);

    /// <summary>Marks what a page holds as read. Doing it twice, or late, does no harm: a read position never goes back.</summary>
    ValueTask MarkReadAsync(InboxPage page, CancellationToken cancellationToken);
}

/// <summary>The store could not do what was asked, and has changed nothing.</summary>
public sealed class StoreException : Exception
{
    /// <summary>With what the store said.</summary>
    public StoreException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
