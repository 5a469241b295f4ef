namespace Kabar.Protocol.Links;

/// <summary>Times in frames: <c>2026-03-01T12:00:00.000Z</c>, always so. By hand, because every message has one and the framework's way costs as much as all its other fields.</summary>
internal static class FrameTime
{
    public const int Length = 24;

    private static ReadOnlySpan<byte> Shape => "0000-00-00T00:00:00.000Z"u8;

    public static void Write(DateTimeOffset time, Span<byte> destination)
    {
        var utc = time.UtcDateTime;
        Shape.CopyTo(destination);
        Digits(destination[..4], utc.Year);
        Digits(destination[5..7], utc.Month);
        Digits(destination[8..10], utc.Day);
        Digits(destination[11..13], utc.Hour);
        Digits(destination[14..16], utc.Minute);
        Digits(destination[17..19], utc.Second);
        Digits(destination[20..23], utc.Millisecond);
    }

    public static bool TryRead(ReadOnlySpan<byte> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length != Length) return false;
        for (var i = 0; i < Length; i++)
            if (Shape[i] == '0' ? !char.IsAsciiDigit((char)text[i]) : text[i] != Shape[i]) return false;

        var (year, month, day) = (Number(text[..4]), Number(text[5..7]), Number(text[8..10]));
        var (hour, minute, second) = (Number(text[11..13]), Number(text[14..16]), Number(text[17..19]));
        if (year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59) return false;
        time = new DateTimeOffset(year, month, day, hour, minute, second, Number(text[20..23]), TimeSpan.Zero);
        return true;
    }

    private static void Digits(Span<byte> destination, int value)
    {
        for (var i = destination.Length - 1; i >= 0; i--, value /= 10) destination[i] = (byte)('0' + (value % 10));
    }

    private static int Number(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        foreach (var digit in digits) value = (value * 10) + (digit - '0');
        return value;
    }
}
