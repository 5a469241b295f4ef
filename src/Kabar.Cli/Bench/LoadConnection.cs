using System.Net;
using System.Net.Sockets;

namespace Kabar.Cli.Bench;

/// <summary>
/// One client's socket. No operation takes a cancellation token, since registering one costs as much as the rest of a send; whoever
/// wants a waiting loop to end disposes of its connection.
/// </summary>
internal sealed class LoadConnection : IDisposable
{
    private readonly IPEndPoint _server;
    private readonly Socket _socket;
    private readonly ReplyBuffer _replies = new();

    public LoadConnection(IPEndPoint server, int number)
    {
        _server = server;
        _socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (SourceAddresses.Of(number, server) is { } source) _socket.Bind(new IPEndPoint(source, 0));
    }

    /// <summary>Whether the server has closed it, or what it sent was not asked for.</summary>
    public bool IsReadable => _socket.Poll(0, SelectMode.SelectRead);

    /// <summary>From here on each line is a reply, as in the conversation of a group.</summary>
    public void TakeLines() => _replies.TakesLines = true;

    public ValueTask ConnectAsync() => _socket.ConnectAsync(_server, CancellationToken.None);

    /// <summary>Sends all of it.</summary>
    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> requests) => _socket.SendAsync(requests, SocketFlags.None);

    /// <summary>Waits for more bytes. The count goes to <see cref="Received"/>: an async method here would allocate at every wait.</summary>
    public ValueTask<int> ReceiveAsync() => _socket.ReceiveAsync(_replies.Free(), SocketFlags.None);

    /// <summary>Notes what <see cref="ReceiveAsync"/> brought.</summary>
    public void Received(int count)
    {
        if (count == 0) throw new IOException("the server closed the connection");
        _replies.Add(count);
    }

    /// <summary>The next reply that is here; valid until the next wait.</summary>
    public bool TryTake(out ReadOnlyMemory<byte> reply) => _replies.TryTake(out reply);

    /// <summary>One request, one reply; for what is not hot.</summary>
    public async Task<ReadOnlyMemory<byte>> AskAsync(ReadOnlyMemory<byte> request)
    {
        await SendAsync(request);
        while (true)
        {
            if (TryTake(out var reply)) return reply;
            Received(await ReceiveAsync());
        }
    }

    public void Dispose() => _socket.Dispose();
}
