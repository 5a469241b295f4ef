using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Channels;
using Kabar.Core;
using Kabar.Protocol;
using Kabar.Server.Connections;
using Microsoft.Extensions.Logging;

namespace Kabar.Server.Lines;

/// <summary>
/// A connection that is a conversation in a group, from its <c>group</c> request to the closing reply.
///
/// <code>
///   client ──► the loop: a text ──► session still known? ──► the group (on disk) ──► feed ──┐
///   client ◄── OutboundQueue ◄── worded once for all (GroupTexts) ◄── Hear, on the feed's loop ┘
///
///   exit · put out · logged out · too far behind · the server stops:  no more texts ► leave ► 50 ms ► exit ► 50 ms ► closing reply
///   the connection breaks:                                            leave
/// </code>
///
/// The loop owns the input. It does not wait for one text to be on disk before it takes the next, since what two reads return must not
/// become one; texts keep their order. What is sent is <see cref="OutboundQueue"/>'s, and what ends the conversation may come from any
/// thread. Protocol: dialects, section 5.
/// </summary>
internal sealed partial class GroupConversation : IConversation, IEntryListener
{
    // What he said last is shown to him before he goes.
    private static readonly TimeSpan EchoPatience = TimeSpan.FromSeconds(1);

    private readonly LineFrontEnd _host;
    private readonly GroupPlace _place;
    private readonly ConversationTerms _terms;
    private readonly LoggedIn? _login;
    private readonly Func<ValueTask<Result<Actor>>> _identify;
    private readonly PipeReader _input;
    private readonly OutboundQueue _outbound;
    private readonly ConversationInput _said;
    private readonly List<Task> _saying = [];
    private readonly TaskCompletionSource _echo = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastSaid;
    private long _lastHeard;
    private long _awaited = long.MaxValue;
    private int _departure;

    /// <summary>Takes over a connection on which nothing is being written, until <see cref="RunAsync"/> ends.</summary>
    /// <param name="host">What the front end is made of.</param>
    /// <param name="place">Who is where, from <see cref="GroupRooms.EnterAsync"/>.</param>
    /// <param name="terms">Over which connection, and how.</param>
    /// <param name="login">With which session; null for a peer's user, who has none here.</param>
    /// <param name="identify">Who speaks, asked before each text; refused when he may no longer.</param>
    public GroupConversation(LineFrontEnd host, GroupPlace place, ConversationTerms terms, LoggedIn? login, Func<ValueTask<Result<Actor>>> identify)
    {
        (_host, _place, _terms, _login, _identify) = (host, place, terms, login, identify);
        _input = terms.Transport.Input;
        _outbound = new OutboundQueue(terms.Transport.Output, host.Limits.OutboundQueueBytes, host.Clock);
        _said = new ConversationInput(terms.EndsLines, host.Limits.RequestLineBytes);
    }

    private GroupId Group => _place.Visit.Group.Id;

    private Departure Departure => (Departure)Volatile.Read(ref _departure);

