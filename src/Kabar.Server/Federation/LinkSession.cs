using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Threading.Channels;
using Kabar.Core;
using Kabar.Protocol.Links;
using Kabar.Server.Connections;
using Microsoft.Extensions.Logging;

namespace Kabar.Server.Federation;

/// <summary>
/// One link that stands, from the handshake to its end: two loops over one stream.
///
/// <code>
///   reader:  bytes ──► frames ──► authority ──► numbered: the realm commits them together ──► acknowledgement (the writer sends it)
///                                          ├──► signals: heard when the numbered frames before them are committed, or dropped
///                                          └──► the rest: answered, or handed to the groups' half (GroupLink)
///   writer:  answers and acknowledgements, then the outbox from where the peer has it, then the groups the peer follows ──► one flush
/// </code>
///
/// The writer sleeps until something wakes it: a commit that grew the outbox, an entry, a frame to answer. What was sent and not
/// acknowledged is in the outbox still, so a link may end anywhere. Protocol: native link, "Delivery".
/// </summary>
internal sealed partial class LinkSession : IDisposable
{
    private const int ControlsWaiting = 1024;
    private const int OutboxBytesPerWrite = 64 * 1024;
    private const int FlushAt = 64 * 1024;

    // Sent and not acknowledged: enough for a long line, and little to send again.
    private const int MostUnacknowledged = 16_384;

    // Received while older copies are still awaited.
    private const int MostKept = 1024;

    // What people do by hand at a thousand keyboards; a burst when a link comes to stand.
    private const int SignalsPerSecond = 500;
    private const int SignalsAtOnce = 2000;

    // In an outbox beyond what may wait in it.
    private const long RoomForAnswers = 1024 * 1024;

    // A page of copies is looked up in all that was ever said there; nobody waits for it.
    private static readonly TimeSpan CopiesTake = TimeSpan.FromMinutes(1);

    private readonly PeerLink _link;
    private readonly LinkContext _context;
    private readonly LinkStream _stream;
    private readonly Authority _authority;
    private readonly GroupLink _groups;
    private readonly LinkQuestions _questions;
    private readonly Channel<LinkFrame> _controls = Channel.CreateBounded<LinkFrame>(ControlsWaiting);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _ending = new();
    private readonly Guid _peerEpoch;
    private readonly RequestRate _rate;
    private readonly RequestRate _signalRate;
    private readonly int _version;
    private long _lastHeard;
    private long _acknowledge;
    private long _acknowledgeSent;
    private long _sent;
    private long _acknowledged;
    private Task _persisting = Task.CompletedTask;
    private volatile bool _mayHaveMore = true;
    private volatile bool _isReconciling;
    private volatile bool _hasLeftOut;

    // The handshake announced an epoch that has been given up since: what is sent now would be counted in it.
    private readonly bool _isMisnumbered;

    public LinkSession(PeerLink link, LinkContext context, LinkStream stream, LinkStart start)
    {
        (_link, _context, _stream, _peerEpoch, _version) = (link, context, stream, start.PeerEpoch, start.Version);
        (_sent, _acknowledged) = (start.SendAfter, start.SendAfter);
        _lastHeard = context.Clock.GetTimestamp();
        _isMisnumbered = start.ClaimsSince is not null;
        _isReconciling = (link.Peer.ReconcileSince ?? start.ClaimsSince) is not null;
        _rate = new RequestRate(context.Limits.LinkFramesPerSecond, context.Limits.LinkFramesPerSecond, context.Clock);
        _signalRate = new RequestRate(SignalsPerSecond, SignalsAtOnce, context.Clock);
        _authority = new Authority(context.Realm, link.Peer);
        _questions = new LinkQuestions(context, link.Peer, _authority, _version);
        _groups = new GroupLink(this, context, link.Peer, _authority, _version);
    }

    /// <summary>Wakes the writer. May be called from any thread.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Something was put into the peer's outbox. May be called from any thread.</summary>
    public void OutboxGrew()
    {
        _mayHaveMore = true;
        Wake();
    }

    /// <summary>Ends the link. May be called from any thread, also when it has ended.</summary>
    public void End()
    {
        try
        {
            _ending.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended meanwhile.
        }
    }

