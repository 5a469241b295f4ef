using Kabar.Core;
using Kabar.Server.Connections;
using Kabar.Server.Federation;
using Kabar.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Kabar.Server.Lines;

/// <summary>The front end of the line dialects: what its connections are made of.</summary>
internal sealed class LineFrontEnd : IFrontEnd
{
    private readonly ConnectionRegistry _registry;

    public LineFrontEnd(
        Realm realm,
        IPeers peers,
        LegacyPeers legacy,
        SessionWatches sessions,
        Limits limits,
        ConnectionRegistry registry,
        KabarMetrics metrics,
        TimeProvider clock,
        ILogger<LineFrontEnd> logger)
    {
        (Realm, Peers, Legacy, Sessions, Limits, _registry, Metrics, Clock, Logger) = (realm, peers, legacy, sessions, limits, registry, metrics, clock, logger);
        Rooms = new GroupRooms(realm);
        Entrance = new GroupEntrance(this);
        metrics.AddGauge("kabar_group_conversations", "Connections in a group conversation.", () => Rooms.Count);
    }

    public Realm Realm { get; }

    public IPeers Peers { get; }

    public LegacyPeers Legacy { get; }

    public SessionWatches Sessions { get; }

    public GroupRooms Rooms { get; }

    public GroupEntrance Entrance { get; }

    public Limits Limits { get; }

    public KabarMetrics Metrics { get; }

    public TimeProvider Clock { get; }

    public ILogger Logger { get; }

    /// <summary>Whether the server stops: then nobody leaves a group by losing his connection.</summary>
    public bool IsStopping => _registry.IsStopping;

    /// <inheritdoc/>
    public Task<Speech?> ServeAsync(ClientConnection connection, Speech speech) =>
        new LineConnection(this, connection, speech.Dialect ?? throw new System.Diagnostics.UnreachableException("The native protocol has a front end of its own.")).RunAsync();
}
