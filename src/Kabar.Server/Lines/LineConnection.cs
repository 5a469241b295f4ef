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
/// Everything here runs on the one loop. Nothing is given up when the client closes its half: it may have sent all it has to say, and waits
/// for the answers.
/// </summary>
internal sealed partial class LineConnection(LineFrontEnd host, ClientConnection connection, Dialect dialect)
{
    // Written but not flushed; past it the loop flushes before it goes on.
    private const int FlushAt = 32 * 1024;

    private readonly PipeReader _input = connection.Transport.Input;
    private readonly PipeWriter _output = connection.Transport.Output;
    private readonly List<WaitingSend> _sends = [];
    private Dialect _dialect = dialect;
    private SessionToken? _loggedIn;
    private readonly IPAddress _origin = connection.Origin;
    private readonly RequestRate _rate = connection.Rate;
    private IConversation? _conversation;
    private RefusedGroup? _refused;
    private bool _endsLines;
    private ValueTask<FlushResult> _flush;
    private bool _isFlushing;
    private bool _isEnding;
    private bool _isBroken;
    private bool _isGone;
    private Speech? _next;

    /// <summary>Serves the connection until its client leaves, breaks a limit, asks for the native protocol, or the server stops.</summary>
    /// <returns>What it speaks from now on, or null.</returns>
    public async Task<Speech?> RunAsync()
    {
        while (!_isEnding)
        {
            var read = await connection.ReadAsync();
            var buffer = read.Buffer;

            // What stands behind a request for a group is no request, mostly; and what stands behind one for the native protocol is no line of a dialect.
            var goesOn = false;
            try
            {
                if (connection.Stage == ConnectionStage.New && buffer.FirstSpan is [(byte)'{', ..]) goesOn = SwitchToNative();
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
                    goesOn = request.Command is GroupCommand or PeerGroupCommand or SwitchToNativeCommand;
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
        if (_isBroken && !_isGone) await connection.LingerAsync();
        return _isGone ? null : _next;
    }

    private bool SwitchToNative()
    {
        _next = Speech.Native;
        _isEnding = true;
        return true;
    }

    private bool TryTakeRequest(ref ReadOnlySequence<byte> buffer, out Request request)
    {
        var unread = buffer;
        switch (connection.TakeLine(ref buffer, host.Limits.RequestLineBytes, out var line))
        {
            case TakenLine.None:
                request = default;
                return false;
            case TakenLine.Unreadable:
                request = Break(RefusedCommand.Malformed);
                return true;
            default:
                _endsLines = unread.Slice(line.End).FirstSpan is [(byte)'\n', ..];
                request = Read(line);
                return true;
        }
    }

    private Request Read(in ReadOnlySequence<byte> line)
    {
        using var whole = new WholeLine(line);
        var request = DialectCatalog.Read(whole.Bytes, _dialect);
        return request.Command == RefusedCommand.Unknown && whole.IsHttp ? Break(RefusedCommand.Unknown) : request;
    }

    private Request Break(RefusedCommand command)
    {
        _isEnding = _isBroken = true;
        return new Request(command, _dialect);
    }

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
                connection.Stage = ConnectionStage.LoggedIn;
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
        else if (request.Command is SwitchToNativeCommand) SwitchToNative();
    }

    private async ValueTask<Reply> ExecuteAsync(Command command)
    {
        switch (command)
        {
            case LogInCommand logIn:
                if (!(await host.Realm.LogInAsync(logIn.Username, logIn.Password, _origin.ToString(), CancellationToken.None)).TryGet(out var session, out var refusal))
                    return Refuse(refusal);
                _loggedIn = session.Token;
                connection.Stage = ConnectionStage.LoggedIn;
                return new LoggedInReply(session.Token);

            case ActiveUsersCommand ask:
                if (!(await host.Realm.ListActiveUsersAsync(ask.Token, CancellationToken.None)).TryGet(out var users, out refusal)) return Refuse(refusal);
                connection.Stage = ConnectionStage.LoggedIn;
                return new ActiveUsersReply(users);

            case ActiveSessionsCommand ask:
                if (!(await host.Realm.ListSessionsAsync(ask.Token ?? _loggedIn ?? default, CancellationToken.None)).TryGet(out var sessions, out refusal))
                    return Refuse(refusal);
                connection.Stage = ConnectionStage.LoggedIn;
                return new ActiveSessionsReply(sessions);

            case LogOutCommand logOut:
                return (await host.Realm.LogOutAsync(logOut.Token, CancellationToken.None)).TryGet(out _, out refusal) ? LoggedOutReply.Instance : Refuse(refusal);

            case SwitchDialectCommand change:
                return new SwitchedReply(change.Dialect.Name);

            case SwitchToNativeCommand:
                return new SwitchedReply(DialectCatalog.NativeName);

            case RefusedCommand refused:
                return Refuse(refused.Refusal);

            case PeerSendCommand brought:
                if (!(await host.Entrance.ReceiveAsync(brought, connection.Remote)).TryGet(out var received, out refusal)) return Refuse(refusal);
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
            connection.Stage = ConnectionStage.LoggedIn;
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
        var terms = new ConversationTerms(connection.Transport, _origin, connection.Abort, _rate, request.Dialect, _endsLines);
        var entrance = request.Command switch
        {
            GroupCommand group => await host.Entrance.EnterAsync(group, terms),
            PeerGroupCommand group => await host.Entrance.EnterAsync(group, connection.Remote, terms),
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
        connection.Stage = ConnectionStage.Conversing;

        // Also when the client is gone already: the conversation finds that out, and gives its place back.
        await FlushedAsync();
        if (!await conversation.RunAsync()) _isGone = _isEnding = true;
        connection.Touch();
        connection.Stage = ConnectionStage.LoggedIn;
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

    private readonly record struct WaitingSend(Dialect Dialect, Sending? Sending, Reply Reply);

    private static partial class Log
    {
        [LoggerMessage(EventId = 1102, Level = LogLevel.Error, Message = "A request from {Origin} failed.")]
        public static partial void StoreFailed(ILogger logger, IPAddress origin, Exception exception);
    }
}
