namespace Kabar.Tests.Cli.Terminal;

/// <summary>A clock whose timers ring when the test says so.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<Timer> _timers = [];
    private TaskCompletionSource _set = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            var timer = new Timer(() => callback(state), dueTime, Wake);
            _timers.Add(timer);
            _set.TrySetResult();
            return timer;
        }
    }

    /// <summary>Waits until somebody waits that long, or at all, then lets that wait run out.</summary>
    public async Task RunOutAsync(TimeSpan? wait = null)
    {
        while (true)
        {
            Timer? timer;
            Task set;
            lock (_gate)
            {
                timer = _timers.FirstOrDefault(waiting => waiting.IsSet && (wait is null || waiting.Due == wait));
                if (timer is null) _set = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                set = _set.Task;
            }

            if (timer is not null)
            {
                timer.Ring();
                return;
            }

            await set.WaitAsync(TimeSpan.FromSeconds(20));
        }
    }

    private void Wake()
    {
        lock (_gate) _set.TrySetResult();
    }

    private sealed class Timer(Action ring, TimeSpan due, Action changed) : ITimer
    {
        public TimeSpan Due { get; private set; } = due;

        public bool IsSet { get; private set; } = due != Timeout.InfiniteTimeSpan;

        public void Ring()
        {
            IsSet = false;
            ring();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = dueTime;
            IsSet = dueTime != Timeout.InfiniteTimeSpan;
            changed();
            return true;
        }

        public void Dispose() => IsSet = false;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
