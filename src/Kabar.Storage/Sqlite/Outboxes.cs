using System.Collections.Concurrent;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <summary>The outboxes of all peers. Looked up from any thread; changed by the writer's.</summary>
internal sealed class Outboxes
{
    private readonly ConcurrentDictionary<PeerId, OutboxQueue> _queues = [];
    private readonly List<OutboxQueue> _staged = [];
    private readonly List<PeerId> _made = [];
    private readonly List<PeerId> _grown = [];

    public Outboxes(Database database)
    {
        var query = database.Prepare(
            """
            SELECT p.id, max(p.out_last, p.out_acknowledged, coalesce((SELECT max(seq) FROM outbox WHERE peer = p.id), 0)),
                   (SELECT count(*) FROM outbox WHERE peer = p.id), (SELECT coalesce(sum(length(frame)), 0) FROM outbox WHERE peer = p.id)
            FROM peer AS p
            """);
        while (query.Step())
        {
            var peer = new PeerId(query.Number(0));
            _queues[peer] = new OutboxQueue(peer, this, query.Number(1), query.Number(2), query.Number(3));
        }
    }

    /// <summary>A peer's outbox, for who reads it; null when there is none.</summary>
    public OutboxQueue? Find(PeerId peer) => _queues.GetValueOrDefault(peer);

    /// <summary>A peer's outbox as the open transaction has it: null once the peer is removed in it.</summary>
    public OutboxQueue? Of(PeerId peer) => _queues.TryGetValue(peer, out var queue) && !queue.IsRemoved ? queue : null;

    /// <summary>Within a transaction: a peer is new.</summary>
    public void Make(PeerId peer)
    {
        _queues[peer] = new OutboxQueue(peer, this, last: 0, count: 0, bytes: 0);
        _made.Add(peer);
    }

    /// <summary>After a commit: a peer is gone.</summary>
    public void Remove(PeerId peer) => _queues.TryRemove(peer, out _);

    /// <summary>A queue has been changed in the open transaction.</summary>
    public void Stage(OutboxQueue queue) => _staged.Add(queue);

    /// <summary>After a commit: a queue has grown.</summary>
    public void Note(OutboxQueue queue)
    {
        // A handful of peers at most: a list is quicker than a set.
        if (!_grown.Contains(queue.Peer)) _grown.Add(queue.Peer);
    }

    /// <summary>After a commit: tells which outboxes have grown, each once.</summary>
    public void Publish(Action<PeerId>? grew)
    {
        _staged.Clear();
        _made.Clear();
        foreach (var peer in _grown) grew?.Invoke(peer);
        _grown.Clear();
    }

    /// <summary>Forgets what was staged for a transaction that failed.</summary>
    public void RollBack()
    {
        foreach (var queue in _staged) queue.RollBack();
        foreach (var peer in _made) Remove(peer);
        _staged.Clear();
        _made.Clear();
    }
}
