using System.Net.Sockets;

namespace Kabar.Cli.Bench;

/// <summary>Groups in which members speak in turn, each text heard by all: what a delivery costs, and whether all hear the same.</summary>
internal static class GroupLoad
{
    private const int EnteringAtOnce = 64;

    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(30);

    public static async Task<WorkloadResult> RunAsync(Target target, BenchOptions options, CancellationToken cancellationToken)
    {
        if (target.Accounts.Count < options.Members)
            throw new CommandFault($"Groups of {options.Members} members need as many accounts; there are {target.Accounts.Count}.");
        using var connections = await ConnectionSet.OpenAsync(target.EndPoint, options.Groups * options.Members, cancellationToken);
        await EnterAllAsync(connections, target.Accounts, options.Members, cancellationToken);
        var (result, delivery) = await MeasureAsync(connections, options, target.Figures, cancellationToken);
        return target.Result(Workload.Group) with { Load = result.Load, Delivery = delivery, Failures = result.Failures };
    }
}
