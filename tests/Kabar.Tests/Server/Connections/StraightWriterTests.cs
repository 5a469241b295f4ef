using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Kabar.Server.Connections;

namespace Kabar.Tests.Server.Connections;

public sealed class StraightWriterTests : IAsyncLifetime
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket _client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
    private Socket _server = null!; // set before each test
    private StraightWriter _writer = null!; // set before each test

    public async ValueTask InitializeAsync()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _client.ReceiveBufferSize = 4096;
        var accepting = _listener.AcceptAsync();
        await _client.ConnectAsync(_listener.LocalEndPoint!);
        _server = await accepting;
        _server.SendBufferSize = 4096;
        _writer = new StraightWriter(_pipe.Writer, _server);
    }

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        _client.Dispose();
        _server.Dispose();
        return default;
    }

    [Fact]
    public async Task What_the_kernel_takes_is_there_when_the_flush_returns_and_never_saw_the_pipe()
    {
        _writer.Write("halo "u8);
        _writer.Write("gaes"u8);
        _writer.UnflushedBytes.ShouldBe(9);

        var flush = _writer.FlushAsync();

        flush.IsCompletedSuccessfully.ShouldBeTrue();
        (await flush).IsCompleted.ShouldBeFalse();
        _writer.UnflushedBytes.ShouldBe(0);
        (await ReceiveAsync(9)).ShouldBe("halo gaes"u8.ToArray());
        _pipe.Reader.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task What_the_kernel_does_not_take_waits_in_the_pipe_and_comes_in_order()
    {
        var all = Enumerable.Range(0, 4 * 1024 * 1024).Select(number => (byte)(number * 7 / 5)).ToArray();
        _writer.Write(all);

        var flush = _writer.FlushAsync();
        flush.IsCompleted.ShouldBeFalse();

        var receiving = ReceiveAsync(all.Length + 3);
        await DrainPipeAsync();
        await flush.AsTask().BeforeDeadline();

        // And then straight again.
        _writer.Write("end"u8);
        (await _writer.FlushAsync()).IsCompleted.ShouldBeFalse();
        (await receiving.BeforeDeadline()).ShouldBe([.. all, .. "end"u8]);
    }

    [Fact]
    public async Task A_client_that_is_gone_ends_the_output_without_a_fault()
    {
        _client.Close(0);
        FlushResult result;
        do
        {
            _writer.Write("halo"u8);
            result = await _writer.FlushAsync();
        }
        while (!result.IsCompleted);

        _server.Dispose();
        _writer.Write("halo"u8);
        (await _writer.FlushAsync()).IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task A_flush_allocates_nothing()
    {
        var text = new byte[100];
        await SendAsync(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++)
        {
            _writer.Write(text);
            _ = _writer.FlushAsync();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        await ReceiveAsync(1100);

        async Task SendAsync(int bytes)
        {
            _writer.Write(new byte[bytes]);
            await _writer.FlushAsync();
        }
    }

    // As the connection's own loop does: what is in the pipe goes to the socket, and only then has it been read.
    private async Task DrainPipeAsync()
    {
        var read = await _pipe.Reader.ReadAsync();
        foreach (var segment in read.Buffer)
            for (var sent = 0; sent < segment.Length;) sent += await _server.SendAsync(segment[sent..]);
        _pipe.Reader.AdvanceTo(read.Buffer.End);
    }

    private async Task<byte[]> ReceiveAsync(int count)
    {
        var bytes = new byte[count];
        for (var received = 0; received < count;) received += await _client.ReceiveAsync(bytes.AsMemory(received));
        return bytes;
    }
}
