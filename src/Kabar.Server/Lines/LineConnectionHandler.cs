using System.IO.Pipelines;
using System.Net;
using Kabar.Core;
using Kabar.Protocol.Dialects;
using Kabar.Server.Connections;
using Kabar.Server.Federation;
using Kabar.Server.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Kabar.Server.Lines;

/// <summary>Admits connections to the line listeners and runs a <see cref="LineConnection"/> for each.</summary>
internal sealed partial class LineConnectionHandler
{
    private readonly ConnectionRegistry _registry;

    public LineConnectionHandler(
        Realm realm,
        IPeers peers,
        LegacyPeers legacy,
        Limits limits,
        ConnectionRegistry registry,
        KabarMetrics metrics,
        TimeProvider clock,
        ILogger<LineConnectionHandler> logger)
    {
        (Realm, Peers, Legacy, Limits, _registry, Metrics, Clock, Logger) = (realm, peers, legacy, limits, registry, metrics, clock, logger);
        Rooms = new GroupRooms(realm);
        Entrance = new GroupEntrance(this);
        metrics.AddGauge("kabar_group_conversations", "Connections in a group conversation.", () => Rooms.Count);
    }

    public Realm Realm { get; }

    public IPeers Peers { get; }

    public LegacyPeers Legacy { get; }

    public GroupRooms Rooms { get; }

    public GroupEntrance Entrance { get; }

    public Limits Limits { get; }

    public KabarMetrics Metrics { get; }

    public TimeProvider Clock { get; }

    public ILogger Logger { get; }

    /// <summary>Whether the server stops: then nobody leaves a group by losing his connection.</summary>
    public bool IsStopping => _registry.IsStopping;

    /// <summary>Serves a connection that Kestrel has accepted (and whose TLS is off already).</summary>
    public Task ServeAsync(ConnectionContext connection, Dialect dialect) => ServeAsync(
        connection.Features.Get<ITlsConnectionFeature>() is null && connection.Features.Get<IConnectionSocketFeature>() is { Socket: var socket }
            ? new StraightTransport(connection.Transport, socket)
            : connection.Transport,
        dialect,
        connection.RemoteEndPoint,
        connection.Abort);

    /// <summary>Serves whatever has two pipes.</summary>
    public async Task ServeAsync(IDuplexPipe transport, Dialect dialect, EndPoint? remote, Action abort)
    {
        var origin = ConnectionRegistry.Origin(remote);
        var connection = new LineConnection(this, dialect, transport, remote, abort);
        if (!_registry.TryAdd(connection))
        {
            Log.Refused(Logger, origin);
            return;
        }

        try
        {
            await connection.RunAsync();
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The client is gone, which is how connections end.
        }
        catch (Exception exception)
        {
            Log.Failed(Logger, origin, exception);
        }
        finally
        {
            _registry.Remove(connection);
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
