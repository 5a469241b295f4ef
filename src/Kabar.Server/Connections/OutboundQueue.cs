using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.InteropServices;

namespace Kabar.Server.Connections;

/// <summary>
/// What is sent to a connection, from whichever thread. Whoever adds to it never waits, nothing is reordered, and one thread at a time
/// writes: the one that adds while nothing is on its way, else the one on which the last flush completed.
///
/// <code>
///   any thread ── Add ──► nothing on its way: write and flush here, at once
///                    └──► else: wait in line, in bytes up to the limit ──► the flush's continuation writes the next
/// </code>
///
/// The next is one piece, which is then a write of its own (the raw conversation of a group has no other framing), or as many as are to be
/// written together. A flush completes when the kernel has the bytes, so what a client does not read stays in line. When the line is full
/// the client is too far behind: the piece is not taken, and no other. Dropping it is the caller's affair.
/// </summary>
internal sealed class OutboundQueue
{
    private readonly Lock _gate = new();
    private readonly Queue<ReadOnlyMemory<byte>> _line = new();
    private readonly List<ReadOnlyMemory<byte>> _next = [];
    private readonly List<(long Mark, TaskCompletionSource<bool> Reached)> _awaited = [];
    private readonly PipeWriter _output;
    private readonly int _limit;
    private readonly int _together;
    private readonly TimeProvider _clock;
    private readonly Action _goOn;
    private ValueTask<FlushResult> _flush;
    private TaskCompletionSource? _idle;
    private long _lastWrite;
    private long _added;
    private long _handedOver;
    private int _onItsWay;
    private int _bytes;
    private bool _isWriting;
    private bool _isClosed;
    private bool _isGone;

    /// <summary>Takes over a writer on which nobody writes, until <see cref="FlushedAsync"/> has told that it is idle again.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="limit">The most bytes in line; 0 for any number.</param>
    /// <param name="clock">The time.</param>
    /// <param name="together">How many bytes of what is in line may be written together; 0 when each piece is a write of its own.</param>
    public OutboundQueue(PipeWriter output, int limit, TimeProvider clock, int together = 0)
    {
        (_output, _limit, _clock, _together) = (output, limit, clock, together);
        _goOn = GoOn;
        _lastWrite = clock.GetTimestamp();
    }

    /// <summary>Told after each flush that has completed, on the thread that writes: must be quick.</summary>
    public Action? AfterFlush { get; set; }

    /// <summary>When something was last handed over, as a timestamp of the clock.</summary>
    public long LastWrite => Volatile.Read(ref _lastWrite);

    /// <summary>How many bytes were taken so far: the mark of what was added last.</summary>
    public long Added => Volatile.Read(ref _added);

    /// <summary>How many of them the kernel has.</summary>
    public long HandedOver => Volatile.Read(ref _handedOver);

    /// <summary>Adds a piece, from any thread. Never waits and never throws.</summary>
    public OutboundStatus Add(ReadOnlyMemory<byte> piece) => Add(new ReadOnlySpan<ReadOnlyMemory<byte>>(in piece));

    /// <summary>Adds several pieces, which are written together where nothing is on its way. Never waits and never throws.</summary>
    public OutboundStatus Add(ReadOnlySpan<ReadOnlyMemory<byte>> pieces)
    {
        Debug.Assert(_together > 0 || pieces.Length == 1, "Where each piece is a write of its own, they come one at a time.");
        var length = 0;
        foreach (var piece in pieces) length += piece.Length;
        lock (_gate)
        {
            if (_isClosed) return OutboundStatus.Closed;
            if (_isWriting)
            {
                if (_limit > 0 && _bytes + length > _limit)
                {
                    _isClosed = true;
                    return OutboundStatus.Full;
                }

                foreach (var piece in pieces) Enqueue(piece);
                return OutboundStatus.Added;
            }

            Begin(length);
        }

        Write(pieces);
        return OutboundStatus.Added;
    }

    /// <summary>
    /// Adds what the caller has asked for himself and may use again: it is copied where it has to wait, whatever the limit. Never waits and never throws.
    /// </summary>
    /// <returns>False when it takes no more.</returns>
    public bool AddCopy(ReadOnlyMemory<byte> bytes)
    {
        lock (_gate)
        {
            if (_isClosed) return false;
            if (_isWriting)
            {
                Enqueue(bytes.ToArray());
                return true;
            }

            Begin(bytes.Length);
        }

        Write(new ReadOnlySpan<ReadOnlyMemory<byte>>(in bytes));
        return true;
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

            Begin(piece.Length);
        }

        Write(new ReadOnlySpan<ReadOnlyMemory<byte>>(in piece));
    }

    /// <summary>Waits until everything up to a mark has been handed over; false when that will not be.</summary>
    public ValueTask<bool> HandedOverAsync(long mark)
    {
        lock (_gate)
        {
            if (_handedOver >= mark) return new(true);
            if (!_isWriting) return new(false);
            var reached = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((mark, reached));
            return new(reached.Task);
        }
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

    private void Begin(int length)
    {
        _isWriting = true;
        _onItsWay = length;
        _added += length;
    }

    private void Enqueue(ReadOnlyMemory<byte> piece)
    {
        _line.Enqueue(piece);
        _bytes += piece.Length;
        _added += piece.Length;
    }

    private void Clear()
    {
        _line.Clear();
        _bytes = 0;
    }

    // By whoever has set _isWriting, and outside the lock: a flush may run the sending to its end right here.
    private void Write(ReadOnlySpan<ReadOnlyMemory<byte>> pieces)
    {
        while (true)
        {
            try
            {
                foreach (var piece in pieces) _output.Write(piece.Span);
                _flush = _output.FlushAsync(CancellationToken.None);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidOperationException)
            {
                _flush = ValueTask.FromException<FlushResult>(exception);
            }

            if (!_flush.IsCompleted)
            {
                _flush.GetAwaiter().UnsafeOnCompleted(_goOn);
                return;
            }

            if (!TryTakeNext()) return;
            pieces = CollectionsMarshal.AsSpan(_next);
        }
    }

    private void GoOn()
    {
        if (TryTakeNext()) Write(CollectionsMarshal.AsSpan(_next));
    }

    private bool TryTakeNext()
    {
        var isGone = IsGone();
        bool goesOn;
        _next.Clear();
        lock (_gate)
        {
            Volatile.Write(ref _lastWrite, _clock.GetTimestamp());
            if (isGone)
            {
                _isGone = _isClosed = true;
                Clear();
            }
            else
            {
                Volatile.Write(ref _handedOver, _handedOver + _onItsWay);
            }

            _onItsWay = 0;
            while (_line.TryPeek(out var piece) && (_next.Count == 0 || _onItsWay + piece.Length <= _together))
            {
                _next.Add(_line.Dequeue());
                _onItsWay += piece.Length;
                _bytes -= piece.Length;
            }

            goesOn = _next.Count > 0;
            if (!goesOn)
            {
                _isWriting = false;
                _idle?.SetResult();
                _idle = null;
            }

            TellThoseWhoWait();
        }

        AfterFlush?.Invoke();
        return goesOn;
    }

    private void TellThoseWhoWait()
    {
        for (var i = _awaited.Count - 1; i >= 0; i--)
        {
            var isReached = _handedOver >= _awaited[i].Mark;
            if (!isReached && _isWriting) continue;
            _awaited[i].Reached.SetResult(isReached);
            _awaited.RemoveAt(i);
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
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidOperationException)
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
