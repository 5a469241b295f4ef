using System.Runtime.InteropServices;

namespace Kabar.Cli.Bench;

/// <summary>
/// Runs the workloads one after another, each on a server of its own with fresh data, so that none inherits the other's memory or
/// inboxes; an echo that is wanted for comparison goes first.
/// </summary>
internal static class BenchRun
{
    public static async Task<BenchReport> RunAsync(BenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        SocketTuning.Apply();
        var results = new List<WorkloadResult>();
        foreach (var workload in options.Workloads)
        {
            var accounts = AccountsFor(workload, options);
            // An echo has no inboxes.
            if (options.Echo && workload != Workload.Inbox)
            {
                progress($"{workload} on the echo");
                results.Add(await MeasureAsync(workload, await Target.StartEchoAsync(options, accounts, cancellationToken), options, cancellationToken));
            }

            progress($"{workload} on the server");
            var target = options is { Server: { } server, Users: { } users }
                ? await Target.AttachAsync(options, server, users, cancellationToken)
                : await Target.StartKabarAsync(options, accounts, cancellationToken);
            results.Add(await MeasureAsync(workload, target, options, cancellationToken));
        }

        return new BenchReport
        {
            Version = typeof(BenchRun).Assembly.GetName().Version!.ToString(3), // ours has one
            System = RuntimeInformation.OSDescription,
            Processors = Environment.ProcessorCount,
            Connections = options.Connections,
            Depth = options.Depth,
            Body = options.Body,
            WarmupSeconds = options.Warmup.TotalSeconds,
            DurationSeconds = options.Duration.TotalSeconds,
            Count = options.Count,
            Results = results,
        };
    }

    private static int AccountsFor(Workload workload, BenchOptions options) => workload switch
    {
        Workload.Send or Workload.Inbox => Math.Clamp(options.Connections, 2, BenchAccount.Most),
        Workload.Connect => Math.Min(options.Connections, 20),
        Workload.Idle => 1,
    };

    private static async Task<WorkloadResult> MeasureAsync(Workload workload, Target target, BenchOptions options, CancellationToken cancellationToken)
    {
        await using (target)
        {
            try
            {
                var result = await (workload switch
                {
                    Workload.Send => SendLoad.RunAsync(target, options, cancellationToken),
                    Workload.Inbox => InboxLoad.RunAsync(target, options, cancellationToken),
                    Workload.Connect => ConnectLoad.RunAsync(target, options, cancellationToken),
                    Workload.Idle => IdleLoad.RunAsync(target, options, cancellationToken),
                });
                return target.LastWords is null ? result : throw new CommandFault("The server ended before the load did.");
            }
            catch (CommandFault fault) when (target.LastWords is { } words)
            {
                throw new CommandFault($"{fault.Message} Its last words:{Environment.NewLine}{words}");
            }
        }
    }
}
