using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Kabar.Scenarios.Federation;

/// <summary>One connection through a <see cref="LinkProxy"/>.</summary>
internal sealed class LinkPassage(LinkProxy proxy, Socket near) : IDisposable
{
    private readonly Socket _far = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly CancellationTokenSource _reset = new();
    private volatile bool _isFrozen;

    /// <summary>From now on nothing passes, and neither end hears of the other again.</summary>
    public void Freeze() => _isFrozen = true;

    public void Reset()
    {
        _reset.Cancel();
        Close(near);
        Close(_far);
    }

    public async Task RunAsync()
    {
        await Task.Yield();
        try
        {
            near.NoDelay = true;
            if (_isFrozen)
            {
                await PumpAsync(near, _far);
                return;
            }

            await _far.ConnectAsync(IPAddress.Loopback, proxy.Target, _reset.Token);
            await Task.WhenAll(PumpAsync(near, _far), PumpAsync(_far, near));
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Nobody listens behind it, or it was reset meanwhile.
            Close(near);
        }
    }

    /// <summary>After <see cref="RunAsync"/>, when nobody can reset it any more.</summary>
    public void Dispose()
    {
        near.Dispose();
        _far.Dispose();
        _reset.Dispose();
    }

    private static void Close(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }

        socket.Dispose();
    }

    /// <summary>Carries one direction to its end. What goes out is bounded by what the receiving end takes: past that, reading waits.</summary>
    private async Task PumpAsync(Socket from, Socket to)
    {
        var chunks = Channel.CreateBounded<Chunk>(new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.Wait });
        var writing = WriteAsync(chunks.Reader, to);
        var buffer = new byte[16 * 1024];
        long due = 0;
        try
        {
            while (await from.ReceiveAsync(buffer, _reset.Token) is > 0 and var read)
            {
                if (_isFrozen)
                {
                    proxy.CountSwallowed(read);
                    continue;
                }

                // Never before what came in before it.
                due = Math.Max(due, proxy.DueNow());
                await chunks.Writer.WriteAsync(new Chunk(due, buffer.AsSpan(0, read).ToArray()), _reset.Token);
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // A reset on one side is one on the other, unless nothing passes.
            if (!_isFrozen) Reset();
        }
        finally
        {
            chunks.Writer.Complete();
        }

        await writing;
        if (_isFrozen) from.Dispose();
    }

    private async Task WriteAsync(ChannelReader<Chunk> chunks, Socket to)
    {
        try
        {
            await foreach (var chunk in chunks.ReadAllAsync(_reset.Token))
            {
                await proxy.UntilAsync(chunk.Due, _reset.Token);
                for (var sent = 0; sent < chunk.Bytes.Length && !_isFrozen;) sent += await to.SendAsync(chunk.Bytes.AsMemory(sent), _reset.Token);
                if (_isFrozen) proxy.CountSwallowed(chunk.Bytes.Length);
                else proxy.CountPassed(chunk.Bytes.Length);
            }

            if (!_isFrozen) to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            if (!_isFrozen) Reset();
        }
    }

    private readonly record struct Chunk(long Due, byte[] Bytes);
}
