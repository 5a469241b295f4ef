using System.Globalization;

namespace Kabar.Cli.Bench;

/// <summary>How busy the machine was between two moments, whoever kept it so.</summary>
internal readonly record struct MachineFigures(long Busy, long Total)
{
    /// <summary>The counts so far; null where the system has none to read.</summary>
    public static MachineFigures? Now()
    {
        if (!OperatingSystem.IsLinux()) return null;
        // cpu  user nice system idle iowait irq softirq steal …; guests are in user already.
        var counts = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9]
            .Select(count => long.Parse(count, CultureInfo.InvariantCulture)).ToArray();
        var (idle, total) = (counts[3] + counts[4], counts.Sum());
        return new MachineFigures(total - idle, total);
    }

    /// <summary>The processor time that was used since an earlier moment.</summary>
    public TimeSpan Since(MachineFigures earlier, TimeSpan elapsed) =>
        Total == earlier.Total ? TimeSpan.Zero : elapsed * Environment.ProcessorCount * ((Busy - earlier.Busy) / (double)(Total - earlier.Total));
}
