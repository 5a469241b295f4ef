namespace Kabar.Tests;

/// <summary>How long a test waits for something that must happen before it says that it has not. Never a measure of speed.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Span = TimeSpan.FromSeconds(60);

    public static Task BeforeDeadline(this Task task) => task.WaitAsync(Span);

    public static Task<T> BeforeDeadline<T>(this Task<T> task) => task.WaitAsync(Span);

    public static Task BeforeDeadline(this ValueTask task) => task.AsTask().WaitAsync(Span);

    public static Task<T> BeforeDeadline<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Span);
}
