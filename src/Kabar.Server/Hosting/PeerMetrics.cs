using System.Diagnostics.Metrics;
using Kabar.Server.Federation;

namespace Kabar.Server.Hosting;

/// <summary>What <c>kabar peer list</c> shows of each native peer, as gauges.</summary>
internal static class PeerMetrics
{
    public static void Add(KabarMetrics metrics, Peers peers, TimeProvider clock)
    {
        metrics.AddGauges("kabar_peer_up", "Whether the link to a peer stands.", () => Each(link => link.Session is null ? 0 : 1));
        metrics.AddGauges("kabar_peer_queue", "Entries that wait for a peer.", () => Each(link => link.Outbox.Count));
        metrics.AddGauges("kabar_peer_queue_bytes", "Bytes that wait for a peer.", () => Each(link => link.Outbox.Bytes));
        metrics.AddGauges("kabar_peer_oldest_seconds", "Age of the oldest entry that waits for a peer; 0 when none does.", () => Each(link => SecondsSince(link.Outbox.Oldest)));
        metrics.AddGauges("kabar_peer_last_contact_seconds", "Time since a peer was last heard of; 0 for never.", () => Each(link => SecondsSince(link.LastContact)));

        IEnumerable<Measurement<long>> Each(Func<PeerLink, long> value) =>
            peers.Links.Select(link => new Measurement<long>(value(link), new KeyValuePair<string, object?>("peer", link.Peer.Realm.Value)));

        long SecondsSince(DateTimeOffset? when) => when is { } then ? Math.Max(0, (long)(clock.GetUtcNow() - then).TotalSeconds) : 0;
    }
}
