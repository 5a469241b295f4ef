namespace Kabar.Cli.Terminal;

/// <summary>Text that was cut and can be put back. Cuts that follow each other directly become one piece, so that three ctrl-w and one
/// ctrl-y leave the line as it was.</summary>
internal sealed class KillRing
{
    private const int Pieces = 16;
    private readonly List<string> _pieces = [];
    private int _shown;

    public void Add(string text, bool before, bool continues)
    {
        if (continues && _pieces.Count > 0)
        {
            _pieces[^1] = before ? text + _pieces[^1] : _pieces[^1] + text;
            return;
        }

        if (_pieces.Count == Pieces) _pieces.RemoveAt(0);
        _pieces.Add(text);
    }

    /// <summary>The latest piece, or an empty text when nothing was cut yet.</summary>
    public string Latest()
    {
        _shown = _pieces.Count - 1;
        return _shown < 0 ? "" : _pieces[_shown];
    }

    /// <summary>The piece before the one shown last, round and round.</summary>
    public string Earlier()
    {
        if (_pieces.Count == 0) return "";
        _shown = (_shown + _pieces.Count - 1) % _pieces.Count;
        return _pieces[_shown];
    }
}
