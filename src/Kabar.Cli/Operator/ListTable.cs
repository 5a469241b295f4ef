using System.Globalization;
using Spectre.Console;

namespace Kabar.Cli.Operator;

/// <summary>What the operator's lists look like: columns without borders, as wide as they need.</summary>
internal static class ListTable
{
    public static string Write(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = 200; // not the terminal's: a line that wraps in a pipe is no line
        var table = new Table().Border(TableBorder.None).AddColumns([.. columns]);
        foreach (var row in rows) table.AddRow([.. row.Select(Markup.Escape)]);
        console.Write(table);
        return text.ToString();
    }
}
