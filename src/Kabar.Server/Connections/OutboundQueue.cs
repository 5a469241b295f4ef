using System.Buffers;
using System.IO.Pipelines;

namespace Kabar.Server.Connections;

/// <summary>
/// What is sent to a connection without having been asked for. Whoever adds to it never waits, nothing is reordered, each piece is a write
/// of its own, and one thread at a time writes: the one that adds while nothing is on its way, else the one on which the last flush completed.
///
/// <code>
///   any thread ── Add ──► nothing on its way: write and flush here, at once
///                    └──► else: wait in line, in bytes up to the limit ──► the flush's continuation writes the next
/// </code>
///
/// A flush completes when the kernel has the bytes, so what a client does not read stays in line. When the line is full the client is
/// too far behind: the piece is not taken, and no other. Dropping it is the caller's affair.
/// </summary>
internal sealed class OutboundQueue
{
    private readonly Lock _gate = new();
    private readonly Queue<ReadOnlyMemory<byte>> _line = new();
    private readonly PipeWriter _output;
    private readonly int _limit;
    private readonly TimeProvider _clock;
    private readonly Action _goOn;
    private ValueTask<FlushResult> _flush;
    private TaskCompletionSource? _idle;
    private long _lastWrite;
    private int _bytes;
    private bool _isWriting;
    private bool _isClosed;
    private bool _isGone;

    /// <summary>Takes over a writer on which nobody writes, until <see cref="FlushedAsync"/> has told that it is idle again.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="limit">The most bytes in line; 0 for any number.</param>
    /// <param name="clock">The time.</param>
    public OutboundQueue(PipeWriter output, int limit, TimeProvider clock)
    {
        (_output, _limit, _clock) = (output, limit, clock);
        _goOn = GoOn;
        _lastWrite = clock.GetTimestamp();
    }

    /// <summary>When something was last handed over, as a timestamp of the clock.</summary>
    public long LastWrite => Volatile.Read(ref _lastWrite);

    /// <summary>Adds a piece, from any thread. Never waits and never throws.</summary>
    public OutboundStatus Add(ReadOnlyMemory<byte> piece)
    {
        lock (_gate)
        {
            if (_isClosed) return OutboundStatus.Closed;
            if (_isWriting)
            {
                if (_limit > 0 && _bytes + piece.Length > _limit)
                {
                    _isClosed = true;
                    return OutboundStatus.Full;
                }

                Enqueue(piece);
                return OutboundStatus.Added;
            }

            _isWriting = true;
        }

        Write(piece);
        return OutboundStatus.Added;
    }

    /// <summary>Takes no more pieces.</summary>
    /// <param name="isDropped">Whether also those in line are dropped.</param>
    public void Close(bool isDropped)
    {
        lock (_gate)
        {
            _isClosed = true;
            if (isDropped) Clear();
        }
    }

    /// <summary>Adds a last piece after the close, whatever the limit.</summary>
    public void AddLast(ReadOnlyMemory<byte> piece)
    {
        lock (_gate)
        {
            if (_isGone) return;
            if (_isWriting)
            {
                Enqueue(piece);
                return;
            }

            _isWriting = true;
        }

        Write(piece);
    }

    /// <summary>Waits until everything has been handed over; false when the client is gone, or does not take it in time.</summary>
    public async ValueTask<bool> FlushedAsync(TimeSpan patience)
    {
        Task idle;
        lock (_gate)
        {
            if (!_isWriting) return !_isGone;
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            idle = _idle.Task;
        }

        await idle.WaitAsync(patience, _clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate) return !_isWriting && !_isGone;
    }

    private void Enqueue(ReadOnlyMemory<byte> piece)
    {
        _line.Enqueue(piece);
        _bytes += piece.Length;
    }

    private void Clear()
    {
        _line.Clear();
        _bytes = 0;
    }

    // By whoever has set _isWriting, and outside the lock: a flush may run the sending to its end right here.
    private void Write(ReadOnlyMemory<byte> piece)
    {
        do
        {
            try
            {
                _output.Write(piece.Span);
                _flush = _output.FlushAsync(CancellationToken.None);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
            {
                _flush = ValueTask.FromException<FlushResult>(exception);
            }

            if (!_flush.IsCompleted)
            {
                _flush.GetAwaiter().UnsafeOnCompleted(_goOn);
                return;
            }
        }
        while (TryTakeNext(out piece));
    }

    private void GoOn()
    {
        if (TryTakeNext(out var piece)) Write(piece);
    }

    private bool TryTakeNext(out ReadOnlyMemory<byte> piece)
    {
        var isGone = IsGone();
        lock (_gate)
        {
            Volatile.Write(ref _lastWrite, _clock.GetTimestamp());
            if (isGone)
            {
                _isGone = _isClosed = true;
                Clear();
            }

            if (_line.TryDequeue(out piece))
            {
                _bytes -= piece.Length;
                return true;
            }

            _isWriting = false;
            _idle?.SetResult();
            _idle = null;
            return false;
        }
    }

    private bool IsGone()
    {
        try
        {
#pragma warning disable VSTHRD002 // It has completed: that is why this is called.
            return _flush.GetAwaiter().GetResult().IsCompleted;
#pragma warning restore VSTHRD002
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client is gone, which its connection's loop finds by itself.
            return true;
        }
    }
}

/// <summary>What has become of a piece.</summary>
internal enum OutboundStatus
{
    /// <summary>It is on its way, or in line.</summary>
    Added,

    /// <summary>The line is full. This is told once; from now on it is closed.</summary>
    Full,

    /// <summary>It takes no more, and the piece is dropped.</summary>
    Closed,
}
