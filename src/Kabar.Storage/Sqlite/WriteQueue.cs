using System.Diagnostics.CodeAnalysis;
using System.Threading.Tasks.Sources;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <summary>
/// The one writer: a thread with the one connection that changes the file, and group commit.
///
/// <code>
///   callers ──Enqueue──► waiting ──► BEGIN · execute each · COMMIT (synced) ──► apply each in memory ──► complete the callers
/// </code>
///
/// What waits when the writer is free becomes one transaction, so the busier it is, the more share a sync. Nothing is told to
/// anybody before its commit. When a batch fails its writes are tried one by one, so that one that cannot be done (or a disk that
/// has just filled) fails those and no others. The queue is bounded by its callers: a connection waits for what it has enqueued.
/// </summary>
internal sealed class WriteQueue : IAsyncDisposable
{
    // So that one transaction, and what it keeps in memory, stays small.
    private const int MostInBatch = 4096;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1);

    private readonly Database _database;
    private readonly MessageLog _log;
    private readonly Action<List<Write>> _committed;
    private readonly Action _rolledBack;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // A monitor, not a Lock: the thread waits on it.
    private readonly object _gate = new();
    private List<Write> _waiting = [];
    private int _expected = 1;
    private bool _isStopping;

    /// <summary>Both actions are called on the thread: <paramref name="committed"/> before the callers go on.</summary>
    public WriteQueue(Database database, MessageLog log, Action<List<Write>> committed, Action rolledBack)
    {
        (_database, _log, _committed, _rolledBack) = (database, log, committed, rolledBack);
        _thread = new Thread(Run) { IsBackground = true, Name = "Kabar writer" };
        _thread.Start();
    }

    /// <summary>Puts a write behind all earlier ones.</summary>
    public void Enqueue(Write write)
    {
        lock (_gate)
        {
            if (!_isStopping)
            {
                _waiting.Add(write);
                if (_waiting.Count == 1 || _waiting.Count == _expected) Monitor.Pulse(_gate);
                return;
            }
        }

        write.Fail(new StoreException("The store is closed."));
    }

    /// <summary>Does what waits, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isStopping = true;
            Monitor.Pulse(_gate);
        }

        await _stopped.Task;
    }

    private void Run()
    {
        var batch = new List<Write>();
        while (TakeAll(ref batch))
        {
            for (var start = 0; start < batch.Count; start += MostInBatch)
            {
                Commit(batch.GetRange(start, Math.Min(MostInBatch, batch.Count - start)));
                while (_log.WantsSlice && TryIndexSlice())
                {
                }
            }

            batch.Clear();
        }

        // A tidy end: the next start has nothing to replay.
        while (_log.Unindexed > 0 && TryIndexSlice())
        {
        }

        _stopped.SetResult();
    }

    private bool TakeAll(ref List<Write> batch)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0)
            {
                if (_isStopping) return false;
                Monitor.Wait(_gate);
            }

            // Whoever wrote last time has just been answered and is likely to write again: as many are waited for, for a moment. It
            // makes one sync of what would have been several, and costs a lone writer nothing.
            if (_waiting.Count < _expected && !_isStopping) Monitor.Wait(_gate, Patience);

            (batch, _waiting) = (_waiting, batch);
            _expected = batch.Count;
            return true;
        }
    }

    private void Commit(List<Write> batch)
    {
        var failure = TryCommit(batch);
        if (failure is null) Complete(batch);
        else if (batch.Count == 1) batch[0].Fail(failure);
        else
            foreach (var write in batch) Commit([write]);
    }

    private StoreException? TryCommit(List<Write> batch)
    {
        try
        {
            _database.Run("BEGIN IMMEDIATE");
            foreach (var write in batch) Execute(write);
            _database.Run("COMMIT");
        }
        catch (StoreException exception)
        {
            RollBack();
            return exception;
        }

        _committed(batch);
        return null;
    }

    // A caller's own function runs in some writes. Whatever it throws is that caller's failure, and not the end of the writer.
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It is told to the caller, with the exception inside.")]
    private void Execute(Write write)
    {
        try
        {
            write.Execute(_database);
        }
        catch (Exception exception) when (exception is not StoreException)
        {
            throw new StoreException($"What was to be written could not be made: {exception.Message}", exception);
        }
    }

    private void RollBack()
    {
        _rolledBack();
        try
        {
            if (_database.IsInTransaction) _database.Run("ROLLBACK");
        }
        catch (StoreException)
        {
            // SQLite has rolled back by itself, or the next BEGIN says what is wrong.
        }
    }

    private bool TryIndexSlice()
    {
        try
        {
            _log.IndexSlice(_database);
            return true;
        }
        catch (StoreException)
        {
            // The disk is full, say. The log is whole, and what is in memory goes on serving; it is tried again later.
            RollBack();
            return false;
        }
    }

    // A few work items for many writers: one each would cost more than the writes.
    private static void Complete(List<Write> batch)
    {
        var completion = new Completion(batch);
        for (var i = Math.Clamp(batch.Count / Completion.Chunk, 1, Environment.ProcessorCount); i > 0; i--)
            ThreadPool.UnsafeQueueUserWorkItem(completion, preferLocal: false);
    }

    /// <summary>
    /// Tells the callers, who go on within it. Queued once a core; each takes the next few, so a caller that goes on for long holds up
    /// nobody behind it.
    /// </summary>
    private sealed class Completion(List<Write> batch) : IThreadPoolWorkItem
    {
        public const int Chunk = 8;

        private int _taken;

        public void Execute()
        {
            int end;
            while ((end = Interlocked.Add(ref _taken, Chunk)) < batch.Count + Chunk)
                for (var i = end - Chunk; i < Math.Min(end, batch.Count); i++) batch[i].Succeed();
        }
    }
}

/// <summary>Something to be done in a transaction.</summary>
internal abstract class Write
{
    /// <summary>Changes the file. Called on the writer's thread inside a transaction; again, if the transaction was rolled back.</summary>
    public abstract void Execute(Database database);

    /// <summary>Changes what is kept in memory, after the commit. Called on the writer's thread under the log's lock.</summary>
    public virtual void Apply()
    {
    }

    /// <summary>Tells the caller that it is done. Runs what the caller does next.</summary>
    public abstract void Succeed();

    /// <summary>Tells the caller that it was not done.</summary>
    public abstract void Fail(StoreException exception);
}

/// <summary>A write with a result that its caller awaits, once.</summary>
internal abstract class Write<T> : Write, IValueTaskSource<T>
{
    private ManualResetValueTaskSourceCore<T> _source;

    public ValueTask<T> Task => new(this, _source.Version);

    protected abstract T Result { get; }

    public override void Succeed() => _source.SetResult(Result);

    public override void Fail(StoreException exception) =>
        ThreadPool.UnsafeQueueUserWorkItem(static state => state.Write._source.SetException(state.Exception), (Write: this, Exception: exception), preferLocal: false);

    T IValueTaskSource<T>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}

/// <summary>A write that is one function: everything but the messages.</summary>
internal sealed class Work<T>(Func<Database, T> work) : Write<T>
{
    private T? _result;

    // Set by Execute, without which nothing succeeds.
    protected override T Result => _result!;

    public override void Execute(Database database) => _result = work(database);
}
