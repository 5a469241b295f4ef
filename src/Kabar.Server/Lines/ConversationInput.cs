using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Kabar.Core;

namespace Kabar.Server.Lines;

/// <summary>
/// Takes what is said out of what has been read in a raw conversation. What one read returns is one text, or one a line where it holds line
/// breaks; a person with <c>nc</c> ends each text with a line end, so there the end is waited for. A character that a read has cut in two is
/// kept for the next. Protocol: dialects, section 5.
/// </summary>
/// <param name="endsLines">Whether each text ends with a line end.</param>
/// <param name="limit">The most bytes of a text or of a line; 0 for any number.</param>
internal sealed class ConversationInput(bool endsLines, int limit)
{
    private static readonly SearchValues<byte> Blanks = SearchValues.Create(" \t\r"u8);

    private long _kept;
    private bool _isSkipping;

    private static ReadOnlySpan<byte> Exit => "exit"u8;

    /// <summary>Begins with what a read has returned, what was kept included.</summary>
    /// <returns>True when it is <c>exit</c> alone, and then it is taken.</returns>
    public bool TakesExit(ref ReadOnlySequence<byte> buffer)
    {
        // Where lines are awaited, what comes behind the first half of one is its second.
        if (endsLines && _kept > 0) return false;
        if (!IsExit(buffer.Slice(_kept))) return false;
        buffer = buffer.Slice(buffer.End);
        return true;
    }

    /// <summary>Takes the next text off what has been read.</summary>
    /// <param name="buffer">What is left of it.</param>
    /// <param name="isEnd">Whether nothing more will come.</param>
    /// <param name="text">The text, or null where what was said is refused.</param>
    /// <param name="refusal">Why.</param>
    /// <returns>False when there is none; the rest is kept.</returns>
    public bool TryTake(ref ReadOnlySequence<byte> buffer, bool isEnd, out MessageText? text, out Refusal refusal)
    {
        (text, refusal) = (null, default);
        while (TryCut(ref buffer, isEnd, out var said, out var isTooLong))
        {
            if (isTooLong)
            {
                refusal = Refusal.TextTooLong;
                return true;
            }

            var bytes = said.ToArray();
            if (!bytes.AsSpan().ContainsAnyExcept(Blanks)) continue;
            if (Utf8.IsValid(bytes) && !bytes.AsSpan().Contains((byte)0)) text = new MessageText(bytes);
            else refusal = Refusal.MalformedLine;
            return true;
        }

        _kept = buffer.Length;
        return false;
    }

    /// <summary>Whether a text is the word that leaves: a person may have typed blanks around it.</summary>
    public static bool IsExit(MessageText text) => text.Utf8.Span.Trim((byte)' ').SequenceEqual(Exit);

    /// <summary>Whether this is <c>exit</c> and nothing else.</summary>
    public static bool IsExit(in ReadOnlySequence<byte> read)
    {
        if (read.Length != Exit.Length) return false;
        Span<byte> bytes = stackalloc byte[Exit.Length];
        read.CopyTo(bytes);
        return bytes.SequenceEqual(Exit);
    }

    private bool TryCut(ref ReadOnlySequence<byte> buffer, bool isEnd, out ReadOnlySequence<byte> said, out bool isTooLong)
    {
        isTooLong = false;
        var end = buffer.PositionOf((byte)'\n');
        if (end is { } at)
        {
            said = buffer.Slice(0, at);
            buffer = buffer.Slice(buffer.GetPosition(1, at));
            if (_isSkipping) said = default;
            else if (IsTooLong(said)) isTooLong = true;
            else if (EndsWithReturn(said)) said = said.Slice(0, said.Length - 1);
            _isSkipping = false;
            return true;
        }

        said = default;
        if (endsLines) return IsTooLong(buffer) && TrySkip(ref buffer, out isTooLong);

        var whole = isEnd ? buffer.Length : buffer.Length - CutCharacter(buffer);
        if (whole == 0) return false;
        said = buffer.Slice(0, whole);
        buffer = buffer.Slice(whole);
        isTooLong = IsTooLong(said);
        return true;
    }

    private bool IsTooLong(in ReadOnlySequence<byte> said) => limit > 0 && said.Length > limit;

    // The line is refused once, and thrown away up to its end.
    private bool TrySkip(ref ReadOnlySequence<byte> buffer, out bool isTooLong)
    {
        buffer = buffer.Slice(buffer.End);
        isTooLong = !_isSkipping;
        _isSkipping = true;
        return isTooLong;
    }

    private static bool EndsWithReturn(in ReadOnlySequence<byte> said) => !said.IsEmpty && said.Slice(said.Length - 1).FirstSpan[0] == '\r';

    // How many bytes at the end are the beginning of a character.
    private static int CutCharacter(in ReadOnlySequence<byte> buffer)
    {
        const int LongestCharacter = 4;
        Span<byte> last = stackalloc byte[LongestCharacter];
        var length = (int)Math.Min(buffer.Length, LongestCharacter);
        last = last[..length];
        buffer.Slice(buffer.Length - length).CopyTo(last);

        // Its first byte is the last one that is no continuation.
        var start = last.LastIndexOfAnyExceptInRange((byte)0x80, (byte)0xBF);
        return start >= 0 && Rune.DecodeFromUtf8(last[start..], out _, out _) == OperationStatus.NeedMoreData ? length - start : 0;
    }
}
