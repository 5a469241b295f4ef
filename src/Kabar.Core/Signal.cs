namespace Kabar.Core;

/// <summary>What one realm tells another and is worth nothing later: sent when the link stands and has room, else forgotten. Protocol: native link, "Signals".</summary>
public abstract record Signal;

/// <summary>A user of the sending realm is typing.</summary>
/// <param name="From">Who, on the sending realm.</param>
/// <param name="To">To whom, on the receiving realm; null in a group.</param>
/// <param name="Group">In which group; null to somebody.</param>
public sealed record TypingSignal(Username From, Username? To, GroupId? Group) : Signal;

/// <summary>How a user of the sending realm is.</summary>
/// <param name="User">Who, on the sending realm.</param>
/// <param name="State">How.</param>
/// <param name="Seen">When he was last seen; null while he is there.</param>
public sealed record PresenceSignal(Username User, PresenceState State, DateTimeOffset? Seen) : Signal;
