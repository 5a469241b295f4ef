using System.Buffers;
using System.Text;

namespace Kabar.Protocol;

/// <summary>
/// Writes replies byte for byte as the documents print them: one JSON object, <c>": "</c> and <c>", "</c> as separators, pure ASCII
/// with everything else as lower-case <c>\uXXXX</c> (the first clients decode each read by itself and fail on a split character),
/// closed by <c>\r\n\r\n</c>. It allocates nothing. Protocol: dialects, section 1.
/// </summary>
public readonly ref struct ReplyWriter(IBufferWriter<byte> output)
{
    // The longest escape of one byte of UTF-8: \u00XX.
    private const int LongestEscape = 6;

    private static readonly SearchValues<byte> Plain =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Where(c => c is not ('"' or '\\')).Select(c => (byte)c)]);

    /// <summary>Writes bytes that are JSON already.</summary>
    public void Raw(ReadOnlySpan<byte> json) => output.Write(json);

    /// <summary>Writes a JSON string with its quotes.</summary>
    public void String(ReadOnlySpan<byte> utf8)
    {
        output.Write("\""u8);
        Escaped(utf8);
        output.Write("\""u8);
    }

    /// <summary>Writes a JSON string with its quotes.</summary>
    public void String(string text)
    {
        output.Write("\""u8);
        Escaped(text);
        output.Write("\""u8);
    }

    /// <summary>Writes what stands between the quotes of a JSON string.</summary>
    public void Escaped(string text)
    {
        if (Ascii.IsValid(text))
        {
            // The bulk of names: as many bytes as characters, escaped in place if at all.
            Span<byte> ascii = text.Length <= 256 ? stackalloc byte[text.Length] : new byte[text.Length];
            Encoding.ASCII.GetBytes(text, ascii);
            Escaped(ascii);
            return;
        }

        foreach (var rune in text.EnumerateRunes())
        {
            var space = output.GetSpan(2 * LongestEscape);
            output.Advance(Escape(rune, space));
        }
    }

    /// <summary>Writes what stands between the quotes of a JSON string.</summary>
    public void Escaped(ReadOnlySpan<byte> utf8)
    {
        while (true)
        {
            var plain = utf8.IndexOfAnyExcept(Plain);
            if (plain < 0)
            {
                output.Write(utf8);
                return;
            }

            output.Write(utf8[..plain]);
            utf8 = utf8[plain..];
            while (!utf8.IsEmpty && !Plain.Contains(utf8[0]))
            {
                Rune.DecodeFromUtf8(utf8, out var rune, out var used);
                output.Advance(Escape(rune, output.GetSpan(2 * LongestEscape)));
                utf8 = utf8[used..];
            }
        }
    }

    /// <summary>How many bytes <see cref="Escaped(ReadOnlySpan{byte})"/> will write.</summary>
    public static int EscapedLength(ReadOnlySpan<byte> utf8)
    {
        var length = 0;
        Span<byte> scratch = stackalloc byte[2 * LongestEscape];
        while (true)
        {
            var plain = utf8.IndexOfAnyExcept(Plain);
            if (plain < 0) return length + utf8.Length;

            length += plain;
            Rune.DecodeFromUtf8(utf8[plain..], out var rune, out var used);
            length += Escape(rune, scratch);
            utf8 = utf8[(plain + used)..];
        }
    }

    /// <summary>The most bytes that <see cref="Escaped(string)"/> can write for a text of this many UTF-16 characters.</summary>
    public static int MostEscaped(int characters) => characters * LongestEscape;

    private static int Escape(Rune rune, Span<byte> space)
    {
        var shorthand = rune.Value switch
        {
            '"' => (byte)'"',
            '\\' => (byte)'\\',
            '\n' => (byte)'n',
            '\r' => (byte)'r',
            '\t' => (byte)'t',
            '\b' => (byte)'b',
            '\f' => (byte)'f',
            _ => (byte)0,
        };
        if (shorthand != 0)
        {
            space[0] = (byte)'\\';
            space[1] = shorthand;
            return 2;
        }

        if (rune.Value is >= ' ' and <= '~')
        {
            space[0] = (byte)rune.Value;
            return 1;
        }

        if (rune.IsBmp) return Unit((char)rune.Value, space);

        Span<char> pair = stackalloc char[2];
        rune.EncodeToUtf16(pair);
        return Unit(pair[0], space) + Unit(pair[1], space[LongestEscape..]);
    }

    private static int Unit(char unit, Span<byte> space)
    {
        const string Digits = "0123456789abcdef";
        space[0] = (byte)'\\';
        space[1] = (byte)'u';
        space[2] = (byte)Digits[unit >> 12];
        space[3] = (byte)Digits[(unit >> 8) & 0xF];
        space[4] = (byte)Digits[(unit >> 4) & 0xF];
        space[5] = (byte)Digits[unit & 0xF];
        return LongestEscape;
    }
}
