using System.Runtime.CompilerServices;

namespace Kabar.Core;

/// <summary>
/// A message that has its place in the order but is not on disk yet. Whoever holds one must await <see cref="CommitAsync"/> exactly once.
/// </summary>
public readonly struct Sending
{
    private readonly ValueTask<Message> _append;
    private readonly SemaphoreSlim _room;

    internal Sending(ValueTask<Message> append, SemaphoreSlim room, bool isQueued = false) => (_append, _room, IsQueued) = (append, room, isQueued);

    /// <summary>Whether it also waits for another realm.</summary>
    internal bool IsQueued { get; }

    /// <summary>Completes when the message is on disk.</summary>
    /// <exception cref="StoreException">It is not, and will not be.</exception>
    public ValueTask<Message> CommitAsync()
    {
        if (!_append.IsCompletedSuccessfully) return WaitAsync(_append, _room);
        _room.Release();
        return _append;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<Message> WaitAsync(ValueTask<Message> append, SemaphoreSlim room)
    {
        try
        {
            return await append;
        }
        finally
        {
            room.Release();
        }
    }
}
