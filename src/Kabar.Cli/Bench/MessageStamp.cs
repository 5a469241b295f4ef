using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;

namespace Kabar.Cli.Bench;

/// <summary>The beginning of every text that is sent: who sent it, and as which of his messages. <c>000012-0000000345 </c></summary>
internal static class MessageStamp
{
    public const int Length = SenderDigits + 1 + SequenceDigits + 1;

    private const int SenderDigits = 6;
    private const int SequenceDigits = 10;

    public static void Write(Span<byte> text, int sender, int sequence)
    {
        var isWritten = Utf8Formatter.TryFormat(sender, text, out _, new StandardFormat('D', SenderDigits));
        text[SenderDigits] = (byte)'-';
        isWritten &= Utf8Formatter.TryFormat(sequence, text[(SenderDigits + 1)..], out _, new StandardFormat('D', SequenceDigits));
        text[Length - 1] = (byte)' ';
        Debug.Assert(isWritten, "a stamp has a fixed length");
    }

    /// <summary>Reads it back; false where the text is none of ours.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out int sender, out int sequence)
    {
        sequence = 0;
        return Utf8Parser.TryParse(text, out sender, out var used) && used == SenderDigits && text.Length > Length && text[SenderDigits] == '-'
            && Utf8Parser.TryParse(text[(SenderDigits + 1)..], out sequence, out used) && used == SequenceDigits;
    }
}
