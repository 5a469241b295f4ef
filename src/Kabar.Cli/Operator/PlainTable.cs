using System.Globalization;
using Spectre.Console;

namespace Kabar.Cli.Operator;

/// <summary>A table as text, without lines or colours: for people, and for pipes.</summary>
internal sealed class PlainTable(params string[] columns)
{
    private readonly Table _table = new Table().Border(TableBorder.None).AddColumns(columns);

    public void Add(params string[] cells) => _table.AddRow([.. cells.Select(Markup.Escape)]);

    public override string ToString()
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = 200; // not the terminal's: a line that wraps in a pipe is no line
        console.Write(_table);
        return text.ToString();
    }
}
