namespace Kabar.Core;

/// <summary>
/// Why the answer is no. Expected, and therefore a value; each front end words it. A fault (a full disk, a bug) is an exception,
/// which a front end answers with <see cref="Failed"/>.
/// </summary>
public enum Refusal
{
    /// <summary>No such verb.</summary>
    UnknownCommand,

    /// <summary>The verb is known, but a parameter is missing.</summary>
    MissingParameter,

    /// <summary>The line is not UTF-8, holds a NUL, or passes the limit.</summary>
    MalformedLine,

    /// <summary>No live session has this token.</summary>
    UnknownSession,

    /// <summary>Nobody of this name can log in: there is no such account, or it is switched off.</summary>
    UnknownUser,

    /// <summary>The account exists and the password is not its own.</summary>
    WrongPassword,

    /// <summary>The addressee exists on no realm that can be asked.</summary>
    UnknownRecipient,

    /// <summary>A message without text.</summary>
    EmptyText,

    /// <summary>A message text over the limit.</summary>
    TextTooLong,

    /// <summary>Too many wrong passwords, or more log-ins waiting than the realm will hold.</summary>
    TooManyAttempts,

    /// <summary>An account of this name exists already.</summary>
    NameTaken,

    /// <summary>A username, display name or password that the rules don't allow.</summary>
    InvalidName,

    /// <summary>The store failed: nothing was accepted.</summary>
    Failed,
}
