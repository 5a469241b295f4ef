using System.Buffers;

namespace Kabar.Protocol;

/// <summary>
/// Cuts request lines out of what has been received, in whatever pieces it came. A line that lies in one piece is not copied.
/// Protocol: dialects, section 1 (framing).
/// </summary>
public static class LineReader
{
    /// <summary>Takes the next line off <paramref name="buffer"/>.</summary>
    /// <param name="buffer">What is there; moved past the line when there is one.</param>
    /// <param name="limit">The most bytes a line may have, its end not counted; 0 for any number.</param>
    /// <param name="line">The line without its <c>\n</c> or <c>\r\n</c>.</param>
    public static LineStatus TryRead(ref ReadOnlySequence<byte> buffer, int limit, out ReadOnlySequence<byte> line)
    {
        line = default;
        var end = buffer.PositionOf((byte)'\n');
        if (end is null)
            // One byte more than the limit may still be the \r of the end.
            return limit > 0 && buffer.Length - 1 > limit ? LineStatus.TooLong : LineStatus.Incomplete;

        line = buffer.Slice(0, end.Value);
        if (EndsWithCarriageReturn(line)) line = line.Slice(0, line.Length - 1);
        if (limit > 0 && line.Length > limit) return LineStatus.TooLong;

        buffer = buffer.Slice(buffer.GetPosition(1, end.Value));
        return LineStatus.Complete;
    }

    private static bool EndsWithCarriageReturn(in ReadOnlySequence<byte> line) =>
        !line.IsEmpty && (line.IsSingleSegment ? line.FirstSpan[^1] : line.Slice(line.Length - 1).FirstSpan[0]) == '\r';
}

/// <summary>What came of looking for a line.</summary>
public enum LineStatus
{
    /// <summary>There is one.</summary>
    Complete,

    /// <summary>Its end has not come yet.</summary>
    Incomplete,

    /// <summary>It is longer than allowed, whether or not its end has come.</summary>
    TooLong,
}
