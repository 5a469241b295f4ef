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
/// <param name="prompt">What stands before the line.</param>
/// <param name="history">The lines before.</param>
/// <param name="completion">What Tab offers.</param>
/// <param name="pastes">Where a line may be several, the long pastes of it; null where it is one, and every line break a blank.</param>
internal sealed class LineEditing(string prompt, History history, Completion? completion = null, PastedTexts? pastes = null)
{
    // Up to here a paste is shown and edited as what it is.
    private const int ShortPasteLines = 3;
    private const int ShortPaste = 240;
    private const char LineBreak = '\u21B5';
    private const char Secret = '*';

    private readonly EditBuffer _buffer = new(keepsLineBreaks: pastes is not null);
    private string _prompt = prompt;
    private ReverseSearch? _search;
    private int _place = history.Count; // the history line shown; past the last one, the line being written
    private string _draft = "";

    public string Prompt
    {
        get => _search?.Prompt ?? _prompt;
        set => _prompt = value;
    }

    /// <summary>The line, with what was pasted into it.</summary>
    public string Text => _search?.Line ?? pastes?.Expand(_buffer.Text) ?? _buffer.Text;

    /// <summary>How the line is shown: line breaks as arrows, long pastes as labels, a secret as stars.</summary>
    public string Shown => Show(_search?.Line ?? _buffer.Text);

    /// <summary>Where the cursor stands in <see cref="Shown"/>.</summary>
    public int Cursor => _search is null ? Show(_buffer.Text[.._buffer.Cursor]).Length : Shown.Length;

    /// <summary>What is typed is not to be seen.</summary>
    public bool IsSecret { get; set; }

    /// <summary>The long pastes in the line.</summary>
    public IEnumerable<string> Pastes => pastes?.In(_buffer.Text) ?? [];

    public IReadOnlyList<string> Candidates { get; private set; } = [];

    public EditOutcome Apply(Key key)
    {
        if (_search is not null && Search(_search, key)) return EditOutcome.Editing;
        switch (key.Kind)
        {
            case KeyKind.Enter: return EditOutcome.Entered;
            case KeyKind.Tab: return Complete();
            case KeyKind.Text: _buffer.Insert(PastedTexts.Without(key.Text)); break;
            case KeyKind.Paste: Paste(key.Text); break;
            case KeyKind.AltEnter when pastes is not null: _buffer.Insert("\n"); break;
            case KeyKind.Control: return Control(key.Text[0]);
            case KeyKind.Alt: Alt(key.Text); break;
            case KeyKind.AltBackspace: _buffer.KillWordLeft(); break;
            case KeyKind.Backspace: _buffer.Backspace(); break;
            case KeyKind.Delete: _buffer.Delete(); break;
            case KeyKind.Left: _buffer.Left(); break;
            case KeyKind.Right: _buffer.Right(); break;
            case KeyKind.WordLeft or KeyKind.AltLeft: _buffer.WordLeft(); break;
            case KeyKind.WordRight or KeyKind.AltRight: _buffer.WordRight(); break;
            case KeyKind.Home: _buffer.Home(); break;
            case KeyKind.End: _buffer.End(); break;
            case KeyKind.Up or KeyKind.AltUp: Walk(-1); break;
            case KeyKind.Down: Walk(+1); break;
        }

        return EditOutcome.Editing;
    }

    /// <summary>Puts a text in the place of the line.</summary>
    public void Set(string text)
    {
        _search = null;
        _buffer.Set("");
        Paste(text);
    }

    private string Show(string text)
    {
        if (IsSecret) return new string(Secret, text.Length);
        return pastes is null ? text : pastes.Shown(text.Replace('\n', LineBreak));
    }

    private void Paste(string pasted)
    {
        var text = PastedTexts.Without(pasted.ReplaceLineEndings("\n"));
        if (pastes is null || IsSecret)
        {
            _buffer.Insert(text.TrimEnd('\n'));
            return;
        }

        var before = _buffer.Cursor > 0 ? _buffer.Text[_buffer.Cursor - 1] : ' ';
        var whole = text.TrimEnd('\n');
        if (pastes.TryExtend(before, text)) return;
        var isShort = whole.Count(character => character == '\n') < ShortPasteLines && (whole.Length <= ShortPaste || !whole.Contains('\n', StringComparison.Ordinal));
        // The end of its last line stays with a paste that may go on.
        _buffer.Insert(isShort ? whole : pastes.Keep(text)?.ToString() ?? whole);
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
