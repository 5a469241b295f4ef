namespace Kabar.Cli.Terminal;

/// <summary>Offers what the word before the cursor may become. <paramref name="line"/> is the text up to the cursor.</summary>
internal delegate IReadOnlyList<string> Completion(string line);

internal enum EditOutcome
{
    Editing,

    /// <summary>Enter: the line is done.</summary>
    Entered,

    /// <summary>Ctrl-d on an empty line: there will be no more.</summary>
    Ended,

    /// <summary>Ctrl-l: paint on an empty screen.</summary>
    ClearScreen,

    /// <summary>Tab had several answers: <see cref="LineEditing.Candidates"/>.</summary>
    ShowCandidates,
}

/// <summary>What each key does to the line. Holds one line's editing from the prompt to Enter; does no I/O.</summary>
internal sealed class LineEditing(string prompt, History history, Completion? completion = null)
{
    private readonly EditBuffer _buffer = new();
    private ReverseSearch? _search;
    private int _place = history.Count; // the history line shown; past the last one, the line being written
    private string _draft = "";

    public string Prompt => _search?.Prompt ?? prompt;

    public string Text => _search?.Line ?? _buffer.Text;

    public int Cursor => _search is null ? _buffer.Cursor : Text.Length;

    public IReadOnlyList<string> Candidates { get; private set; } = [];

    public EditOutcome Apply(Key key)
    {
        if (_search is not null && Search(_search, key)) return EditOutcome.Editing;
        switch (key.Kind)
        {
            case KeyKind.Enter: return EditOutcome.Entered;
            case KeyKind.Tab: return Complete();
            case KeyKind.Text or KeyKind.Paste: _buffer.Insert(key.Kind == KeyKind.Paste ? key.Text.TrimEnd('\r', '\n') : key.Text); break;
            case KeyKind.Control: return Control(key.Text[0]);
            case KeyKind.Alt: Alt(key.Text); break;
            case KeyKind.AltBackspace: _buffer.KillWordLeft(); break;
            case KeyKind.Backspace: _buffer.Backspace(); break;
            case KeyKind.Delete: _buffer.Delete(); break;
            case KeyKind.Left: _buffer.Left(); break;
            case KeyKind.Right: _buffer.Right(); break;
            case KeyKind.WordLeft: _buffer.WordLeft(); break;
            case KeyKind.WordRight: _buffer.WordRight(); break;
            case KeyKind.Home: _buffer.Home(); break;
            case KeyKind.End: _buffer.End(); break;
            case KeyKind.Up: Walk(-1); break;
            case KeyKind.Down: Walk(+1); break;
        }

        return EditOutcome.Editing;
    }

    private EditOutcome Control(char letter)
    {
        switch (letter)
        {
            case 'a': _buffer.Home(); break;
            case 'e': _buffer.End(); break;
            case 'b': _buffer.Left(); break;
            case 'f': _buffer.Right(); break;
            case 'k': _buffer.KillToEnd(); break;
            case 'u': _buffer.KillToStart(); break;
            case 'w': _buffer.KillFieldLeft(); break;
            case 'y': _buffer.Yank(); break;
            case 't': _buffer.Transpose(); break;
            case 'p': Walk(-1); break;
            case 'n': Walk(+1); break;
            case 'r': _search = new ReverseSearch(history, _buffer.Text); break;
            case 'c':
                _buffer.Set("");
                _place = history.Count;
                break;
            case 'l': return EditOutcome.ClearScreen;
            case 'd' when _buffer.Text.Length == 0: return EditOutcome.Ended;
            case 'd': _buffer.Delete(); break;
        }

        return EditOutcome.Editing;
    }

    private void Alt(string character)
    {
        switch (character)
        {
            case "b": _buffer.WordLeft(); break;
            case "f": _buffer.WordRight(); break;
            case "d": _buffer.KillWordRight(); break;
            case "y": _buffer.YankEarlier(); break;
        }
    }

    private void Walk(int step)
    {
        var next = _place + step;
        if (next < 0 || next > history.Count) return;
        if (_place == history.Count) _draft = _buffer.Text;
        _place = next;
        _buffer.Set(next == history.Count ? _draft : history[next]);
    }

    /// <summary>True when the key belonged to the search. Any other key takes the line found, and then does what it always does.</summary>
    private bool Search(ReverseSearch search, Key key)
    {
        switch (key)
        {
            case { Kind: KeyKind.Text or KeyKind.Paste }: search.Extend(key.Text); return true;
            case { Kind: KeyKind.Backspace }: search.Shorten(); return true;
            case { Kind: KeyKind.Control, Text: "r" }: search.Further(); return true;
            case { Kind: KeyKind.Control, Text: "c" or "g" }:
                _search = null;
                _buffer.Set(search.Original);
                return true;
        }

        _search = null;
        _buffer.Set(search.Line);
        return key.Kind == KeyKind.Escape;
    }

    private EditOutcome Complete()
    {
        var line = _buffer.Text[.._buffer.Cursor];
        Candidates = completion?.Invoke(line) ?? [];
        if (Candidates.Count == 0) return EditOutcome.Editing;

        var word = line[(line.LastIndexOf(' ') + 1)..];
        var common = Candidates.Aggregate(CommonStart);
        if (common.StartsWith(word, StringComparison.Ordinal)) _buffer.Insert(common[word.Length..] + (Candidates.Count == 1 ? " " : ""));
        return Candidates.Count > 1 && common == word ? EditOutcome.ShowCandidates : EditOutcome.Editing;
    }

    private static string CommonStart(string one, string other) => one[..one.AsSpan().CommonPrefixLength(other)];
}
