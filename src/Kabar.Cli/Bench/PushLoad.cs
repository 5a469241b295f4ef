using System.Diagnostics;

namespace Kabar.Cli.Bench;

/// <summary>
/// Many who listen in the native protocol, and one who writes to one of them at a time: how long it takes from his writing to the other's reading. Beside it, how long an echo takes on the same
/// network stack.
/// </summary>
internal static class PushLoad
{
    /// <summary>How many listen.</summary>
    public const int DefaultListeners = 1_000;

    public static async Task<IReadOnlyList<WorkloadResult>> RunAsync(BenchOptions options, Func<Task<Target>> server, Action<string> progress, CancellationToken cancellationToken)
    {
        progress("push: the echo's round trip");
        WorkloadResult echo;
        await using (var target = await Target.StartEchoAsync(options, accounts: 2, cancellationToken))
            echo = await target.WatchAsync(() => SendLoad.RunAsync(target, options with { Connections = 1, Depth = 1, IsNative = false, Verify = false }, cancellationToken));

        progress($"push: {options.Listeners:N0} listen");
        await using var kabar = await server();
        var push = await kabar.WatchAsync(() => MeasureAsync(kabar, options, cancellationToken));
        return [echo with { Workload = Workload.Push }, push with { Comparison = Comparison.Of("push", push.Load, "an echo", echo.Load) }];
    }

    /// <summary>Measures the pushes of one server.</summary>
    internal static async Task<WorkloadResult> MeasureAsync(Target target, BenchOptions options, CancellationToken cancellationToken)
    {
        if (target.Accounts.Count < options.Listeners + 1)
            throw new CommandFault($"One writes to {options.Listeners} others: that needs {options.Listeners + 1} accounts; there are {target.Accounts.Count}.");
        using var connections = await ConnectionSet.OpenAsync(target.EndPoint, options.Listeners + 1, cancellationToken);
        await NativeEntrance.EnterAllAsync(connections, 0, (number, connection) => NativeLine.ResumeAsync(connection, target.Accounts[number]), cancellationToken);
        await NativeEntrance.EnterAllAsync(connections, 1, (_, connection) => NativeLine.AskAsync(connection, "listen"), cancellationToken);

        var window = new LoadWindow(options);
        var run = new PushRun(connections, target.Accounts, window, options);
        var stretch = await window.RunAsync(run.Run, run.Abort, target.Figures, cancellationToken);
        return target.Result(Workload.Push) with
        {
            Load = LoadFigures.Of(window, stretch),
            Delivery = run.Delivery,
            Failures = window.Failures.Snapshot(),
        };
    }

    /// <summary>The loops of one run: the sender's and each listener's.</summary>
    private sealed class PushRun
    {
        private const int Seed = 7;
        private const int Farewell = int.MaxValue;

        private readonly ConnectionSet _connections;
        private readonly LoadWindow _window;
        private readonly byte[][] _heads;
        private readonly byte[] _filler;
        private readonly Bell _heard = new();
        private int _sequence;
        private long _sentAt;
        private long _received;
        private long _doubled;
        private long _strange;
        private volatile bool _isAborted;

        public PushRun(ConnectionSet connections, IReadOnlyList<BenchAccount> accounts, LoadWindow window, BenchOptions options)
        {
            (_connections, _window) = (connections, window);
            _heads = [.. accounts.Take(connections.Count).Select(account => System.Text.Encoding.UTF8.GetBytes($"send {account.Username} "))];
            _filler = new byte[options.Body - MessageStamp.Length + 2];
            _filler.AsSpan().Fill((byte)'x');
            "\r\n"u8.CopyTo(_filler.AsSpan(_filler.Length - 2));
        }

        /// <summary>What was sent, and what of it came.</summary>
        public Delivery Delivery => new(_sequence, _received) { Lost = _sequence - _received, Doubled = _doubled, Strange = _strange };

        public IEnumerable<Task> Run() => [.. Enumerable.Range(1, _connections.Count - 1).Select(ListenAsync), SendAsync()];

        public void Abort()
        {
            _isAborted = true;
            _connections.Dispose();
            _heard.Ring();
        }

        private Task SendAsync() => _window.WatchAsync(async () =>
        {
            var random = new Random(Seed);
            var sender = _connections[0];
            while (_window.Take(1) > 0)
            {
                var request = Write(random.Next(1, _connections.Count), _sequence++);
                _sentAt = Stopwatch.GetTimestamp();
                await sender.SendAsync(request);
                await NativeLine.ReplyAsync(sender, "send");
                await _heard.WaitAsync();
                if (_isAborted) throw new TimeoutException();
            }

            // To each the text after which he listens no longer.
            for (var listener = 1; listener < _connections.Count; listener++) await sender.SendAsync(Write(listener, Farewell));
            for (var listener = 1; listener < _connections.Count; listener++) await NativeLine.ReplyAsync(sender, "send");
        });

        private byte[] Write(int addressee, int sequence)
        {
            var head = _heads[addressee];
            var request = new byte[head.Length + MessageStamp.Length + _filler.Length];
            head.CopyTo(request, 0);
            MessageStamp.Write(request.AsSpan(head.Length), addressee, sequence);
            _filler.CopyTo(request, head.Length + MessageStamp.Length);
            return request;
        }

        private Task ListenAsync(int listener) => _window.WatchAsync(async () =>
        {
            var connection = _connections[listener];
            while (true)
            {
                connection.Received(await connection.ReceiveAsync());
                var now = Stopwatch.GetTimestamp();
                while (connection.TryTake(out var line))
                {
                    if (!NativeLine.TryReadText(line.Span, out var text)) continue;
                    if (!MessageStamp.TryRead(text, out var addressee, out var sequence) || addressee != listener) Interlocked.Increment(ref _strange);
                    else if (sequence == Farewell) return;
                    else if (sequence != _received) Interlocked.Increment(ref _doubled);
                    else Heard(now);
                }
            }
        });

        // One text is in the air at a time, and their numbers are in the order of writing.
        private void Heard(long now)
        {
            _received++;
            _window.Answered(now - _sentAt);
            _heard.Ring();
        }
    }
}
