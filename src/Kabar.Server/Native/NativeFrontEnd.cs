using Kabar.Core;
using Kabar.Protocol.Native;
using Kabar.Server.Connections;
using Kabar.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Kabar.Server.Native;

/// <summary>The front end of the native protocol: what its connections are made of.</summary>
internal sealed class NativeFrontEnd : IFrontEnd
{
    // What waits for a connection is written so many bytes at a time.
    private const int MostTogether = 64 * 1024;

    private int _connections;
    private int _listening;

    public NativeFrontEnd(Realm realm, IPeers peers, SessionWatches sessions, KabarOptions options, KabarMetrics metrics, TimeProvider clock, ILogger<NativeFrontEnd> logger)
    {
        (Realm, Peers, Sessions, Limits, Language, Metrics, Clock, Logger) = (realm, peers, sessions, options.Limits, options.SpokenLanguage, metrics, clock, logger);
        Encoding = new EventEncoding(metrics);
        metrics.AddGauge("kabar_native_connections", "Connections that speak the native protocol.", () => Volatile.Read(ref _connections));
        metrics.AddGauge("kabar_listening_connections", "Connections that are told what happens.", () => Listening);
    }

    /// <summary>How many connections are told what happens.</summary>
    public int Listening => Volatile.Read(ref _listening);

    public Realm Realm { get; }

    public IPeers Peers { get; }

    public SessionWatches Sessions { get; }

    public Limits Limits { get; }

    /// <summary>What a connection is spoken to in until it asks for another.</summary>
    public Language Language { get; }

    public KabarMetrics Metrics { get; }

    public TimeProvider Clock { get; }

    public ILogger Logger { get; }

    /// <summary>Events as bytes; for the feeds' loop.</summary>
    public EventEncoding Encoding { get; }

    /// <inheritdoc/>
    public async Task<Speech?> ServeAsync(ClientConnection connection, Speech speech)
    {
        Interlocked.Increment(ref _connections);
        try
        {
            var outbound = new OutboundQueue(connection.Transport.Output, Limits.OutboundQueueBytes, Clock, MostTogether);
            await using var caller = new NativeCaller(this, connection, outbound);
            return await new NativeConnection(this, connection, outbound, caller).RunAsync();
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    /// <summary>A connection listens, or does no more.</summary>
    public void CountListening(int change) => Interlocked.Add(ref _listening, change);
}
