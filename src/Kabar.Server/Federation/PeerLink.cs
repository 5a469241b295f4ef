using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Kabar.Core;
using Kabar.Protocol.Links;
using Microsoft.Extensions.Logging;

namespace Kabar.Server.Federation;

/// <summary>
/// One native peer: what is known of it, the link that stands, and the loop that dials it when none does.
///
/// The side that accepted the other's code dials. Attempts are spaced further and further apart, up to a minute, with jitter; whatever
/// shows that the peer may be there again (it calls us, the operator resumes it) makes the next attempt at once. A new link takes the
/// place of an old one, which the peer would not have made if the old one were alive.
/// </summary>
internal sealed partial class PeerLink : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);
    // A link that stood this long was no mistake.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ContactAge = TimeSpan.FromMinutes(1);

    private readonly LinkContext _context;
    private readonly Func<PeerLink, CancellationToken, Task<LinkAttempt>> _dial;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly SemaphoreSlim _serving = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _stopped;
    private Task _dialing = Task.CompletedTask;
    private volatile Peer _peer;
    private volatile LinkSession? _session;
    private volatile string? _hindrance;
    private volatile TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile OutboxState _outbox = new(0, 0, null, 0);
    private long _lastContact;
    private long _arrivals;

    /// <summary>Follows a peer.</summary>
    public PeerLink(Peer peer, LinkContext context, Func<PeerLink, CancellationToken, Task<LinkAttempt>> dial)
    {
        (_peer, _context, _dial, _stopped) = (peer, context, dial, _stopping.Token);
        _lastContact = peer.LastContact?.UtcTicks ?? 0;
    }

    /// <summary>What is known of the peer.</summary>
    public Peer Peer => _peer;

    /// <summary>The link that stands, or null.</summary>
    public LinkSession? Session => _session;

    /// <summary>What waits, as it was a moment ago.</summary>
    public OutboxState Outbox => _outbox;

    /// <summary>When the peer was last heard of; null for never.</summary>
    public DateTimeOffset? LastContact => Interlocked.Read(ref _lastContact) is var ticks && ticks > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Why the last attempt failed; null when it did not.</summary>
    public string? Hindrance => _hindrance;

    /// <summary>Whether the peer answered, in a way that trying again does not mend.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>How the operator reads it.</summary>
    public string State => (_peer.IsPaused, _session, _hindrance, _peer.LinkAddress) switch
    {
        (true, _, _, _) => "paused",
        (_, not null, _, _) => "connected",
        (_, _, null, not null) => "connecting",
        _ => "down",
    };

    /// <summary>Completes when a link comes to stand or an attempt fails; look at the state again then, and take the next.</summary>
    public Task Changed => _changed.Task;

    /// <summary>Begins to dial where there is an address to dial.</summary>
    public void Start() => _dialing = Task.Run(DialAsync);

    /// <summary>Tries at once: the peer may be there.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Changes what is kept of the peer. False when it is gone.</summary>
    public async ValueTask<bool> UpdateAsync(Func<Peer, Peer> change)
    {
        if (await _context.Store.UpdatePeerAsync(_peer.Id, change) is not { } changed) return false;
        _peer = changed;
        return true;
    }

    /// <summary>Takes in how far the streams have come.</summary>
    public async ValueTask ReloadAsync(CancellationToken cancellationToken)
    {
        foreach (var peer in await _context.Store.ListPeersAsync(cancellationToken))
            if (peer.Id == _peer.Id) _peer = peer;
    }

    /// <summary>Looks at what waits.</summary>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken) => _outbox = await _context.Store.FindOutboxAsync(_peer.Id, cancellationToken);

    /// <summary>The peer was heard of so long ago.</summary>
    public async ValueTask NoteContactAsync(TimeSpan ago)
    {
        var when = _context.Clock.GetUtcNow() - ago;
        Interlocked.Exchange(ref _lastContact, when.UtcTicks);
        if (_peer.LastContact is not { } written || when - written >= ContactAge) await UpdateAsync(peer => peer with { LastContact = when });
    }

    /// <summary>
    /// Serves a link whose handshake is done, until it ends. An older one is ended first, so that only one sends from the outbox.
    /// </summary>
    /// <param name="stream">The secured stream, which stays its owner's to dispose of.</param>
    /// <param name="peerSpeaks">The highest version of the protocol that the peer speaks.</param>
    /// <param name="peerSends">Where the peer's stream to us is.</param>
    /// <param name="peerReceived">What it has of ours.</param>
    /// <param name="peerHoldsUsers">The hash of our directory that it holds.</param>
    /// <param name="stopping">Ends it, besides the link's own end.</param>
    /// <returns>How long it stood.</returns>
    public async Task<TimeSpan> ServeAsync(
        LinkStream stream, int peerSpeaks, StreamMark peerSends, StreamMark? peerReceived, string? peerHoldsUsers, CancellationToken stopping)
    {
        var begun = _context.Clock.GetTimestamp();
        var arrival = Interlocked.Increment(ref _arrivals);
        _session?.End();
        try
        {
            await _serving.WaitAsync(_stopped);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The peer was removed, or the realm stops.
            return TimeSpan.Zero;
        }

        var hasStood = false;
        try
        {
            // Of several that came while one was ending the last goes on.
            if (arrival != Volatile.Read(ref _arrivals)) return TimeSpan.Zero;
            var start = await PrepareAsync(peerSpeaks, peerSends, peerReceived, peerHoldsUsers);
            using var session = new LinkSession(this, _context, stream, start);
            _session = session;
            if (_peer.IsPaused) return TimeSpan.Zero;
            if (arrival != Volatile.Read(ref _arrivals)) session.End();
            hasStood = true;
            _hindrance = null;
            SignalChange();
            await NoteContactAsync(TimeSpan.Zero);
            Log.Connected(_context.Logger, _peer.Realm);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, _stopped);
            await session.RunAsync(start, either.Token);
            return _context.Clock.GetElapsedTime(begun);
        }
        finally
        {
            _session = null;
            SignalChange();
            _serving.Release();
            if (hasStood) Log.Disconnected(_context.Logger, _peer.Realm);
        }
    }

    /// <summary>Ends the link that stands; the dialling side makes another.</summary>
    public void EndSession() => _session?.End();

    /// <summary>Ends the link and dials no more.</summary>
    public void Stop() => _stopping.Cancel();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _dialing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _serving.WaitAsync(CancellationToken.None);
        _serving.Dispose();
        _stopping.Dispose();
    }

    private void SignalChange() =>
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    private async ValueTask<LinkStart> PrepareAsync(int peerSpeaks, StreamMark peerSends, StreamMark? peerReceived, string? peerHoldsUsers)
    {
        var outbox = await _context.Store.FindOutboxAsync(_peer.Id, _stopped);
        await ReloadAsync(_stopped);
        var sendAfter = 0L;
        DateTimeOffset? claimsSince = null;
        if (peerReceived is { } received && received.Epoch == _peer.OutEpoch)
        {
            sendAfter = received.Through;
            if (received.Through > outbox.Last)
            {
                // It has more of us than we have sent: our data were put back without 'kabar restore'.
                Log.WentBack(_context.Logger, _peer.Realm);
                _peer = await _context.Store.BeginEpochAsync(_peer.Id) ?? throw new IOException("The peer was removed.");
                claimsSince = (_peer.LastContact ?? _peer.Joined) - TimeSpan.FromHours(1);
                sendAfter = 0;
            }
            else if (received.Through > _peer.OutAcknowledged)
            {
                await _context.Store.AcknowledgeAsync(_peer.Id, received.Epoch, received.Through);
            }
        }

        if (peerSends.Epoch != _peer.InEpoch)
        {
            // Another epoch: the peer's data were restored, or there was none.
            await _context.Realm.Exchange.ReceiveAsync(_peer, peerSends.Epoch, [], _stopped);
        }

        // What is pending and waits nowhere may have been lost there, or answered while its home moved. What it has, it skips.
        await _context.Store.EnqueuePendingAsync(_peer.Id, null);

        return new LinkStart(Math.Min(peerSpeaks, LinkFrame.Version), peerSends.Epoch, sendAfter, peerHoldsUsers, claimsSince);
    }

    // Whatever one attempt meets, there is another one.
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A background loop: it is logged, and tried again.")]
    private async Task<LinkAttempt> TryAsync()
    {
        try
        {
            await ReloadAsync(_stopped);
            return await _dial(this, _stopped);
        }
        catch (Exception exception) when (!_stopped.IsCancellationRequested)
        {
            if (exception is not (IOException or OperationCanceledException)) Log.AttemptFailed(_context.Logger, _peer.Realm, exception);
            return new LinkAttempt(TimeSpan.Zero, "the attempt failed");
        }
    }

    private async Task DialAsync()
    {
        var pause = FirstPause;
        while (!_stopping.IsCancellationRequested)
        {
            if (_peer is { IsPaused: false, LinkAddress: not null } && _session is null)
            {
                var attempt = await TryAsync();
                if (attempt.Stood >= Settled) pause = FirstPause;
                else if (attempt.Hindrance is { } hindrance && hindrance != _hindrance) Log.CannotConnect(_context.Logger, _peer.Realm, hindrance);
                (_hindrance, IsRefused) = (attempt.Hindrance, attempt.IsRefused);
                SignalChange();
            }
            else
            {
                await _wake.Reader.ReadAsync(_stopped);
                pause = FirstPause;
                continue;
            }

            // Two realms that lost each other do not try in step.
            var jittered = pause * (0.5 + Random.Shared.NextDouble());
            using var moment = new CancellationTokenSource(jittered, _context.Clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(moment.Token, _stopped);
            var woken = _wake.Reader.ReadAsync(either.Token).AsTask();
            await ((Task)woken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = woken.IsCompletedSuccessfully ? FirstPause : pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 2001, Level = LogLevel.Information, Message = "The link to realm {Realm} stands.")]
        public static partial void Connected(ILogger logger, RealmName realm);

        [LoggerMessage(EventId = 2002, Level = LogLevel.Information, Message = "The link to realm {Realm} has ended.")]
        public static partial void Disconnected(ILogger logger, RealmName realm);

        [LoggerMessage(EventId = 2003, Level = LogLevel.Warning, Message = "Realm {Realm} cannot be reached: {Hindrance}. It is tried again.")]
        public static partial void CannotConnect(ILogger logger, RealmName realm, string hindrance);

        [LoggerMessage(EventId = 2005, Level = LogLevel.Error, Message = "An attempt to reach realm {Realm} failed; it is tried again.")]
        public static partial void AttemptFailed(ILogger logger, RealmName realm, Exception exception);

        [LoggerMessage(EventId = 2004, Level = LogLevel.Error, Message = "Realm {Realm} has received more than these data know of: they were put back without 'kabar restore'. A new epoch begins.")]
        public static partial void WentBack(ILogger logger, RealmName realm);
    }
}

/// <summary>What came of dialling a peer.</summary>
/// <param name="Stood">How long a link stood, which has ended; zero when none did.</param>
/// <param name="Hindrance">Why none did; null when one did.</param>
internal sealed record LinkAttempt(TimeSpan Stood, string? Hindrance)
{
    /// <summary>Whether the peer said no, in a way that trying again does not mend.</summary>
    public bool IsRefused { get; init; }
}
