using System.Buffers;
using System.Text;

namespace Kabar.Cli.Terminal;

/// <summary>Bytes from a terminal become keys. A sequence may arrive in any number of pieces; what is unfinished waits. Does no I/O: its
/// owner feeds it, and calls <see cref="FlushEscape"/> when an Esc was followed by silence and was therefore the key itself.</summary>
internal sealed class KeyReader
{
    private const int MaxSequence = 32;
    private const int MaxPaste = 256 * 1024;
    private static readonly SearchValues<byte> NotText =
        SearchValues.Create([.. Enumerable.Range(0, 32).Select(value => (byte)value), 0x7F]);

    private byte[] _bytes = [];

    /// <summary>An escape sequence has begun and not ended. (A paste is not one: it ends by its own mark, however long that
    /// takes.)</summary>
    public bool HasOpenEscape => _bytes.Length > 0 && _bytes[0] == 0x1B && !_bytes.AsSpan().StartsWith(EscapeSequences.PasteStart);

    /// <summary>Something has begun and not ended: a sequence, a paste, a character.</summary>
    public bool IsOpen => _bytes.Length > 0;

    public void Feed(ReadOnlySpan<byte> bytes) => _bytes = [.. _bytes, .. bytes];

    public bool TryRead(out Key key)
    {
        var (read, length) = Parse(_bytes);
        key = read;
        _bytes = _bytes[length..];
        return length > 0;
    }

    /// <summary>What stands open will not be completed: a lone Esc is the key, anything longer is forgotten.</summary>
    public Key FlushEscape()
    {
        var key = new Key(_bytes.Length == 1 ? KeyKind.Escape : KeyKind.Unknown);
        _bytes = [];
        return key;
    }

    /// <summary>The first key and how many bytes it took; no bytes while it is incomplete.</summary>
    private static (Key Key, int Length) Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return default;
        return bytes[0] switch
        {
            0x1B => ParseEscape(bytes),
            (byte)'\r' or (byte)'\n' => (new Key(KeyKind.Enter), 1),
            (byte)'\t' => (new Key(KeyKind.Tab), 1),
            0x08 or 0x7F => (new Key(KeyKind.Backspace), 1),
            0 => (new Key(KeyKind.Unknown), 1),
            <= 26 => (Key.Control((char)('a' + bytes[0] - 1)), 1),
            < 32 => (new Key(KeyKind.Unknown), 1),
            _ => ParseText(bytes),
        };
    }

    private static (Key Key, int Length) ParseText(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOfAny(NotText);
        var run = end < 0 ? bytes : bytes[..end];
        var text = new StringBuilder();
        var length = 0;
        while (length < run.Length)
        {
            var status = Rune.DecodeFromUtf8(run[length..], out var rune, out var consumed);
            if (status == OperationStatus.NeedMoreData && end < 0) break; // its other half is still on the way
            text.Append(rune.ToString());
            length += consumed;
        }

        return (new Key(KeyKind.Text, text.ToString()), length);
    }

    private static (Key Key, int Length) ParseEscape(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 1) return default;
        switch (bytes[1])
        {
            case (byte)'[': return bytes.StartsWith(EscapeSequences.PasteStart) ? ParsePaste(bytes) : ParseControlSequence(bytes);
            case (byte)'O': return bytes.Length == 2 ? default : (EscapeSequences.Letter((char)bytes[2], modified: false), 3);
            case 0x1B: return (new Key(KeyKind.Escape), 1);
            case 0x08 or 0x7F: return (new Key(KeyKind.AltBackspace), 2);
            case (byte)'\r' or (byte)'\n': return (new Key(KeyKind.AltEnter), 2);
            case < 32: return (new Key(KeyKind.Unknown), 2);
        }

        return Rune.DecodeFromUtf8(bytes[1..], out var rune, out var consumed) == OperationStatus.NeedMoreData
            ? default
            : (new Key(KeyKind.Alt, rune.ToString()), 1 + consumed);
    }

    private static (Key Key, int Length) ParseControlSequence(ReadOnlySpan<byte> bytes)
    {
        var final = bytes[2..].IndexOfAnyInRange((byte)0x40, (byte)0x7E);
        if (final < 0) return bytes.Length < MaxSequence ? default : (new Key(KeyKind.Unknown), bytes.Length);
        var parameters = Encoding.ASCII.GetString(bytes.Slice(2, final));
        return (EscapeSequences.Control(parameters, (char)bytes[2 + final]), 3 + final);
    }

    private static (Key Key, int Length) ParsePaste(ReadOnlySpan<byte> bytes)
    {
        var body = bytes[EscapeSequences.PasteStart.Length..];
        var end = body.IndexOf(EscapeSequences.PasteEnd);
        if (end >= 0) return (Paste(body[..end]), EscapeSequences.PasteStart.Length + end + EscapeSequences.PasteEnd.Length);
        // A paste without an end would fill the memory; past any sensible line it is taken as it is.
        return body.Length < MaxPaste ? default : (Paste(body), bytes.Length);
    }

    private static Key Paste(ReadOnlySpan<byte> body) => new(KeyKind.Paste, Encoding.UTF8.GetString(body));
}
