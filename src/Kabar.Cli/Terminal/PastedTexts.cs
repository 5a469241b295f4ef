using System.Text;

namespace Kabar.Cli.Terminal;

/// <summary>
/// Long pastes in a line being edited. Each stands there as one private character, which is shown as a label, passed and deleted as one, and is the whole text
/// again when the line is done.
/// </summary>
internal sealed class PastedTexts
{
    private const char First = '\uF5A0';
    private const int Most = 64;
    private const char Stranger = '\uFFFD';

    private readonly List<string> _texts = [];

    /// <summary>What the label of a text reads.</summary>
    public Func<string, string> Label { get; init; } = text => $"[{text.Count(character => character == '\n') + 1} lines]";

    /// <summary>The character that stands for a text; null when there are too many already.</summary>
    public char? Keep(string text)
    {
        if (_texts.Count == Most) return null;
        _texts.Add(text);
        return (char)(First + _texts.Count - 1);
    }

    /// <summary>A paste that came in pieces: adds one to the text that a character stands for. False when it stands for none.</summary>
    public bool TryExtend(char character, string more)
    {
        if (Of(character) is not { } text) return false;
        _texts[character - First] = text + more;
        return true;
    }

    /// <summary>The texts that a line holds, in its order.</summary>
    public IEnumerable<string> In(string line) => line.Select(Of).OfType<string>();

    /// <summary>The line with the texts in it.</summary>
    public string Expand(string line) => Replace(line, text => text);

    /// <summary>The line as it is shown.</summary>
    public string Shown(string line) => Replace(line, Label);

    /// <summary>What is typed or pasted cannot pretend to be one of these.</summary>
    public static string Without(string typed) =>
        typed.Any(IsReserved) ? string.Concat(typed.Select(character => IsReserved(character) ? Stranger : character)) : typed;

    private string? Of(char character) => IsReserved(character) && character - First < _texts.Count ? _texts[character - First] : null;

    private string Replace(string line, Func<string, string> by)
    {
        if (_texts.Count == 0) return line;
        var text = new StringBuilder(line.Length);
        foreach (var character in line)
        {
            if (Of(character) is { } pasted) text.Append(by(pasted));
            else text.Append(character);
        }

        return text.ToString();
    }

    private static bool IsReserved(char character) => character is >= First and < (char)(First + Most);
}
