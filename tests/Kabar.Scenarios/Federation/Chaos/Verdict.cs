using System.Globalization;
using System.Text;

namespace Kabar.Scenarios.Federation.Chaos;

/// <summary>The counts of a run, what was lost as a restore may lose it, and every broken promise.</summary>
internal sealed class Verdict
{
    private const int Shown = 40;
    private readonly List<string> _faults = [];

    public int Sent { get; set; }

    public int Acknowledged { get; set; }

    public int Unknown { get; set; }

    public int RefusedAndTold { get; set; }

    public int InGroup { get; set; }

    /// <summary>What was said natively, as each reader of it counts.</summary>
    public int Live { get; set; }

    /// <summary>Of these, what was edited, deleted or reacted to.</summary>
    public int Revised { get; set; }

    public int Doubled { get; set; }

    public int OutOfOrder { get; set; }

    /// <summary>Acknowledged at the restored realm after its backup, and nobody else had it.</summary>
    public List<string> LostWithRestore { get; } = [];

    /// <summary>Of these, what no other realm was ever to have.</summary>
    public int LostLocally { get; set; }

    public IReadOnlyList<string> Faults => _faults;

    public void Fault(string what) => _faults.Add(what);

    public void Require(bool holds, string what)
    {
        if (!holds) _faults.Add(what);
    }

    /// <summary>A line of names, a line of numbers, then what is wrong.</summary>
    public string Table(int seed, ChaosCounts counts, TimeSpan took)
    {
        (string Name, object Value)[] columns =
        [
            ("seed", seed), ("sent", Sent), ("acknowledged", Acknowledged), ("unknown", Unknown), ("refused and told", RefusedAndTold),
            ("lost with the restore", LostWithRestore.Count), ("of these local", LostLocally), ("doubled", Doubled), ("out of order", OutOfOrder), ("group entries", InGroup), ("native", Live), ("revised", Revised),
            ("kills", counts.Kills), ("cuts", counts.Cuts), ("delays", counts.Delays), ("half-opens", counts.HalfOpens),
            ("freezes", counts.Freezes), ("restores", counts.Restores), ("seconds", Math.Round(took.TotalSeconds, 1)),
        ];
        var cells = columns.Select(column => (column.Name, Value: Convert.ToString(column.Value, CultureInfo.InvariantCulture) ?? "")).ToList();
        var table = new StringBuilder();
        table.AppendJoin(" | ", cells.Select(cell => cell.Name)).AppendLine();
        table.AppendJoin(" | ", cells.Select(cell => cell.Value.PadLeft(cell.Name.Length))).AppendLine();
        return table.Append(FaultLines()).ToString();
    }

    public string LostLines() => string.Concat(LostWithRestore.Select(lost => $"lost with the restore: {lost}\n"));

    public string FaultLines()
    {
        var lines = new StringBuilder();
        foreach (var fault in _faults.Take(Shown)) lines.Append("BROKEN: ").AppendLine(fault);
        if (_faults.Count > Shown) lines.AppendLine(CultureInfo.InvariantCulture, $"and {_faults.Count - Shown} more");
        return lines.ToString();
    }
}

/// <summary>How often what was done to the realms and their links.</summary>
internal sealed record ChaosCounts(int Kills, int Cuts, int Delays, int HalfOpens, int Freezes, int Restores);
