using System.Net.Sockets;
using System.Text;

namespace Kabar.Cli.Wire;

/// <summary>One connection to a server: a line out, a reply in; or, inside a group conversation, bytes both ways. Whatever goes wrong is a
/// <see cref="ServerFault"/>, after which the connection is of no more use: what it still brings may belong to an earlier
/// question.</summary>
internal sealed class ServerConnection(Stream stream, string serverName, ConnectionLimits limits, Socket? socket = null) : IAsyncDisposable
{
    private static readonly byte[] ReplyEnd = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] LineEnd = "\r\n"u8.ToArray();

    // Large enough that one message of a conversation is one read.
    private byte[] _received = new byte[64 * 1024];
    private int _count;
    private bool _mayBeginEmpty; // the empty line that ends the reply before may still be to come

    /// <summary>The fingerprint of the server's certificate, when the connection has one.</summary>
    public string? Fingerprint { get; init; }

    public bool IsBroken { get; private set; }

    public ConnectionLimits Limits => limits;

    /// <summary>The other side has closed since it was last heard. Asked before a request, it spares the person an error nobody is to blame
    /// for; that the answer may be late by a moment is why a request can still fail.</summary>
    public bool IsGone => IsBroken || (socket is not null && socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0);

    /// <summary>Sends a request, closed by a blank and a line end as the first clients do it, and awaits its reply.</summary>
    public async Task<ServerReply> AskAsync(string request, CancellationToken cancellationToken)
    {
        await SendAsync(request + " \r\n", cancellationToken);
        return await ReadReplyAsync(cancellationToken);
    }

    /// <summary>Sends text as it is.</summary>
    public Task SendAsync(string text, CancellationToken cancellationToken) => GuardedAsync(
        async deadline =>
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text), deadline);
            await stream.FlushAsync(deadline);
            return true;
        },
        limits.Answer,
        cancellationToken);

    public async Task<ServerReply> ReadReplyAsync(CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> line = await GuardedAsync(token => ReadToAsync(ReplyEnd, token), limits.Answer, cancellationToken);
        if (_mayBeginEmpty && line.Span.StartsWith(LineEnd)) line = line[LineEnd.Length..];
        _mayBeginEmpty = false;
        try
        {
            return ServerReply.Parse(line);
        }
        catch (ServerFault)
        {
            IsBroken = true;
            throw;
        }
    }

    /// <summary>Sends a request and awaits one line, which is the reply of a server of either kind: one that ends its replies with an empty line, or one that does not.</summary>
    public async Task<ServerReply> AskLineAsync(string request, CancellationToken cancellationToken)
    {
        await SendAsync(request + " \r\n", cancellationToken);
        var reply = ServerReply.Parse(await GuardedAsync(token => ReadToAsync(LineEnd, token), limits.Answer, cancellationToken));
        _mayBeginEmpty = true;
        return reply;
    }

    /// <summary>What a conversation brings next, in one read.</summary>
    public Task<byte[]> ReadSomeAsync(TimeSpan patience, CancellationToken cancellationToken) => GuardedAsync(
        async token =>
        {
            if (_count == 0) await FillAsync(token);
            return Take(_count);
        },
        patience,
        cancellationToken);

    /// <summary>Puts bytes back that were read too many; they are read again first.</summary>
    public void PutBack(ReadOnlySpan<byte> bytes)
    {
        _received = [.. bytes, .. _received.AsSpan(0, _count)];
        _count = _received.Length;
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task<byte[]> ReadToAsync(byte[] ending, CancellationToken cancellationToken)
    {
        var searched = 0;
        while (true)
        {
            var end = _received.AsSpan(searched, _count - searched).IndexOf(ending);
            if (end >= 0)
            {
                var line = Take(searched + end);
                Take(ending.Length);
                return line;
            }

            if (_count > limits.ReplyBytes) throw new ServerFault($"{serverName} sent an answer of more than {limits.ReplyBytes} bytes.");
            searched = Math.Max(0, _count - ending.Length + 1); // its first bytes may already be here
            await FillAsync(cancellationToken);
        }
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        if (_count == _received.Length) Array.Resize(ref _received, Math.Max(64 * 1024, _count * 2));
        var read = await stream.ReadAsync(_received.AsMemory(_count), cancellationToken);
        if (read == 0) throw new EndOfStreamException();
        _count += read;
    }

    private byte[] Take(int count)
    {
        var taken = _received[..count];
        _received.AsSpan(count, _count - count).CopyTo(_received);
        _count -= count;
        return taken;
    }

    private async Task<T> GuardedAsync<T>(Func<CancellationToken, Task<T>> work, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(patience, limits.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var finished = false;
        try
        {
            var result = await work(either.Token);
            finished = true;
            return result;
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ServerFault($"{serverName} did not answer within {patience.TotalSeconds:0} seconds.");
        }
        catch (Exception fault) when (fault is (IOException and not ServerFault) or ObjectDisposedException)
        {
            throw new ServerFault($"The connection to {serverName} was lost.", fault);
        }
        finally
        {
            IsBroken |= !finished;
        }
    }
}

/// <summary>What is waited for, and what is taken in, at most.</summary>
internal sealed record ConnectionLimits(TimeSpan Connect, TimeSpan Answer, int ReplyBytes, TimeProvider Clock)
{
    public static ConnectionLimits Default { get; } =
        new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), 4 * 1024 * 1024, TimeProvider.System);
}
