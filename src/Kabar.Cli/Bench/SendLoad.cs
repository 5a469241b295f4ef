namespace Kabar.Cli.Bench;

/// <summary>Every connection sends; afterwards, where it was asked for, everything is read back and compared.</summary>
internal static class SendLoad
{
    /// <summary>Sends among all accounts of the target.</summary>
    public static Task<WorkloadResult> RunAsync(Target target, BenchOptions options, CancellationToken cancellationToken) =>
        RunAsync(target, [.. target.Accounts.Select(account => new Recipient(account))], options, cancellationToken);

    /// <summary>Sends to these recipients.</summary>
    public static async Task<WorkloadResult> RunAsync(
        Target target, Recipient[] recipients, BenchOptions options, CancellationToken cancellationToken)
    {
        // An echo speaks no protocol.
        options = options with { IsNative = options.IsNative && target.KeepsMessages };
        var window = new LoadWindow(options);
        var accounts = target.Accounts;
        var messages = Enumerable.Range(0, options.Connections).Select(_ => new SentMessages()).ToArray();
        using var connections = await ConnectionSet.OpenAsync(target.EndPoint, options.Connections, cancellationToken);
        if (options.IsNative)
            await NativeEntrance.EnterAllAsync(connections, 0, (number, connection) => NativeLine.ResumeAsync(connection, accounts[number % accounts.Count]), cancellationToken);
        var senders = Enumerable.Range(0, options.Connections).Select(number => new Sender(
            connections[number], window, number, accounts[number % accounts.Count], recipients, options.Verify ? messages[number] : null, options)).ToArray();

        var stretch = await window.RunAsync(() => senders.Select(sender => sender.RunAsync()), connections.Dispose, target.Figures, cancellationToken);
        var delivery = options.Verify && target.KeepsMessages ? await ReadBackAsync(target, window, messages, cancellationToken) : null;
        return target.Result(Workload.Send) with
        {
            Load = LoadFigures.Of(window, stretch),
            Delivery = delivery,
            Failures = window.Failures.Snapshot(),
        };
    }

    private static async Task<Delivery> ReadBackAsync(Target target, LoadWindow window, SentMessages[] messages, CancellationToken cancellationToken)
    {
        using var connections = await ConnectionSet.OpenAsync(target.EndPoint, target.Accounts.Count, cancellationToken);
        var delivery = new Delivery();
        for (var number = 0; number < target.Accounts.Count; number++)
        {
            var reader = new InboxReader(target.Accounts[number], [connections[number]], window, messages);
            await window.WatchAsync(() => reader.DrainAsync().WaitAsync(InboxReader.LongestDrain, cancellationToken));
            delivery = reader.AddTo(delivery);
        }

        return messages.Aggregate(delivery, (sum, sender) => sender.AddTo(sum));
    }
}
