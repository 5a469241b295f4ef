using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Kabar.Core;
using Kabar.Protocol.Native;
using Kabar.Server.Connections;
using Microsoft.Extensions.Logging;

namespace Kabar.Server.Native;

/// <summary>
/// One connection that speaks the native protocol, and the loop that owns it.
///
/// <code>
///   1 read ──► 2 take each line, look it up ──► 3 a send: begin it, go on │ anything else: answer those sends, then it
///     ▲                                                                   ▼
///     └───────────── 5 hand the replies over ◄───────────── 4 when the buffer is empty: wait for the commits, write the replies in order
///
///   replies ──┐
///   events  ──┴──► OutboundQueue ──► the client          (LiveStream adds the events, from the feeds' loop)
/// </code>
///
/// While replies wait for a client that does not read, nothing more is read from it. What it is told without asking may wait too, up to a limit,
/// past which it is cut off. Everything here runs on the one loop; events come to the queue from elsewhere, and behind what they report.
/// </summary>
internal sealed partial class NativeConnection
{
    // Past it the loop hands the replies over before it goes on.
    private const int HandOverAt = 32 * 1024;

    private readonly NativeFrontEnd _host;
    private readonly ClientConnection _connection;
    private readonly OutboundQueue _outbound;
    private readonly List<WaitingSend> _sends = [];
    private readonly NativeCaller _caller;
    private readonly PooledWriter _replies = new();
    private ReadOnlyMemory<byte> _id;
    private long _handedOver;
    private bool _isEnding;
    private bool _isBroken;
    private bool _isGone;
    private Speech? _next;

    /// <summary>Takes over a connection.</summary>
    /// <param name="host">The front end.</param>
    /// <param name="connection">Which connection; nothing is being written on it.</param>
    /// <param name="outbound">What is sent to it.</param>
    /// <param name="caller">Whose it is: nobody's yet.</param>
    public NativeConnection(NativeFrontEnd host, ClientConnection connection, OutboundQueue outbound, NativeCaller caller) =>
        (_host, _connection, _outbound, _caller) = (host, connection, outbound, caller);

    /// <summary>Whether a line dialect can be spoken on it.</summary>
    public bool IsStream => _connection.IsStream;

    /// <summary>Serves the connection until its client leaves, breaks a limit, asks for a line dialect, or the server stops.</summary>
    /// <returns>What it speaks from now on, or null.</returns>
    public async Task<Speech?> RunAsync()
    {
        var isWhole = false;
        try
        {
            await ServeAsync();
            isWhole = !_isGone;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client is gone.
        }
        finally
        {
            // Nobody adds anything any more; and the writer is given back only when nothing is on its way.
            await _caller.LeaveAsync();
            _outbound.Close(isDropped: !isWhole);
            if (!isWhole) _connection.Abort();
            isWhole &= await _outbound.FlushedAsync(Timeout.InfiniteTimeSpan);
        }

        if (_isBroken && isWhole) await _connection.LingerAsync();
        return isWhole ? _next : null;
    }

    /// <summary>Writes the reply to the request at hand.</summary>
    public void Reply(NativeReply reply) => Write(_id, reply);

    /// <summary>Hands over what was written so far, without waiting for the client.</summary>
    public async ValueTask HandOverAsync()
    {
        if (_replies.WrittenCount == 0) return;

        // Those before must be with the client: one that does not read is asked for nothing more.
        if (!await _outbound.HandedOverAsync(_handedOver) || !_outbound.AddCopy(_replies.WrittenMemory)) _isGone = _isEnding = true;
        _handedOver = _outbound.Added;
        _replies.Clear();
    }

    /// <summary>Waits until the client was handed everything; false when it is gone.</summary>
    public async ValueTask<bool> HandedOverAsync()
    {
        await HandOverAsync();
        if (!_isGone && !await _outbound.HandedOverAsync(_handedOver)) _isGone = _isEnding = true;
        return !_isGone;
    }

    /// <summary>The request at hand is the last one.</summary>
    /// <param name="next">What the client speaks from now on; null when it leaves.</param>
    public void End(Speech? next)
    {
        _next = next;
        _isEnding = true;
    }

    /// <summary>Something asked for could not be done.</summary>
    public RefusalReply Fail(Exception exception)
    {
        Log.Failed(_host.Logger, _connection.Origin, exception);
        return new RefusalReply(Refusal.Failed);
    }

    private async ValueTask ServeAsync()
    {
        while (!_isEnding)
        {
            var read = await _connection.ReadAsync();
            if (_caller.HasEnded) await _caller.LoseAsync();
            var buffer = read.Buffer;
            try
            {
                while (!_isEnding && TryTakeRequest(ref buffer, out var line))
                {
                    if (_connection.Rate.Take() is var wait && wait > TimeSpan.Zero) await SlowDownAsync(wait);
                    await AnswerAsync(line);
                }

                await AnswerSendsAsync();
                await HandOverAsync();
            }
            finally
            {
                // What stands behind a request for another dialect is that one's.
                _connection.Transport.Input.AdvanceTo(buffer.Start, _next is null ? buffer.End : buffer.Start);
            }

            // A half-closed client gets its answers. A line without its end is no request: the rest may have been lost on the way.
            if (read.IsCompleted || (read.IsCanceled && _connection.IsStopping)) break;
        }
    }

