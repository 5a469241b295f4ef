namespace Kabar.Cli.Terminal;

/// <summary>What is told of long pastes in a line: a label in their place, and above the line what they are, how they begin and how they end.</summary>
internal sealed class PasteNotes(Func<int, string> label, Func<int, string> advice)
{
    private const int Beginning = 3;

    public string Label(string text) => $"[{label(LinesOf(text).Length)}]";

    public IReadOnlyList<PaintedRow> Of(IEnumerable<string> pastes, int columns)
    {
        var lines = pastes.SelectMany(LinesOf).ToList();
        if (lines.Count == 0) return [];
        List<string> shown = [.. lines.Take(Beginning).Select(line => "  " + line)];
        if (lines.Count > Beginning + 1) shown.Add("  …");
        if (lines.Count > Beginning) shown.Add("  " + lines[^1]);
        shown.Add(advice(lines.Count));
        return [.. shown.Select(line => Row(line, columns))];
    }

    private static string[] LinesOf(string text) => text.TrimEnd('\n').Split('\n');

    private static PaintedRow Row(string line, int columns)
    {
        var cut = CellWidth.Cut(Printable.Line(line), columns - 1);
        return new PaintedRow(cut, CellWidth.OfText(cut));
    }
}
