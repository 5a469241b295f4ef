using System.Globalization;
using System.Text;

namespace Kabar.Cli.Shell;

/// <summary>What the first clients print of each reply before they make sense of it: every piece of 64 bytes, as they read them, in the
/// notation of their language.</summary>
internal static class ReplyTrace
{
    private const int Piece = 64;

    public static IEnumerable<string> Of(ReadOnlyMemory<byte> reply)
    {
        byte[] all = [.. reply.Span, .. "\r\n\r\n"u8];
        foreach (var piece in all.Chunk(Piece)) yield return "diterima dari server " + Notation(piece);
        yield return "end of string";
    }

    private static string Notation(ReadOnlySpan<byte> bytes)
    {
        var quote = bytes.Contains((byte)'\'') && !bytes.Contains((byte)'"') ? '"' : '\'';
        var text = new StringBuilder().Append('b').Append(quote);
        foreach (var value in bytes)
        {
            _ = value switch
            {
                (byte)'\t' => text.Append(@"\t"),
                (byte)'\n' => text.Append(@"\n"),
                (byte)'\r' => text.Append(@"\r"),
                (byte)'\\' => text.Append(@"\\"),
                var byQuote when byQuote == quote => text.Append('\\').Append(quote),
                < 0x20 or > 0x7E => text.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}"),
                _ => text.Append((char)value),
            };
        }

        return text.Append(quote).ToString();
    }
}
