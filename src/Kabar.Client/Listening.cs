using System.Threading.Channels;

namespace Kabar.Client;

/// <summary>
/// One <see cref="KabarClient.ListenAsync"/>: what has come and waits to be taken, and the place up to which everything has come. It lives longer than
/// connections. The reader of the connection offers events; whoever listens takes them.
/// </summary>
/// <remarks>
/// Events count only between the reply to the connection's <c>listen</c> and the next break, because only then each follows the one before. When the buffer
/// is full the reader waits, and so does the socket. But an answer may be behind, which perhaps the very one waits for who should make room. Then the reader
/// goes on, what it cannot keep is left out, the realm is asked to tell no more, and when there is room again the connection listens anew from the last place.
/// </remarks>
internal sealed class Listening
{
    private const int MostReceipts = 10_000;

    private readonly Lock _gate = new();
    private readonly Channel<KabarEvent> _events;
    private readonly Dictionary<(string Conversation, string Who), KabarReceipt> _receipts = [];
    private readonly int _most;
    private readonly Action<Listening> _stop;
    private readonly Action<Listening> _again;
    private string? _last;
    private bool _isFollowing;
    private bool _isBehind;
    private bool _isOver;

    /// <summary>Listens from a place on.</summary>
    /// <param name="from">The place; null for now.</param>
    /// <param name="most">How many events may wait.</param>
    /// <param name="stop">Asks to be told no more, on the present connection, if there is one.</param>
    /// <param name="again">Listens anew, on the present connection, if there is one.</param>
    public Listening(string? from, int most, Action<Listening> stop, Action<Listening> again)
    {
        _last = from;
        _most = most;
        _stop = stop;
        _again = again;

        // Full: the reader of the connection waits, see above; nothing is dropped that would not come again.
        _events = Channel.CreateBounded<KabarEvent>(new BoundedChannelOptions(most) { SingleReader = true });
    }

    /// <summary>Where to listen from; null for now.</summary>
    public string? Last
    {
        get
        {
            lock (_gate) return _last;
        }
    }

    /// <summary>Whether it is not listened for now, until there is room.</summary>
    public bool IsBehind
    {
        get
        {
            lock (_gate) return _isBehind;
        }
    }

    /// <summary>The realm tells what happens from here on. For the reader.</summary>
    /// <param name="at">The last place that was there then.</param>
    public void Follow(string at)
    {
        lock (_gate)
        {
            (_isFollowing, _isBehind) = (true, false);
            if (_last is not null)
            {
                // The realm was restored to an earlier time: what comes now bears places that have been before.
                if (Places.IsBehind(_last, at)) _last = at;
                return;
            }

            // Nothing comes first, so that nothing says that it is over.
            _last = at;
            _events.Writer.TryWrite(new KabarLive { At = at });
        }
    }

    /// <summary>What comes now does not follow what has come: the connection has broken, or listens anew.</summary>
    public void Interrupt()
    {
        lock (_gate) _isFollowing = false;
    }

    /// <summary>Takes an event in, unless it says nothing new. For the reader.</summary>
    /// <returns>False when there is no room.</returns>
    public bool Offer(KabarEvent happened)
    {
        lock (_gate)
        {
            if (_isOver || !_isFollowing || !IsNew(happened)) return true;
            if (!_events.Writer.TryWrite(happened)) return false;

            if (happened.At is { } at && Places.IsBehind(at, _last)) _last = at;
            if (happened is KabarReceipt receipt) Remember(receipt);
            return true;
        }
    }

    /// <summary>Completes when there may be room.</summary>
    public Task RoomAsync(CancellationToken cancellationToken) => _events.Writer.WaitToWriteAsync(cancellationToken).AsTask();

    /// <summary>Leaves out what comes until there is room. For the reader.</summary>
    public void FallBehind()
    {
        Interrupt();

        // Before it counts as behind: who listens may make room at once, and asks to be told again then.
        _stop(this);
        lock (_gate) _isBehind = true;
        CatchUp();
    }

    /// <summary>What happens, each once. For whoever listens.</summary>
    public async IAsyncEnumerable<KabarEvent> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await _events.Reader.WaitToReadAsync(cancellationToken))
        {
            while (_events.Reader.TryRead(out var happened))
            {
                CatchUp();
                yield return happened;
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Nothing more comes; who listens is told the reason when he has taken what is there.</summary>
    public void End(Exception reason)
    {
        lock (_gate) _isOver = true;
        _events.Writer.TryComplete(reason);
    }

    private void CatchUp()
    {
        lock (_gate)
        {
            if (!_isBehind || _events.Reader.Count > _most / 2) return;
            _isBehind = false;
        }

        _again(this);
    }

    private bool IsNew(KabarEvent happened) => happened switch
    {
        KabarEntry { At: { } at } => Places.IsBehind(at, _last),
        KabarReceipt receipt => !_receipts.TryGetValue((receipt.Conversation, receipt.Who), out var known)
            || receipt.Stored > known.Stored || receipt.Delivered > known.Delivered || receipt.Read > known.Read,
        _ => true,
    };

    private void Remember(KabarReceipt receipt)
    {
        // Forgetting costs that a receipt comes twice, which does no harm.
        if (_receipts.Count >= MostReceipts) _receipts.Clear();
        var key = (receipt.Conversation, receipt.Who);
        _receipts[key] = !_receipts.TryGetValue(key, out var known) ? receipt : receipt with
        {
            Stored = Math.Max(receipt.Stored, known.Stored),
            Delivered = Math.Max(receipt.Delivered, known.Delivered),
            Read = Math.Max(receipt.Read, known.Read),
        };
    }
}

/// <summary>Places among all that a realm has accepted: digits, of which no more is known here than that larger is later.</summary>
internal static class Places
{
    /// <summary>Whether one place is behind another; every place is behind none.</summary>
    public static bool IsBehind(string place, string? other) =>
        other is null || place.Length > other.Length || (place.Length == other.Length && string.CompareOrdinal(place, other) > 0);
}
