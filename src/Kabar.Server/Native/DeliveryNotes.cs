using Kabar.Core;
using Kabar.Server.Connections;

namespace Kabar.Server.Native;

/// <summary>
/// Direct messages on their way to a client. Once the kernel has them they count as delivered, and those who said them are told. Used by the feeds' loop,
/// the connection's own, and whoever flushes.
/// </summary>
internal sealed class DeliveryNotes
{
    // A client that does not read is cut off long before; what is past it is told with the next one.
    private const int Most = 16_384;

    private readonly Conversations _conversations;
    private readonly OutboundQueue _outbound;
    private readonly Lock _gate = new();
    private readonly Queue<(long Mark, Account Reader, Message Entry)> _onTheirWay = new();
    private volatile bool _isAny;

    public DeliveryNotes(Conversations conversations, OutboundQueue outbound)
    {
        (_conversations, _outbound) = (conversations, outbound);
        outbound.AfterFlush = Settle;
    }

    /// <summary>Entries were added to what is sent, up to this moment.</summary>
    public void Add(Account reader, ReadOnlySpan<FeedEvent> events)
    {
        var mark = _outbound.Added;
        foreach (var happened in events)
            if (happened is EntryEvent { Group: null, Entry: var entry }) Add(mark, reader, entry);
        Settle();
    }

    /// <summary>Entries were added to what is sent, up to this moment.</summary>
    public void Add(Account reader, ReadOnlySpan<Message> entries)
    {
        var mark = _outbound.Added;
        foreach (var entry in entries) Add(mark, reader, entry);
        Settle();
    }

    private void Add(long mark, Account reader, Message entry)
    {
        if (entry is not { Kind: EntryKind.Said, To: not null } || entry.From == new Address(reader.Username)) return;
        lock (_gate)
        {
            if (_onTheirWay.Count >= Most) return;
            _onTheirWay.Enqueue((mark, reader, entry));
            _isAny = true;
        }
    }

    private void Settle()
    {
        if (!_isAny) return;
        while (TryTake(out var reader, out var entry)) _conversations.NoteDelivered(reader, new ReadOnlySpan<Message>(in entry));
    }

    private bool TryTake(out Account reader, out Message entry)
    {
        lock (_gate)
        {
            if (_onTheirWay.TryPeek(out var first) && first.Mark <= _outbound.HandedOver)
            {
                (_, reader, entry) = _onTheirWay.Dequeue();
                _isAny = _onTheirWay.Count > 0;
                return true;
            }
        }

        (reader, entry) = (null!, null!); // not looked at
        return false;
    }
}
