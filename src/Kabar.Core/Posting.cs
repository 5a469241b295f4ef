using System.Runtime.CompilerServices;

namespace Kabar.Core;

/// <summary>Something said that has its place and is on its way to the disk. Must be awaited once.</summary>
public readonly struct Posting
{
    private readonly ValueTask<Result<Posted>> _commit;

    private Posting(ValueTask<Result<Posted>> commit) => _commit = commit;

    /// <summary>Completes when it is on disk. A group may refuse only here.</summary>
    /// <exception cref="StoreException">It is not on disk, and will not be.</exception>
    public ValueTask<Result<Posted>> CommitAsync() => _commit;

    internal static Posting Of(Sending sending) => new(WaitAsync(sending));

    /// <summary>In a group; holds a place in the room until it is done.</summary>
    internal static Posting Of(ValueTask<Result<Posted>> acting, SemaphoreSlim room) => new(WaitAsync(acting, room));

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<Result<Posted>> WaitAsync(Sending sending)
    {
        var message = await sending.CommitAsync();
        return new Posted(message.Id, message, sending.IsQueued);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<Result<Posted>> WaitAsync(ValueTask<Result<Posted>> acting, SemaphoreSlim room)
    {
        try
        {
            return await acting;
        }
        finally
        {
            room.Release();
        }
    }
}

/// <summary>What has become of something that was said or changed.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Entry">The entry; null while it waits for the group's home.</param>
/// <param name="IsQueued">Whether it also waits for another realm.</param>
public readonly record struct Posted(Guid Id, Message? Entry, bool IsQueued);
