using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <summary>
/// What waits for one peer: rows of the table <c>outbox</c>, the newest of them in memory too, so that a link that keeps up never
/// reads the disk.
///
/// <code>
///   table outbox:  acknowledged+1 …………………………………………… last
///   in memory:                          ┊ newest, 4 MiB ┊
/// </code>
///
/// The writer's thread changes it, in memory under <see cref="_gate"/>; others read under that.
/// </summary>
internal sealed class OutboxQueue
{
    private const long MostBytesInMemory = 4 * 1024 * 1024;
    private const int RowsPerRead = 1024;

    private readonly Lock _gate = new();
    private readonly Outboxes _owner;
    private readonly Run<OutboxEntry> _newest = new(static entry => entry.Sequence);
    private long _newestBytes;
    private long _count;
    private long _bytes;
    private long _last;
    private long _next;
    private DateTimeOffset? _oldest;

    public OutboxQueue(PeerId peer, Outboxes owner, long last, long count, long bytes)
    {
        (Peer, _owner) = (peer, owner);
        (_last, _count, _bytes) = (last, count, bytes);
        _next = last + 1;
    }

    public PeerId Peer { get; }

    /// <summary>Whether the peer is removed in the open transaction.</summary>
    public bool IsRemoved { get; private set; }

    /// <summary>The number given last. The writer's thread only.</summary>
    public long Last => _last;

    /// <summary>What waits, in figures.</summary>
    public OutboxState State(ReadConnections reads)
    {
        long count, bytes, last;
        DateTimeOffset? oldest;
        lock (_gate)
        {
            (count, bytes, last) = (_count, _bytes, _last);
            oldest = _newest.Count == _count && _count > 0 ? _newest.First.Queued : _oldest;
        }

        if (count == 0) return new OutboxState(0, 0, null, last);
        if (oldest is null)
        {
            using var lease = reads.Rent();
            var query = lease.Database.Prepare("SELECT queued FROM outbox WHERE peer = ?1 ORDER BY seq LIMIT 1").Bind(1, Peer.Value);
            if (query.Step()) oldest = query.Time(0);
            query.Reset();
            lock (_gate)
                if (_count == count && _last == last) _oldest = oldest;
        }

        return new OutboxState(count, bytes, oldest, last);
    }

    /// <summary>Entries after a number, oldest first.</summary>
    public ImmutableArray<OutboxEntry> Read(ReadConnections reads, long after, int mostBytes)
    {
        var entries = ImmutableArray.CreateBuilder<OutboxEntry>();
        var bytes = 0L;
        lock (_gate)
        {
            if (after >= _last) return [];
            if (_newest.Count == _count || (_newest.Count > 0 && after >= _newest.First.Sequence - 1))
            {
                for (var i = _newest.IndexAfter(after); i < _newest.Count && Fits(_newest[i]); i++) entries.Add(_newest[i]);
                return entries.DrainToImmutable();
            }
        }

        using var lease = reads.Rent();
        var query = lease.Database.Prepare("SELECT seq, queued, frame FROM outbox WHERE peer = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3")
            .Bind(1, Peer.Value).Bind(2, after).Bind(3, RowsPerRead);
        while (query.Step())
        {
            var entry = new OutboxEntry(query.Number(0), query.Time(1), query.Bytes(2).ToArray());
            if (!Fits(entry)) break;
            entries.Add(entry);
        }

        query.Reset();
        return entries.DrainToImmutable();

        bool Fits(OutboxEntry entry) => (bytes += entry.Frame.Length) <= mostBytes || entries.Count == 0;
    }

    /// <summary>Within a transaction: puts a frame at the end; <see cref="Add"/> comes after the commit.</summary>
    public OutboxEntry Stage(Database database, DateTimeOffset queued, ReadOnlyMemory<byte> frame, long? pending, Message? direct)
    {
        _owner.Stage(this);
        return Insert(database, queued, frame, pending, direct);
    }

