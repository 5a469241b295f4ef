using System.Globalization;

namespace Kabar.Cli.Terminal;

/// <summary>The line being edited: its text, the cursor, and what was cut. The cursor always stands between two characters as a person sees
/// them, never inside one. Knows nothing of keys or screens.</summary>
/// <param name="keepsLineBreaks">Whether line breaks stay in the text, for whoever shows them as something else; otherwise they become blanks.</param>
internal sealed class EditBuffer(bool keepsLineBreaks = false)
{
    private readonly KillRing _kills = new();
    private LastEdit _last;
    private int _yankStart;

    private enum LastEdit
    {
        Other,
        Kill,
        Yank,
    }

    public string Text { get; private set; } = "";

    /// <summary>An index into <see cref="Text"/>.</summary>
    public int Cursor { get; private set; }

    /// <summary>Puts text in at the cursor. Tabs become spaces, and line breaks where they are not kept.</summary>
    public void Insert(string text)
    {
        var line = Clean(text);
        Change(Text.Insert(Cursor, line), Cursor + line.Length, LastEdit.Other);
    }

    /// <summary>Replaces everything; the cursor goes to the end.</summary>
    public void Set(string text)
    {
        var line = Clean(text);
        Change(line, line.Length, LastEdit.Other);
    }

    public void Left() => MoveTo(Graphemes.Previous(Text, Cursor));

    public void Right() => MoveTo(Graphemes.Next(Text, Cursor));

    public void Home() => MoveTo(0);

    public void End() => MoveTo(Text.Length);

    public void WordLeft() => MoveTo(WordStart());

    public void WordRight() => MoveTo(WordEnd());

    public void Backspace() => Remove(Graphemes.Previous(Text, Cursor), Cursor);

    public void Delete() => Remove(Cursor, Graphemes.Next(Text, Cursor));

    public void KillToEnd() => Kill(Cursor, Text.Length);

    public void KillToStart() => Kill(0, Cursor);

    public void KillWordRight() => Kill(Cursor, WordEnd());

    public void KillWordLeft() => Kill(WordStart(), Cursor);

    /// <summary>Back to the last blank: what ctrl-w takes, where a word is anything without blanks.</summary>
    public void KillFieldLeft()
    {
        var start = Cursor;
        while (start > 0 && char.IsWhiteSpace(Text[start - 1])) start--;
        while (start > 0 && !char.IsWhiteSpace(Text[start - 1])) start--;
        Kill(start, Cursor);
    }

    public void Yank()
    {
        var piece = _kills.Latest();
        _yankStart = Cursor;
        Change(Text.Insert(Cursor, piece), Cursor + piece.Length, LastEdit.Yank);
    }

    /// <summary>Directly after <see cref="Yank"/>: the piece before that one in its place.</summary>
    public void YankEarlier()
    {
        if (_last != LastEdit.Yank) return;
        var piece = _kills.Earlier();
        Change(Text[.._yankStart] + piece + Text[Cursor..], _yankStart + piece.Length, LastEdit.Yank);
    }

    /// <summary>Swaps the characters on both sides of the cursor, at the end of the line the last two.</summary>
    public void Transpose()
    {
        var right = Cursor == Text.Length ? Graphemes.Previous(Text, Cursor) : Cursor;
        if (right == 0) return;
        var left = Graphemes.Previous(Text, right);
        var end = Graphemes.Next(Text, right);
        Change(Text[..left] + Text[right..end] + Text[left..right] + Text[end..], end, LastEdit.Other);
    }

    private string Clean(string text) => keepsLineBreaks ? Printable.Lines(text) : Printable.Line(text);

    private int WordStart()
    {
        var start = Cursor;
        while (start > 0 && !IsOfWord(Text[start - 1])) start--;
        while (start > 0 && IsOfWord(Text[start - 1])) start--;
        return start;
    }

    private int WordEnd()
    {
        var end = Cursor;
        while (end < Text.Length && !IsOfWord(Text[end])) end++;
        while (end < Text.Length && IsOfWord(Text[end])) end++;
        return end;
    }

    // Marks belong to the letter before them, and half of a surrogate pair is no boundary.
    private static bool IsOfWord(char character) =>
        char.IsLetterOrDigit(character) || char.IsSurrogate(character)
        || char.GetUnicodeCategory(character) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private void MoveTo(int index) => Change(Text, index, LastEdit.Other);

    private void Remove(int start, int end) => Change(Text.Remove(start, end - start), start, LastEdit.Other);

    private void Kill(int start, int end)
    {
        (start, end) = (Graphemes.Snap(Text, start), Graphemes.Snap(Text, end));
        if (start >= end) return;
        _kills.Add(Text[start..end], before: end == Cursor, continues: _last == LastEdit.Kill);
        Change(Text.Remove(start, end - start), start, LastEdit.Kill);
    }

    // Every change ends here, so the cursor cannot be left inside a character, whatever the edit joined or split.
    private void Change(string text, int cursor, LastEdit edit)
    {
        Text = text;
        Cursor = Graphemes.Snap(text, cursor);
        _last = edit;
    }
}
