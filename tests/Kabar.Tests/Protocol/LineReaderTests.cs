using System.Buffers;
using System.Text;
using Kabar.Protocol;

namespace Kabar.Tests.Protocol;

public sealed class LineReaderTests
{
    [Fact]
    public void Lines_come_out_the_same_however_they_were_cut()
    {
        var bytes = "ab\r\n\nc\r\r\n\r\nde"u8.ToArray();
        for (var mask = 0L; mask < 1 << bytes.Length; mask++) Lines(Segments.Cut(bytes, mask), out var rest).ShouldBe(["ab", "", "c\r", ""], $"cut {mask:b}, rest {rest}");
    }

    [Fact]
    public void What_has_no_end_stays_in_the_buffer()
    {
        foreach (var buffer in new[] { Segments.Of("a\r\nbcd"u8.ToArray()), Segments.OneByteEach("a\r\nbcd"u8.ToArray()) })
        {
            Lines(buffer, out var rest).ShouldBe(["a"]);
            rest.ShouldBe("bcd");
        }

        var nothing = ReadOnlySequence<byte>.Empty;
        LineReader.TryRead(ref nothing, 10, out _).ShouldBe(LineStatus.Incomplete);
    }

    [Theory]
    [InlineData("12345\n", LineStatus.Complete)]
    [InlineData("12345\r\n", LineStatus.Complete)]
    [InlineData("1234\r\r\n", LineStatus.Complete)]
    [InlineData("12345", LineStatus.Incomplete)]
    [InlineData("12345\r", LineStatus.Incomplete)]
    [InlineData("123456", LineStatus.Incomplete)] // may still be told when its end has come
    [InlineData("123456\n", LineStatus.TooLong)]
    [InlineData("123456\r\n", LineStatus.TooLong)]
    [InlineData("12345\r\r\n", LineStatus.TooLong)]
    [InlineData("1234567", LineStatus.TooLong)]
    [InlineData("12345678901234567890\n", LineStatus.TooLong)]
    public void A_limit_of_five_bytes_is_kept_to_the_byte(string text, LineStatus expected)
    {
        foreach (var buffer in new[] { Segments.Of(Encoding.UTF8.GetBytes(text)), Segments.OneByteEach(Encoding.UTF8.GetBytes(text)) })
        {
            var left = buffer;
            LineReader.TryRead(ref left, 5, out var line).ShouldBe(expected);
            if (expected == LineStatus.Complete) line.Length.ShouldBeLessThanOrEqualTo(5);
            else left.Length.ShouldBe(buffer.Length, "nothing was taken");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    public void A_limit_of_zero_and_the_largest_are_none(int limit)
    {
        var endless = Segments.Of(new byte[100_000]);
        LineReader.TryRead(ref endless, limit, out _).ShouldBe(LineStatus.Incomplete);
        var ended = Segments.Of(new byte[100_000], "\n"u8.ToArray());
        LineReader.TryRead(ref ended, limit, out var line).ShouldBe(LineStatus.Complete);
        line.Length.ShouldBe(100_000);
    }

    [Fact]
    public void A_line_in_one_piece_is_not_copied()
    {
        var bytes = "abc\r\nd\n"u8.ToArray();
        var buffer = new ReadOnlySequence<byte>(bytes);
        LineReader.TryRead(ref buffer, 10, out var line);
        line.IsSingleSegment.ShouldBeTrue();
        bytes[0] = (byte)'X';
        Encoding.UTF8.GetString(line.FirstSpan).ShouldBe("Xbc");
    }

    private static List<string> Lines(ReadOnlySequence<byte> buffer, out string rest)
    {
        var lines = new List<string>();
        while (LineReader.TryRead(ref buffer, 100, out var line) == LineStatus.Complete) lines.Add(Encoding.UTF8.GetString(line));
        rest = Encoding.UTF8.GetString(buffer);
        return lines;
    }
}