    /// <inheritdoc/>
    public async Task<bool> RunAsync()
    {
        _host.Rooms.Begin(_place, this);
        using var watch = _login is { } login ? _host.Sessions.Add(login, () => Depart(Departure.LoggedOut)) : null;
        try
        {
            await LookAsync();
            using (await _host.Realm.Groups.ListenAsync(_place.Visit.Group, _place.Visit.After, this, CancellationToken.None))
            {
                await ConverseAsync();
                await Task.WhenAll(_saying);
                if (Departure == Departure.Left) await HearLastAsync();
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ChannelClosedException)
        {
            Depart(Departure.Broken); // the client is gone, or the server is about to be
        }
        finally
        {
            Depart(Departure.Broken); // by a fault, if by nothing else
            _outbound.Close(isDropped: Departure is Departure.Overflowed or Departure.Broken);
            _host.Rooms.End(_place, this);
        }

        var reply = await LeaveAsync();
        if (Departure != Departure.Broken && await CloseAsync(reply)) return true;
        _terms.Abort();
        await _outbound.FlushedAsync(ConversationPause.Patience);
        return false;
    }

    /// <inheritdoc/>
    public void Hear(Message entry)
    {
        if (entry.Kind is EntryKind.Left or EntryKind.Kicked or EntryKind.Banned && (entry.Subject ?? entry.From) == _place.Visit.Who) Depart(Departure.PutOut);
        else if (_place.Texts.Word(entry) is { } text) Tell(text);

        // Both sides write and then read, so that one of them sees the other.
        Interlocked.Exchange(ref _lastHeard, entry.Position);
        if (entry.Position >= Volatile.Read(ref _awaited)) _echo.TrySetResult();
    }

    /// <summary>Sends a text, from any thread; drops it when the conversation is ending.</summary>
    public void Tell(GroupText text)
    {
        switch (_outbound.Add(text.Bytes(_terms.EndsLines)))
        {
            case OutboundStatus.Added:
                _host.Metrics.CountDelivery();
                break;
            case OutboundStatus.Full:
                _host.Metrics.CountOverflow();
                Log.Overflowed(_host.Logger, _terms.Origin, _host.Limits.OutboundQueueBytes);
                Depart(Departure.Overflowed);
                break;
        }
    }

    // The first reason counts. From another thread than the loop's, which is made to look.
    private void Depart(Departure departure)
    {
        if (Interlocked.CompareExchange(ref _departure, (int)departure, (int)Departure.None) != (int)Departure.None) return;
        if (departure is not Departure.Left) _outbound.Close(isDropped: false);
        _input.CancelPendingRead();
    }

    // The session may have ended before it was watched. What cannot be read now is asked for again before each text.
    private async ValueTask LookAsync()
    {
        try
        {
            if (!(await _identify()).IsOk) Depart(Departure.LoggedOut);
        }
        catch (StoreException exception)
        {
            Log.StoreFailed(_host.Logger, _terms.Origin, exception);
        }
    }

    private async ValueTask ConverseAsync()
    {
        while (Departure == Departure.None)
        {
            var read = await _input.ReadAsync(CancellationToken.None);
            if (_host.IsStopping) Depart(Departure.Stopping);
            var buffer = read.Buffer;
            try
            {
                if (Departure == Departure.None && _said.TakesExit(ref buffer)) Depart(Departure.Left);
                while (Departure == Departure.None && _said.TryTake(ref buffer, read.IsCompleted, out var text, out var refusal))
                {
                    if (_terms.Rate.Take() is var wait && wait > TimeSpan.Zero) await Task.Delay(wait, _host.Clock, CancellationToken.None);
                    if (text is null) Refuse(refusal);
                    else if (ConversationInput.IsExit(text.Value)) Depart(Departure.Left);
                    else await SayAsync(text.Value);
                }
            }
            finally
            {
                // What stands behind `exit` is the next reader's, who shall find it at once.
                _input.AdvanceTo(buffer.Start, Departure == Departure.None ? buffer.End : buffer.Start);
            }

            if (read.IsCompleted) Depart(Departure.Broken);
        }
    }

    private async ValueTask SayAsync(MessageText text)
    {
        _host.Metrics.CountRequest();
        _saying.RemoveAll(static saying => saying.IsCompletedSuccessfully);
        if (_saying.Count >= _host.Limits.SendsWaitingPerConnection && _host.Limits.SendsWaitingPerConnection > 0) await _saying[0];
        try
        {
            if ((await _identify()).TryGet(out var speaker, out _)) _saying.Add(SayAsync(speaker, text));
            else Depart(Departure.LoggedOut);
        }
        catch (StoreException exception)
        {
            Fail(exception);
        }
    }

    private async Task SayAsync(Actor speaker, MessageText text)
    {
        try
        {
            // The call itself gives the text its place; the order of calls is the order of texts.
            var said = await _host.Realm.Groups.ActAsync(speaker, Group, GroupVerb.Say, null, text, CancellationToken.None);
            if (!said.TryGet(out var posted, out var refusal))
            {
                Refuse(refusal);
                if (refusal is Refusal.NotAMember or Refusal.UnknownGroup) Depart(Departure.PutOut);
                return;
            }

            _host.Metrics.CountMessage();
            if (posted.Entry is { } entry) Interlocked.Exchange(ref _lastSaid, entry.Position); // they complete in their order
            else if ((await _host.Realm.Groups.FindAsync(Group, CancellationToken.None))?.Home is { } home && !_host.Peers.IsConnected(home)) Tell(GroupText.Waiting(home, text));
        }
        catch (StoreException exception)
        {
            Fail(exception);
        }
    }

    private async ValueTask HearLastAsync()
    {
        Interlocked.Exchange(ref _awaited, _lastSaid);
        if (Volatile.Read(ref _lastHeard) >= _lastSaid) return;
        await _echo.Task.WaitAsync(EchoPatience, _host.Clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async ValueTask<Reply> LeaveAsync()
    {
        var left = new LeftGroupReply(_place.Visit.Group.Name.Value);
        try
        {
            // A server that stops is no reason to leave: he comes back.
            var isForGood = Departure is not (Departure.Stopping or Departure.PutOut) && !_host.IsStopping;
            return await _host.Rooms.LeaveAsync(_place, isForGood) is { } refusal ? RefusedReply.For(refusal) : left;
        }
        catch (StoreException exception)
        {
            Log.StoreFailed(_host.Logger, _terms.Origin, exception);
            return RefusedReply.For(Refusal.Failed);
        }
    }

    private async ValueTask<bool> CloseAsync(Reply reply)
    {
        if (!await _outbound.FlushedAsync(ConversationPause.Patience)) return false;
        await ConversationPause.AfterAsync(_outbound.LastWrite, _host.Clock);
        _outbound.AddLast(ConversationPause.Exit(_terms.EndsLines));
        if (!await _outbound.FlushedAsync(ConversationPause.Patience)) return false;

        await ConversationPause.AfterAsync(_outbound.LastWrite, _host.Clock);
        var closing = new ArrayBufferWriter<byte>();
        _terms.Dialect.Write(reply, closing);
        _outbound.AddLast(closing.WrittenMemory);
        return await _outbound.FlushedAsync(ConversationPause.Patience);
    }

    private void Refuse(Refusal refusal)
    {
        _host.Metrics.CountRefusal(refusal);
        Tell(GroupText.Refused(_terms.Dialect.Word(refusal)));
    }

    private void Fail(StoreException exception)
    {
        Log.StoreFailed(_host.Logger, _terms.Origin, exception);
        Refuse(Refusal.Failed);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1111, Level = LogLevel.Information, Message = "Ending a group conversation from {Origin}: more than {Limit} bytes wait for it to read.")]
        public static partial void Overflowed(ILogger logger, System.Net.IPAddress origin, int limit);

        [LoggerMessage(EventId = 1112, Level = LogLevel.Error, Message = "In a group conversation from {Origin} the store failed.")]
        public static partial void StoreFailed(ILogger logger, System.Net.IPAddress origin, Exception exception);
    }
}

/// <summary>Why a conversation ends.</summary>
internal enum Departure
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>He has said <c>exit</c>.</summary>
    Left,

    /// <summary>He is no longer in the group.</summary>
    PutOut,

    /// <summary>His session has ended, or his account is switched off.</summary>
    LoggedOut,

    /// <summary>He does not read.</summary>
    Overflowed,

    /// <summary>The server stops.</summary>
    Stopping,

    /// <summary>The connection is gone.</summary>
    Broken,
}
