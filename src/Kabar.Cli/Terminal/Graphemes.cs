using System.Globalization;

namespace Kabar.Cli.Terminal;

/// <summary>Where one character, as a person sees it, ends and the next begins. Boundaries are counted from the start of the text: whether
/// two code points belong together can depend on everything before them (flags, joined emoji).</summary>
internal static class Graphemes
{
    public static int Next(string text, int index) =>
        index >= text.Length ? text.Length : index + StringInfo.GetNextTextElementLength(text.AsSpan(index));

    public static int Previous(string text, int index)
    {
        var boundary = 0;
        while (true)
        {
            var next = Next(text, boundary);
            if (next >= index || next == boundary) return boundary;
            boundary = next;
        }
    }

    /// <summary>The first boundary at or after <paramref name="index"/>.</summary>
    public static int Snap(string text, int index)
    {
        var boundary = 0;
        while (boundary < index && boundary < text.Length) boundary = Next(text, boundary);
        return boundary;
    }
}
