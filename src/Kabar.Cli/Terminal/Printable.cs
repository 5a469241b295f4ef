using System.Text;

namespace Kabar.Cli.Terminal;

/// <summary>Text of others made safe for a terminal: an escape sequence in a message must not move the cursor, recolour the screen or
/// pretend to be a line of somebody else.</summary>
internal static class Printable
{
    private const char Stranger = '\uFFFD';

    /// <summary>One line: line breaks and tabs become spaces; other control characters, and those that turn the direction of a text, the
    /// replacement character.</summary>
    public static string Line(string text) => Clean(text, keepLineBreaks: false);

    /// <summary>As <see cref="Line"/>, but line feeds stay.</summary>
    public static string Lines(string text) => Clean(text.ReplaceLineEndings("\n"), keepLineBreaks: true);

    private static string Clean(string text, bool keepLineBreaks)
    {
        if (!text.Any(IsDangerous)) return text;
        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n') continue;
            clean.Append(text[i] switch
            {
                '\n' when keepLineBreaks => '\n',
                '\n' or '\r' or '\t' => ' ',
                var other when IsDangerous(other) => Stranger,
                var other => other,
            });
        }

        return clean.ToString();
    }

    // Besides controls: what breaks a line unseen, and the marks that let a text read in another order than it is written. (Those that only say
    // which way one letter reads are a part of writing Arabic or Hebrew, and stay.)
    private static bool IsDangerous(char character) =>
        char.IsControl(character) || character is '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
