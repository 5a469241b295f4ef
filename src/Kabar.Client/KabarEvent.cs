namespace Kabar.Client;

/// <summary>Something that happened. Protocol: native, "Events".</summary>
public abstract record KabarEvent
{
    /// <summary>Where to listen from to hear what came after this; null for what is only of the moment.</summary>
    public string? At { get; init; }
}

/// <summary>An entry of a conversation: something said, or what happened in it.</summary>
public sealed record KabarEntry : KabarEvent
{
    /// <summary>What: <c>message</c>, <c>edited</c>, <c>deleted</c>, <c>reacted</c>, <c>joined</c>, <c>left</c>, … or <c>failed</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>To whom or in which group, as the wire has it: <c>messi</c>, <c>james@dua</c>, <c>#batak</c>.</summary>
    public required string To { get; init; }

    /// <summary>The conversation as this user calls it: the other one, or the group.</summary>
    public required string Conversation { get; init; }

    /// <summary>Its place in the conversation.</summary>
    public required long Position { get; init; }

    /// <summary>Its id, the same on every realm.</summary>
    public required string Id { get; init; }

    /// <summary>Who.</summary>
    public required string From { get; init; }

    /// <summary>His display name as it was.</summary>
    public required string Name { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset Sent { get; init; }

    /// <summary>What was said, as it now reads, or a topic; of a failure the sentence about it. Empty for one deleted and where it does not apply.</summary>
    public string Text { get; init; } = "";

    /// <summary>The position of what it answers, edits, deletes or reacts to; null for none.</summary>
    public long? Target { get; init; }

    /// <summary>Whom it concerns besides; null for nobody.</summary>
    public string? Subject { get; init; }

    /// <summary>Of <c>reacted</c>: with what, empty when the reaction was taken back; else null.</summary>
    public string? Emoji { get; init; }

    /// <summary>Of <c>role</c>: <c>member</c>, <c>moderator</c> or <c>owner</c>; else null.</summary>
    public string? Role { get; init; }

    /// <summary>Of <c>moved</c>: the realm that is the group's home from now on; else null.</summary>
    public string? Realm { get; init; }

    /// <summary>Of <c>failed</c>: what was not delivered; else null.</summary>
    public KabarUndelivered? Undelivered { get; init; }

    /// <summary>When it was last edited; null for never.</summary>
    public DateTimeOffset? Edited { get; init; }

    /// <summary>Whether it was deleted.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>The code of why it was not delivered; null when nothing is known of that.</summary>
    public string? Failure { get; init; }

    /// <summary>Who reacted with what.</summary>
    public IReadOnlyList<KabarReaction> Reactions { get; init; } = [];
}

/// <summary>A reaction to a message.</summary>
/// <param name="Emoji">With what.</param>
/// <param name="Who">Who.</param>
public sealed record KabarReaction(string Emoji, string Who);

/// <summary>A message of the user that could not be delivered.</summary>
/// <param name="Id">Its id.</param>
/// <param name="To">To whom it was.</param>
/// <param name="Quote">How it began.</param>
public sealed record KabarUndelivered(string Id, string To, string Quote);

/// <summary>Somebody has come further in a conversation.</summary>
/// <param name="Conversation">The conversation as this user calls it.</param>
/// <param name="Who">Who.</param>
/// <param name="Stored">His realm has everything up to this position.</param>
/// <param name="Delivered">A client of his was given everything up to this position.</param>
/// <param name="Read">He has read everything up to this position.</param>
public sealed record KabarReceipt(string Conversation, string Who, long Stored, long Delivered, long Read) : KabarEvent;

/// <summary>Somebody is typing.</summary>
/// <param name="Conversation">The conversation as this user calls it.</param>
/// <param name="Who">Who.</param>
public sealed record KabarTyping(string Conversation, string Who) : KabarEvent;

/// <summary>How somebody is.</summary>
/// <param name="Who">Who.</param>
/// <param name="State"><c>online</c>, <c>away</c> or <c>offline</c>.</param>
/// <param name="Seen">When he was last seen; null while he is there, or when that is not known.</param>
/// <param name="Name">His display name, where it was told.</param>
public sealed record KabarPresence(string Who, string State, DateTimeOffset? Seen, string? Name = null) : KabarEvent;

/// <summary>What came first is over: from here on events come as they happen. Also after each reconnect.</summary>
public sealed record KabarLive : KabarEvent;
