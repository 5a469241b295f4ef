using System.Diagnostics;
using System.Globalization;

namespace Kabar.Cli.Bench;

/// <summary>What the operating system counts about one process.</summary>
internal sealed class ProcessFigures(int id)
{
    /// <summary>The CPU time it has used, in the kernel too.</summary>
    public TimeSpan Cpu()
    {
        using var process = Find();
        return process.TotalProcessorTime;
    }

    /// <summary>Its resident memory.</summary>
    public long ResidentBytes()
    {
        const string Key = "Rss:";
        if (!OperatingSystem.IsLinux())
        {
            using var process = Find();
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

    private Process Find()
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
