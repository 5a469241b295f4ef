namespace Kabar.Cli.Bench;

/// <summary>The whole life of a message within one realm.</summary>
internal static class InboxLoad
{
    public static async Task<WorkloadResult> RunAsync(Target target, BenchOptions options, CancellationToken cancellationToken)
    {
        var inboxes = Math.Min(Correspondence.Reading(options), target.Accounts.Count / 2);
        var (from, to) = (new Side(target, [.. target.Accounts.Skip(inboxes)]), new Side(target, [.. target.Accounts.Take(inboxes)]));
        using var correspondence = await Correspondence.OpenAsync(from, to, options, cancellationToken);
        var stretch = await correspondence.RunAsync(target.Figures, cancellationToken);
        var latencies = correspondence.Latencies;
        return target.Result(Workload.Inbox) with
        {
            Load = LoadFigures.Of(latencies.Count, latencies, stretch) with { Polls = PollFigures.Of(correspondence.Polls) },
            Delivery = correspondence.Delivery(),
            Failures = correspondence.Failures.Snapshot(),
        };
    }
}