    /// <summary>Serves the link until it breaks, the peer misbehaves, falls silent or says good-bye, or it is ended.</summary>
    public async Task RunAsync(LinkStart start, CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token, stopping);
        Task[] loops = [ReadAsync(ended.Token), WriteAsync(ended.Token), WatchAsync(ended.Token), BeginAsync(start, ended.Token)];
        try
        {
            // Whichever ends, the link is over.
            await Task.WhenAny(loops);
        }
        finally
        {
            // Whoever waits on this link, from another one too, waits no more.
            await _ending.CancelAsync();
            _controls.Writer.TryComplete();
            foreach (var loop in loops) await ObserveAsync(loop);
            await ObserveAsync(_persisting);
            await ObserveAsync(_context.Realm.Presences.ForgetAsync(_link.Peer.Realm, CancellationToken.None).AsTask());
            _groups.End();
        }
    }

    /// <summary>Sends a frame that carries no number, when its turn comes; waits while too many do. For the link's own loops.</summary>
    public async ValueTask SendAsync(LinkFrame frame, CancellationToken cancellationToken)
    {
        await _controls.Writer.WriteAsync(frame, cancellationToken);
        Wake();
    }

    /// <summary>
    /// The same for everybody else, who must not wait for a peer that does not read: where too many frames wait, the link is ended, and the next
    /// begins with what this one has missed.
    /// </summary>
    public void Offer(LinkFrame frame)
    {
        if (_controls.Writer.TryWrite(frame)) Wake();
        else End();
    }

    /// <summary>
    /// Tells the peer what is worth nothing later. Never waits: dropped where half of the room for frames is taken, so that what is asked and answered keeps
    /// the rest. May be called from any thread.
    /// </summary>
    public void Tell(Signal signal)
    {
        if (_version >= LinkFrame.RevisionsSince && _controls.Reader.Count < ControlsWaiting / 2 && _controls.Writer.TryWrite(new SignalFrame(signal))) Wake();
    }

    /// <summary>Asks, and waits for the answer as long as another realm may take.</summary>
    /// <returns>The answer, or null when none came in time or the link ended.</returns>
    public ValueTask<AnswerFrame?> AskAsync(AskFrame question, CancellationToken cancellationToken) =>
        AskAsync(question, _context.Realm.Options.PeerPatience, cancellationToken);

    private async ValueTask<AnswerFrame?> AskAsync(AskFrame question, TimeSpan longest, CancellationToken cancellationToken)
    {
        var answer = _questions.Expect(question.Id);
        try
        {
            using var patience = new CancellationTokenSource(longest, _context.Clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken, _ending.Token);
            await SendAsync(question, either.Token);
            return await answer.WaitAsync(either.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or ChannelClosedException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            _questions.Forget(question.Id);
        }
    }

    /// <summary>Takes up the group stream of a group whose home the peer has just become.</summary>
    public ValueTask TurnToAsync(Group group, CancellationToken cancellationToken) => _groups.TurnToAsync(group, cancellationToken);

    /// <summary>Tells the peer that it has members in a group whose home is here.</summary>
    public void Announce(Group group) => Offer(new MemberFrame(group.Id, group.Name));

    public void Dispose() => _ending.Dispose();

    // What is to be said first: who lives here, and which groups there are between the two. And after a restore, what we may lack.
    private async Task BeginAsync(LinkStart start, CancellationToken cancellationToken)
    {
        if (_context.Options.ShareUsernames) await _context.Directory.SendToAsync(this, start.PeerHoldsUsers, cancellationToken);
        await _groups.BeginAsync(cancellationToken);
        _context.Realm.Presences.Greet(_link.Peer.Realm);
        if ((_link.Peer.ReconcileSince ?? start.ClaimsSince) is { } since) await ReconcileAsync(since, cancellationToken);
        await ForeverAsync(cancellationToken);
    }

    private async ValueTask ReconcileAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        Guid? after = null;
        var found = 0;
        while (true)
        {
            if (await AskAsync(new AskCopiesFrame(Guid.NewGuid(), since, after), CopiesTake, cancellationToken) is not { Refusal: null } answer)
            {
                // The next link tries again.
                Log.NotReconciled(_context.Logger, _link.Peer.Realm);
                End();
                return;
            }

            var copies = new List<MessageCopy>();
            foreach (var copy in answer.Copies)
                if (await _authority.AdmitAsync(copy, cancellationToken) is { } admitted) copies.Add(admitted);
            found += await _context.Realm.Exchange.TakeCopiesAsync(copies);
            if (!answer.HasMore || answer.Copies.IsEmpty) break;
            var last = answer.Copies[^1].Id;
            if (after is { } before && Compare(last, before) <= 0)
            {
                // The same again, and so on without end.
                Log.Misbehaved(_context.Logger, _link.Peer.Realm, ByeReason.NotAllowed, "copies that do not go on");
                End();
                return;
            }

            after = last;
        }

        await _link.UpdateAsync(peer => peer with { ReconcileSince = null });
        Log.Reconciled(_context.Logger, _link.Peer.Realm, found);

        // What has come meanwhile was kept behind the copies, which are older. The answer wakes the reader. What was too much to keep comes again.
        _isReconciling = false;
        if (_hasLeftOut || _isMisnumbered) End(); // the next link begins where this one should have
        await SendAsync(new PingFrame(), cancellationToken);
    }

    // As their text: the order in which a store lists them.
    private static int Compare(Guid one, Guid other) => string.CompareOrdinal(one.ToString(), other.ToString());

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var reader = _stream.Input;
        var numbered = new List<(long Sequence, Dispatch Dispatch)>();
        var signals = new List<Signal>();
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            Volatile.Write(ref _lastHeard, _context.Clock.GetTimestamp());
            var buffer = read.Buffer;
            StreamMark? acknowledged = null;
            while (LinkFrameReader.TryRead(ref buffer, out var frame))
            {
                if (_rate.Take() is var wait && wait > TimeSpan.Zero) await Task.Delay(wait, _context.Clock, cancellationToken);
                if (frame is NumberedFrame { Sequence: var sequence, Dispatch: var dispatch })
                {
                    if (Authority.Admit(dispatch, _context.Clock.GetUtcNow()) is not { } admitted)
                    {
                        await LeaveAsync(ByeReason.NotAllowed, dispatch.GetType().Name, cancellationToken);
                        return;
                    }

                    if (!_isReconciling || numbered.Count < MostKept) numbered.Add((sequence, admitted));
                    else _hasLeftOut = true;
                    continue;
                }

                if (frame is SignalFrame { Signal: var signal })
                {
                    // Behind what was said before; and too many of them are of use to nobody.
                    if (_signalRate.TryTake()) signals.Add(signal);
                    continue;
                }

                if (frame is AckFrame ack)
                {
                    acknowledged = ack.Mark;
                    continue;
                }

                await CommitAsync(numbered, cancellationToken);
                if (await HandleAsync(frame, cancellationToken)) continue;
                return;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
            await CommitAsync(numbered, cancellationToken);
            await _groups.CommitAsync(cancellationToken);
            await HearAsync(signals, cancellationToken);
            if (acknowledged is { } mark) Acknowledge(mark);
            if (read.IsCompleted) return;
        }
    }

    private async ValueTask CommitAsync(List<(long Sequence, Dispatch Dispatch)> numbered, CancellationToken cancellationToken)
    {
        if (_hasLeftOut && !_isReconciling) End();
        if (numbered.Count == 0 || _isReconciling || _hasLeftOut) return;
        await _groups.CommitAsync(cancellationToken);

        // What could not be done is answered through the peer's outbox. One that never takes anything out of it is not served for ever.
        if (_context.Realm.Options.OutboxBytes is > 0 and var most && (await _context.Store.FindOutboxAsync(_link.Peer.Id, cancellationToken)).Bytes >= most + RoomForAnswers)
        {
            Log.Misbehaved(_context.Logger, _link.Peer.Realm, ByeReason.Other, "more frames, while it takes none of ours");
            End();
            return;
        }

        if (await _context.Realm.Exchange.ReceiveAsync(_link.Peer, _peerEpoch, numbered, cancellationToken) is not { } through) throw new IOException("The peer was removed.");
        numbered.Clear();
        Volatile.Write(ref _acknowledge, through);
        Wake();
    }

    private async ValueTask HearAsync(List<Signal> signals, CancellationToken cancellationToken)
    {
        var now = _context.Clock.GetUtcNow();
        foreach (var signal in signals)
            if (await _authority.AdmitAsync(signal, now, cancellationToken) is { } admitted) await _context.Realm.Exchange.TakeAsync(_link.Peer, admitted, cancellationToken);
        signals.Clear();
    }

    // False when the link is over.
    private async ValueTask<bool> HandleAsync(LinkFrame frame, CancellationToken cancellationToken)
    {
        switch (frame)
        {
            case PingFrame:
                await SendAsync(new PongFrame(), cancellationToken);
                return true;
            case PongFrame:
                return true;
            case AskFrame ask:
                await SendAsync(await _questions.AnswerAsync(ask, cancellationToken), cancellationToken);
                if (ask is AskJoinFrame { Group: var joined }) await _groups.AnnounceJoinedAsync(joined, cancellationToken);
                return true;
            case AnswerFrame answer:
                _questions.Take(answer);
                return true;
            case UsersFrame users:
                if (await _context.Directory.TakeAsync(_link.Peer, users, cancellationToken)) return true;
                await LeaveAsync(ByeReason.NotAllowed, "a directory over the limit", cancellationToken);
                return false;
            case GroupFrame about:
                if (await _groups.HandleAsync(about, cancellationToken)) return true;
                await LeaveAsync(ByeReason.NotAllowed, about.GetType().Name, cancellationToken);
                return false;
            case ByeFrame bye:
                Log.SaidGoodbye(_context.Logger, _link.Peer.Realm, bye.Reason);
                return false;
            case UnknownFrame { Sequence: null }:
                return true;
            case MalformedFrame malformed:
                await LeaveAsync(ByeReason.Malformed, malformed.Reason, cancellationToken);
                return false;
            default:
                await LeaveAsync(ByeReason.Malformed, frame.GetType().Name, cancellationToken);
                return false;
        }
    }

    // The farewell is tried, not waited for: the other side may not be reading.
    private async ValueTask LeaveAsync(ByeReason reason, string what, CancellationToken cancellationToken)
    {
        Log.Misbehaved(_context.Logger, _link.Peer.Realm, reason, what);
        _controls.Writer.TryWrite(new ByeFrame(reason));
        Wake();
        using var moment = new CancellationTokenSource(TimeSpan.FromMilliseconds(200), _context.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(moment.Token, cancellationToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, _context.Clock, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Forgetting what was acknowledged can wait: at worst it is sent again and skipped. One at a time is under way; the next takes all
    // that has come meanwhile.
    private void Acknowledge(StreamMark mark)
    {
        if (mark.Epoch != _link.Peer.OutEpoch || mark.Through <= _acknowledged) return;
        Volatile.Write(ref _acknowledged, Math.Min(mark.Through, Volatile.Read(ref _sent)));
        Wake();
        if (_persisting.IsCompleted) _persisting = PersistAsync(mark.Epoch);
    }

    private async Task PersistAsync(Guid epoch)
    {
        long through;
        do
        {
            through = Volatile.Read(ref _acknowledged);
            await _context.Store.AcknowledgeAsync(_link.Peer.Id, epoch, through);
        }
        while (through < Volatile.Read(ref _acknowledged));
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var output = _stream.Output;
        while (true)
        {
            WriteControls(output);
            await WriteOutboxAsync(output, cancellationToken);
            await _groups.WriteAsync(output, cancellationToken);
            if (output.UnflushedBytes == 0) await _wake.Reader.ReadAsync(cancellationToken);
            else await output.FlushAsync(cancellationToken);
        }
    }

    private void WriteControls(PipeWriter output)
    {
        if (Volatile.Read(ref _acknowledge) is var through && through > _acknowledgeSent)
        {
            LinkFrameWriter.Write(new AckFrame(new StreamMark(_peerEpoch, through)), output);
            _acknowledgeSent = through;
        }

        while (output.UnflushedBytes < FlushAt && _controls.Reader.TryRead(out var frame)) LinkFrameWriter.Write(frame, output);
    }

    private async ValueTask WriteOutboxAsync(PipeWriter output, CancellationToken cancellationToken)
    {
        if (_isMisnumbered || !_mayHaveMore || _sent - Volatile.Read(ref _acknowledged) >= MostUnacknowledged) return;

        // Cleared before the read: what comes from now on sets it again.
        _mayHaveMore = false;
        foreach (var entry in await _context.Store.ReadOutboxAsync(_link.Peer.Id, _sent, OutboxBytesPerWrite, cancellationToken))
        {
            // What the peer's version does not know keeps its number, and is not sent.
            if (_version >= LinkFrame.RevisionsSince || DispatchFormat.VersionOf(entry.Frame.Span) <= _version) LinkFrameWriter.WriteNumbered(entry.Sequence, entry.Frame.Span, output);
            Volatile.Write(ref _sent, entry.Sequence);
            _mayHaveMore = true;
        }
    }

    // A link that is half open looks like one on which nothing is said: so something is, now and then.
    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        var silence = TimeSpan.FromSeconds(_context.Limits.LinkSilenceSeconds);
        if (silence <= TimeSpan.Zero)
        {
            await ForeverAsync(cancellationToken);
            return;
        }

        using var timer = new PeriodicTimer(silence / 3, _context.Clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var heard = _context.Clock.GetElapsedTime(Volatile.Read(ref _lastHeard));
            if (heard >= silence)
            {
                Log.FellSilent(_context.Logger, _link.Peer.Realm, (int)heard.TotalSeconds);
                return;
            }

            await _link.NoteContactAsync(heard);
            if (_controls.Writer.TryWrite(new PingFrame())) Wake();
        }
    }

    private Task ForeverAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, _context.Clock, cancellationToken);

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever ends a loop ends this link and nothing else; it is logged, and the link is made again.")]
    private async Task ObserveAsync(Task loop)
    {
        try
        {
            await loop;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException or ChannelClosedException)
        {
            // How links end.
        }
        catch (Exception exception)
        {
            // The store's, or a fault of ours: the next link may do better.
            Log.Failed(_context.Logger, _link.Peer.Realm, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 2101, Level = LogLevel.Warning, Message = "Realm {Realm} sent what it may not ({Reason}: {What}); its link is closed.")]
        public static partial void Misbehaved(ILogger logger, RealmName realm, ByeReason reason, string what);

        [LoggerMessage(EventId = 2102, Level = LogLevel.Information, Message = "Realm {Realm} closed its link: {Reason}.")]
        public static partial void SaidGoodbye(ILogger logger, RealmName realm, ByeReason reason);

        [LoggerMessage(EventId = 2103, Level = LogLevel.Warning, Message = "Nothing was heard of realm {Realm} for {Seconds} s; its link is closed.")]
        public static partial void FellSilent(ILogger logger, RealmName realm, int seconds);

        [LoggerMessage(EventId = 2104, Level = LogLevel.Information, Message = "Reconciled with realm {Realm} after the restore: {Count} messages came back.")]
        public static partial void Reconciled(ILogger logger, RealmName realm, int count);

        [LoggerMessage(EventId = 2107, Level = LogLevel.Warning, Message = "Realm {Realm} has not answered with what our restored data lack; the next link asks again, and until then nothing of it is taken.")]
        public static partial void NotReconciled(ILogger logger, RealmName realm);

        [LoggerMessage(EventId = 2105, Level = LogLevel.Error, Message = "The link to realm {Realm} failed; it is closed and tried again.")]
        public static partial void Failed(ILogger logger, RealmName realm, Exception exception);
    }
}

/// <summary>Where a link begins, as the handshake found it.</summary>
/// <param name="Version">The version of the protocol that the two speak.</param>
/// <param name="PeerEpoch">The epoch of what the peer sends.</param>
/// <param name="SendAfter">The peer has everything through this number of ours.</param>
/// <param name="PeerHoldsUsers">The hash of our directory that the peer holds; null for none.</param>
/// <param name="ClaimsSince">Since when the peer may have sent what our data lack, as it claims; null when it does not.</param>
internal sealed record LinkStart(int Version, Guid PeerEpoch, long SendAfter, string? PeerHoldsUsers, DateTimeOffset? ClaimsSince);
