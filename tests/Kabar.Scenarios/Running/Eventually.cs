using System.Diagnostics;

namespace Kabar.Scenarios.Running;

/// <summary>The one way to wait here: for a condition, with a deadline.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(5);

    public static Task BecomesTrueAsync(Func<bool> condition, string what, TimeSpan? within = null) =>
        BecomesTrueAsync(() => Task.FromResult(condition()), what, within);

    /// <summary>The same for a condition that asks somebody.</summary>
    public static async Task BecomesTrueAsync(Func<Task<bool>> condition, string what, TimeSpan? within = null)
    {
        var deadline = within ?? Deadline;
        var waiting = Stopwatch.StartNew();
        while (!await condition())
        {
            if (waiting.Elapsed > deadline) Assert.Fail($"Not within {deadline.TotalSeconds} s: {what}");
            await Task.Delay(Pace);
        }
    }

    public static async Task<T> CompletesAsync<T>(Task<T> task, string what)
    {
        await CompletesAsync((Task)task, what);
        return await task;
    }

    public static async Task CompletesAsync(Task task, string what)
    {
        try
        {
            await task.WaitAsync(Deadline);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            Assert.Fail($"Not within {Deadline.TotalSeconds} s: {what}");
        }
    }
}
