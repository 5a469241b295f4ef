using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Kabar.Core;

namespace Kabar.Protocol.Links;

/// <summary>
/// Writes the JSON of a frame. By hand and not with the framework's writer, which escapes every character beyond the basic plane (an emoji
/// would take twelve bytes for four) and knows no text that is UTF-8 already without looking at it twice. Keys come as literals with
/// comma and colon. What was written is in the output only after <see cref="Flush"/>.
/// </summary>
internal ref struct FrameText(IBufferWriter<byte> output)
{
    private const int Piece = 1024;

    private static readonly SearchValues<byte> SpecialBytes = SearchValues.Create([.. Enumerable.Range(0, ' ').Select(c => (byte)c), (byte)'"', (byte)'\\']);
    private static readonly SearchValues<char> SpecialCharacters = SearchValues.Create([.. Enumerable.Range(0, ' ').Select(c => (char)c), '"', '\\']);

    private Span<byte> _space;
    private int _used;

    /// <summary>No fewer than the bytes that a string takes between its quotes.</summary>
    public static int LengthOf(string text) => text.AsSpan().ContainsAny(SpecialCharacters) ? 6 * text.Length : 3 * text.Length;

    /// <summary>No fewer than the bytes that a text takes between its quotes.</summary>
    public static int LengthOf(ReadOnlySpan<byte> utf8)
    {
        var length = utf8.Length;
        for (var at = utf8.IndexOfAny(SpecialBytes); at >= 0;)
        {
            length += 5;
            utf8 = utf8[(at + 1)..];
            at = utf8.IndexOfAny(SpecialBytes);
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
        if (text.AsSpan().ContainsAny(SpecialCharacters)) Escaped(Encoding.UTF8.GetBytes(text));
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

    private void Escaped(scoped ReadOnlySpan<byte> utf8)
    {
        while (true)
        {
            var plain = utf8.IndexOfAny(SpecialBytes);
            if (plain < 0)
            {
                Raw(utf8);
                return;
            }

            Raw(utf8[..plain]);
            var space = Room(6);
            var value = utf8[plain];
            space[0] = (byte)'\\';
            if (value is (byte)'"' or (byte)'\\' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            {
                space[1] = value switch { (byte)'\n' => (byte)'n', (byte)'\r' => (byte)'r', (byte)'\t' => (byte)'t', _ => value };
                _used += 2;
            }
            else
            {
                "u00"u8.CopyTo(space[1..]);
                space[4] = "0123456789abcdef"u8[value >> 4];
                space[5] = "0123456789abcdef"u8[value & 0xF];
                _used += 6;
            }

            utf8 = utf8[(plain + 1)..];
        }
    }

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
