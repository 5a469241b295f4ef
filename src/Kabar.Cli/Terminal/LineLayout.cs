namespace Kabar.Cli.Terminal;

/// <summary>A prompt and a text laid out over the rows of a terminal: what stands in each row, and where the cursor is. A row that is
/// exactly full is followed by another, because a terminal's cursor cannot rest behind its last column.</summary>
internal sealed class LineLayout
{
    private readonly List<string> _rows = [];

    private LineLayout()
    {
    }

    public IReadOnlyList<string> Rows => _rows;

    public int CursorRow { get; private set; }

    /// <summary>What stands before the cursor in its row.</summary>
    public string BeforeCursor { get; private set; } = "";

    public static LineLayout Of(string prompt, string text, int cursor, int columns)
    {
        var layout = new LineLayout();
        layout.Fill(prompt + text, prompt.Length + cursor, Math.Max(columns, 2));
        return layout;
    }

    private void Fill(string all, int cursor, int columns)
    {
        var (start, used) = (0, 0);
        for (var index = 0; ; index = Graphemes.Next(all, index))
        {
            var next = Graphemes.Next(all, index);
            var width = CellWidth.OfCluster(all.AsSpan(index, next - index));
            // A wide character that does not fit in the last column leaves it empty and goes to the next row, as terminals have it. A mark
            // without a letter takes no column and stays with the row it stands in.
            if (used + width > columns || (used == columns && width == 0 && index == all.Length))
            {
                _rows.Add(all[start..index]);
                (start, used) = (index, 0);
            }

            if (index == cursor) (CursorRow, BeforeCursor) = (_rows.Count, all[start..index]);
            if (index == all.Length) break;
            used += width;
        }

        _rows.Add(all[start..]);
        // A cursor that ends behind the last column of a full row stands at the start of the next one.
        if (CellWidth.OfText(BeforeCursor) == columns) (CursorRow, BeforeCursor) = (CursorRow + 1, "");
    }
}
