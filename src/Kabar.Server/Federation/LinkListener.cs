using System.Net;
using System.Net.Sockets;
using Kabar.Server.Connections;
using Microsoft.Extensions.Logging;

namespace Kabar.Server.Federation;

/// <summary>
/// Listens for links: accepts, secures, hands over. On plain sockets, because it begins and ends while the realm runs, with the first
/// invitation for one. Each connection has a task of its own, which ends before the listener does.
/// </summary>
internal sealed partial class LinkListener : IAsyncDisposable
{
    // Links are few; who does not fit dials again.
    private const int Backlog = 128;

    private readonly Socket _socket;
    private readonly LinkIdentity _identity;
    private readonly Func<LinkStream, CancellationToken, Task> _serve;
    private readonly LinkLimits _limits;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _perAddress = [];
    private readonly HashSet<Task> _connections = [];
    private readonly Task _accepting;
    private int _handshakes;

    private LinkListener(
        Socket socket, LinkIdentity identity, Func<LinkStream, CancellationToken, Task> serve, LinkLimits limits, TimeProvider clock, ILogger log)
    {
        (_socket, _identity, _serve, _limits, _clock, _log) = (socket, identity, serve, limits, clock, log);
        EndPoint = (IPEndPoint)socket.LocalEndPoint!; // it is bound
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens, with the port that it was given when 0 was asked for.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Begins to listen.</summary>
    /// <param name="endPoint">Where; port 0 takes a free one.</param>
    /// <param name="identity">Who listens.</param>
    /// <param name="serve">Is given each secured connection, which is closed when the task ends, and the sign to stop. Whoever is there is still a stranger.</param>
    /// <param name="limits">What strangers may cost.</param>
    /// <param name="clock">For the limits.</param>
    /// <param name="log">For what is refused.</param>
    /// <exception cref="SocketException">The address is taken, or none of ours.</exception>
    public static LinkListener Start(
        IPEndPoint endPoint, LinkIdentity identity, Func<LinkStream, CancellationToken, Task> serve, LinkLimits limits, TimeProvider clock, ILogger log)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            socket.Bind(endPoint);
            socket.Listen(Backlog);
            return new LinkListener(socket, identity, serve, limits, clock, log);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Stops listening, tells those who serve to stop, and waits for them.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _socket.Dispose();
        await _accepting;
        Task[] connections;
        lock (_gate) connections = [.. _connections];
        await Task.WhenAll(connections);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        await Task.Yield();
        while (!_stopping.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _socket.AcceptAsync(_stopping.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException exception)
            {
                // The one who came is gone again, or there are no file handles left for a moment.
                Log.AcceptFailed(_log, exception);
                await Task.Delay(TimeSpan.FromMilliseconds(100), _clock, CancellationToken.None).WaitAsync(_stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            Begin(socket);
        }
    }

    // Counted before it runs, so that what ends is counted down after.
    private void Begin(Socket socket)
    {
        var address = ConnectionRegistry.Origin(RemoteOf(socket));
        lock (_gate)
        {
            var here = _perAddress.GetValueOrDefault(address);
            if (here >= _limits.PerAddress || _handshakes >= _limits.Handshakes)
            {
                Log.TooMany(_log, address);
                socket.Dispose();
                return;
            }

            _perAddress[address] = here + 1;
            _handshakes++;
            var serving = ServeAsync(socket, address);
            _connections.Add(serving);
            _ = ForgetAsync(serving);
        }
    }

    private static EndPoint? RemoteOf(Socket socket)
    {
        try
        {
            return socket.RemoteEndPoint;
        }
        catch (SocketException)
        {
            // Gone already.
            return null;
        }
    }

    private async Task ForgetAsync(Task serving)
    {
        await serving;
        lock (_gate) _connections.Remove(serving);
    }

    private async Task ServeAsync(Socket socket, IPAddress address)
    {
        // Lets go of the lock that is held around the call.
        await Task.Yield();
        LinkStream? stream = null;
        try
        {
            try
            {
                socket.NoDelay = true;
                stream = await LinkSecurity.AcceptAsync(new NetworkStream(socket, ownsSocket: true), _identity.Current, _limits, _clock, _stopping.Token);
            }
            finally
            {
                lock (_gate) _handshakes--;
            }

            if (stream is null) Log.NotSecured(_log, address);
            else await _serve(stream, _stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The ordinary end.
        }
        catch (Exception exception)
        {
            Log.ConnectionFailed(_log, address, exception);
        }
        finally
        {
            if (stream is not null) await stream.DisposeAsync();
            socket.Dispose();
            lock (_gate)
            {
                if (--_perAddress[address] == 0) _perAddress.Remove(address);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1401, Level = LogLevel.Warning, Message = "Could not accept a link.")]
        public static partial void AcceptFailed(ILogger logger, Exception exception);

        [LoggerMessage(EventId = 1402, Level = LogLevel.Warning, Message = "Let go of a link from {Address}: too many at once.")]
        public static partial void TooMany(ILogger logger, IPAddress address);

        [LoggerMessage(EventId = 1403, Level = LogLevel.Debug, Message = "A connection from {Address} did not become a link: no TLS 1.3 with a certificate.")]
        public static partial void NotSecured(ILogger logger, IPAddress address);

        [LoggerMessage(EventId = 1404, Level = LogLevel.Error, Message = "A link from {Address} failed.")]
        public static partial void ConnectionFailed(ILogger logger, IPAddress address, Exception exception);
    }
}
