using System.Collections.Immutable;
using System.Text;

namespace Kabar.Core;

/// <summary>What was said, as UTF-8 bytes from socket to disk to socket. It prints as its length.</summary>
/// <param name="Utf8">Valid UTF-8 without NUL; whoever makes one has checked that.</param>
public readonly record struct MessageText(ReadOnlyMemory<byte> Utf8)
{
    /// <summary>The length in bytes.</summary>
    public int Length => Utf8.Length;

    /// <summary>Takes a string as text.</summary>
    public static MessageText From(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>The text as a string, for those who show it to people.</summary>
    public string Decode() => Encoding.UTF8.GetString(Utf8.Span);

    /// <inheritdoc/>
    public override string ToString() => $"({Length} bytes)";
}

/// <summary>The number of a conversation in its store.</summary>
public readonly record struct ConversationId(long Value);

/// <summary>
/// One entry of a conversation, and one object for all who are shown it. What was said does not change; what has become of it since
/// (<see cref="Revision"/>) is replaced whole.
/// </summary>
public sealed class Message
{
    private readonly MessageText _text;
    private volatile MessageRevision? _revision;

    /// <summary>A UUID version 7: known to every realm that the message reaches.</summary>
    public required Guid Id { get; init; }

    /// <summary>Where it was said.</summary>
    public required ConversationId Conversation { get; init; }

    /// <summary>Its place in the conversation: from 1, without gaps.</summary>
    public required long Position { get; init; }

    /// <summary>Its place among everything this realm has accepted, in the order of commits; gaps are possible. Opaque to clients.</summary>
    public required long Arrival { get; init; }

    /// <summary>Who said it.</summary>
    public required Address From { get; init; }

    /// <summary>The sender's display name as it was then.</summary>
    public required string FromName { get; init; }

    /// <summary>Whom it was said to; null in a group.</summary>
    public Address? To { get; init; }

    /// <summary>What was said, as it now reads: empty once it was deleted. For another kind of entry what its <see cref="EntryKind"/> says.</summary>
    public required MessageText Text
    {
        get => _revision is { } revision ? revision.Text : _text;
        init => _text = value;
    }

    /// <summary>When the realm accepted it.</summary>
    public required DateTimeOffset Sent { get; init; }

    /// <summary>What kind of entry it is: mostly something said.</summary>
    public EntryKind Kind { get; init; }

    /// <summary>Whom it concerns besides <see cref="From"/>: who was kicked, say.</summary>
    public Address? Subject { get; init; }

    /// <summary>The position of the entry in the same conversation that this one answers, edits, deletes or reacts to; null for none, or one that is not known here.</summary>
    public long? Target { get; init; }

    /// <summary>What has become of it; null when nothing has.</summary>
    public MessageRevision? Revision
    {
        get => _revision;
        init => _revision = value;
    }

    /// <summary>Whether it was deleted: nobody is shown what it said.</summary>
    public bool IsDeleted => _revision is { IsDeleted: true };

    /// <summary>Something has become of it. For the store only, once that is committed.</summary>
    public void Revise(MessageRevision revision) => _revision = revision;
}

/// <summary>What has become of an entry since it was said. Immutable.</summary>
public sealed record MessageRevision
{
    /// <summary>How it now reads; empty when deleted.</summary>
    public required MessageText Text { get; init; }

    /// <summary>When it was last edited; null for never.</summary>
    public DateTimeOffset? Edited { get; init; }

    /// <summary>Whether it was deleted.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>Why it could not be delivered; null when nothing is known of that.</summary>
    public Refusal? Failure { get; init; }

    /// <summary>Who reacted with what, in the order of reacting: each at most once.</summary>
    public ImmutableArray<Reaction> Reactions { get; init; } = [];
}

/// <summary>Somebody's reaction to an entry.</summary>
/// <param name="Who">Who.</param>
/// <param name="Emoji">With what: <see cref="MaxBytes"/> bytes of UTF-8 at most, no blank and no control character.</param>
public readonly record struct Reaction(Address Who, string Emoji)
{
    /// <summary>The most bytes of UTF-8.</summary>
    public const int MaxBytes = 64;

    /// <summary>Whether somebody may react with this; without anything he takes his reaction back.</summary>
    public static bool IsValid(MessageText text)
    {
        if (text.Length > MaxBytes) return false;
        foreach (var rune in text.Decode().EnumerateRunes())
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune)) return false;
        return true;
    }
}

/// <summary>What an entry of a conversation tells. The numbers are stored.</summary>
public enum EntryKind
{
    /// <summary>Somebody said something.</summary>
    Said = 0,

    /// <summary>Somebody came into the group.</summary>
    Joined = 1,

    /// <summary>Somebody left the group.</summary>
    Left = 2,

    /// <summary>The subject was put out.</summary>
    Kicked = 3,

    /// <summary>The subject was put out and may not come back.</summary>
    Banned = 4,

    /// <summary>The subject may come back.</summary>
    Unbanned = 5,

    /// <summary>The subject may only listen.</summary>
    Muted = 6,

    /// <summary>The subject may speak again.</summary>
    Unmuted = 7,

    /// <summary>The subject has another role; the text is its word.</summary>
    RoleChanged = 8,

    /// <summary>The group has another topic: the text.</summary>
    TopicChanged = 9,

    /// <summary>Everybody may join.</summary>
    Opened = 10,

    /// <summary>Only who was invited may join.</summary>
    Closed = 11,

    /// <summary>The subject may join though the group is not open.</summary>
    Invited = 12,

    /// <summary>The group's home is from now on the realm whose name is the text, which gives the next position.</summary>
    Moved = 13,

    /// <summary>What the reader had sent could not be delivered; the text is a <see cref="DeliveryFailure"/>. Stands in his conversation with himself.</summary>
    DeliveryFailed = 14,

    /// <summary>The target now reads as the text.</summary>
    Edited = 15,

    /// <summary>The target was deleted.</summary>
    Deleted = 16,

    /// <summary>Who did it reacts to the target with the text, in place of what he reacted with before; without a text he takes that back.</summary>
    Reacted = 17,
}
