using System.Diagnostics;

namespace Kabar.Cli.Bench;

/// <summary>How long was measured, and what it cost.</summary>
/// <param name="Elapsed">The time.</param>
/// <param name="ServerCpu">The server's CPU time, where its process is known.</param>
/// <param name="OwnCpu">The load generator's.</param>
/// <param name="OthersCpu">That of everything else on the machine, where it can be known.</param>
internal sealed record Stretch(TimeSpan Elapsed, TimeSpan? ServerCpu, TimeSpan OwnCpu, TimeSpan? OthersCpu);

/// <summary>The clocks as they stood when a stretch began.</summary>
internal sealed class Meter
{
    private readonly ProcessFigures? _server;
    private readonly MachineFigures? _machine;
    private readonly TimeSpan? _cpu;
    private readonly TimeSpan _own;
    private readonly long _started;

    private Meter(ProcessFigures? server)
    {
        _server = server;
        (_machine, _cpu, _own) = (MachineFigures.Now(), server?.Cpu(), Environment.CpuUsage.TotalTime);
        _started = Stopwatch.GetTimestamp();
    }

    /// <summary>Begins a stretch.</summary>
    /// <param name="server">The server's process, where it is known.</param>
    public static Meter Start(ProcessFigures? server) => new(server);

    /// <summary>What has passed since.</summary>
    public Stretch Read()
    {
        var (elapsed, own, cpu) = (Stopwatch.GetElapsedTime(_started), Environment.CpuUsage.TotalTime - _own, _server?.Cpu() - _cpu);
        var all = _machine is { } before ? MachineFigures.Now()?.Since(before, elapsed) : null;
        return new Stretch(elapsed, cpu, own, all - cpu - own);
    }
}
