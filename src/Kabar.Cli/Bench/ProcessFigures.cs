using System.Diagnostics;
using System.Globalization;

namespace Kabar.Cli.Bench;

/// <summary>What the operating system counts about a process, or about several together.</summary>
internal sealed class ProcessFigures(params IReadOnlyList<int> processes)
{
    /// <summary>The CPU time used, in the kernel too.</summary>
    public TimeSpan Cpu() => processes.Aggregate(TimeSpan.Zero, (sum, id) => sum + Cpu(id));

    /// <summary>The resident memory.</summary>
    public long ResidentBytes() => processes.Sum(ResidentBytes);

    private static TimeSpan Cpu(int id)
    {
        using var process = Find(id);
        return process.TotalProcessorTime;
    }

    private static long ResidentBytes(int id)
    {
        const string Key = "Rss:";
        if (!OperatingSystem.IsLinux())
        {
            using var process = Find(id);
            return process.WorkingSet64;
        }

        try
        {
            // Exact; the figure of /proc/PID/stat, which WorkingSet64 reads, lags behind by some pages a thread.
            var line = File.ReadLines($"/proc/{id}/smaps_rollup").First(line => line.StartsWith(Key, StringComparison.Ordinal));
            return 1024 * long.Parse(line.AsSpan(Key.Length).Trim(" kB"), CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new CommandFault($"The memory of process {id} cannot be read: {exception.Message}");
        }
    }

    private static Process Find(int id)
    {
        try
        {
            return Process.GetProcessById(id);
        }
        catch (ArgumentException)
        {
            throw new CommandFault($"There is no process {id}: the server has ended.");
        }
    }
}
