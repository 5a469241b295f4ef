using System.Net.Sockets;

namespace Kabar.Cli.Bench;

/// <summary>Groups in which members speak in turn, each text heard by all: what a delivery costs, and whether all hear the same.</summary>
internal static class GroupLoad
{
    private const int EnteringAtOnce = 64;

    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(30);

    /// <summary>So many accounts it wants: as many as a group has members, since a user who is in it already is not told that he has joined.</summary>
    public static int Accounts(BenchOptions options) => Math.Max(options.Members, Math.Min(options.Groups * options.Members, BenchAccount.Most));

    public static async Task<WorkloadResult> RunAsync(Target target, BenchOptions options, CancellationToken cancellationToken)
    {
        if (target.Accounts.Count < options.Members)
            throw new CommandFault($"Groups of {options.Members} members need as many accounts; there are {target.Accounts.Count}.");
        using var connections = await ConnectionSet.OpenAsync(target.EndPoint, options.Groups * options.Members, cancellationToken);
        await EnterAllAsync(connections, target.Accounts, options.Members, cancellationToken);

        var window = new LoadWindow(options);
        var groups = Enumerable.Range(0, options.Groups).Select(number => new BenchGroup(
            number, [.. Enumerable.Range(number * options.Members, options.Members).Select(member => connections[member])], window, options)).ToArray();

        void Abort()
        {
            connections.Dispose();
            foreach (var group in groups) group.GiveUp();
        }

        var stretch = await window.RunAsync(() => groups.SelectMany(group => group.Run()), Abort, target.Figures, cancellationToken);
        return target.Result(Workload.Group) with
        {
            // A text is a delivery to each member; the latencies are those of texts.
            Load = LoadFigures.Of(window.Latencies.Count * options.Members, window.Latencies, stretch),
            Delivery = groups.Aggregate(new Delivery(), (sum, group) => group.Tally.AddTo(sum)),
            Failures = window.Failures.Snapshot(),
        };
    }

    private static async Task EnterAllAsync(
        ConnectionSet connections, IReadOnlyList<BenchAccount> accounts, int members, CancellationToken cancellationToken)
    {
        var entered = -1;
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Math.Min(EnteringAtOnce, connections.Count)).Select(async _ =>
            {
                while (Interlocked.Increment(ref entered) is var number && number < connections.Count)
                {
                    var request = accounts[number % accounts.Count].GroupRequest($"bench-{number / members}");
                    await EnterAsync(connections[number], request).WaitAsync(LongestAnswer, cancellationToken);
                }
            }));
        }
        catch (Exception exception) when (exception is SocketException or IOException or TimeoutException)
        {
            throw new CommandFault($"A group cannot be entered: {exception.Message}");
        }
    }

    /// <summary>Asks to enter, and waits for the first line of the conversation.</summary>
    private static async Task EnterAsync(LoadConnection connection, byte[] request)
    {
        connection.TakeLines();
        var line = await connection.AskAsync(request);
        if (line.Span.StartsWith("{"u8)) throw new CommandFault($"A group cannot be entered: {WireReply.MessageOf(line.Span)}");
    }
}
