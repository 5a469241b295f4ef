using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Kabar.Core;

namespace Kabar.Protocol.Links;

/// <summary>
/// Writes the JSON of a frame, and of a line of the native protocol. By hand and not with the framework's writer, which escapes every character beyond the
/// basic plane (an emoji would take twelve bytes for four) and knows no text that is UTF-8 already without looking at it twice. Besides what JSON asks for it
/// escapes what does something to a terminal: control characters up to U+009F, line separators, and the marks that turn the direction of writing. Keys come as
/// literals with comma and colon. What was written is in the output only after <see cref="Flush"/>.
/// </summary>
internal ref struct FrameText(IBufferWriter<byte> output)
{
    private const int Piece = 1024;

    private const int LongestEscape = 6;

    // The control characters, and what separates lines or turns their direction.
    private static readonly char[] Harmful =
    [
        .. Range('\0', '\u001f'), .. Range('\u007f', '\u009f'), '\u061c', '\u200e', '\u200f', .. Range('\u2028', '\u202e'), .. Range('\u2066', '\u2069'),
    ];

    private static readonly SearchValues<char> SpecialCharacters = SearchValues.Create([.. Harmful, '"', '\\']);

    // Their first bytes, which begin others too.
    private static readonly SearchValues<byte> SpecialBytes =
        SearchValues.Create([.. Harmful.Select(character => Encoding.UTF8.GetBytes([character])[0]).Distinct(), (byte)'"', (byte)'\\']);

    private Span<byte> _space;
    private int _used;

    /// <summary>No fewer than the bytes that a string takes between its quotes.</summary>
    public static int LengthOf(string text) => text.AsSpan().ContainsAny(SpecialCharacters) ? 6 * text.Length : 3 * text.Length;

    /// <summary>No fewer than the bytes that a text takes between its quotes.</summary>
    public static int LengthOf(ReadOnlySpan<byte> utf8)
    {
        var length = utf8.Length;
        for (var at = utf8.IndexOfAny(SpecialBytes); at >= 0; at = utf8.IndexOfAny(SpecialBytes))
        {
            utf8 = utf8[at..];
            var special = SpecialAt(utf8, out _);
            if (special > 0) length += LongestEscape - special;
            utf8 = utf8[Math.Max(special, 1)..];
        }

        return length;
    }

    public void Flush()
    {
        output.Advance(_used);
        _space = default;
        _used = 0;
    }

    public void Raw(scoped ReadOnlySpan<byte> json)
    {
        json.CopyTo(Room(json.Length));
        _used += json.Length;
    }

    public void String(scoped ReadOnlySpan<byte> key, scoped ReadOnlySpan<byte> utf8)
    {
        Raw(key);
        Quote();
        Escaped(utf8);
        Quote();
    }

    public void String(scoped ReadOnlySpan<byte> key, string text)
    {
        Raw(key);
        Quote();
        if (text.AsSpan().ContainsAny(SpecialCharacters)) Escaped(text);
        else Advance(Encoding.UTF8.GetBytes(text, Room(Encoding.UTF8.GetMaxByteCount(text.Length))));
        Quote();
    }

    /// <summary>A word of ours, which has nothing to escape.</summary>
    public void Word(scoped ReadOnlySpan<byte> key, scoped ReadOnlySpan<byte> word)
    {
        Raw(key);
        Quote();
        Raw(word);
        Quote();
    }

    /// <summary>A name of ASCII that has nothing to escape.</summary>
    public void Word(scoped ReadOnlySpan<byte> key, string word)
    {
        Raw(key);
        Quote();
        Ascii(word);
        Quote();
    }

    public void Address(scoped ReadOnlySpan<byte> key, Address address)
    {
        Raw(key);
        Quote();
        Ascii(address.Username.Value);
        if (address.Realm is { } realm)
        {
            Raw("@"u8);
            Ascii(realm.Value);
        }

        Quote();
    }

    public void Group(scoped ReadOnlySpan<byte> key, GroupAddress group)
    {
        Raw(key);
        Raw("\"#"u8);
        Ascii(group.Name.Value);
        if (group.Realm is { } realm)
        {
            Raw("@"u8);
            Ascii(realm.Value);
        }

        Quote();
    }

    public void Base64(scoped ReadOnlySpan<byte> key, scoped ReadOnlySpan<byte> bytes)
    {
        Raw(key);
        Quote();
        System.Buffers.Text.Base64.EncodeToUtf8(bytes, Room(System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out var written);
        _used += written;
        Quote();
    }

    public void Id(scoped ReadOnlySpan<byte> key, Guid id)
    {
        Raw(key);
        Quote();
        Utf8Formatter.TryFormat(id, Room(36), out var written, 'D');
        _used += written;
        Quote();
    }

    public void Number(scoped ReadOnlySpan<byte> key, long number)
    {
        Raw(key);
        Utf8Formatter.TryFormat(number, Room(20), out var written);
        _used += written;
    }

    public void Bool(scoped ReadOnlySpan<byte> key, bool value)
    {
        Raw(key);
        Raw(value ? "true"u8 : "false"u8);
    }

    public void Time(scoped ReadOnlySpan<byte> key, DateTimeOffset time)
    {
        Raw(key);
        Quote();
        FrameTime.Write(time, Room(FrameTime.Length));
        _used += FrameTime.Length;
        Quote();
    }

    private void Ascii(string text) => Advance(Encoding.ASCII.GetBytes(text, Room(text.Length)));

    // A call, and not += where Room is in the same expression: that would add to what was used before Room flushed.
    private void Advance(int written) => _used += written;

    private void Quote() => Raw("\""u8);

    private void Escaped(string text)
    {
        // A display name fits.
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        var utf8 = most <= 512 ? stackalloc byte[most] : new byte[most];
        Escaped(utf8[..Encoding.UTF8.GetBytes(text, utf8)]);
    }

    private void Escaped(scoped ReadOnlySpan<byte> utf8)
    {
        var plain = 0;
        while (true)
        {
            var next = utf8[plain..].IndexOfAny(SpecialBytes);
            if (next < 0)
            {
                Raw(utf8);
                return;
            }

            plain += next;
            var special = SpecialAt(utf8[plain..], out var character);
            if (special == 0)
            {
                plain++;
                continue;
            }

            Raw(utf8[..plain]);
            Escape(character);
            utf8 = utf8[(plain + special)..];
            plain = 0;
        }
    }

    private void Escape(char character)
    {
        var space = Room(LongestEscape);
        space[0] = (byte)'\\';
        if (character is '"' or '\\' or '\n' or '\r' or '\t')
        {
            space[1] = character switch { '\n' => (byte)'n', '\r' => (byte)'r', '\t' => (byte)'t', _ => (byte)character };
            _used += 2;
            return;
        }

        var digits = "0123456789abcdef"u8;
        space[1] = (byte)'u';
        for (var i = 0; i < 4; i++) space[2 + i] = digits[(character >> (12 - (4 * i))) & 0xF];
        _used += LongestEscape;
    }

    // How many bytes the character that is to be escaped takes; 0 for another one that begins as one of them does.
    private static int SpecialAt(ReadOnlySpan<byte> utf8, out char character)
    {
        character = (char)utf8[0];
        if (utf8[0] < 0x80) return 1;
        Rune.DecodeFromUtf8(utf8, out var rune, out var length);
        character = rune.IsBmp ? (char)rune.Value : default;
        return rune.IsBmp && SpecialCharacters.Contains(character) ? length : 0;
    }

    private static IEnumerable<char> Range(char first, char last) => Enumerable.Range(first, last - first + 1).Select(character => (char)character);

    private Span<byte> Room(int size)
    {
        if (_space.Length - _used < size)
        {
            Flush();
            _space = output.GetSpan(Math.Max(size, Piece));
        }

        return _space[_used..];
    }
}