    private bool TryTakeRequest(ref ReadOnlySequence<byte> buffer, out NativeLine request)
    {
        var isJson = new SequenceReader<byte>(buffer).TryPeek(out var first) && first == '{';
        switch (_connection.TakeLine(ref buffer, isJson ? _host.Limits.JsonLineBytes : _host.Limits.RequestLineBytes, out var line))
        {
            case TakenLine.None:
                request = default;
                return false;
            case TakenLine.Unreadable:
                request = Break(new NativeLine(default, new RefusedRequest(Refusal.MalformedLine, null)));
                return true;
            default:
                request = Read(line);
                return true;
        }
    }

    private NativeLine Read(in ReadOnlySequence<byte> line)
    {
        using var whole = new WholeLine(line);
        var request = NativeReader.Read(whole.Bytes);
        return request.Request is RefusedRequest && whole.IsHttp ? Break(request) : request;
    }

    private NativeLine Break(NativeLine last)
    {
        _isEnding = _isBroken = true;
        return last;
    }

    private async ValueTask AnswerAsync(NativeLine line)
    {
        var command = NativeCommand.Of(line.Request);
        var isSend = line.Request is SendRequest;
        if (!isSend) await AnswerSendsAsync();
        _id = line.Id;
        try
        {
            var hindrance = command.NeedsLogin ? await _caller.CheckAsync() : null;
            if (isSend) await BeginSendAsync(hindrance, (SendRequest)line.Request);
            else if (hindrance is { } refusal) Reply(new RefusalReply(refusal));
            else if (await command.RunAsync(this, _caller, line.Request) is { } reply) Reply(reply);
        }
        catch (Exception exception) when (exception is StoreException or NotSupportedException or CryptographicException)
        {
            // The store, or a password that cannot be hashed here: libsodium is missing, or there is no memory for it.
            if (isSend) _sends.Add(new WaitingSend(line.Id, null, Fail(exception)));
            else Reply(Fail(exception));
        }

        if (_replies.WrittenCount >= HandOverAt) await HandOverAsync();
    }

    private async ValueTask BeginSendAsync(Refusal? hindrance, SendRequest send)
    {
        if (_sends.Count >= _host.Limits.SendsWaitingPerConnection && _host.Limits.SendsWaitingPerConnection > 0) await AnswerSendsAsync();
        if (hindrance is { } refused)
        {
            _sends.Add(new WaitingSend(_id, null, new RefusalReply(refused)));
            return;
        }

        var beginning = _caller.Realm.Conversations.BeginPostAsync(_caller.Account, send.To, new Draft(send.Text, send.Key, send.Answers), CancellationToken.None);

        // It waits for room, which the sends of this very connection may hold.
        if (!beginning.IsCompleted) await CommitSendsAsync();
        _sends.Add((await beginning).TryGet(out var posting, out var refusal)
            ? new WaitingSend(_id, posting, null)
            : new WaitingSend(_id, null, new RefusalReply(refusal)));
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AnswerSendsAsync()
    {
        if (_sends.Count == 0) return;
        await CommitSendsAsync();
        foreach (var send in _sends)
        {
            Write(send.Id, send.Reply!); // it was committed
            if (_replies.WrittenCount >= HandOverAt) await HandOverAsync();
        }

        _sends.Clear();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask CommitSendsAsync()
    {
        // The last first: when it is on disk so are mostly all, and the loop wakes once instead of once a message.
        for (var i = _sends.Count - 1; i >= 0; i--)
        {
            if (_sends[i].Posting is not { } posting) continue;
            NativeReply reply;
            try
            {
                if ((await posting.CommitAsync()).TryGet(out var posted, out var refusal))
                {
                    reply = new PostedReply(posted);
                    _host.Metrics.CountMessage();
                }
                else
                {
                    reply = new RefusalReply(refusal);
                }
            }
            catch (StoreException exception)
            {
                reply = Fail(exception);
            }

            _sends[i] = new WaitingSend(_sends[i].Id, null, reply);
        }
    }

    private void Write(ReadOnlyMemory<byte> id, NativeReply reply)
    {
        if (reply is RefusalReply refused) _host.Metrics.CountRefusal(refused.Refusal);
        NativeWriter.Write(reply, id.Span, _caller.Language, _replies);
    }

    private async ValueTask SlowDownAsync(TimeSpan wait)
    {
        await AnswerSendsAsync();
        if (await HandedOverAsync()) await Task.Delay(wait, _host.Clock, CancellationToken.None);
    }

    private readonly record struct WaitingSend(ReadOnlyMemory<byte> Id, Posting? Posting, NativeReply? Reply);

    private static partial class Log
    {
        [LoggerMessage(EventId = 1121, Level = LogLevel.Error, Message = "A request from {Origin} failed.")]
        public static partial void Failed(ILogger logger, System.Net.IPAddress origin, Exception exception);
    }
}
