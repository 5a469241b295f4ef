using System.Text.Json;

namespace Kabar.Protocol.Links;

/// <summary>
/// Finds the end of a conversation that a legacy peer holds. The conversation has no framing: texts are raw writes, <c>exit</c> ends it and
/// the closing reply follows, with a pause between them or (the first server) without one; and TCP joins and splits writes as it likes.
///
/// What tells the end from a text is what stands behind <c>exit</c>: <c>{"status"</c>. No text begins so, since each begins with a
/// username; so <c>messi: exit ya</c> and <c>messi: exit</c> are texts. In particular:
/// <list type="bullet">
/// <item>Bytes are passed on as they come. What might be the end waits for what follows: <c>exit</c> or its beginning where it is all
/// there is; at the end of a text only once we have said <c>exit</c> ourselves, when nobody minds the wait.</item>
/// <item><c>exit</c> behind a text may have been passed on as a part of it before <c>{"status"</c> shows that it was the end.</item>
/// <item><c>exit</c> followed by silence is the end where it came by itself or was asked for (see
/// <see cref="ConversationPiece.IsEnding"/>).</item>
/// </list>
/// A person who types <c>exit{"status"</c> delays his text until the next one; only one who forges a whole closing reply with its line
/// ends can end the conversation for others, which costs them a new <c>group</c>. Protocol: dialects, sections 5 and 6.
/// </summary>
public sealed class ConversationEnd
{
    private const int MostReplyBytes = 4 * 1024;

    private readonly byte[] _passed = new byte[4];
    private bool _isBehindText;

    private static ReadOnlySpan<byte> Exit => "exit"u8;

    private static ReadOnlySpan<byte> ReplyStart => "{\"status\""u8;

    private static ReadOnlySpan<byte> ReplyEnd => "\r\n\r\n"u8;

    /// <summary>
    /// Looks at what the peer has sent and was not passed on yet. The caller passes the text on and keeps the rest, which it shows again
    /// together with what comes next.
    /// </summary>
    /// <param name="unread">All of that.</param>
    /// <param name="isLeaving">Whether we have said <c>exit</c>.</param>
    public ConversationPiece Look(ReadOnlySpan<byte> unread, bool isLeaving)
    {
        if (unread.IsEmpty) return default;

        // `exit`, or its beginning, went out with a text; what follows now shows that it was meant.
        for (var gone = Exit.Length; gone > 0; gone--)
        {
            var rest = Exit[gone..];
            if (!_passed.AsSpan().EndsWith(Exit[..gone]) || !unread.StartsWith(rest)) continue;
            var behind = unread[rest.Length..];
            if ((isLeaving || !behind.IsEmpty) && FollowsExit(behind) is { } reply) return Pass(unread, 0, rest.Length, reply, isLeaving);
        }

        for (var from = 0; unread[from..].IndexOf(Exit) is >= 0 and var found; from += found + Exit.Length)
        {
            var at = from + found;
            var behind = unread[(at + Exit.Length)..];
            if (FollowsExit(behind) is not { } candidate) continue;
            if (behind.IsEmpty && !isLeaving && at > 0) break; // most likely said
            return Pass(unread, at, Exit.Length, candidate, isLeaving);
        }

        return Pass(unread, unread.Length - Beginning(unread, isLeaving), 0, null, isLeaving);
    }

    // How many bytes at the end may be the first ones of `exit`.
    private static int Beginning(ReadOnlySpan<byte> unread, bool isLeaving)
    {
        for (var length = Math.Min(Exit.Length - 1, unread.Length); length > 0; length--)
            if (unread.EndsWith(Exit[..length]) && (isLeaving || length == unread.Length)) return length;
        return 0;
    }

    private ConversationPiece Pass(ReadOnlySpan<byte> unread, int text, int exit, int? replyLength, bool isLeaving)
    {
        var isSure = isLeaving || (text == 0 && !_isBehindText);
        _isBehindText = text < unread.Length && (text > 0 || _isBehindText);
        if (replyLength is > 0 and var length) return new ConversationPiece(text, IsEnding: true, unread.Slice(text + exit, length).ToArray());

        Remember(unread[..text]);
        return new ConversationPiece(text, IsEnding: replyLength is not null && isSure, ClosingReply: null);
    }

    private void Remember(ReadOnlySpan<byte> text)
    {
        if (text.Length > _passed.Length) text = text[^_passed.Length..];
        _passed.AsSpan(text.Length).CopyTo(_passed);
        text.CopyTo(_passed.AsSpan(_passed.Length - text.Length));
    }

    // Null: this is no end. Zero: it may be one, or its rest is still to come. Else the length of the closing reply.
    private static int? FollowsExit(ReadOnlySpan<byte> behind)
    {
        if (!behind.StartsWith(ReplyStart)) return ReplyStart.StartsWith(behind) ? 0 : null;
        var end = behind.IndexOf(ReplyEnd);
        if (end >= 0) return LegacyAnswer.Read(behind[..end]) is null ? null : end;
        return behind.Length <= MostReplyBytes && IsBeginningOfJson(behind) ? 0 : null;
    }

    private static bool IsBeginningOfJson(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes, isFinalBlock: false, state: default);
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

/// <summary>What a look has found.</summary>
/// <param name="TextLength">How many bytes at the front are text.</param>
/// <param name="IsEnding">
/// The peer has said <c>exit</c>, and the closing reply is awaited or there: if nothing follows, the conversation has ended all the same.
/// </param>
/// <param name="ClosingReply">The closing reply without its end, once it is there.</param>
public readonly record struct ConversationPiece(int TextLength, bool IsEnding, ReadOnlyMemory<byte>? ClosingReply);
