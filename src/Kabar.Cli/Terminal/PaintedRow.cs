namespace Kabar.Cli.Terminal;

/// <summary>A row ready for the terminal, colours included, and the columns that it takes: they cannot be counted from the text any more.</summary>
internal readonly record struct PaintedRow(string Text, int Width);
