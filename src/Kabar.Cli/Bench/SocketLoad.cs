using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace Kabar.Cli.Bench;

/// <summary>WebSockets that listen and hear nothing: what one costs in memory, and whether each is told in the end what happens.</summary>
internal static class SocketLoad
{
    /// <summary>With how many accounts: a log-in takes 12 ms, so ten sockets share one.</summary>
    public const int Accounts = 1_000;

    private const int OpenedAtOnce = 32;
    private const int First = 100;

    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(30);

    public static async Task<WorkloadResult> RunAsync(Target target, BenchOptions options, CancellationToken cancellationToken)
    {
        // 1. What is made once, at the first connections, is not theirs.
        await using (await ListeningSockets.OpenAsync(target, First, cancellationToken)) await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        var before = await IdleLoad.SettledBytesAsync(target.Figures, cancellationToken);

        // 2. Opened: each is logged in by its cookie and listens.
        var started = Stopwatch.GetTimestamp();
        await using var sockets = await ListeningSockets.OpenAsync(target, options.IdleConnections, cancellationToken);
        var opening = Stopwatch.GetElapsedTime(started);
        var after = await IdleLoad.SettledBytesAsync(target.Figures, cancellationToken);

        // 3. Held; then one writes to each account, and each of its sockets has to hear it.
        await Task.Delay(options.Duration, cancellationToken);
        var held = target.Figures?.ResidentBytes();
        var hearing = sockets.HearAsync(cancellationToken);
        await WriteToAllAsync(target, cancellationToken);
        var heard = await hearing;
        return target.Result(Workload.Sockets) with
        {
            Idle = new IdleFigures
            {
                Connections = options.IdleConnections,
                OpeningSeconds = Math.Round(opening.TotalSeconds, 3),
                BytesBefore = before,
                BytesOpen = after,
                BytesHeld = held,
                Answered = heard,
                Asked = options.IdleConnections,
                Closed = options.IdleConnections - heard,
            },
            Failures = heard == options.IdleConnections ? [] : new Dictionary<string, long> { ["a WebSocket did not hear what was said"] = options.IdleConnections - heard },
        };
    }

    private static async Task WriteToAllAsync(Target target, CancellationToken cancellationToken)
    {
        using var writer = await ConnectionSet.OpenAsync(target.EndPoint, 1, cancellationToken);
        await NativeLine.ResumeAsync(writer[0], target.Accounts[0]);
        foreach (var account in target.Accounts) await NativeLine.AskAsync(writer[0], $"send {account.Username} halo");
    }

    /// <summary>The sockets, opened together and closed together.</summary>
    private sealed class ListeningSockets : IAsyncDisposable
    {
        private readonly WebSocket[] _sockets;

        private ListeningSockets(int count) => _sockets = new WebSocket[count];

        public static async Task<ListeningSockets> OpenAsync(Target target, int count, CancellationToken cancellationToken)
        {
            var set = new ListeningSockets(count);
            var opened = -1;
            try
            {
                await Task.WhenAll(Enumerable.Range(0, OpenedAtOnce).Select(async _ =>
                {
                    while (Interlocked.Increment(ref opened) is var number && number < count)
                        set._sockets[number] = await OpenAsync(target, number, target.Accounts[number % target.Accounts.Count], cancellationToken).WaitAsync(LongestAnswer, cancellationToken);
                }));
                return set;
            }
            catch (Exception exception) when (exception is SocketException or IOException or WebSocketException or TimeoutException)
            {
                var open = set._sockets.Count(socket => socket is not null);
                await set.DisposeAsync();
                throw new CommandFault($"After {open} WebSockets no more could be opened: {exception.Message}");
            }
        }

        /// <summary>Waits until each was told of a message.</summary>
        /// <returns>How many were.</returns>
        public async Task<int> HearAsync(CancellationToken cancellationToken)
        {
            var heard = await Task.WhenAll(_sockets.Select(async socket =>
            {
                try
                {
                    for (var buffer = new byte[1024]; ;)
                    {
                        var received = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken).AsTask().WaitAsync(LongestAnswer, cancellationToken);
                        if (NativeLine.TryReadText(buffer.AsSpan(0, received.Count), out _)) return true;
                    }
                }
                catch (Exception exception) when (exception is WebSocketException or IOException or TimeoutException)
                {
                    return false;
                }
            }));
            return heard.Count(was => was);
        }

        public ValueTask DisposeAsync()
        {
            foreach (var socket in _sockets) socket?.Dispose();
            return default;
        }

        private static async Task<WebSocket> OpenAsync(Target target, int number, BenchAccount account, CancellationToken cancellationToken)
        {
            var server = target.Http ?? throw new CommandFault("The server has no HTTP listener.");
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            if (SourceAddresses.Of(number, server) is { } source) socket.Bind(new IPEndPoint(source, 0));
            await socket.ConnectAsync(server, cancellationToken);
            var stream = new NetworkStream(socket, ownsSocket: true);
            var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"GET /ws HTTP/1.1\r\nHost: {server}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
                    + $"Cookie: kabar-session-{ServerSetup.Web.Realm}={account.Token}\r\n\r\n"),
                cancellationToken);
            await ReadHeadAsync(stream, cancellationToken);
            var web = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions());
            await AskAsync(web, """{"do":"resume"}""", cancellationToken);
            await AskAsync(web, """{"do":"listen"}""", cancellationToken);
            return web;
        }

        // Byte by byte: what stands behind the head is the WebSocket's.
        private static async Task ReadHeadAsync(NetworkStream stream, CancellationToken cancellationToken)
        {
            var head = new StringBuilder();
            for (var one = new byte[1]; !head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal);)
            {
                if (await stream.ReadAsync(one, cancellationToken) == 0) throw new IOException("the server has closed it");
                head.Append((char)one[0]);
            }

            if (!head.ToString().StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal)) throw new CommandFault($"The server opens no WebSocket: {head.ToString().Split('\r')[0]}");
        }

        private static async Task AskAsync(WebSocket socket, string request, CancellationToken cancellationToken)
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(request), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            var buffer = new byte[1024];
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
                var line = buffer.AsMemory(0, received.Count);
                if (NativeLine.IsEvent(line.Span)) continue;
                if (!WireReply.IsOk(line.Span)) throw new CommandFault($"{request} is refused: {WireReply.MessageOf(line.Span)}");
                return;
            }
        }
    }
}
