using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Protocol;

/// <summary>What came of a command, the same in every dialect.</summary>
public abstract record Reply;

/// <summary>Logged in.</summary>
/// <param name="Token">The session's secret, shown this once.</param>
public sealed record LoggedInReply(SessionToken Token) : Reply;

/// <summary>The message is on disk.</summary>
public sealed record SentReply : Reply
{
    private SentReply()
    {
    }

    /// <summary>The one.</summary>
    public static SentReply Instance { get; } = new();
}

/// <summary>What was unread.</summary>
/// <param name="Reader">Whose inbox.</param>
/// <param name="Messages">Oldest first.</param>
/// <param name="Realm">The reader's realm, which speaks for itself where something could not be delivered.</param>
/// <param name="Homonyms">Senders elsewhere who are shown with their realm, since an account here has their username.</param>
public sealed record InboxReply(Account Reader, ImmutableArray<Message> Messages, RealmName Realm, ImmutableHashSet<Username> Homonyms) : Reply;

/// <summary>Who is active.</summary>
/// <param name="Users">Each once, in the order of their logins.</param>
public sealed record ActiveUsersReply(ImmutableArray<Account> Users) : Reply;

/// <summary>Which sessions are live.</summary>
/// <param name="Sessions">In the order of their logins.</param>
public sealed record ActiveSessionsReply(ImmutableArray<ActiveSession> Sessions) : Reply;

/// <summary>The session has ended.</summary>
public sealed record LoggedOutReply : Reply
{
    private LoggedOutReply()
    {
    }

    /// <summary>The one.</summary>
    public static LoggedOutReply Instance { get; } = new();
}

/// <summary>To a legacy peer: its user's message is on disk, and what it keeps of it.</summary>
/// <param name="From">The sender's username on the peer.</param>
/// <param name="ToName">The addressee's display name.</param>
/// <param name="Text">What was said.</param>
public sealed record PeerSentReply(Username From, string ToName, MessageText Text) : Reply;

/// <summary>A group conversation has ended: its closing reply.</summary>
/// <param name="Group">The group's name.</param>
public sealed record LeftGroupReply(string Group) : Reply;

/// <summary>To a legacy peer: this realm has no such group.</summary>
/// <param name="Group">The name it asked for.</param>
public sealed record UnknownGroupReply(string Group) : Reply;

/// <summary>The connection speaks another dialect now.</summary>
/// <param name="Name">Its name.</param>
public sealed record SwitchedReply(string Name) : Reply;

/// <summary>The answer is no.</summary>
/// <param name="Refusal">Why.</param>
public sealed record RefusedReply(Refusal Refusal) : Reply
{
    private static readonly RefusedReply[] All = [.. Enum.GetValues<Refusal>().Select(refusal => new RefusedReply(refusal))];

    /// <summary>The one for this refusal.</summary>
    public static RefusedReply For(Refusal refusal) => All[(int)refusal];
}
