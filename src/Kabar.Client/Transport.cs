using System.Buffers;
using System.Net.WebSockets;

namespace Kabar.Client;

/// <summary>Lines over a socket. One reads, one writes; disposing it ends both.</summary>
internal abstract class Transport(TimeProvider clock) : IAsyncDisposable
{
    /// <summary>What a reply may have at most; a page of long messages has less.</summary>
    protected const int MostLineBytes = 16 * 1024 * 1024;

    private long _heard = clock.GetTimestamp();

    /// <summary>When something was last received, by the clock's timestamps.</summary>
    public long Heard => Volatile.Read(ref _heard);

    /// <summary>Counts as if something had been received now: for when nobody has listened meanwhile.</summary>
    public void Hear() => Volatile.Write(ref _heard, clock.GetTimestamp());

    /// <summary>The next line without its end, valid until the next call; null when the other side has closed.</summary>
    public abstract ValueTask<ReadOnlyMemory<byte>?> ReadLineAsync(CancellationToken cancellationToken);

    /// <summary>Sends lines that have no ends yet.</summary>
    public abstract ValueTask SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> lines, CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();

    protected static IOException TooLong() => new($"A line of more than {MostLineBytes} bytes was received.");
}

/// <summary>Over TCP, or TLS over it.</summary>
internal sealed class StreamTransport(Stream stream, TimeProvider clock) : Transport(clock)
{
    private byte[] _received = new byte[64 * 1024];
    private int _start;
    private int _end;

    public override async ValueTask<ReadOnlyMemory<byte>?> ReadLineAsync(CancellationToken cancellationToken)
    {
        var searched = 0; // of what is there: that much has no line end
        while (true)
        {
            var length = _received.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                var line = _received.AsMemory(_start, searched + length);
                _start += searched + length + 1;
                return line.Span is [.., (byte)'\r'] ? line[..^1] : line;
            }

            searched = _end - _start;
            if (searched > MostLineBytes) throw TooLong();
            MakeRoom();
            var read = await stream.ReadAsync(_received.AsMemory(_end), cancellationToken);
            if (read == 0) return null;
            _end += read;
            Hear();
        }
    }

    public override async ValueTask SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> lines, CancellationToken cancellationToken)
    {
        // One write, however many lines: they arrive together, and the realm commits them together.
        var bytes = new ArrayBufferWriter<byte>(lines.Sum(line => line.Length + 1));
        foreach (var line in lines)
        {
            bytes.Write(line.Span);
            bytes.Write("\n"u8);
        }

        await stream.WriteAsync(bytes.WrittenMemory, cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }

    public override ValueTask DisposeAsync() => stream.DisposeAsync();

    private void MakeRoom()
    {
        if (_end < _received.Length) return;
        var kept = _received.AsSpan(_start, _end - _start);
        var target = kept.Length > _received.Length / 2 ? new byte[_received.Length * 2] : _received;
        kept.CopyTo(target);
        (_received, _start, _end) = (target, 0, kept.Length);
    }
}

/// <summary>Over WebSocket: a text message is a line.</summary>
internal sealed class WebSocketTransport(WebSocket socket, TimeProvider clock) : Transport(clock)
{
    private byte[] _received = new byte[64 * 1024];

    public override async ValueTask<ReadOnlyMemory<byte>?> ReadLineAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(_received.AsMemory(count), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            if (part.MessageType != WebSocketMessageType.Text) throw Fields.Garbled();
            Hear();
            count += part.Count;
            if (part.EndOfMessage) return _received.AsMemory(0, count);
            if (count > MostLineBytes) throw TooLong();
            if (count == _received.Length) Array.Resize(ref _received, count * 2);
        }
    }

    public override async ValueTask SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> lines, CancellationToken cancellationToken)
    {
        foreach (var line in lines) await socket.SendAsync(line, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
    }

    public override ValueTask DisposeAsync()
    {
        socket.Dispose();
        return default;
    }
}
