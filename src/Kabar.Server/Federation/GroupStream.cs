using System.Collections.Concurrent;
using Kabar.Core;

namespace Kabar.Server.Federation;

/// <summary>
/// The entries of one group on their way to one realm: a cursor on the group's log. What is committed is handed over as it comes; where
/// the next position is not there (at the beginning, or because the link is slower than the group) it is read from the store. Each entry is taken
/// once, in order.
/// </summary>
internal sealed class GroupStream(Group group, long after, Groups groups, Action wake) : IEntryListener
{
    private const int MostWaiting = 1024;
    private const int EntriesPerRead = 256;
    private const int BytesPerRead = 64 * 1024;

    private readonly ConcurrentQueue<Message> _waiting = new();
    private volatile bool _mustRead = true;
    private IDisposable? _listening;
    private long _sent = after;

    public GroupId Group => group.Id;

    /// <summary>The last position that was taken.</summary>
    public long Sent => _sent;

    /// <summary>Whether nothing more is to be taken.</summary>
    public bool IsEnded { get; private set; }

    public async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        var head = await groups.FindHeadAsync(group, cancellationToken);
        _listening = await groups.ListenAsync(group, head, this, cancellationToken);
        if (IsEnded) _listening.Dispose();
        wake();
    }

    public void Hear(Message entry)
    {
        if (_waiting.Count < MostWaiting) _waiting.Enqueue(entry);
        else _mustRead = true;
        wake();
    }

    /// <summary>The next entries, as many as make a decent write; none when all are taken.</summary>
    public async ValueTask<IReadOnlyList<Message>> TakeAsync(CancellationToken cancellationToken)
    {
        var taken = new List<Message>();
        while (!IsEnded && taken.Count < EntriesPerRead && _waiting.TryPeek(out var entry))
        {
            if (entry.Position > _sent + 1 || _mustRead) break;
            _waiting.TryDequeue(out _);
            if (entry.Position <= _sent) continue;
            taken.Add(entry);
            _sent = entry.Position;
        }

        if (taken.Count > 0 || IsEnded) return taken;
        if (!_mustRead && _waiting.IsEmpty) return taken;

        // Cleared before the read: what is left out from now on sets it again.
        _mustRead = false;
        var read = await groups.ReadAsync(group, _sent, EntriesPerRead, BytesPerRead, cancellationToken);
        if (read.IsEmpty)
        {
            // What waits is further on: a replica's history that jumps.
            if (!_waiting.TryPeek(out var next)) return read;
            _sent = Math.Max(_sent, next.Position - 1);
            return await TakeAsync(cancellationToken);
        }

        _sent = read[^1].Position;
        _mustRead = true;
        return read;
    }

    /// <summary>Takes nothing more.</summary>
    public void End()
    {
        IsEnded = true;
        _listening?.Dispose();
    }
}
