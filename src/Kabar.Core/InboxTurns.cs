namespace Kabar.Core;

/// <summary>
/// Serves the readers of one inbox one after another, so that a message is shown twice only when a connection broke or stalled while
/// showing it. A reader that takes too long loses its turn to the next.
/// </summary>
internal sealed class InboxTurns(TimeSpan longest, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<AccountId, Line> _lines = [];

    /// <summary>Waits for the turn; dispose of it to let the next one in.</summary>
    public async ValueTask<Turn> TakeAsync(AccountId account, CancellationToken cancellationToken)
    {
        var mine = new Turn(this, account);
        Turn holder;
        lock (_gate)
        {
            if (!_lines.TryGetValue(account, out var line))
            {
                _lines.Add(account, new Line(mine));
                mine.Since = clock.GetTimestamp();
                return mine;
            }

            line.Waiting.Add(mine);
            holder = line.Holder;
        }

        try
        {
            while (true)
            {
                var left = longest - clock.GetElapsedTime(holder.Since);
                if (left <= TimeSpan.Zero && TryTakeOver(mine, holder)) return mine;

                try
                {
                    await mine.Granted.Task.WaitAsync(left > TimeSpan.Zero ? left : longest, clock, cancellationToken);
                    return mine;
                }
                catch (TimeoutException)
                {
                    lock (_gate) holder = _lines[account].Holder;
                    if (holder == mine) return mine;
                }
            }
        }
        catch (OperationCanceledException)
        {
            mine.Dispose();
            throw;
        }
    }

    // Only the first in line may take over; the others are granted theirs in order.
    private bool TryTakeOver(Turn mine, Turn holder)
    {
        lock (_gate)
        {
            var line = _lines[mine.Account];
            if (line.Holder == mine) return true;
            if (line.Holder != holder || line.Waiting[0] != mine) return false;

            Grant(line);
            return true;
        }
    }

    private void End(Turn turn)
    {
        lock (_gate)
        {
            if (!_lines.TryGetValue(turn.Account, out var line)) return;
            if (line.Holder != turn) line.Waiting.Remove(turn);
            else if (line.Waiting.Count > 0) Grant(line);
            else _lines.Remove(turn.Account);
        }
    }

    private void Grant(Line line)
    {
        line.Holder = line.Waiting[0];
        line.Waiting.RemoveAt(0);
        line.Holder.Since = clock.GetTimestamp();
        line.Holder.Granted.TrySetResult();
    }

    private sealed class Line(Turn holder)
    {
        public Turn Holder { get; set; } = holder;

        public List<Turn> Waiting { get; } = [];
    }

    internal sealed class Turn(InboxTurns turns, AccountId account) : IDisposable
    {
        private long _since;

        public AccountId Account => account;

        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Since
        {
            get => Volatile.Read(ref _since);
            set => Volatile.Write(ref _since, value);
        }

        public void Dispose() => turns.End(this);
    }
}
