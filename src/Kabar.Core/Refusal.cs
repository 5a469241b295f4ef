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

    /// <summary>The addressee exists nowhere that could be asked, but a realm that might know him could not be.</summary>
    UnreachableRecipient,

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

    /// <summary>There is no such group.</summary>
    UnknownGroup,

    /// <summary>Who asks is not a member of the group, or the one it concerns is none.</summary>
    NotAMember,

    /// <summary>He is in the group already.</summary>
    AlreadyMember,

    /// <summary>Who asks was banned from the group.</summary>
    Banned,

    /// <summary>The group is not open, and who asks was not invited.</summary>
    InviteOnly,

    /// <summary>Who asks may only listen.</summary>
    Muted,

    /// <summary>The role of who asks, or of the one it concerns, does not allow it.</summary>
    NotAllowed,

    /// <summary>The group has as many members as it may, or its maker has made as many groups as he may.</summary>
    TooMany,

    /// <summary>The group's home is finding out, after a restore, what its replicas have; it takes a moment.</summary>
    Recovering,

    /// <summary>The group's home is elsewhere, or has moved: what was meant for it goes there.</summary>
    HomeElsewhere,

    /// <summary>A realm that had to be asked cannot be reached or did not answer in time.</summary>
    PeerUnreachable,

    /// <summary>There is no such peer.</summary>
    UnknownPeer,

    /// <summary>As much waits for that peer already as may.</summary>
    PeerQueueFull,

    /// <summary>It waited for its peer longer than it may.</summary>
    Expired,

    /// <summary>The peer was removed.</summary>
    PeerRemoved,

    /// <summary>What is asked for needs a login on this connection.</summary>
    NotLoggedIn,

    /// <summary>The name and the password do not open an account: which of the two is wrong is not told.</summary>
    NotAuthenticated,

    /// <summary>There is no such entry in the conversation, or it is not one that was said.</summary>
    UnknownMessage,

    /// <summary>A parameter is not what it must be.</summary>
    InvalidParameter,

    /// <summary>Nobody can register here.</summary>
    RegistrationClosed,

    /// <summary>The invitation code is missing, opens nothing, was used up or has expired.</summary>
    WrongCode,

    /// <summary>There is no such token of a program, it has expired, or its account was switched off.</summary>
    UnknownToken,

    /// <summary>The store failed: nothing was accepted.</summary>
    Failed,
}
