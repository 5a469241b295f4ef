namespace Kabar.Cli.Bench;

/// <summary>One large group whose members all listen in the native protocol, and several texts in the air at a time: what it costs to tell one member one text.</summary>
internal static class FanoutLoad
{
    /// <summary>How many it asks for by itself.</summary>
    public const int DefaultMembers = 1_000;

    /// <summary>How many texts.</summary>
    public const int DefaultDepth = 8;

    public static async Task<WorkloadResult> RunAsync(Target target, BenchOptions options, CancellationToken cancellationToken)
    {
        var members = options.FanoutMembers;

        // A server that runs already has that of an earlier run.
        var address = $"#bench-{Guid.NewGuid():N}"[..16];
        if (target.Accounts.Count < members) throw new CommandFault($"A group of {members} members needs as many accounts; there are {target.Accounts.Count}.");
        using var connections = await ConnectionSet.OpenAsync(target.EndPoint, members, cancellationToken);
        await NativeEntrance.EnterAllAsync(connections, 0, (number, connection) => NativeLine.ResumeAsync(connection, target.Accounts[number]), cancellationToken);
        await NativeLine.AskAsync(connections[0], $"group create {address[1..]}");
        await NativeEntrance.EnterAllAsync(connections, 1, (_, connection) => NativeLine.AskAsync(connection, $"group join {address}"), cancellationToken);
        await NativeEntrance.EnterAllAsync(connections, 0, (_, connection) => NativeLine.AskAsync(connection, "listen"), cancellationToken);

        var window = new LoadWindow(options);
        var group = new BenchGroup(0, [.. Enumerable.Range(0, members).Select(number => connections[number])], window, options with { Depth = options.FanoutDepth }, address);

        void Abort()
        {
            connections.Dispose();
            group.GiveUp();
        }

        var stretch = await window.RunAsync(group.Run, Abort, target.Figures, cancellationToken);
        return target.Result(Workload.Fanout) with
        {
            // A text is a delivery to each member; the latencies are those of texts.
            Load = LoadFigures.Of(window.Latencies.Count * members, window.Latencies, stretch),
            Delivery = group.Tally.AddTo(new Delivery()),
            Failures = window.Failures.Snapshot(),
        };
    }
}
