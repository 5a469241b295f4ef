using System.IO.Pipelines;
using System.Net.WebSockets;

namespace Kabar.Server.Connections;

/// <summary>
/// Lines to text messages. What is flushed are whole lines. As on a pipe, one writes at a time, and a flush is awaited before the next; a completed one
/// means that the kernel has the bytes.
/// </summary>
internal sealed class WebSocketWriter(WebSocket socket) : PipeWriter
{
    private readonly PooledWriter _written = new();

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _written.WrittenCount;

    public override void Advance(int bytes) => _written.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => _written.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _written.GetSpan(sizeHint);

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            for (var left = _written.WrittenMemory; !left.IsEmpty;)
            {
                var end = left.Span.IndexOf((byte)'\n');
                var line = end < 0 ? left : left[..end];
                left = end < 0 ? default : left[(end + 1)..];
                if (line.Span.EndsWith("\r"u8)) line = line[..^1];
                if (!line.IsEmpty) await socket.SendAsync(line, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            }

            return new FlushResult(isCanceled: false, isCompleted: false);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            return new FlushResult(isCanceled: false, isCompleted: true);
        }
        finally
        {
            _written.Clear();
        }
    }

    public override void CancelPendingFlush() => throw new NotSupportedException("Nobody cancels a flush here.");

    public override void Complete(Exception? exception = null)
    {
        // Its owner takes leave of the client.
    }
}
