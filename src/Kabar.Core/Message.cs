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

/// <summary>One entry of a conversation: immutable, and one object for all who are shown it.</summary>
public sealed class Message
{
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

    /// <summary>What was said.</summary>
    public required MessageText Text { get; init; }

    /// <summary>When the realm accepted it.</summary>
    public required DateTimeOffset Sent { get; init; }
}

/// <summary>A direct message on its way to the store.</summary>
/// <param name="Id">Its id.</param>
/// <param name="From">Who says it, an account here.</param>
/// <param name="To">Whom it is for, an account here; may be the sender.</param>
/// <param name="Text">What is said.</param>
/// <param name="Sent">When.</param>
public readonly record struct NewMessage(Guid Id, Account From, Account To, MessageText Text, DateTimeOffset Sent);
