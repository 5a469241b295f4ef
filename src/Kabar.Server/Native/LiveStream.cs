using System.Runtime.InteropServices;
using Kabar.Core;
using Kabar.Server.Connections;
using Microsoft.Extensions.Logging;

namespace Kabar.Server.Native;

/// <summary>
/// What a connection that listens is told, from wherever it left off.
///
/// <code>
///   Join    the feed brings everything after a place …
///   Hold    … which is kept, within bounds, while what lies before it is read from the store, page by page, each handed over before the next
///   Live    what was held is told, and from then on whatever comes, at once
/// </code>
///
/// Too much to hold, too much at once, and a feed that could not keep all (<see cref="Miss"/>), are the same case: what is held is let go, and read from the
/// store like all that lies before. So a client that falls behind while it catches up costs the server nothing but reads; one that falls behind while it is
/// live is cut off, and comes back. The feeds' loop calls <see cref="Hear"/>, <see cref="Miss"/> and <see cref="End"/>; the connection's loop begins and
/// ends it; the catching up is a task of its own.
/// </summary>
internal sealed partial class LiveStream : IFeedListener, IAsyncDisposable
{
    // Of events that are held while it catches up.
    private const int MostHeld = 4_096;

    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);

    private readonly NativeFrontEnd _host;
    private readonly ClientConnection _connection;
    private readonly OutboundQueue _outbound;
    private readonly DeliveryNotes _delivered;
    private readonly LoggedIn _login;
    private readonly CancellationTokenSource _over = new();
    private readonly Lock _gate = new();
    private List<FeedEvent> _held = [];
    private int _heldBytes;
    private long _target;
    private long _joined;

    // On the feeds' loop: the arrival through which it has brought everything.
    private long _heard;
    private bool _isMissed;
    private FeedPlace? _place;
    private Task _catchingUp = Task.CompletedTask;
    private volatile StreamStage _stage = StreamStage.Holding;

    public LiveStream(NativeFrontEnd host, ClientConnection connection, OutboundQueue outbound, DeliveryNotes delivered, LoggedIn login)
    {
        (_host, _connection, _outbound, _delivered, _login) = (host, connection, outbound, delivered, login);
        host.CountListening(1);
    }

    private int MostHeldBytes => _host.Limits.OutboundQueueBytes > 0 ? _host.Limits.OutboundQueueBytes / 2 : int.MaxValue;

    private long Target
    {
        get
        {
            lock (_gate) return _target;
        }
    }

    /// <summary>Joins the feed, and holds what it brings until <see cref="Begin"/>.</summary>
    /// <returns>The place behind which everything is brought.</returns>
    public async ValueTask<long> JoinAsync(CancellationToken cancellationToken)
    {
        var place = await _host.Realm.Feeds.JoinAsync(_login.Account, _login.Session.Id, this, cancellationToken);
        lock (_gate) _target = Math.Max(_target, place.After);
        _place = place;
        return _joined = place.After;
    }

    /// <summary>Begins to tell: what lies behind a place first, or only what comes from now on.</summary>
    /// <param name="from">The place; null for now.</param>
    public void Begin(long? from)
    {
        // A place that is not there yet can only be one of before a restore.
        var start = Math.Clamp(from ?? _joined, 0, _joined);
        _catchingUp = CatchUpAsync(new CatchUp(_host, _login.Account, start) { HasReceipts = from is null, HasToldLive = from is null });
    }

    /// <inheritdoc/>
    public void Hear(ReadOnlySpan<FeedEvent> events, long through)
    {
        var before = Math.Max(_heard, _joined);
        _heard = through;
        if (_stage != StreamStage.Live)
        {
            // It becomes live only when nothing is held, so whoever finds it live here is behind all that was.
            lock (_gate)
            {
                if (_stage == StreamStage.Holding) Hold(events, through);
                if (_stage != StreamStage.Live) return;
            }
        }

        if (!events.IsEmpty)
        {
            var pieces = _host.Encoding.PiecesOf(events, out var bytes);
            if (bytes <= MostHeldBytes) Tell(pieces, events);
            else FallBack(before, through, isMissed: false);
        }
    }

    /// <inheritdoc/>
    public void Miss(long after) => FallBack(after, after, isMissed: true);

    /// <inheritdoc/>
    public void End()
    {
        lock (_gate)
        {
            if (_stage is not (StreamStage.Live or StreamStage.Holding)) return;
            _stage = StreamStage.Ended;
        }

        _outbound.Add(CatchUp.LoggedOut);
    }

    /// <summary>Ends it. What was on its way at this moment may still come.</summary>
    public async ValueTask DisposeAsync()
    {
        Task catchingUp;
        lock (_gate)
        {
            if (_stage == StreamStage.Over) return;
            _stage = StreamStage.Over;
            catchingUp = _catchingUp;
        }

        _place?.Dispose();
        await _over.CancelAsync();
        await catchingUp;
        _place?.Dispose(); // it may have joined again meanwhile
        _over.Dispose();
        _host.CountListening(-1);
    }

    private void Hold(ReadOnlySpan<FeedEvent> events, long through)
    {
        foreach (var happened in events)
        {
            _heldBytes += _host.Encoding.Of(happened).Length;
            _held.Add(happened);
        }

        if (_held.Count > MostHeld || _heldBytes > MostHeldBytes) LetGo(through);
    }

    // From the feed's loop: everything up to a place was told, and what comes up to another is to be read.
    private void FallBack(long place, long through, bool isMissed)
    {
        lock (_gate)
        {
            if (_stage is not (StreamStage.Live or StreamStage.Holding)) return;
            _isMissed |= isMissed;
            LetGo(through);
            if (_stage == StreamStage.Holding) return; // who catches up finds it
            _stage = StreamStage.Holding;
            _catchingUp = Task.Run(() => CatchUpAsync(new CatchUp(_host, _login.Account, place) { HasToldLive = true }));
        }
    }

    private void LetGo(long through)
    {
        _held.Clear();
        _heldBytes = 0;
        _target = Math.Max(_target, through);
    }

    private async Task CatchUpAsync(CatchUp missed)
    {
        try
        {
            while (!await TryCatchUpAsync(missed))
            {
                // The store failed, which its sentence says in the log. Nothing is lost: it goes on where it was.
                await Task.Delay(PauseAfterFault, _host.Clock, _over.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody listens any more.
        }
        catch (Exception exception)
        {
            Log.Failed(_host.Logger, _connection.Origin, exception);
            _connection.Abort();
        }
    }

    private async ValueTask<bool> TryCatchUpAsync(CatchUp missed)
    {
        try
        {
            while (_stage == StreamStage.Holding)
            {
                if (TakeMissed()) await JoinAgainAsync();
                if (missed.Place < Target)
                {
                    var entries = await missed.ReadAsync(Target, _over.Token);
                    await HandOverAsync(missed);
                    _delivered.Add(_login.Account, entries.AsSpan());
                    continue;
                }

                // Nothing lies between it and what is held.
                if (!missed.HasReceipts)
                {
                    await missed.ReadReceiptsAsync(_over.Token);
                    await HandOverAsync(missed);
                }

                if (!missed.HasToldLive)
                {
                    missed.TellLive();
                    await HandOverAsync(missed);
                }

                if (TryTakeHeld(missed, out var held)) return true;
                if (held.Count == 0) continue;
                Tell([.. held.Select(happened => happened.Encoded)], CollectionsMarshal.AsSpan(held));
                missed.PassOver(held);
                await _outbound.HandedOverAsync(_outbound.Added).AsTask().WaitAsync(_over.Token);
            }

            return true;
        }
        catch (StoreException exception)
        {
            Log.StoreFailed(_host.Logger, _connection.Origin, exception);
            return false;
        }
    }

    private bool TakeMissed()
    {
        lock (_gate)
        {
            var was = _isMissed;
            _isMissed = false;
            return was;
        }
    }

    private async ValueTask JoinAgainAsync()
    {
        _place?.Dispose();
        try
        {
            await JoinAsync(_over.Token);
        }
        catch
        {
            // What was brought meanwhile lies behind the next place too, and is read from the store.
            lock (_gate)
            {
                _isMissed = true;
                LetGo(_target);
            }

            throw;
        }
    }

    // True when nothing is held any more and nothing must be read: it is live.
    private bool TryTakeHeld(CatchUp missed, out List<FeedEvent> held)
    {
        held = [];
        lock (_gate)
        {
            if (_stage != StreamStage.Holding) return true;
            if (_isMissed) return false;
            if (_target > missed.Place)
            {
                missed.Lost();
                return false;
            }

            (held, _held, _heldBytes) = (_held, held, 0);
            if (held.Count > 0) return false;
            _stage = StreamStage.Live;
            return true;
        }
    }

    private async ValueTask HandOverAsync(CatchUp missed)
    {
        var isTaken = missed.Written.IsEmpty || _outbound.AddCopy(missed.Written);
        missed.Clear();
        if (!isTaken || !await _outbound.HandedOverAsync(_outbound.Added).AsTask().WaitAsync(_over.Token)) throw new OperationCanceledException("The client is gone.");
    }

    private void Tell(ReadOnlySpan<ReadOnlyMemory<byte>> pieces, ReadOnlySpan<FeedEvent> events)
    {
        switch (_outbound.Add(pieces))
        {
            case OutboundStatus.Added:
                _host.Metrics.CountEvents(events.Length);
                _delivered.Add(_login.Account, events);
                break;
            case OutboundStatus.Full:
                _host.Metrics.CountOverflow();
                Log.Overflowed(_host.Logger, _connection.Origin, _host.Limits.OutboundQueueBytes);
                _connection.Abort();
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1131, Level = LogLevel.Information, Message = "Cutting off a connection from {Origin} that listens: more than {Limit} bytes wait for it to read.")]
        public static partial void Overflowed(ILogger logger, System.Net.IPAddress origin, int limit);

        [LoggerMessage(EventId = 1132, Level = LogLevel.Error, Message = "What a connection from {Origin} has missed could not be read; it is tried again.")]
        public static partial void StoreFailed(ILogger logger, System.Net.IPAddress origin, Exception exception);

        [LoggerMessage(EventId = 1133, Level = LogLevel.Error, Message = "Telling a connection from {Origin} what it has missed ended by a fault; it is cut off.")]
        public static partial void Failed(ILogger logger, System.Net.IPAddress origin, Exception exception);
    }
}

/// <summary>How far a stream is.</summary>
internal enum StreamStage
{
    /// <summary>What the feed brings is held.</summary>
    Holding,

    /// <summary>What the feed brings is told.</summary>
    Live,

    /// <summary>The session has ended, and that was told.</summary>
    Ended,

    /// <summary>The connection does not listen any more.</summary>
    Over,
}
