using System.Text;

namespace Kabar.Cli.Terminal;

internal readonly record struct ScreenSize(int Columns, int Rows);

/// <summary>Paints the edited line, over however many rows it takes, and remembers where it left the cursor so that the next painting finds
/// the first of them. Above the line may stand rows of notes, which come and go with it. Gives the bytes to write as text; writes nothing itself.</summary>
/// <remarks>Rows are not ended by line breaks: the terminal wraps them itself, so that it can wrap them anew when the window changes and a
/// line copied with the mouse is one line. The cursor is placed by printing what stands before it once more: about the width of some emoji
/// the terminals disagree, and each is right about its own.</remarks>
internal sealed class LinePainter
{
    private const string ClearBelow = "\e[J";
    private LineLayout? _shown;
    private (string Prompt, string Text, int Cursor) _line;
    private IReadOnlyList<PaintedRow> _notes = [];
    private int _columns;
    private int _cursorRow; // counted from the line's first visible row

    /// <summary>How a prompt is coloured; null for not at all.</summary>
    public Func<string, string>? PromptColour { get; init; }

    public string Paint(string prompt, string text, int cursor, ScreenSize size, IReadOnlyList<PaintedRow>? notes = null)
    {
        var bytes = new StringBuilder(Erase(size));
        _line = (prompt, text, cursor);
        _columns = size.Columns;
        _shown = LineLayout.Of(prompt, text, cursor, size.Columns);

        // More rows than the screen has: those around the cursor are shown.
        var visible = Math.Clamp(_shown.Rows.Count, 1, Math.Max(size.Rows, 1));
        var first = Math.Clamp(_shown.CursorRow - visible + 1, 0, _shown.Rows.Count - visible);
        _cursorRow = _shown.CursorRow - first;

        // Notes are not worth a line that cannot be seen whole, nor one that the terminal would wrap.
        _notes = notes is not null && notes.Count + visible <= size.Rows && notes.All(note => note.Width < size.Columns) ? notes : [];
        foreach (var note in _notes) bytes.Append(note.Text).Append("\r\n");

        for (var row = first; row < first + visible; row++)
        {
            // An empty row behind a full one: a blank makes the terminal wrap.
            bytes.Append(_shown.Rows[row].Length == 0 && row > 0 ? " " : Coloured(_shown.Rows[row], row));
        }

        if (visible - 1 > _cursorRow) bytes.Append("\e[").Append(visible - 1 - _cursorRow).Append('A');
        return bytes.Append('\r').Append(Coloured(_shown.BeforeCursor, _shown.CursorRow)).ToString();
    }

    /// <summary>Takes the line and its notes off the screen; the cursor stands where they began. Nothing when none is shown.</summary>
    public string Erase(ScreenSize size)
    {
        if (_shown is null) return "\r" + ClearBelow;
        var row = _cursorRow + _notes.Count;
        if (size.Columns != _columns)
        {
            // The window has another width now, and the terminal has wrapped what it showed.
            row = LineLayout.Of(_line.Prompt, _line.Text, _line.Cursor, size.Columns).CursorRow
                + _notes.Sum(note => Math.Max(1, (note.Width + size.Columns - 1) / Math.Max(size.Columns, 1)));
        }

        _shown = null;
        return (row > 0 ? $"\e[{Math.Min(row, Math.Max(size.Rows - 1, 1))}A" : "") + "\r" + ClearBelow;
    }

    /// <summary>Leaves the line on the screen as it is and goes to a fresh row below it.</summary>
    public string Finish(ScreenSize size)
    {
        if (_shown is null) return "";
        var (prompt, text, _) = _line;
        var end = Paint(prompt, text, text.Length, size);
        // A full last row has already brought the cursor to an empty one.
        var fresh = _shown.BeforeCursor.Length == 0 && _shown.CursorRow > 0;
        _shown = null;
        return end + (fresh ? "" : "\r\n");
    }

    /// <summary>
    /// Puts a text of the same width over what stands some rows above the notes and the line, and comes back. Empty where that cannot be: it has left the screen, or
    /// the window is another one.
    /// </summary>
    public string Overwrite(int rowsAbove, int column, string text, ScreenSize size)
    {
        var up = _cursorRow + _notes.Count + rowsAbove;
        if (_shown is null || size.Columns != _columns || up >= size.Rows || column >= size.Columns) return "";
        var right = column > 0 ? $"\e[{column}C" : "";
        return $"\e[{up}A\r{right}{text}\e[{up}B\r{Coloured(_shown.BeforeCursor, _shown.CursorRow)}";
    }

    private string Coloured(string row, int number)
    {
        var prompt = _line.Prompt;
        if (PromptColour is null || number > 0 || prompt.Length == 0 || !row.StartsWith(prompt, StringComparison.Ordinal)) return row;
        return PromptColour(prompt) + row[prompt.Length..];
    }
}
