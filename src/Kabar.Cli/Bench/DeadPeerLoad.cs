namespace Kabar.Cli.Bench;

/// <summary>
/// The send workload without a peer, and then with one that was joined and is down, while about every tenth message is for its users:
/// what a queue that grows costs those who write to each other here.
/// </summary>
internal static class DeadPeerLoad
{
    private const int OneIn = 10;

    public static async Task<IReadOnlyList<WorkloadResult>> RunAsync(
        BenchOptions options, int accounts, Action<string> progress, CancellationToken cancellationToken)
    {
        progress("send without a peer");
        WorkloadResult alone;
        await using (var target = await Target.StartKabarAsync(options, ServerSetup.Plain, accounts, cancellationToken))
            alone = await target.WatchAsync(() => SendLoad.RunAsync(target, options, cancellationToken));

        progress("send with a peer that is down");
        await using var pair = await RealmPair.StartAsync(options, accounts, Math.Min(accounts, OneIn), cancellationToken);
        await pair.Second.StopAsync();
        var queued = new QueuedMessages();
        var recipients = Mix(
            [.. pair.First.Accounts.Select(account => new Recipient(account))],
            [.. pair.Second.Accounts.Select(account => new Recipient(account, RealmPair.SecondRealm) { Queued = queued })]);
        var beside = await pair.WatchAsync(() => SendLoad.RunAsync(pair.First, recipients, options, cancellationToken));
        var peers = await pair.First.CommandAsync(["peer", "list", "--json"], cancellationToken);
        return
        [
            alone,
            beside with
            {
                Target = $"{RealmPair.FirstRealm}, {RealmPair.SecondRealm} down",
                Queue = QueueFigures.Of(peers, RealmPair.SecondRealm, queued),
                Comparison = Comparison.Of("send with a dead peer", beside.Load, "send without", alone.Load),
            },
        ];
    }

    /// <summary>All of the first kind in turn, and after each nine one of the second.</summary>
    internal static Recipient[] Mix(Recipient[] here, Recipient[] away)
    {
        var groups = (here.Length + OneIn - 2) / (OneIn - 1);
        return [.. Enumerable.Range(0, groups * OneIn).Select(place => place % OneIn == OneIn - 1
            ? away[place / OneIn % away.Length]
            : here[(place - (place / OneIn)) % here.Length])];
    }
}
