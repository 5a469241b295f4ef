using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Kabar.Core;
using Kabar.Protocol.Links;

namespace Kabar.Server.Federation;

/// <summary>
/// A realm of the document's making, asked over its ordinary port: a connection a request, nothing kept. What is asked here is what its
/// users and groups are; it must look among its own only and never ask on, as this realm does when it is asked. A request is made once:
/// one that timed out may have been carried out. Protocol: dialects, section 6.
/// </summary>
internal sealed class LegacyPeer(RealmName realm, EndPoint endPoint, TimeProvider clock, LegacyTimes? times = null) : IDisposable
{
    // The first server runs a thread a connection. Who finds no turn in time has failed, as if the peer had not answered.
    private const int MostAtOnce = 64;

    private readonly LegacyTimes _times = times ?? new LegacyTimes();
    private readonly SemaphoreSlim _turns = new(MostAtOnce);

    /// <summary>The name the operator has given it.</summary>
    public RealmName Realm => realm;

    /// <summary>Where it listens; a name is resolved at each dial.</summary>
    public EndPoint EndPoint => endPoint;

    /// <summary>The limits of its conversations.</summary>
    public LegacyTimes Times => _times;

    /// <summary>Whether a connection from this address may be the peer's: the only proof there is on this link.</summary>
    /// <param name="address">The remote address itself, not what connections are counted by.</param>
    /// <param name="cancellationToken">Gives up resolving the peer's name.</param>
    public async ValueTask<bool> IsAtAsync(IPAddress address, CancellationToken cancellationToken)
    {
        if (endPoint is IPEndPoint { Address: var own }) return Plain(own).Equals(Plain(address));
        try
        {
            var known = await Dns.GetHostAddressesAsync(((DnsEndPoint)endPoint).Host, cancellationToken);
            return known.Any(candidate => Plain(candidate).Equals(Plain(address)));
        }
        catch (SocketException)
        {
            return false; // a name that cannot be resolved is nobody's
        }

        static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    /// <summary>Brings a message to one of the peer's users.</summary>
    /// <exception cref="OperationCanceledException">The caller has given up; the message may have arrived.</exception>
    public async Task<LegacySendResult> AskSendAsync(Username from, Username to, MessageText text, CancellationToken cancellationToken)
    {
        var request = new ArrayBufferWriter<byte>();
        LegacyLines.WriteSend(from, to, text, request);
        var (failure, answer) = await AskAsync(async patience =>
        {
            using var socket = await DialAsync(patience);
            if (socket is null) return (LegacyFailure.Unreachable, null);

            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(request.WrittenMemory, patience);
            return await ReadAnswerAsync(PipeReader.Create(stream), patience);
        }, static why => (why, null), cancellationToken);

        return answer switch
        {
            null => new LegacySendResult.Failed(failure),
            { IsOk: true } => new LegacySendResult.Sent(answer.Sendback?.To),
            { Message: LegacyAnswer.UnknownUser } => new LegacySendResult.UnknownUser(),
            _ => new LegacySendResult.Failed(LegacyFailure.Refused),
        };
    }

    /// <summary>Takes a user into a group, if the peer has it. The peer answers no, or the conversation has begun.</summary>
    /// <exception cref="OperationCanceledException">The caller has given up; the peer was told <c>exit</c>.</exception>
    public Task<LegacyEnterResult> EnterGroupAsync(Username user, string group, CancellationToken cancellationToken)
    {
        var request = new ArrayBufferWriter<byte>();
        LegacyLines.WriteCheck(user, group, request);
        return AskAsync<LegacyEnterResult>(async patience =>
        {
            if (await DialAsync(patience) is not { } socket) return new LegacyEnterResult.Failed(LegacyFailure.Unreachable);

            var conversation = new LegacyConversation(socket, _times, clock);
            LegacyEnterResult? result = null;
            try
            {
                await conversation.AskAsync(request.WrittenMemory, patience);
                result = await ReadEntranceAsync(conversation, patience);
                return result;
            }
            finally
            {
                if (result is not LegacyEnterResult.Entered) await conversation.DisposeAsync();
            }
        }, static why => new LegacyEnterResult.Failed(why), cancellationToken);
    }

    public void Dispose() => _turns.Dispose();

    private static async Task<LegacyEnterResult> ReadEntranceAsync(LegacyConversation conversation, CancellationToken patience)
    {
        // No text begins with a brace, since each begins with a username; an answer does.
        var read = await conversation.Input.ReadAsync(patience);
        var isConversation = !read.Buffer.IsEmpty && read.Buffer.FirstSpan[0] != '{';
        conversation.Input.AdvanceTo(read.Buffer.Start);
        if (isConversation) return new LegacyEnterResult.Entered(conversation);

        var (failure, answer) = await ReadAnswerAsync(conversation.Input, patience);
        conversation.HasNotBegun();
        return answer switch
        {
            null => new LegacyEnterResult.Failed(failure),
            { IsOk: false } => new LegacyEnterResult.NoSuchGroup(),
            _ => new LegacyEnterResult.Failed(LegacyFailure.Malformed),
        };
    }

    private static async Task<(LegacyFailure Failure, LegacyAnswer? Answer)> ReadAnswerAsync(PipeReader input, CancellationToken patience)
    {
        while (true)
        {
            var read = await input.ReadAsync(patience);
            if (read.IsCompleted && read.Buffer.IsEmpty) return (LegacyFailure.Broken, null);

            var status = LegacyAnswer.TryRead(read.Buffer, read.IsCompleted, out var answer);
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (status != LegacyAnswerStatus.Incomplete) return (LegacyFailure.Malformed, answer);
        }
    }

    // One request in its time, the waiting for a turn included.
    private async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, Func<LegacyFailure, T> fail, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(_times.Answer, clock);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            await _turns.WaitAsync(patience.Token);
            try
            {
                return await ask(patience.Token);
            }
            finally
            {
                _turns.Release();
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return fail(LegacyFailure.TimedOut);
        }
        catch (IOException)
        {
            return fail(LegacyFailure.Broken);
        }
    }

    private async Task<Socket?> DialAsync(CancellationToken patience)
    {
        using var late = new CancellationTokenSource(_times.Connect, clock);
        using var dialling = CancellationTokenSource.CreateLinkedTokenSource(patience, late.Token);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, dialling.Token);
            return socket;
        }
        catch (Exception exception)
        {
            socket.Dispose();
            if (exception is SocketException || (exception is OperationCanceledException && !patience.IsCancellationRequested)) return null;
            throw;
        }
    }
}
