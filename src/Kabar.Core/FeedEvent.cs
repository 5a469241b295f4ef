namespace Kabar.Core;

/// <summary>
/// Something that listeners hear, one object for all of them. A front end may keep its encoding in <see cref="Encoded"/>, which the feeds' loop alone
/// asks for.
/// </summary>
public abstract class FeedEvent
{
    /// <summary>How it reads on the wire, once a front end has encoded it; empty before.</summary>
    public ReadOnlyMemory<byte> Encoded { get; set; }
}

/// <summary>An entry of a conversation.</summary>
/// <param name="entry">The entry.</param>
/// <param name="group">The group it is of, as it is addressed here; null for a direct one.</param>
public sealed class EntryEvent(Message entry, GroupAddress? group) : FeedEvent
{
    /// <summary>The entry.</summary>
    public Message Entry => entry;

    /// <summary>The group it is of; null for a direct one.</summary>
    public GroupAddress? Group => group;
}

/// <summary>Somebody has come further in a conversation: his client was given, or he has read, or his realm has stored what was said.</summary>
/// <param name="marks">How far he has come.</param>
/// <param name="group">The group; null for a direct conversation, whose other one is <see cref="Marks.Other"/>.</param>
public sealed class ReceiptEvent(Marks marks, GroupAddress? group) : FeedEvent
{
    /// <summary>How far he has come.</summary>
    public Marks Marks => marks;

    /// <summary>The group; null for a direct conversation.</summary>
    public GroupAddress? Group => group;
}

/// <summary>Somebody is typing. Nothing tells the end of it; it is over after <see cref="Seconds"/> or with his next message.</summary>
/// <param name="from">Who.</param>
/// <param name="to">To whom, or in which group.</param>
public sealed class TypingEvent(Address from, ConversationAddress to) : FeedEvent
{
    /// <summary>How long it holds.</summary>
    public const int Seconds = 6;

    /// <summary>Who.</summary>
    public Address From => from;

    /// <summary>To whom, or in which group.</summary>
    public ConversationAddress To => to;
}

/// <summary>Somebody has come, gone, or is away.</summary>
/// <param name="presence">How he is now.</param>
public sealed class PresenceEvent(UserPresence presence) : FeedEvent
{
    /// <summary>How he is now.</summary>
    public UserPresence Presence => presence;
}

/// <summary>How somebody can be reached at this moment.</summary>
/// <param name="Who">Who.</param>
/// <param name="State">How.</param>
/// <param name="Seen">When he was last seen; null while he is there, or when that is not known.</param>
public sealed record UserPresence(Address Who, PresenceState State, DateTimeOffset? Seen);

/// <summary>Whether somebody is there.</summary>
public enum PresenceState
{
    /// <summary>No connection of his is logged in; or his realm cannot be asked.</summary>
    Offline,

    /// <summary>He has said on each of his connections that he is away.</summary>
    Away,

    /// <summary>He is there.</summary>
    Online,
}
