using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kabar.Transcripts;

/// <summary>
/// A peer that plays a part on a real socket, one play a connection, in the order they come. <see cref="FirstConnection"/> reads as the
/// document's server does.
/// </summary>
internal sealed class FirstServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly Task _playing;
    private int _connections;

    private FirstServer(IPAddress address, Func<FirstConnection, Task>[] plays)
    {
        _listener = new TcpListener(address, 0);
        _listener.Start();
        _playing = PlayAsync(plays);
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>How often it was dialled.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Whether somebody has dialled whom no play is waiting for.</summary>
    public bool HasCallers => _listener.Pending();

    public static FirstServer Start(params Func<FirstConnection, Task>[] plays) => new(IPAddress.Loopback, plays);

    public static FirstServer StartAt(IPAddress address, params Func<FirstConnection, Task>[] plays) => new(address, plays);

    /// <summary>Every play has been played to its end, as written.</summary>
    public Task PlayedAsync() => _playing.WaitAsync(FirstConnection.Patience);

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _playing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task PlayAsync(Func<FirstConnection, Task>[] plays)
    {
        foreach (var play in plays)
        {
            using var socket = await _listener.AcceptSocketAsync();
            Interlocked.Increment(ref _connections);
            socket.NoDelay = true;
            await play(new FirstConnection(socket)).WaitAsync(FirstConnection.Patience);
        }
    }
}

/// <summary>One connection of a first server.</summary>
internal sealed class FirstConnection(Socket socket)
{
    /// <summary>For what must come; never a measure of speed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const int ReadSize = 32;

    private readonly byte[] _buffer = new byte[ReadSize];

    /// <summary>One read, at most 32 bytes; empty at the end of the stream.</summary>
    public async Task<string> ReadAsync() => Encoding.UTF8.GetString(_buffer, 0, await socket.ReceiveAsync(_buffer).WaitAsync(Patience));

    /// <summary>A request: reads are gathered, and are a request only once one of them has brought the line end to the end.</summary>
    public async Task<string> ReadRequestAsync()
    {
        var request = new List<byte>();
        while (true)
        {
            var count = await socket.ReceiveAsync(_buffer).WaitAsync(Patience);
            count.ShouldBeGreaterThan(0, "the request ends");
            request.AddRange(_buffer[..count]);
            if (request is [.., (byte)'\r', (byte)'\n']) return Encoding.UTF8.GetString([.. request]);
        }
    }

    public async Task ExpectRequestAsync(string request) => (await ReadRequestAsync()).ShouldBe(request);

    /// <summary>What one read returns, whole: a text or `exit` that arrived by itself.</summary>
    public async Task ExpectReadAsync(string text) => (await ReadAsync()).ShouldBe(text);

    public async Task ExpectEndAsync()
    {
        try
        {
            (await ReadAsync()).ShouldBe("");
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // It closed over what it had not read.
        }
    }

    /// <summary>Reads until the other side has no more to say.</summary>
    public async Task DrainAsync()
    {
        try
        {
            while (await ReadAsync() != "")
            {
            }
        }
        catch (SocketException)
        {
            // That is an end too.
        }
    }

    public Task SayAsync(string text) => SayAsync(Encoding.UTF8.GetBytes(text));

    public async Task SayAsync(byte[] bytes)
    {
        for (var sent = 0; sent < bytes.Length;) sent += await socket.SendAsync(bytes.AsMemory(sent));
    }

    /// <summary>Byte by byte, a write each.</summary>
    public async Task DribbleAsync(string text)
    {
        foreach (var value in Encoding.UTF8.GetBytes(text)) await SayAsync([value]);
    }

    /// <summary>Says the same again and again until the other side has had enough; false when it never has.</summary>
    public async Task<bool> FloodAsync(string text, int most)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        try
        {
            for (var sent = 0; sent < most; sent += bytes.Length) await SayAsync(bytes);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <summary>Goes without a word, as a killed process does whose peer has more to say.</summary>
    public void Vanish() => socket.Close(0);
}
