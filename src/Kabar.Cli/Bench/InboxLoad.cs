namespace Kabar.Cli.Bench;

/// <summary>The whole life of a message: half of the connections send, the other half read what was sent, and the two are compared.</summary>
internal static class InboxLoad
{
    public static readonly TimeSpan LongestDrain = TimeSpan.FromMinutes(2);

    public static async Task<WorkloadResult> RunAsync(Target target, BenchOptions options, CancellationToken cancellationToken)
    {
        var window = new LoadWindow(options);
        var polls = new LatencyHistogram();
        var reading = Math.Max(1, options.Connections / 2);
        var sending = Math.Max(1, options.Connections - reading);
        var inboxes = Math.Min(reading, target.Accounts.Count / 2);
        var (readers, senders) = (target.Accounts.Take(inboxes).ToArray(), target.Accounts.Skip(inboxes).ToArray());
        var messages = Enumerable.Range(0, sending).Select(_ => new SentMessages()).ToArray();
        using var connections = await ConnectionSet.OpenAsync(target.EndPoint, sending + reading, cancellationToken);

        // Connections 0 to sending - 1 send; the others are dealt out to the inboxes.
        var recipients = readers.Select((account, inbox) =>
        {
            var asks = Enumerable.Range(0, reading).Where(number => number % inboxes == inbox).Select(number => connections[sending + number]);
            return new Recipient(account, new InboxReader(account, [.. asks], window, messages) { Polls = polls });
        }).ToArray();
        var load = Enumerable.Range(0, sending).Select(number => new Sender(
            connections[number], window, number, senders[number % senders.Length], recipients, messages[number], options)).ToArray();

        var receiving = Task.WhenAll(recipients.Select(recipient => recipient.Reader!.RunAsync())); // each was made with one, above
        Stretch stretch;
        try
        {
            stretch = await window.RunAsync(() => load.Select(sender => sender.RunAsync()), connections.Dispose, target.Figures, cancellationToken);
        }
        finally
        {
            foreach (var recipient in recipients) recipient.Reader!.Finish(); // as above
            await Task.WhenAny(receiving, Task.Delay(LongestDrain, cancellationToken));
            if (!receiving.IsCompleted) connections.Dispose();
            await receiving;
        }

        var delivery = recipients.Aggregate(new Delivery(), (sum, recipient) => recipient.Reader!.AddTo(sum)); // as above
        return target.Result(Workload.Inbox) with
        {
            Load = LoadFigures.Of(window, stretch) with { Polls = PollFigures.Of(polls) },
            Delivery = messages.Aggregate(delivery, (sum, sender) => sender.AddTo(sum)),
            Failures = window.Failures.Snapshot(),
        };
    }
}
