namespace Kabar.Core;

/// <summary>Brings what happens in the conversations of an account to its connections that listen, as it happens. Safe to call from any thread.</summary>
public sealed class AccountFeeds
{
    /// <summary>Begins to bring what comes after the returned place. What lies before it is the caller's to read (<see cref="ReadAsync"/>).</summary>
    public ValueTask<FeedPlace> JoinAsync(Account account, SessionId session, IFeedListener listener, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>What an account may have heard after an arrival. See <see cref="IConversationStore.ReadStreamAsync"/>.</summary>
    public ValueTask<StreamPage> ReadAsync(Account account, long after, int mostEntries, int mostBytes, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The marks that have changed since an arrival was the last one, as events.</summary>
    public ValueTask<IReadOnlyList<ReceiptEvent>> ReadReceiptsAsync(Account account, long since, CancellationToken cancellationToken) => throw new NotImplementedException();
}

/// <summary>A listener's place among all that is committed. Disposing of it ends the listening; something may still be heard at that moment.</summary>
public sealed class FeedPlace : IDisposable
{
    /// <summary>Everything after this arrival is brought.</summary>
    public long After => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}
