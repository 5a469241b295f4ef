namespace Kabar.Core;

/// <summary>What somebody can do with a group.</summary>
public enum GroupVerb
{
    /// <summary>Say something in it.</summary>
    Say,

    /// <summary>Read what was said.</summary>
    Read,

    /// <summary>Come in.</summary>
    Join,

    /// <summary>Go.</summary>
    Leave,

    /// <summary>Let somebody in though it is not open.</summary>
    Invite,

    /// <summary>Put a member out.</summary>
    Kick,

    /// <summary>Put somebody out for good.</summary>
    Ban,

    /// <summary>Take that back.</summary>
    Unban,

    /// <summary>Let a member only listen.</summary>
    Mute,

    /// <summary>Take that back.</summary>
    Unmute,

    /// <summary>Give a member another role.</summary>
    Role,

    /// <summary>Say what it is about.</summary>
    Topic,

    /// <summary>Let everybody join.</summary>
    Open,

    /// <summary>Let only those join who were invited.</summary>
    Close,

    /// <summary>Give it another home.</summary>
    Move,

    /// <summary>Let something he said read differently.</summary>
    Edit,

    /// <summary>Take back something that was said.</summary>
    Delete,

    /// <summary>React to something that was said.</summary>
    React,
}
