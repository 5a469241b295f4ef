namespace Kabar.Client;

/// <summary>
/// The requests that wait to be sent, and those that were sent and wait for their answer, each in order. Callers add, the writer of the
/// connection takes, its reader answers; one lock guards them.
/// </summary>
internal sealed class Requests(TimeProvider clock)
{
    /// <summary>What may wait to be sent. Full: the caller is refused, for he makes requests and waits for none of them.</summary>
    internal const int MostUnsent = 64 * 1024;

    // Full: the rest is sent as answers come. The realm would only leave it in the socket.
    private const int MostUnanswered = 1024;
    private const int MostBytes = 64 * 1024;

    // What the realm takes as one line.
    private const int MostLineBytes = 64 * 1024;

    /// <summary>So many connections may break on one request. It may be what breaks them, and those behind it should get their turn.</summary>
    internal const int MostBreaks = 20;

    private readonly Lock _gate = new();
    private readonly LinkedList<Request> _unsent = [];
    private readonly Queue<Request> _unanswered = [];
    private TaskCompletionSource _added = NewSignal();
    private TaskCompletionSource _sent = NewSignal();
    private Exception? _end;
    private long _lastId;

    /// <summary>Completes when something was sent since it was asked for, or is unanswered already.</summary>
    public Task Owed
    {
        get
        {
            lock (_gate) return _unanswered.Count > 0 ? Task.CompletedTask : _sent.Task;
        }
    }

    /// <summary>When the oldest unanswered one was sent; null when there is none.</summary>
    public long? OldestSent
    {
        get
        {
            lock (_gate) return _unanswered.TryPeek(out var oldest) ? oldest.SentAt : null;
        }
    }

    public long NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>Adds a caller's request, behind those that he has made before, and awaits its answer.</summary>
    /// <exception cref="InvalidOperationException">Too many wait.</exception>
    /// <exception cref="KabarException">It is longer than the realm takes.</exception>
    public async Task<T?> AskAsync<T>(Request<T> request, CancellationToken cancellationToken)
    {
        if (request.Line.Length > MostLineBytes) throw new KabarException("message_too_long", "A request may have 64 KiB.");
        lock (_gate)
        {
            if (_end is not null) throw _end;
            if (_unsent.Count >= MostUnsent) throw new InvalidOperationException($"More than {MostUnsent} requests wait to be sent.");
            _unsent.AddLast(request);
            _added.TrySetResult();
        }

        using var registration = cancellationToken.UnsafeRegister(static (state, token) => ((Request<T>)state!).Abandon(token), request); // given one line up
        return await request.Answered;
    }

    /// <summary>Adds requests of a connection that has just been made, before everything that waits.</summary>
    public void AddFirst(IReadOnlyList<ConnectionRequest> requests)
    {
        lock (_gate)
        {
            for (var i = requests.Count - 1; i >= 0; i--) _unsent.AddFirst(requests[i]);
            _added.TrySetResult();
        }
    }

    /// <summary>Adds a request of the connection behind everything that waits.</summary>
    public void Add(ConnectionRequest request)
    {
        lock (_gate)
        {
            _unsent.AddLast(request);
            _added.TrySetResult();
        }
    }

    /// <summary>What is to be sent next, as soon as there is something; it counts as sent. For the writer.</summary>
    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task added;
            lock (_gate)
            {
                var lines = Take();
                if (lines.Count > 0) return lines;
                if (_added.Task.IsCompleted) _added = NewSignal();
                added = _added.Task;
            }

            await added.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The oldest unanswered request, whose answer has come. For the reader.</summary>
    /// <returns>Null when it is not the one with this id.</returns>
    public Request? Answered(long? id)
    {
        lock (_gate)
        {
            if (!_unanswered.TryPeek(out var oldest) || oldest.Id != id) return null;
            _unanswered.Dequeue();
            _added.TrySetResult();
            return oldest;
        }
    }

    /// <summary>The oldest unanswered request, whatever its id, or null. For the reader.</summary>
    public Request? TakeOldest()
    {
        lock (_gate) return _unanswered.TryDequeue(out var oldest) ? oldest : null;
    }

    /// <summary>The connection has broken: decides each request that may or may not have been done. What was not sent yet goes on waiting, behind what is repeated.</summary>
    public void Break()
    {
        lock (_gate)
        {
            for (var node = _unsent.First; node is not null;)
            {
                var next = node.Next;
                if (node.Value.Repetition is Repetition.Dropped or Repetition.Forgotten)
                {
                    _unsent.Remove(node);
                    node.Value.Forget();
                }

                node = next;
            }

            var sent = _unanswered.ToArray();
            _unanswered.Clear();
            for (var i = sent.Length - 1; i >= 0; i--)
            {
                var request = sent[i];
                if (i == 0) request.Breaks++;
                if (request.Repetition == Repetition.Repeated && !request.IsOver && request.Breaks < MostBreaks)
                {
                    request.IsRepetition = true;
                    _unsent.AddFirst(request);
                    continue;
                }

                if (request.Repetition == Repetition.Forgotten) request.Forget();
                else request.Fail(new IOException("The connection broke before the answer; it may have been done."));
            }
        }
    }

    /// <summary>Fails everything that waits, and whatever comes.</summary>
    public void End(Exception reason)
    {
        lock (_gate)
        {
            if (_end is not null) return;
            _end = reason;
            foreach (var request in _unanswered.Concat(_unsent)) request.Fail(reason);
            _unanswered.Clear();
            _unsent.Clear();
        }
    }

    private List<ReadOnlyMemory<byte>> Take()
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        var bytes = 0;
        while (_unsent.First is { Value: var request } && _unanswered.Count < MostUnanswered && bytes < MostBytes)
        {
            _unsent.RemoveFirst();
            if (request.IsOver) continue;

            request.SentAt = clock.GetTimestamp();
            _unanswered.Enqueue(request);
            lines.Add(request.Line);
            bytes += request.Line.Length;
        }

        if (lines.Count > 0)
        {
            _sent.TrySetResult();
            _sent = NewSignal();
        }

        return lines;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