    /// <summary>After the commit.</summary>
    public void Add(OutboxEntry entry)
    {
        lock (_gate)
        {
            _newest.Add(entry);
            _newestBytes += entry.Frame.Length;
            _count++;
            _bytes += entry.Frame.Length;
            _last = entry.Sequence;
            while (_newestBytes > MostBytesInMemory) _newestBytes -= _newest.Take().Frame.Length;
        }
    }

    /// <summary>Within a transaction: takes out everything through a number; the result is to be called after the commit.</summary>
    public Action StageRemoval(Database database, long through)
    {
        _owner.Stage(this);

        // Counted on the disk: what is in memory is not all, and is what was committed.
        var query = database.Prepare("SELECT count(*), coalesce(sum(length(frame)), 0) FROM outbox WHERE peer = ?1 AND seq <= ?2").Bind(1, Peer.Value).Bind(2, through);
        query.Step();
        var (count, bytes) = (query.Number(0), query.Number(1));
        query.Reset();
        if (count > 0) database.Prepare("DELETE FROM outbox WHERE peer = ?1 AND seq <= ?2").Bind(1, Peer.Value).Bind(2, through).Run();
        return () =>
        {
            lock (_gate)
            {
                (_count, _bytes, _oldest) = (_count - count, _bytes - bytes, null);
                while (_newest.Count > 0 && _newest.First.Sequence <= through) _newestBytes -= _newest.Take().Frame.Length;
            }
        };
    }

    /// <summary>
    /// Within a transaction: numbers everything from 1, first the given frames, then what waits; the result is to be called after the
    /// commit.
    /// </summary>
    public Action StageEpoch(Database database, IReadOnlyList<(long Pending, DateTimeOffset Sent, byte[] Frame)> first)
    {
        _owner.Stage(this);
        var numbers = new List<long>();
        var bytes = first.Sum(static frame => (long)frame.Frame.Length);
        var query = database.Prepare("SELECT seq, length(frame) FROM outbox WHERE peer = ?1 ORDER BY seq").Bind(1, Peer.Value);
        while (query.Step())
        {
            numbers.Add(query.Number(0));
            bytes += query.Number(1);
        }

        // Downwards each takes a place that is free already; upwards they would meet, so that they go round below zero.
        var sign = first.Count == 0 ? 1 : -1;
        for (var i = 0; i < numbers.Count; i++)
        {
            var number = sign * (first.Count + i + 1);
            if (number == numbers[i]) continue;
            database.Prepare("UPDATE outbox SET seq = ?3 WHERE peer = ?1 AND seq = ?2").Bind(1, Peer.Value).Bind(2, numbers[i]).Bind(3, number).Run();
        }

        if (sign < 0) database.Prepare("UPDATE outbox SET seq = -seq WHERE peer = ?1 AND seq < 0").Bind(1, Peer.Value).Run();
        _next = 1;
        foreach (var (pending, sent, frame) in first) Insert(database, sent, frame, pending, direct: null);

        var count = first.Count + numbers.Count;
        _next = count + 1;
        return () =>
        {
            lock (_gate)
            {
                (_count, _bytes, _last, _oldest) = (count, bytes, count, null);
                _newest.Clear();
                _newestBytes = 0;
            }
        };
    }

    /// <summary>Within a transaction: the peer is removed.</summary>
    public void StageRemoval()
    {
        _owner.Stage(this);
        IsRemoved = true;
    }

    /// <summary>Forgets what was staged.</summary>
    public void RollBack() => (_next, IsRemoved) = (_last + 1, false);

    private OutboxEntry Insert(Database database, DateTimeOffset queued, ReadOnlyMemory<byte> frame, long? pending, Message? direct)
    {
        var entry = new OutboxEntry(_next++, queued, frame);
        database.Prepare("INSERT INTO outbox (peer, seq, queued, pending, frame, conversation, position) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
            .Bind(1, Peer.Value)
            .Bind(2, entry.Sequence)
            .Bind(3, queued)
            .Bind(4, pending)
            .BindBlob(5, frame.Span)
            .Bind(6, direct?.Conversation.Value)
            .Bind(7, direct?.Position)
            .Run();
        return entry;
    }
}
