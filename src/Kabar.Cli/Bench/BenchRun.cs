using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Kabar.Cli.Bench;

/// <summary>
/// Runs the workloads one after another, each on servers of its own with fresh data, so that none inherits the other's memory or
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
            if (options.Echo && workload is (Workload.Send or Workload.Idle or Workload.Connect))
            {
                progress($"{workload} on the echo");
                results.Add(await MeasureAsync(
                    workload, await Target.StartEchoAsync(options, AccountsFor(workload, options), cancellationToken), options, cancellationToken));
            }

            results.AddRange(await MeasureAsync(workload, options, progress, cancellationToken));
        }

        var groups = options.Workloads.Contains(Workload.Group);
        return new BenchReport
        {
            Version = typeof(BenchRun).Assembly.GetName().Version!.ToString(3), // ours has one
            System = RuntimeInformation.OSDescription,
            Processors = Environment.ProcessorCount,
            Connections = options.Connections,
            Depth = options.Depth,
            Body = options.Body,
            Groups = groups ? options.Groups : null,
            Members = groups ? options.Members : null,
            Listeners = options.Workloads.Contains(Workload.Push) ? options.Listeners : null,
            FanoutMembers = options.Workloads.Contains(Workload.Fanout) ? options.FanoutMembers : null,
            FanoutDepth = options.Workloads.Contains(Workload.Fanout) ? options.FanoutDepth : null,
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
        Workload.Group => GroupLoad.Accounts(options),
        Workload.Federated => throw new UnreachableException("it makes accounts in two realms"),
        Workload.Search => throw new UnreachableException("it makes accounts in a store"),
        Workload.Push => options.Listeners + 1,
        Workload.Fanout => options.FanoutMembers,
        Workload.Sockets => Math.Min(options.IdleConnections, SocketLoad.Accounts),
    };

    private static async Task<IReadOnlyList<WorkloadResult>> MeasureAsync(
        Workload workload, BenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        if (workload == Workload.Federated) return await FederatedLoad.RunAsync(options, progress, cancellationToken);
        if (workload == Workload.Search) return [await SearchLoad.RunAsync(options, progress, cancellationToken)];
        var accounts = AccountsFor(workload, options);
        if (workload == Workload.Send && options.Indexed) return await IndexedSendLoad.RunAsync(options, accounts, progress, cancellationToken);
        if (workload == Workload.Send && options.DeadPeer) return await DeadPeerLoad.RunAsync(options, accounts, progress, cancellationToken);

        var setup = workload switch
        {
            Workload.Group => ServerSetup.Plain with { Dialect = "realm-chat" },
            Workload.Sockets => ServerSetup.Web,
            _ => ServerSetup.Plain,
        };
        Task<Target> ServerAsync() => options is { Server: { } server, Users: { } users }
            ? Target.AttachAsync(options, server, users, accounts, cancellationToken)
            : Target.StartKabarAsync(options, setup, accounts, cancellationToken);
        if (workload == Workload.Push) return await PushLoad.RunAsync(options, ServerAsync, progress, cancellationToken);

        progress($"{workload} on the server");
        return [await MeasureAsync(workload, await ServerAsync(), options, cancellationToken)];
    }

    private static async Task<WorkloadResult> MeasureAsync(Workload workload, Target target, BenchOptions options, CancellationToken cancellationToken)
    {
        await using (target)
        {
            return await target.WatchAsync(() => workload switch
            {
                Workload.Send => SendLoad.RunAsync(target, options, cancellationToken),
                Workload.Inbox => InboxLoad.RunAsync(target, options, cancellationToken),
                Workload.Connect => ConnectLoad.RunAsync(target, options, cancellationToken),
                Workload.Idle => IdleLoad.RunAsync(target, options, cancellationToken),
                Workload.Group => GroupLoad.RunAsync(target, options, cancellationToken),
                Workload.Federated => throw new UnreachableException("it has two targets"),
                Workload.Search => throw new UnreachableException("it has none"),
                Workload.Push => throw new UnreachableException("it has an echo beside it"),
                Workload.Fanout => FanoutLoad.RunAsync(target, options, cancellationToken),
                Workload.Sockets => SocketLoad.RunAsync(target, options, cancellationToken),
            });
        }
    }
}
