using System.Diagnostics;

namespace Kabar.Cli.Bench;

/// <summary>
/// The send workload with texts of words, first without the full-text index and then with it: what it costs that everything can be found. What the index has still to do when the senders have
/// ended is counted too.
/// </summary>
internal static class IndexedSendLoad
{
    // Of one processor, in which nobody works but timers.
    private const double Idle = 0.02;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestCatchingUp = TimeSpan.FromMinutes(10);

    public static async Task<IReadOnlyList<WorkloadResult>> RunAsync(BenchOptions options, int accounts, Action<string> progress, CancellationToken cancellationToken)
    {
        progress("send without the full-text index");
        var without = await MeasureAsync(options, ServerSetup.Plain with { Search = false }, accounts, cancellationToken);
        progress("send with the full-text index");
        var with = await MeasureAsync(options, ServerSetup.Plain, accounts, cancellationToken);
        return
        [
            without with { Target = "kabar, Search off" },
            with with
            {
                Target = "kabar, Search on",
                Comparison = Comparison.Of("send with the index, all of it indexed,", AllOf(with), "send without", AllOf(without)),
            },
        ];
    }

    private static LoadFigures? AllOf(WorkloadResult result) => result.Load is { } load && result.Indexed is { } indexed ? load with { ServerCpu = indexed.ServerCpu } : null;

    private static async Task<WorkloadResult> MeasureAsync(BenchOptions options, ServerSetup setup, int accounts, CancellationToken cancellationToken)
    {
        await using var target = await Target.StartKabarAsync(options, setup, accounts, cancellationToken);
        return await target.WatchAsync(async () =>
        {
            // 1. The warm-up is a round of its own, of which nothing is left to be indexed when the clocks are read.
            var figures = target.Figures!; // its process is ours
            var wordy = options with { Words = true, Warmup = TimeSpan.Zero };
            if (options.Warmup > TimeSpan.Zero)
            {
                await SendLoad.RunAsync(target, wordy with { Duration = options.Warmup, Count = null }, cancellationToken);
                await CatchUpAsync(figures, cancellationToken);
            }

            // 2. What is measured ends when the server has nothing more to do.
            var meter = Meter.Start(figures);
            var result = await SendLoad.RunAsync(target, wordy, cancellationToken);
            var catchingUp = await CatchUpAsync(figures, cancellationToken);
            var cpu = meter.Read().ServerCpu?.TotalMicroseconds / result.Load?.Answered;
            return result with { Indexed = new IndexedSends(cpu is { } each ? Math.Round(each, 2) : null, Math.Round(catchingUp.TotalSeconds, 1)) };
        });
    }

    private static async Task<TimeSpan> CatchUpAsync(ProcessFigures server, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var quiet = TimeSpan.Zero;
        while (quiet == TimeSpan.Zero || Stopwatch.GetElapsedTime(began) - quiet < 2 * Look)
        {
            var (before, at) = (server.Cpu(), Stopwatch.GetTimestamp());
            await Task.Delay(Look, cancellationToken);
            var isIdle = (server.Cpu() - before) / Stopwatch.GetElapsedTime(at) < Idle;
            quiet = !isIdle ? TimeSpan.Zero : quiet == TimeSpan.Zero ? Stopwatch.GetElapsedTime(began) - Look : quiet;
            if (Stopwatch.GetElapsedTime(began) > LongestCatchingUp) throw new CommandFault("The server works on long after the load has ended.");
        }

        return quiet;
    }
}
