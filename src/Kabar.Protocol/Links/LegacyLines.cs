using System.Buffers;
using System.Text;
using Kabar.Core;

namespace Kabar.Protocol.Links;

/// <summary>
/// The request lines of the legacy link, both ways: <c>server send FROM TO TEXT</c> and <c>check group USER GROUP other</c>. They name
/// nobody's session: the link believes whoever may speak on it. Protocol: dialects, section 6.
/// </summary>
public static class LegacyLines
{
    // Line breaks would be commands to the peer, and a NUL is nothing a line may hold.
    private static readonly SearchValues<byte> Breaks = SearchValues.Create("\r\n\0"u8);

    /// <summary>Writes the line that brings a message; line breaks and NULs in the text become blanks.</summary>
    public static void WriteSend(Username from, Username to, MessageText text, IBufferWriter<byte> output)
    {
        output.Write("server send "u8);
        Write(from.Value, output);
        output.Write(" "u8);
        Write(to.Value, output);
        output.Write(" "u8);
        Write(text.Utf8.Span, output);
        output.Write(" \r\n"u8);
    }

    /// <summary>Writes the line that takes a user into the peer's group, if the peer has it.</summary>
    public static void WriteCheck(Username user, string group, IBufferWriter<byte> output)
    {
        output.Write("check group "u8);
        Write(user.Value, output);
        output.Write(" "u8);
        Write(group, output);
        output.Write(" other \r\n"u8);
    }

    /// <summary>Reads what follows <c>server</c>.</summary>
    /// <returns>Where anything is missing: an unknown command, which is what a stranger is told in any case.</returns>
    internal static Command ReadServer(ref FieldReader fields)
    {
        if (!fields.TryRead(out var verb) || !verb.SequenceEqual("send"u8)
            || !fields.TryRead(out var from) || !fields.TryRead(out var to)) return RefusedCommand.Unknown;
        var text = fields.ReadText();
        return text.IsEmpty
            ? RefusedCommand.Unknown
            : new PeerSendCommand(Encoding.UTF8.GetString(from), Encoding.UTF8.GetString(to), new MessageText(text.ToArray()));
    }

    /// <summary>Reads what follows <c>check</c>.</summary>
    /// <returns>Where anything is missing: an unknown command, which is what a stranger is told in any case.</returns>
    internal static Command ReadCheck(ref FieldReader fields) =>
        fields.TryRead(out var verb) && verb.SequenceEqual("group"u8)
        && fields.TryRead(out var user) && fields.TryRead(out var group)
        && fields.TryRead(out var state) && state.SequenceEqual("other"u8)
            ? new PeerGroupCommand(Encoding.UTF8.GetString(user), Encoding.UTF8.GetString(group))
            : RefusedCommand.Unknown;

    private static void Write(string text, IBufferWriter<byte> output) => Write(Encoding.UTF8.GetBytes(text), output);

    private static void Write(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        while (text.IndexOfAny(Breaks) is >= 0 and var at)
        {
            output.Write(text[..at]);
            output.Write(" "u8);
            text = text[(at + 1)..];
        }

        output.Write(text);
    }
}
