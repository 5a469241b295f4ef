using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace Kabar.Server.Connections;

/// <summary>
/// The output of a plain connection without the way through a pipe: a flush hands the bytes to the kernel there and then, on the thread
/// that asks. Only what the kernel does not take at once goes into the pipe, whose own loop waits for the client; until it has been taken,
/// so does everything behind it. A completed flush means what it means on the pipe: taken by the kernel. As on a pipe, one writes at a
/// time, and a flush is awaited before the next.
/// </summary>
internal sealed class StraightWriter : PipeWriter
{
    private const int LeastRented = 1024;

    private readonly PipeWriter _pipe;
    private readonly Socket _socket;
    private byte[] _buffer = [];
    private int _written;
    private volatile bool _isPiping;

    /// <summary>Takes over a connection's output, to which nobody else writes, and its socket, which from now on never makes a sender wait.</summary>
    public StraightWriter(PipeWriter pipe, Socket socket)
    {
        (_pipe, _socket) = (pipe, socket);
        socket.Blocking = false;
    }

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _written;

    public override void Advance(int bytes) => _written += bytes;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_written);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_written);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_isPiping) return PipeAsync(0, cancellationToken);
        if (_written == 0) return new(new FlushResult(isCanceled: false, isCompleted: false));

        try
        {
            var sent = _socket.Send(_buffer.AsSpan(0, _written), SocketFlags.None, out var error);
            if (error is not (SocketError.Success or SocketError.WouldBlock)) return Gone();
            if (sent < _written) return PipeAsync(sent, cancellationToken);
            Release();
            return new(new FlushResult(isCanceled: false, isCompleted: false));
        }
        catch (ObjectDisposedException)
        {
            return Gone();
        }
    }

    public override void CancelPendingFlush() => _pipe.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        Release();
        _pipe.Complete(exception);
    }

    private async ValueTask<FlushResult> PipeAsync(int sent, CancellationToken cancellationToken)
    {
        _isPiping = true;
        _pipe.Write(_buffer.AsSpan(sent, _written - sent));
        Release();
        var result = await _pipe.FlushAsync(cancellationToken);
        _isPiping = false;
        return result;
    }

    private ValueTask<FlushResult> Gone()
    {
        Release();
        return new(new FlushResult(isCanceled: false, isCompleted: true));
    }

    private void Reserve(int sizeHint)
    {
        var needed = _written + Math.Max(sizeHint, 1);
        if (needed <= _buffer.Length) return;

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(needed, 2 * _buffer.Length), LeastRented));
        _buffer.AsSpan(0, _written).CopyTo(larger);
        var written = _written;
        Release();
        (_buffer, _written) = (larger, written);
    }

    private void Release()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _written) = ([], 0);
    }
}

/// <summary>A connection whose output goes straight to its socket.</summary>
internal sealed class StraightTransport(IDuplexPipe transport, Socket socket) : IDuplexPipe
{
    public PipeReader Input => transport.Input;

    public PipeWriter Output { get; } = new StraightWriter(transport.Output, socket);
}
