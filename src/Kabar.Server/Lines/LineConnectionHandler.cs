using System.IO.Pipelines;
using System.Net;
using Kabar.Core;
using Kabar.Protocol.Dialects;
using Kabar.Server.Connections;
using Kabar.Server.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Kabar.Server.Lines;

/// <summary>Admits connections to the line listeners and runs a <see cref="LineConnection"/> for each.</summary>
internal sealed partial class LineConnectionHandler(
    Realm realm,
    Limits limits,
    ConnectionRegistry registry,
    KabarMetrics metrics,
    TimeProvider clock,
    ILogger<LineConnectionHandler> logger)
{
    public Realm Realm => realm;

    public Limits Limits => limits;

    public KabarMetrics Metrics => metrics;

    public TimeProvider Clock => clock;

    public ILogger Logger => logger;

    /// <summary>Serves a connection that Kestrel has accepted (and whose TLS is off already).</summary>
    public Task ServeAsync(ConnectionContext connection, Dialect dialect) => ServeAsync(
        connection.Transport,
        dialect,
        ConnectionRegistry.Origin(connection.RemoteEndPoint),
        connection.Abort);

    /// <summary>Serves whatever has two pipes.</summary>
    public async Task ServeAsync(IDuplexPipe transport, Dialect dialect, IPAddress origin, Action abort)
    {
        var connection = new LineConnection(this, dialect, transport, origin, abort);
        if (!registry.TryAdd(connection))
        {
            Log.Refused(logger, origin);
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
            Log.Failed(logger, origin, exception);
        }
        finally
        {
            registry.Remove(connection);
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
