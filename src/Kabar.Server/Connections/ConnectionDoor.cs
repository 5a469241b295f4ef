using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Kabar.Core;
using Kabar.Server.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Kabar.Server.Connections;

/// <summary>Where clients come in: admits each connection, and leaves it to the front end that speaks as it does, and to another when it asks for that.</summary>
internal sealed partial class ConnectionDoor(
    IFrontEnd lines, IFrontEnd native, ConnectionRegistry registry, Limits limits, KabarMetrics metrics, TimeProvider clock, ILogger<ConnectionDoor> logger)
{
    // Who listens or is in a group may be silent for as long as he likes: so the kernel asks whether there is still somebody. After two minutes without an answer
    // the connection breaks, and he is not taken to be there any longer.
    private const int SecondsBeforeProbe = 60;
    private const int SecondsBetweenProbes = 15;
    private const int Probes = 4;

    /// <summary>Serves a connection that Kestrel has accepted (and whose TLS is off already).</summary>
    public Task ServeAsync(ConnectionContext connection, Speech speech)
    {
        var socket = connection.Features.Get<IConnectionSocketFeature>()?.Socket;
        if (socket is not null) KeepAlive(socket);
        var transport = socket is not null && connection.Features.Get<ITlsConnectionFeature>() is null ? new StraightTransport(connection.Transport, socket) : connection.Transport;
        return ServeAsync(transport, speech, connection.RemoteEndPoint, connection.Abort);
    }

    /// <summary>Serves whatever has two pipes.</summary>
    /// <returns>Whether it was admitted.</returns>
    public async Task<bool> ServeAsync(IDuplexPipe transport, Speech speech, EndPoint? remote, Action abort, SessionToken? brought = null)
    {
        var connection = new ClientConnection(transport, remote, abort, registry, limits, metrics, clock, logger) { Brought = brought };
        if (!registry.TryAdd(connection))
        {
            Log.Refused(logger, connection.Origin);
            return false;
        }

        try
        {
            Speech? spoken = speech;
            do spoken = await (spoken.Dialect is null ? native : lines).ServeAsync(connection, spoken);
            while (spoken is not null && !connection.IsStopping);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The client is gone, which is how connections end.
        }
        catch (Exception exception)
        {
            Log.Failed(logger, connection.Origin, exception);
        }
        finally
        {
            registry.Remove(connection);
        }

        return true;
    }

    private static void KeepAlive(Socket socket)
    {
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, SecondsBeforeProbe);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, SecondsBetweenProbes);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is gone already, which its reading finds.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1001, Level = LogLevel.Information, Message = "Refused a connection from {Origin}: there are too many.")]
        public static partial void Refused(ILogger logger, IPAddress origin);

        [LoggerMessage(EventId = 1002, Level = LogLevel.Error, Message = "A connection from {Origin} ended by a fault.")]
        public static partial void Failed(ILogger logger, IPAddress origin, Exception exception);
    }
}
