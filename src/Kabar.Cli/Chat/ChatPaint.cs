using System.Globalization;
using System.Text;
using Kabar.Cli.Terminal;

namespace Kabar.Cli.Chat;

/// <summary>Lines as a terminal gets them: harmless, in colours if there are any, and wrapped at blanks.</summary>
internal sealed class ChatPaint(bool hasColours, ChatGlyphs glyphs)
{
    private const int WidestRule = 72;
    private const string Reset = "\e[0m";

    // Not red, which is for what went wrong, and neither black nor white.
    private static readonly string[] People = ["\e[32m", "\e[33m", "\e[34m", "\e[35m", "\e[92m", "\e[93m", "\e[94m", "\e[95m"];

    public string Prompt(string prompt) => hasColours ? $"\e[1;36m{prompt}{Reset}" : prompt;

    public string Tick(ChatSpan tick) => Coloured(tick);

    /// <summary>A line for a pipe: as long as it is; only what is said over several lines has several.</summary>
    public string Plain(ChatLine line) => line.IsRule
        ? $"{glyphs.Rule}{glyphs.Rule} {Printable.Line(line.ToString())} {glyphs.Rule}{glyphs.Rule}"
        : Printable.Lines(line.ToString()).Replace("\n", "\n" + new string(' ', line.Indent), StringComparison.Ordinal);

    /// <summary>A line in one row, cut where it is too long.</summary>
    public PaintedRow Note(ChatLine line, int columns)
    {
        var row = new StringBuilder();
        var left = columns - 1;
        foreach (var span in line.Spans)
        {
            var cut = CellWidth.Cut(Printable.Line(span.Text), left);
            left -= CellWidth.OfText(cut);
            row.Append(Coloured(span with { Text = cut }));
        }

        return new PaintedRow(row.ToString(), columns - 1 - left);
    }

    /// <summary>
    /// A line in as many rows as it takes, and their number. Rows end at blanks with a line feed, and the next begins at the indent. What has no blank runs over the edge, so that the terminal
    /// knows it for one word when somebody copies it.
    /// </summary>
    public (string Text, int Rows) Rows(ChatLine line, int columns)
    {
        if (line.IsRule) return (Coloured(new ChatSpan(Rule(line.ToString(), columns), Tone.Dim)), 1);
        var text = new StringBuilder();
        var indent = Math.Min(line.Indent, columns / 3);
        var (rows, used) = (1, 0);
        var blanks = ""; // before the next word, if that stands in the same row
        foreach (var span in line.Spans)
        {
            var colour = Colour(span);
            text.Append(colour);
            foreach (var word in Words(Printable.Lines(span.Text)))
            {
                if (word == " ")
                {
                    blanks += word;
                    continue;
                }

                if (word == "\n" || (used > indent && used + blanks.Length + CellWidth.OfText(word) >= columns))
                {
                    text.Append('\n').Append(' ', indent);
                    (rows, used, blanks) = (rows + 1, indent, "");
                    if (word == "\n") continue;
                }

                (rows, used) = Append(text, blanks + word, columns, rows, used);
                blanks = "";
            }

            if (colour.Length > 0) text.Append(Reset);
        }

        return (text.ToString(), rows);
    }

    private static (int Rows, int Used) Append(StringBuilder text, string word, int columns, int rows, int used)
    {
        for (var index = 0; index < word.Length;)
        {
            var next = Graphemes.Next(word, index);
            var width = CellWidth.OfCluster(word.AsSpan(index, next - index));
            if (used + width > columns) (rows, used) = (rows + 1, 0);
            text.Append(word, index, next - index);
            (index, used) = (next, used + width);
        }

        return (rows, used);
    }

    // Words, single blanks and line feeds.
    private static IEnumerable<string> Words(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = start + 1;
            while (end < text.Length && text[start] is not (' ' or '\n') && text[end] is not (' ' or '\n')) end++;
            yield return text[start..end];
            start = end;
        }
    }

    private string Rule(string text, int columns)
    {
        var width = Math.Min(columns - 1, WidestRule);
        var head = CellWidth.Cut($"{glyphs.Rule}{glyphs.Rule} {Printable.Line(text)} ", width);
        return head + new string(glyphs.Rule, Math.Max(0, width - CellWidth.OfText(head)));
    }

    private string Coloured(ChatSpan span) => Colour(span) is { Length: > 0 } colour && span.Text.Length > 0 ? colour + span.Text + Reset : span.Text;

    private string Colour(ChatSpan span) => !hasColours ? "" : span.Tone switch
    {
        Tone.Plain => "",
        Tone.Dim => "\e[2m",
        Tone.Strong => "\e[1m",
        Tone.Person => People[span.Text.Sum(character => character) % People.Length],
        Tone.Self => "\e[1;36m",
        Tone.Read => "\e[1;36m",
        Tone.Alarm => "\e[31m",
        _ => throw new System.Diagnostics.UnreachableException(string.Create(CultureInfo.InvariantCulture, $"{span.Tone}")),
    };
}
