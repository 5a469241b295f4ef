using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Kabar.Core;
using Kabar.Protocol;
using Kabar.Protocol.Dialects;
using Kabar.Server.Connections;
using Microsoft.Extensions.Logging;

namespace Kabar.Server.Lines;

/// <summary>
/// One connection that speaks a line dialect, and the loop that owns it.
///
/// <code>
///   1 read ──► 2 take each line, ask the dialect ──► 3 a send: begin it, go on │ anything else: answer those sends, then it
///     ▲                                                                        ▼
///     └───────────── 5 flush once ◄───────────── 4 when the buffer is empty: wait for the commits, write the replies in order
/// </code>
///
/// Consecutive sends share a commit, so a client that pipelines is not held to one message a sync; a client that does not still gets
/// each answer at once. While replies wait for a client that does not read, nothing more is read from it: it slows nobody but itself.
/// Everything here runs on the one loop, except <see cref="RequestStop"/> and <see cref="Abort"/>. Nothing is given up when the client
/// closes its half: it may have sent all it has to say, and waits for the answers.
/// </summary>
internal sealed partial class LineConnection(
    LineConnectionHandler host,
    Dialect dialect,
    IDuplexPipe transport,
    EndPoint? remote,
    Action abort) : IConnection
{
    // Written but not flushed; past it the loop flushes before it goes on.
    private const int FlushAt = 32 * 1024;

    private readonly PipeReader _input = transport.Input;
    private readonly PipeWriter _output = transport.Output;
    private readonly List<WaitingSend> _sends = [];
    private Dialect _dialect = dialect;
    private SessionToken? _loggedIn;
    private readonly IPAddress _origin = ConnectionRegistry.Origin(remote);
    private readonly RequestRate _rate = new(host.Limits.RequestsPerSecond, host.Limits.RequestBurst, host.Clock);
    private IConversation? _conversation;
    private RefusedGroup? _refused;
    private bool _endsLines;
    private ValueTask<FlushResult> _flush;
    private bool _isFlushing;
    private bool _isEnding;
    private bool _isBroken;
    private bool _isGone;
    private long _lastActive = host.Clock.GetTimestamp();
    private volatile ConnectionStage _stage;

    public IPAddress Origin => _origin;

    public ConnectionStage Stage => _stage;

    public long LastActive => Volatile.Read(ref _lastActive);

    private IPAddress Remote => (remote as IPEndPoint)?.Address ?? IPAddress.None;

    public void RequestStop() => _input.CancelPendingRead();

    public void Abort() => abort();

    /// <summary>Serves the connection until its client leaves, breaks a limit, or the server stops.</summary>
    public async Task RunAsync()
    {
        while (!_isEnding)
        {
            var read = await _input.ReadAsync(CancellationToken.None);

            // Not before the first request is whole: a client that dribbles it has the same time as one that is silent.
            if (_stage != ConnectionStage.New) Volatile.Write(ref _lastActive, host.Clock.GetTimestamp());
            var buffer = read.Buffer;
            var goesOn = false;
            try
            {
                if (_refused is { } refused && refused.Look(ref buffer) is var input && input != RefusedInput.Unfinished) await AnswerRefusedAsync(refused, input);
                while (!_isEnding && !goesOn && TryTakeRequest(ref buffer, out var request))
                {
                    if (_rate.Take() is var wait && wait > TimeSpan.Zero) await SlowDownAsync(wait);
                    if (request.Command is SendCommand send)
                    {
                        await BeginSendAsync(send, request.Dialect);
                        continue;
                    }

                    await AnswerSendsAsync();
                    await AnswerAsync(request);

                    // What stands behind a request for a group is no request, mostly.
                    goesOn = request.Command is GroupCommand or PeerGroupCommand;
                }

                await AnswerSendsAsync();
                await BeginFlushAsync();
            }
            finally
            {
                _input.AdvanceTo(buffer.Start, goesOn ? buffer.Start : buffer.End);
            }

            if (_conversation is { } conversation) await ConverseAsync(conversation);
            if (goesOn)
            {
                if (host.IsStopping) break;
                continue;
            }

            // A half-closed client gets its answers. A line without its end is no request: the rest may have been lost on the way.
            if (read.IsCompleted || (read.IsCanceled && host.IsStopping)) break;
        }

        await FlushedAsync();
        if (_isBroken && !_isGone) await LingerAsync();
    }

    private bool TryTakeRequest(ref ReadOnlySequence<byte> buffer, out Request request)
    {
        while (true)
        {
            if (_stage == ConnectionStage.New && IsTls(buffer))
            {
                request = Break(RefusedCommand.Malformed);
                return true;
            }

            var unread = buffer;
            switch (LineReader.TryRead(ref buffer, host.Limits.RequestLineBytes, out var line))
            {
                case LineStatus.Incomplete:
                    request = default;
                    return false;
                case LineStatus.TooLong:
                    Log.LineTooLong(host.Logger, _origin, host.Limits.RequestLineBytes);
                    request = Break(RefusedCommand.Malformed);
                    return true;
            }

            // A person's empty line, or the second \n of a client that ends its requests with two.
            if (line.IsEmpty) continue;

            if (_stage == ConnectionStage.New)
            {
                _stage = ConnectionStage.Anonymous;
                Volatile.Write(ref _lastActive, host.Clock.GetTimestamp());
            }

            _endsLines = unread.Slice(line.End).FirstSpan is [(byte)'\n', ..];
            request = Read(line);
            host.Metrics.CountRequest();
            return true;
        }
    }

    private Request Read(in ReadOnlySequence<byte> line)
    {
        if (line.IsSingleSegment) return Read(line.FirstSpan);

        // It lies in several pieces; gathered once, in a buffer that is wiped because it may hold a password.
        var gathered = ArrayPool<byte>.Shared.Rent((int)line.Length);
        line.CopyTo(gathered);
        var request = Read(gathered.AsSpan(0, (int)line.Length));
        ArrayPool<byte>.Shared.Return(gathered, clearArray: true);
        return request;
    }

    private Request Read(ReadOnlySpan<byte> line)
    {
        var request = DialectCatalog.Read(line, _dialect);

        // A browser can be made to send an HTTP request here, whose body would then be lines. It gets one answer and no second line.
        if (request.Command == RefusedCommand.Unknown && (line.EndsWith(" HTTP/1.1"u8) || line.EndsWith(" HTTP/1.0"u8) || line.EndsWith(" HTTP/2.0"u8)))
            return Break(RefusedCommand.Unknown);
        return request;
    }

    private Request Break(RefusedCommand command)
    {
        _isEnding = _isBroken = true;
        return new Request(command, _dialect);
    }

    private static bool IsTls(in ReadOnlySequence<byte> buffer) => buffer.FirstSpan is [0x16, 0x03, ..];

    private async ValueTask BeginSendAsync(SendCommand send, Dialect dialect)
    {
        if (_sends.Count >= host.Limits.SendsWaitingPerConnection && host.Limits.SendsWaitingPerConnection > 0) await AnswerSendsAsync();

        try
        {
            var beginning = host.Realm.BeginSendAsync(send.Token, send.To, send.Text, CancellationToken.None);

            // It waits for room, which the sends of this very connection may hold.
            if (!beginning.IsCompleted) await CommitSendsAsync();
            if ((await beginning).TryGet(out var sending, out var refusal))
            {
                _stage = ConnectionStage.LoggedIn;
                _sends.Add(new WaitingSend(dialect, sending, SentReply.Instance));
            }
            else
            {
                _sends.Add(new WaitingSend(dialect, null, Refuse(refusal)));
            }
        }
        catch (StoreException exception)
        {
            _sends.Add(new WaitingSend(dialect, null, Fail(exception)));
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AnswerSendsAsync()
    {
        await CommitSendsAsync();
        foreach (var send in _sends) await WriteAsync(send.Dialect, send.Reply);
        _sends.Clear();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask CommitSendsAsync()
    {
        // The last first: when it is on disk so are mostly all, and the loop wakes once instead of once a message.
        for (var i = _sends.Count - 1; i >= 0; i--)
        {
            if (_sends[i].Sending is not { } sending) continue;
            try
            {
                _sends[i] = _sends[i] with { Sending = null };
                await sending.CommitAsync();
                host.Metrics.CountMessage();
            }
            catch (StoreException exception)
            {
                _sends[i] = _sends[i] with { Reply = Fail(exception) };
            }
        }
    }

    private async ValueTask AnswerAsync(Request request)
    {
        try
        {
            if (request.Command is InboxCommand inbox) await AnswerInboxAsync(inbox, request.Dialect);
            else if (request.Command is GroupCommand or PeerGroupCommand) await AnswerGroupAsync(request);
            else await WriteAsync(request.Dialect, await ExecuteAsync(request.Command));
        }
        catch (Exception exception) when (exception is StoreException or NotSupportedException or CryptographicException)
        {
            // The store, or a password that cannot be hashed here: libsodium is missing, or there is no memory for it.
            await WriteAsync(request.Dialect, Fail(exception));
        }

        if (request.Command is SwitchDialectCommand change) _dialect = change.Dialect;
    }

    private async ValueTask<Reply> ExecuteAsync(Command command)
    {
        switch (command)
        {
            case LogInCommand logIn:
                if (!(await host.Realm.LogInAsync(logIn.Username, logIn.Password, _origin.ToString(), CancellationToken.None)).TryGet(out var session, out var refusal))
                    return Refuse(refusal);
                _loggedIn = session.Token;
                _stage = ConnectionStage.LoggedIn;
                return new LoggedInReply(session.Token);

            case ActiveUsersCommand ask:
                if (!(await host.Realm.ListActiveUsersAsync(ask.Token, CancellationToken.None)).TryGet(out var users, out refusal)) return Refuse(refusal);
                _stage = ConnectionStage.LoggedIn;
                return new ActiveUsersReply(users);

            case ActiveSessionsCommand ask:
                if (!(await host.Realm.ListSessionsAsync(ask.Token ?? _loggedIn ?? default, CancellationToken.None)).TryGet(out var sessions, out refusal))
                    return Refuse(refusal);
                _stage = ConnectionStage.LoggedIn;
                return new ActiveSessionsReply(sessions);

            case LogOutCommand logOut:
                return (await host.Realm.LogOutAsync(logOut.Token, CancellationToken.None)).TryGet(out _, out refusal) ? LoggedOutReply.Instance : Refuse(refusal);

            case SwitchDialectCommand change:
                return new SwitchedReply(change.Dialect.Name);

            case RefusedCommand refused:
                return Refuse(refused.Refusal);

            case PeerSendCommand brought:
                if (!(await host.Entrance.ReceiveAsync(brought, Remote)).TryGet(out var received, out refusal)) return Refuse(refusal);
                host.Metrics.CountMessage();
                return received;

            default:
                throw new System.Diagnostics.UnreachableException($"Nobody carries out a {command.GetType().Name}.");
        }
    }

    private async ValueTask AnswerInboxAsync(InboxCommand command, Dialect dialect)
    {
        var result = await host.Realm.ReadInboxAsync(command.Token, Dialect.InboxSize, CancellationToken.None);
        if (!result.TryGet(out var reading, out var refusal))
        {
            await WriteAsync(dialect, Refuse(refusal));
            return;
        }

        using (reading)
        {
            _stage = ConnectionStage.LoggedIn;
            await WriteAsync(dialect, new InboxReply(reading.Reader, reading.Page.Messages, host.Realm.Name, reading.Homonyms));

            // Read only once it is handed over whole: a client that vanishes before finds it again.
            if (reading.Page.Messages.Length > 0 && !await FlushedAsync()) return;
            try
            {
                await reading.MarkReadAsync(CancellationToken.None);
            }
            catch (StoreException exception)
            {
                // Shown but not marked, on a full disk say: it will be shown again, which is better than not at all.
                Log.StoreFailed(host.Logger, _origin, exception);
            }
        }
    }

    private async ValueTask AnswerGroupAsync(Request request)
    {
        var terms = new ConversationTerms(transport, _origin, abort, _rate, request.Dialect, _endsLines);
        var entrance = request.Command switch
        {
            GroupCommand group => await host.Entrance.EnterAsync(group, terms),
            PeerGroupCommand group => await host.Entrance.EnterAsync(group, Remote, terms),
            _ => throw new System.Diagnostics.UnreachableException($"{request.Command.GetType().Name} asks for no group."),
        };
        _conversation = entrance.Conversation;
        if (entrance.Refused is not { } reply) return;

        if (reply is RefusedReply refused) host.Metrics.CountRefusal(refused.Refusal);
        await WriteAsync(request.Dialect, reply);
        if (request.Command is GroupCommand) _refused = new RefusedGroup(request.Dialect, reply, host.Limits.RequestLineBytes);
    }

    private async ValueTask ConverseAsync(IConversation conversation)
    {
        _conversation = null;
        _stage = ConnectionStage.Conversing;

        // Also when the client is gone already: the conversation finds that out, and gives its place back.
        await FlushedAsync();
        if (!await conversation.RunAsync()) _isGone = _isEnding = true;
        Volatile.Write(ref _lastActive, host.Clock.GetTimestamp());
        _stage = ConnectionStage.LoggedIn;
    }

    // A first client does not know that it was refused; its `exit` is answered as if it had been let in.
    private async ValueTask AnswerRefusedAsync(RefusedGroup refused, RefusedInput input)
    {
        _refused = null;
        if (input != RefusedInput.Exit || !await FlushedAsync()) return;
        await Task.Delay(ConversationPause.Span, host.Clock, CancellationToken.None);
        _output.Write("exit"u8);
        if (!await FlushedAsync()) return;
        await Task.Delay(ConversationPause.Span, host.Clock, CancellationToken.None);
        await WriteAsync(refused.Dialect, refused.Reply);
    }

    private RefusedReply Refuse(Refusal refusal)
    {
        host.Metrics.CountRefusal(refusal);
        return RefusedReply.For(refusal);
    }

    private RefusedReply Fail(Exception exception)
    {
        Log.StoreFailed(host.Logger, _origin, exception);
        return Refuse(Refusal.Failed);
    }

    private async ValueTask SlowDownAsync(TimeSpan wait)
    {
        await AnswerSendsAsync();
        if (await FlushedAsync()) await Task.Delay(wait, host.Clock, CancellationToken.None);
    }

    private async ValueTask WriteAsync(Dialect dialect, Reply reply)
    {
        if (_isFlushing) await EndFlushAsync();
        dialect.Write(reply, _output);
        if (_output.UnflushedBytes >= FlushAt) await BeginFlushAsync();
    }

    // The flush completes when the kernel has taken the bytes. Nobody needs to wait for that before the next write.
    private async ValueTask BeginFlushAsync()
    {
        if (_isFlushing) await EndFlushAsync();
        _flush = _output.FlushAsync(CancellationToken.None);
        _isFlushing = true;
    }

    private async ValueTask EndFlushAsync()
    {
        _isFlushing = false;
        if ((await _flush).IsCompleted) _isGone = _isEnding = true;
    }

    /// <summary>Waits until everything written has been handed over; false when the client is gone.</summary>
    private async ValueTask<bool> FlushedAsync()
    {
        await BeginFlushAsync();
        if (_isFlushing) await EndFlushAsync();
        return !_isGone;
    }

    // Closing a socket that holds unread bytes resets it, and the reset can overtake the answer. So what still comes is thrown away
    // for a moment.
    private async ValueTask LingerAsync()
    {
        const int MostBytes = 1024 * 1024;
        using var moment = new CancellationTokenSource(TimeSpan.FromMilliseconds(500), host.Clock);
        try
        {
            for (var thrownAway = 0L; thrownAway < MostBytes;)
            {
                var read = await _input.ReadAsync(moment.Token);
                thrownAway += read.Buffer.Length;
                _input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) return;
            }
        }
        catch (OperationCanceledException)
        {
            // The moment is over.
        }
    }

    private readonly record struct WaitingSend(Dialect Dialect, Sending? Sending, Reply Reply);

    private static partial class Log
    {
        [LoggerMessage(EventId = 1101, Level = LogLevel.Information, Message = "Closing a connection from {Origin}: a line passed {Limit} bytes.")]
        public static partial void LineTooLong(ILogger logger, IPAddress origin, int limit);

        [LoggerMessage(EventId = 1102, Level = LogLevel.Error, Message = "A request from {Origin} failed.")]
        public static partial void StoreFailed(ILogger logger, IPAddress origin, Exception exception);
    }
}
