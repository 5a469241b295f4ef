using System.Net.WebSockets;

namespace Kabar.Scenarios.Running;

/// <summary>A WebSocket as a stream of lines: each message is a line, whose end stands only here.</summary>
internal sealed class WebSocketStream(WebSocket socket) : Stream
{
    private readonly List<byte> _line = [];
    private readonly byte[] _received = new byte[16 * 1024];
    private ReadOnlyMemory<byte> _unread;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_unread.IsEmpty)
        {
            ValueWebSocketReceiveResult received;
            try
            {
                received = await socket.ReceiveAsync(_received.AsMemory(0, _received.Length - 2), cancellationToken);
            }
            catch (WebSocketException fault)
            {
                throw new IOException(fault.Message, fault);
            }

            if (received.MessageType == WebSocketMessageType.Close) return 0;
            if (received.MessageType != WebSocketMessageType.Text) throw new IOException("A binary message was received.");
            var length = received.Count;
            if (_received.AsSpan(0, length).ContainsAny((byte)'\r', (byte)'\n')) throw new IOException("A message holds the end of a line.");
            if (received.EndOfMessage)
            {
                "\r\n"u8.CopyTo(_received.AsSpan(length));
                length += 2;
            }

            _unread = _received.AsMemory(0, length);
        }

        var taken = Math.Min(buffer.Length, _unread.Length);
        _unread[..taken].CopyTo(buffer);
        _unread = _unread[taken..];
        return taken;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _line.AddRange(buffer.Span);
        for (var end = _line.IndexOf((byte)'\n'); end >= 0; end = _line.IndexOf((byte)'\n'))
        {
            var line = _line[..end].ToArray();
            _line.RemoveRange(0, end + 1);
            if (line is [.., (byte)'\r']) line = line[..^1];
            await socket.SendAsync(line.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) socket.Dispose();
        base.Dispose(disposing);
    }
}
