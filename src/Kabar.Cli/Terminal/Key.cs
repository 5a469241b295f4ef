namespace Kabar.Cli.Terminal;

internal enum KeyKind
{
    /// <summary>Typed characters, one or more.</summary>
    Text,

    /// <summary>What a terminal marked as pasted; it may hold line breaks, which are then not the Enter key.</summary>
    Paste,

    /// <summary>A letter with Ctrl; the letter, in lower case, is the key's text.</summary>
    Control,

    /// <summary>A character with Alt (or after Esc), which is the key's text.</summary>
    Alt,

    Enter,
    Tab,
    Escape,
    Backspace,
    AltBackspace,
    Delete,
    Left,
    Right,
    Up,
    Down,
    Home,
    End,
    WordLeft,
    WordRight,
    AltLeft,
    AltRight,
    AltUp,
    AltEnter,
    PageUp,
    PageDown,

    /// <summary>A key that means nothing here; taken off the input whole, so that its rest isn't typed into the line.</summary>
    Unknown,
}

internal readonly record struct Key(KeyKind Kind, string Text = "")
{
    public static Key Control(char letter) => new(KeyKind.Control, letter.ToString());

    public static Key Alt(char letter) => new(KeyKind.Alt, letter.ToString());
}
