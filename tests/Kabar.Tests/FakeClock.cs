namespace Kabar.Tests;

/// <summary>
/// A clock that moves only when a test says so, with the timers that hang on it. Its wall clock can step by itself, as real ones do.
/// </summary>
public sealed class FakeClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<Timer> _timers = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiting = [];
    private DateTimeOffset _utc = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_gate) return _ticks;
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _utc;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets time pass and rings what comes due, in order.</summary>
    public void Advance(TimeSpan span)
    {
        long end;
        lock (_gate) end = _ticks + span.Ticks;
        while (true)
        {
            Timer? next;
            lock (_gate)
            {
                next = _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
                MoveTo(next?.Due ?? end);
                if (next is null) return;
                if (next.Period > 0) next.Due += next.Period;
                else _timers.Remove(next);
            }

            next.Ring();
        }
    }

    /// <summary>The wall clock is set: backwards or forwards, without time having passed.</summary>
    public void Set(TimeSpan step)
    {
        lock (_gate) _utc += step;
    }

    /// <summary>Completes when at least so many timers are running: what a test waits for before it lets time pass.</summary>
    public Task WaitForTimersAsync(int count = 1)
    {
        lock (_gate)
        {
            if (_timers.Count >= count) return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((count, reached));
            return reached.Task.WaitAsync(Deadline.Span);
        }
    }

    private void MoveTo(long ticks)
    {
        if (ticks <= _ticks) return;
        _utc += TimeSpan.FromTicks(ticks - _ticks);
        _ticks = ticks;
    }

    private sealed class Timer(FakeClock clock, Action ring) : ITimer
    {
        public long Due { get; set; }

        public long Period { get; private set; }

        public void Ring() => ring();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                clock._timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                Due = clock._ticks + dueTime.Ticks;
                Period = period == Timeout.InfiniteTimeSpan ? 0 : period.Ticks;
                clock._timers.Add(this);
                foreach (var waiting in clock._waiting.Where(waiting => clock._timers.Count >= waiting.Count).ToArray())
                {
                    clock._waiting.Remove(waiting);
                    waiting.Reached.SetResult();
                }
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock._gate) clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
