using Kabar.Protocol.Links;

namespace Kabar.Server.Federation;

/// <summary>What came of a handshake.</summary>
internal abstract record LinkOutcome;

/// <summary>The link stands: numbered frames may flow.</summary>
/// <param name="Hello">The other side's. The listener's shows only who it is.</param>
/// <param name="Welcome">What the listener said: the other side's at the dialer, our own at the listener.</param>
/// <param name="Fingerprint">The key of the other side.</param>
/// <param name="PinMoved">Whether that key is a new one, for which the one that was known vouches: it is to be known from now on.</param>
internal sealed record LinkOpened(HelloFrame Hello, WelcomeFrame Welcome, string Fingerprint, bool PinMoved) : LinkOutcome;

/// <summary>There is no link.</summary>
/// <param name="Failure">Why.</param>
/// <param name="Reason">The word of the bye, sent or received, where there was one.</param>
internal sealed record LinkFailed(LinkFailure Failure, ByeReason? Reason = null) : LinkOutcome;

/// <summary>Why there is no link.</summary>
internal enum LinkFailure
{
    /// <summary>Nothing came in time.</summary>
    Silent,

    /// <summary>The other side closed the connection without a word.</summary>
    Closed,

    /// <summary>What came is no hello.</summary>
    Malformed,

    /// <summary>The other side speaks no version of the protocol that we do.</summary>
    WrongVersion,

    /// <summary>The other side is not the realm that was dialed, or none that is known here.</summary>
    UnknownRealm,

    /// <summary>Its key is not the one known, and that one does not vouch for it.</summary>
    NotPinned,

    /// <summary>Its secret opens no invitation.</summary>
    WrongSecret,

    /// <summary>We did not want it for another reason, which <see cref="LinkFailed.Reason"/> says.</summary>
    Unwanted,

    /// <summary>The other side said bye, for the reason in <see cref="LinkFailed.Reason"/>.</summary>
    Refused,
}

/// <summary>What a listener makes of the one who dialed.</summary>
/// <param name="Welcome">The answer; null when there is to be no link.</param>
/// <param name="Refusal">Why not.</param>
/// <param name="PinMoved">See <see cref="LinkOpened"/>.</param>
internal readonly record struct LinkVerdict(WelcomeFrame? Welcome, ByeReason Refusal, bool PinMoved)
{
    public static LinkVerdict Accept(WelcomeFrame welcome, bool pinMoved = false) => new(welcome, default, pinMoved);

    public static LinkVerdict Refuse(ByeReason reason) => new(null, reason, PinMoved: false);
}
