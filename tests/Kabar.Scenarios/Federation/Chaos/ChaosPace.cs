namespace Kabar.Scenarios.Federation.Chaos;

/// <summary>How far everybody may go: the talk is spread over all that goes wrong, however fast the machine.</summary>
internal sealed class ChaosPace
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _limit;

    public void Release(int limit)
    {
        lock (_lock)
        {
            _limit = limit;
            _next.TrySetResult();
            _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Until this number may be sent.</summary>
    public async Task ReachAsync(int number, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (_lock)
            {
                if (number <= _limit) return;
                next = _next.Task;
            }

            await next.WaitAsync(cancellationToken);
        }
    }
}
