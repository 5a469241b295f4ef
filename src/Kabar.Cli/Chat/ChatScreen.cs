using Kabar.Cli.Terminal;

namespace Kabar.Cli.Chat;

/// <summary>
/// Prints lines above the line that is being edited, or plainly where nothing is edited. Remembers what it has printed last, for as long as that is on the screen, so that the tick of a
/// message can change where it stands.
/// </summary>
internal sealed class ChatScreen
{
    private readonly LineEditor? _editor;
    private readonly ILineSource _plain;
    private readonly ChatPaint _paint;
    private readonly Lock _gate = new();
    private readonly List<(ChatPlace? Place, int Column, int Rows)> _printed = []; // the last one is directly above the notes
    private int _columns;
    private (string Prompt, string Notes, bool IsSecret)? _around;

    /// <summary>On a terminal.</summary>
    public ChatScreen(LineEditor editor, ChatPaint paint)
    {
        (_editor, _plain, _paint) = (editor, editor, paint);
        editor.Disturbed += Forget;
    }

    /// <summary>In a pipe: neither prompt nor notes, and ticks as they are when the message is printed.</summary>
    public ChatScreen(ILineSource plain, ChatPaint paint) => (_plain, _paint) = (plain, paint);

    public bool IsTerminal => _editor is not null;

    /// <summary>Shows all that has changed.</summary>
    public void Show(IReadOnlyList<ChatLine> lines, IReadOnlyList<(ChatPlace Place, ChatSpan Tick)> ticks, string prompt, IReadOnlyList<ChatLine> notes, bool isSecret)
    {
        if (_editor is null)
        {
            foreach (var line in lines) _plain.WriteAbove(_paint.Plain(line));
            return;
        }

        lock (_gate)
        {
            var size = _editor.Size;
            if (size.Columns != _columns) _printed.Clear(); // the terminal has wrapped it anew, or not
            _columns = size.Columns;
            foreach (var (place, tick) in ticks) Retick(place, tick);

            List<PaintedRow> rows = [.. notes.Select(note => _paint.Note(note, size.Columns))];
            var around = (prompt, string.Join('\n', rows.Select(row => row.Text)), isSecret);
            if (lines.Count == 0 && around == _around) return;
            _around = around;
            _editor.Show(string.Concat(lines.Select(line => Printed(line, size))), prompt, rows, isSecret);
        }
    }

    public void Prefill(string text, bool onlyIfEmpty) => _editor?.Prefill(text, onlyIfEmpty);

    private string Printed(ChatLine line, ScreenSize size)
    {
        var (text, rows) = _paint.Rows(line, size.Columns);
        _printed.Add((line.Place, line.TickColumn, rows));
        if (_printed.Count > size.Rows) _printed.RemoveAt(0);
        return text + "\n";
    }

    private void Retick(ChatPlace place, ChatSpan tick)
    {
        var above = 0;
        for (var index = _printed.Count - 1; index >= 0; index--)
        {
            var line = _printed[index];
            above += line.Rows;
            if (line.Place == place) _editor?.Overwrite(above, line.Column, _paint.Tick(tick));
        }
    }

    private void Forget()
    {
        lock (_gate) _printed.Clear();
    }
}
