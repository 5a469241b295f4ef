using System.Diagnostics;
using System.Net.Sockets;

namespace Kabar.Cli.Bench;

/// <summary>Connections that ask nothing: what one costs in memory, and whether it is still served after a while.</summary>
internal static class IdleLoad
{
    private const int Asked = 100;

    // A server may close a connection that has not asked anything for a minute.
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(10);

    public static async Task<WorkloadResult> RunAsync(Target target, BenchOptions options, CancellationToken cancellationToken)
    {
        var request = target.Accounts[0].InboxRequest;
        var failures = new Failures();

        // 1. What is made once, at the first connections, is not theirs.
        using (var first = await ConnectionSet.OpenAsync(target.EndPoint, Asked, cancellationToken))
            await AskAllAsync(first, request, failures, cancellationToken);
        var before = await SettledBytesAsync(target.Figures, cancellationToken);

        // 2. Opened; the last one is answered after the server has taken all before it.
        var started = Stopwatch.GetTimestamp();
        using var connections = await ConnectionSet.OpenAsync(target.EndPoint, options.IdleConnections, cancellationToken);
        using (var last = await ConnectionSet.OpenAsync(target.EndPoint, 1, cancellationToken))
            await AskAllAsync(last, request, failures, cancellationToken);
        var opening = Stopwatch.GetElapsedTime(started);
        var after = await SettledBytesAsync(target.Figures, cancellationToken);

        // 3. Held, and some of them asked.
        await Task.Delay(options.Duration < LongestHold ? options.Duration : LongestHold, cancellationToken);
        var held = target.Figures?.ResidentBytes();
        var closed = Enumerable.Range(0, connections.Count).Count(number => connections[number].IsReadable);
        if (closed > 0) failures.Add("an idle connection was closed", closed);
        var answered = await AskAllAsync(connections, request, failures, cancellationToken);

        return target.Result(Workload.Idle) with
        {
            Idle = new IdleFigures
            {
                Connections = connections.Count,
                OpeningSeconds = Math.Round(opening.TotalSeconds, 3),
                BytesBefore = before,
                BytesOpen = after,
                BytesHeld = held,
                Answered = answered,
                Asked = Math.Min(Asked, connections.Count),
                Closed = closed,
            },
            Failures = failures.Snapshot(),
        };
    }

    /// <summary>Asks a hundred of them, spread over all.</summary>
    private static async Task<int> AskAllAsync(ConnectionSet connections, byte[] request, Failures failures, CancellationToken cancellationToken)
    {
        var (answered, step) = (0, Math.Max(1, connections.Count / Asked));
        for (var number = 0; number < Math.Min(Asked, connections.Count); number++)
        {
            try
            {
                var reply = await connections[number * step].AskAsync(request).WaitAsync(LongestAnswer, cancellationToken);
                if (WireReply.IsOk(reply.Span)) answered++;
                else failures.Add(WireReply.MessageOf(reply.Span));
            }
            catch (Exception exception) when (exception is SocketException or IOException or TimeoutException)
            {
                failures.Add($"an idle connection did not answer: {exception.Message}");
            }
        }

        return answered;
    }

    /// <summary>The resident memory once it has stopped changing, or after five seconds.</summary>
    public static async Task<long?> SettledBytesAsync(ProcessFigures? server, CancellationToken cancellationToken)
    {
        const int Looks = 20, Calm = 4;
        if (server is null) return null;
        var last = server.ResidentBytes();
        for (var (look, calm) = (0, 0); look < Looks && calm < Calm; look++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(250), cancellationToken);
            var now = server.ResidentBytes();
            calm = Math.Abs(now - last) < last / 200 ? calm + 1 : 0;
            last = now;
        }

        return last;
    }
}
