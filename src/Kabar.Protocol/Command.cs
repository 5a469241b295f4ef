using Kabar.Core;

namespace Kabar.Protocol;

/// <summary>What a request asks for, the same in every dialect.</summary>
public abstract record Command;

/// <summary>Log in.</summary>
/// <param name="Username">As typed.</param>
/// <param name="Password">As typed.</param>
public sealed record LogInCommand(string Username, Password Password) : Command;

/// <summary>Send a message.</summary>
/// <param name="Token">Who sends.</param>
/// <param name="To">The addressee as typed.</param>
/// <param name="Text">The text; empty when there is none.</param>
public sealed record SendCommand(SessionToken Token, string To, MessageText Text) : Command;

/// <summary>Read what is unread.</summary>
/// <param name="Token">Who reads.</param>
public sealed record InboxCommand(SessionToken Token) : Command;

/// <summary>List who is active: <c>actives</c>, <c>listuser</c>, <c>user_on</c>.</summary>
/// <param name="Token">Who asks.</param>
public sealed record ActiveUsersCommand(SessionToken Token) : Command;

/// <summary>List the live sessions: <c>online</c>.</summary>
/// <param name="Token">Who asks; null for the one who logged in on this connection, since the first client sends none.</param>
public sealed record ActiveSessionsCommand(SessionToken? Token) : Command;

/// <summary>End the session.</summary>
/// <param name="Token">Which.</param>
public sealed record LogOutCommand(SessionToken Token) : Command;

/// <summary>Speak another dialect from now on.</summary>
/// <param name="Dialect">Which.</param>
public sealed record SwitchDialectCommand(Dialects.Dialect Dialect) : Command;

/// <summary>Speak the native protocol from now on.</summary>
public sealed record SwitchToNativeCommand : Command
{
    private SwitchToNativeCommand()
    {
    }

    /// <summary>The one.</summary>
    public static SwitchToNativeCommand Instance { get; } = new();
}

/// <summary>Enter a group, and converse in it from then on: <c>group</c>.</summary>
/// <param name="Token">Who enters.</param>
/// <param name="Group">The group's name as typed.</param>
public sealed record GroupCommand(SessionToken Token, string Group) : Command;

/// <summary>
/// A legacy peer brings a message: <c>server send</c>. The asked realm looks among its own accounts only and never asks on: two realms
/// that asked each other would never stop. Only for connections from a listed legacy peer; to all others the verb is unknown.
/// </summary>
/// <param name="From">The sender's username on the peer, as it came.</param>
/// <param name="To">The addressee's username here, as it came.</param>
/// <param name="Text">The text; never empty.</param>
public sealed record PeerSendCommand(string From, string To, MessageText Text) : Command;

/// <summary>
/// A legacy peer brings a user of its own into a group: <c>check group</c>. The asked realm looks among its own groups only, never asks
/// on and never creates one. Only for connections from a listed legacy peer; to all others the verb is unknown.
/// </summary>
/// <param name="Username">The user's name on the peer, as it came.</param>
/// <param name="Group">The group's name, as it came.</param>
public sealed record PeerGroupCommand(string Username, string Group) : Command;

/// <summary>A request that cannot be carried out, whoever asks.</summary>
/// <param name="Refusal">Why.</param>
public sealed record RefusedCommand(Refusal Refusal) : Command
{
    /// <summary>There is no such verb.</summary>
    public static RefusedCommand Unknown { get; } = new(Refusal.UnknownCommand);

    /// <summary>A parameter is missing.</summary>
    public static RefusedCommand Incomplete { get; } = new(Refusal.MissingParameter);

    /// <summary>The line is not UTF-8 without NUL, or too long.</summary>
    public static RefusedCommand Malformed { get; } = new(Refusal.MalformedLine);
}

/// <summary>A command, and the dialect that answers it.</summary>
/// <param name="Command">What is asked.</param>
/// <param name="Dialect">The connection's own, or the one that alone defines the verb.</param>
public readonly record struct Request(Command Command, Dialects.Dialect Dialect);
