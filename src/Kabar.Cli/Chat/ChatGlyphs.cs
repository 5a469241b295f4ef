namespace Kabar.Cli.Chat;

/// <summary>How far an own message has come.</summary>
internal enum Tick
{
    /// <summary>It waits for another realm, or for the connection.</summary>
    Queued,

    /// <summary>It is on disk where its reader is.</summary>
    Stored,

    /// <summary>A client of his has it.</summary>
    Delivered,

    Read,

    Failed,
}

/// <summary>The signs between the words: those of Unicode, or plain characters where the terminal's are others. A tick takes two columns.</summary>
internal sealed record ChatGlyphs(string Queued, string Stored, string Delivered, string Read, string Failed, char Rule, string Dot, string Came, string Went, string Answers, string More, string Open, string Close)
{
    public const int TickWidth = 2;

    /// <summary>Where there are colours, what was read is told by one.</summary>
    public static ChatGlyphs Unicode { get; } = new("◌", "✓", "✓✓", "✓✓", "✗", '─', " · ", "→", "←", "↪", "…", "“", "”");

    public static ChatGlyphs UnicodeWithoutColours { get; } = Unicode with { Read = "✔✔" };

    public static ChatGlyphs Plain { get; } = new("q", "s", "d", "r", "x", '-', " | ", "->", "<-", "re", "...", "\"", "\"");

    /// <summary>Those for a locale and a taste: <c>LC_ALL</c>, <c>LC_CTYPE</c> and <c>LANG</c> say whether it is UTF-8.</summary>
    public static ChatGlyphs For(Func<string, string?> variable, bool hasColours)
    {
        var locale = new[] { "LC_ALL", "LC_CTYPE", "LANG" }.Select(variable).FirstOrDefault(value => !string.IsNullOrEmpty(value)) ?? "";
        var isUtf8 = locale.Contains("UTF-8", StringComparison.OrdinalIgnoreCase) || locale.Contains("UTF8", StringComparison.OrdinalIgnoreCase);
        return !isUtf8 ? Plain : hasColours ? Unicode : UnicodeWithoutColours;
    }

    public ChatSpan Of(Tick? tick) => tick switch
    {
        Tick.Queued => new(Padded(Queued), Tone.Dim),
        Tick.Stored => new(Padded(Stored), Tone.Dim),
        Tick.Delivered => new(Padded(Delivered), Tone.Dim),
        Tick.Read => new(Padded(Read), Tone.Read),
        Tick.Failed => new(Padded(Failed), Tone.Alarm),
        null => new(Padded("")),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The beginning of a text, in quotation marks.</summary>
    public string Quote(string text, int length = 24)
    {
        var line = Terminal.Printable.Line(text);
        var cut = Terminal.CellWidth.Cut(line, length);
        return Open + (cut.Length < line.Length ? cut.TrimEnd() + More : cut) + Close;
    }

    private static string Padded(string tick) => tick.PadRight(TickWidth);
}
