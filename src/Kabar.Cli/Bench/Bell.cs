using System.Threading.Tasks.Sources;

namespace Kabar.Cli.Bench;

/// <summary>
/// Wakes one waiting loop, on the thread of whoever rings; each ring wakes it once. A semaphore would hand the loop to the thread pool,
/// which costs more than the request that follows.
/// </summary>
internal sealed class Bell : IValueTaskSource
{
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<bool> _core;
    private int _rings;
    private bool _isAwaited;

    /// <summary>Anybody may ring.</summary>
    public void Ring()
    {
        lock (_gate)
        {
            if (!_isAwaited)
            {
                _rings++;
                return;
            }

            _isAwaited = false;
        }

        _core.SetResult(true);
    }

    /// <summary>Waits for the next ring that has not yet woken it. For one loop only.</summary>
    public ValueTask WaitAsync()
    {
        lock (_gate)
        {
            if (_rings > 0)
            {
                _rings--;
                return ValueTask.CompletedTask;
            }

            _core.Reset();
            _isAwaited = true;
            return new ValueTask(this, _core.Version);
        }
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
