namespace Kabar.Cli.Terminal;

/// <summary>What terminals send for the keys that have no character. Several spellings are in use for some of them (xterm, rxvt, the Linux
/// console); all are known here.</summary>
internal static class EscapeSequences
{
    private const int Alt = 0b010;

    public static ReadOnlySpan<byte> PasteStart => "\e[200~"u8;

    public static ReadOnlySpan<byte> PasteEnd => "\e[201~"u8;

    /// <summary>The key of <c>ESC [ parameters final</c>. A second parameter tells of Shift, Alt and Ctrl: 1 plus their bits 1, 2,
    /// 4.</summary>
    public static Key Control(string parameters, char final)
    {
        var fields = parameters.Split(';');
        var modifiers = fields.Length > 1 && int.TryParse(fields[1], out var told) ? (told - 1) & 0b110 : 0;
        if (final != '~') return modifiers == Alt ? WithAlt(final) : Letter(final, modifiers != 0);
        return new Key(fields[0] switch
        {
            "1" or "7" => KeyKind.Home,
            "4" or "8" => KeyKind.End,
            "3" => KeyKind.Delete,
            "5" => KeyKind.PageUp,
            "6" => KeyKind.PageDown,
            _ => KeyKind.Unknown,
        });
    }

    public static Key Letter(char final, bool modified) => new(final switch
    {
        'A' => KeyKind.Up,
        'B' => KeyKind.Down,
        'C' => modified ? KeyKind.WordRight : KeyKind.Right,
        'D' => modified ? KeyKind.WordLeft : KeyKind.Left,
        'H' => KeyKind.Home,
        'F' => KeyKind.End,
        _ => KeyKind.Unknown,
    });

    private static Key WithAlt(char final) => final switch
    {
        'A' => new Key(KeyKind.AltUp),
        'C' => new Key(KeyKind.AltRight),
        'D' => new Key(KeyKind.AltLeft),
        _ => Letter(final, modified: true),
    };
}
