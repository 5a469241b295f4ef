using System.Diagnostics;

namespace Kabar.Cli.Bench;

/// <summary>Connect, one command, close, over and over: what a client costs that comes for a moment.</summary>
internal static class ConnectLoad
{
    public static async Task<WorkloadResult> RunAsync(Target target, BenchOptions options, CancellationToken cancellationToken)
    {
        var window = new LoadWindow(options);
        var open = new LoadConnection?[options.Connections];
        var opened = 0;

        Task VisitAsync(int place) => window.WatchAsync(async () =>
        {
            var request = target.Accounts[place % target.Accounts.Count].InboxRequest;
            while (window.Take(1) > 0)
            {
                var started = Stopwatch.GetTimestamp();
                using var connection = new LoadConnection(target.EndPoint, Interlocked.Increment(ref opened));
                open[place] = connection;
                await connection.ConnectAsync();
                var reply = await connection.AskAsync(request);
                if (WireReply.IsOk(reply.Span)) window.Answered(Stopwatch.GetTimestamp() - started);
                else window.Failures.Add(WireReply.MessageOf(reply.Span));
            }
        });

        void Abort()
        {
            foreach (var connection in open) connection?.Dispose();
        }

        var stretch = await window.RunAsync(() => Enumerable.Range(0, open.Length).Select(VisitAsync), Abort, target.Figures, cancellationToken);
        return target.Result(Workload.Connect) with { Load = LoadFigures.Of(window, stretch), Failures = window.Failures.Snapshot() };
    }
}
