using System.Net.Sockets;

namespace Kabar.Cli.Bench;

/// <summary>
/// One run of load in three phases: the warm-up, which is not counted; the window, in which answers, latencies and CPU are taken; the
/// end, at which nothing more is sent and what is on its way is awaited. The loops ask it what they may send and tell it what came.
/// </summary>
internal sealed class LoadWindow(BenchOptions options)
{
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(15);

    // Its continuation runs where the last answer was taken: the clocks are read then, and not some time later.
    private readonly TaskCompletionSource _counted = new();
    private long _answered;
    private volatile bool _isMeasuring;
    private volatile bool _isOver;

    /// <summary>From request to answer, of all that were answered OK inside the window.</summary>
    public LatencyHistogram Latencies { get; } = new();

    public Failures Failures { get; } = new();

    /// <summary>Whether counts and latencies are being taken.</summary>
    public bool IsMeasuring => _isMeasuring;

    /// <summary>How many requests a loop that has room for some may send now; after the end, none.</summary>
    public int Take(int room) => _isOver ? 0 : room;

    /// <summary>Counts an answer; the last of those that were to be counted ends the window.</summary>
    public void Answered(long ticks)
    {
        if (!_isMeasuring) return;
        if (options.Count is not { } count)
        {
            Latencies.Record(ticks);
            return;
        }

        var number = Interlocked.Increment(ref _answered);
        if (number <= count) Latencies.Record(ticks);
        if (number == count) _counted.SetResult();
    }

    /// <summary>Lets a loop run to its end; a connection that breaks is a failure of the run and not of this program.</summary>
    public async Task WatchAsync(Func<Task> loop)
    {
        try
        {
            await loop();
        }
        catch (Exception exception) when (
            exception is TimeoutException or ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
        {
            Failures.Add("given up: no answer came");
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            Failures.Add($"a connection broke: {exception.Message}");
        }
    }

    /// <summary>Runs the load through the three phases.</summary>
    /// <param name="loops">Starts the loops, each watched by <see cref="WatchAsync"/>.</param>
    /// <param name="abort">Makes loops that still wait end.</param>
    /// <param name="server">The server's process, where it is known.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task<Stretch> RunAsync(Func<IEnumerable<Task>> loops, Action abort, ProcessFigures? server, CancellationToken cancellationToken)
    {
        var running = Task.WhenAll(loops());
        try
        {
            await UntilAsync(running, options.Warmup, cancellationToken);
            var meter = Meter.Start(server);
            _isMeasuring = true;
            await UntilAsync(Task.WhenAny(running, _counted.Task), options.Duration, cancellationToken);
            _isMeasuring = false;
            return meter.Read();
        }
        finally
        {
            _isOver = true;
            if (!cancellationToken.IsCancellationRequested) await Task.WhenAny(running, Task.Delay(LongestEnd, cancellationToken));
            if (!running.IsCompleted) abort();
            await running;
            // Off the sockets' polling thread, on which the last loop ended: what follows may take long.
            await Task.Yield();
        }
    }

    private static async Task UntilAsync(Task end, TimeSpan time, CancellationToken cancellationToken)
    {
        await Task.WhenAny(end, Task.Delay(time, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
    }
}
