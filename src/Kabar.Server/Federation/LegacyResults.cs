namespace Kabar.Server.Federation;

/// <summary>What came of bringing a message to a legacy peer.</summary>
internal abstract record LegacySendResult
{
    private LegacySendResult()
    {
    }

    /// <summary>The peer has it.</summary>
    /// <param name="ToName">The addressee's display name, if the peer told it.</param>
    public sealed record Sent(string? ToName) : LegacySendResult;

    /// <summary>The peer has no such user.</summary>
    public sealed record UnknownUser : LegacySendResult;

    /// <summary>The peer did not say that it has it. It may have it nevertheless, so the request is not repeated.</summary>
    public sealed record Failed(LegacyFailure Why) : LegacySendResult;
}

/// <summary>What came of taking a user into a legacy peer's group.</summary>
internal abstract record LegacyEnterResult
{
    private LegacyEnterResult()
    {
    }

    /// <summary>The user is in; the conversation belongs to the caller.</summary>
    public sealed record Entered(LegacyConversation Conversation) : LegacyEnterResult;

    /// <summary>The peer has no such group.</summary>
    public sealed record NoSuchGroup : LegacyEnterResult;

    /// <summary>The peer could not be asked.</summary>
    public sealed record Failed(LegacyFailure Why) : LegacyEnterResult;
}

/// <summary>Why a legacy peer gave no answer that counts.</summary>
internal enum LegacyFailure
{
    /// <summary>There is no connection to it: the request was not made.</summary>
    Unreachable,

    /// <summary>It did not answer in time.</summary>
    TimedOut,

    /// <summary>It closed the connection before it had answered.</summary>
    Broken,

    /// <summary>Its answer is none of the protocol.</summary>
    Malformed,

    /// <summary>It said no, for a reason that is nobody's here.</summary>
    Refused,
}
