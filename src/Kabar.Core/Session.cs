namespace Kabar.Core;

/// <summary>The public id of a session: shown to others, opens nothing.</summary>
public readonly record struct SessionId(Guid Value);

/// <summary>A login. It belongs to no connection, survives restarts, and ends at logout, on revocation or after an idle time.</summary>
/// <param name="Id">What others may see of it.</param>
/// <param name="Account">Whose it is.</param>
/// <param name="Created">When it began; the order of logins is the order of the lists of active users.</param>
/// <param name="LastUsed">When it was last used, to within the time the realm waits before it writes that down again.</param>
public sealed record Session(SessionId Id, AccountId Account, DateTimeOffset Created, DateTimeOffset LastUsed);

/// <summary>A live session together with its account, as the lists of active users show it.</summary>
/// <param name="Id">The session's public id.</param>
/// <param name="Account">Its account.</param>
public sealed record ActiveSession(SessionId Id, Account Account);

/// <summary>What a log-in yields.</summary>
/// <param name="Token">The secret; the store has only its hash.</param>
/// <param name="Account">Who logged in.</param>
/// <param name="Session">The session.</param>
public sealed record LoggedIn(SessionToken Token, Account Account, Session Session);
