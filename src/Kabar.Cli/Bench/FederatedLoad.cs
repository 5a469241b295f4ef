namespace Kabar.Cli.Bench;

/// <summary>
/// Accounts of one realm send to those of another, until everything has arrived there; and before it the same load within one realm,
/// measured in the same way.
/// </summary>
internal static class FederatedLoad
{
    public static async Task<IReadOnlyList<WorkloadResult>> RunAsync(BenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        var senders = Math.Min(Correspondence.Sending(options), BenchAccount.Most);
        var readers = Math.Min(Correspondence.Reading(options), BenchAccount.Most);

        progress("federated: the same load within one realm");
        WorkloadResult local;
        await using (var target = await Target.StartKabarAsync(options, ServerSetup.Plain, senders + readers, cancellationToken))
        {
            var (from, to) = (new Side(target, [.. target.Accounts.Take(senders)]), new Side(target, [.. target.Accounts.Skip(senders)]));
            local = await target.WatchAsync(() => MeasureAsync(target.Result(Workload.Federated), from, to, target.Figures, options, cancellationToken));
        }

        progress("federated: between two realms");
        await using var pair = await RealmPair.StartAsync(options, senders, readers, cancellationToken);
        var result = pair.First.Result(Workload.Federated) with { Target = $"{RealmPair.FirstRealm} to {RealmPair.SecondRealm}" };
        var (first, second) = (new Side(pair.First, pair.First.Accounts), new Side(pair.Second, pair.Second.Accounts, RealmPair.SecondRealm));
        var federated = await pair.WatchAsync(() => MeasureAsync(result, first, second, pair.Figures, options, cancellationToken));
        return [local, federated with { Comparison = Comparison.Of("federated", federated.Load, "local", local.Load) }];
    }

    /// <summary>Measures messages from one side to the other.</summary>
    internal static async Task<WorkloadResult> MeasureAsync(
        WorkloadResult result, Side from, Side to, ProcessFigures? servers, BenchOptions options, CancellationToken cancellationToken)
    {
        // 1. The warm-up is a round of its own: none of its messages is still on the way when the clocks are read.
        if (options.Warmup > TimeSpan.Zero)
        {
            var warmup = options with { Warmup = TimeSpan.Zero, Duration = options.Warmup, Count = null };
            using var before = await Correspondence.OpenAsync(from, to, warmup, cancellationToken);
            await before.RunAsync(servers, cancellationToken);
            var early = result with { Delivery = before.Delivery(), Failures = before.Failures.Snapshot() };
            if (!early.IsSound) return early;
        }

        // 2. What is measured ends when the last message has been read.
        using var correspondence = await Correspondence.OpenAsync(from, to, options with { Warmup = TimeSpan.Zero }, cancellationToken);
        var meter = Meter.Start(servers);
        await correspondence.RunAsync(servers, cancellationToken);
        var stretch = meter.Read();
        var delivery = correspondence.Delivery();
        return result with
        {
            Load = LoadFigures.Of(delivery.Received, correspondence.Latencies, stretch) with { Polls = PollFigures.Of(correspondence.Polls) },
            Delivery = delivery,
            Failures = correspondence.Failures.Snapshot(),
        };
    }
}
