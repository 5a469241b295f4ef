namespace Kabar.Core;

/// <summary>A connection that wants to hear what happens in all conversations of one account.</summary>
public interface IFeedListener
{
    /// <summary>
    /// What has happened since it was called last, in order, entries without gaps and once each. Called by the feeds' loop, one call at a time; must not block and not throw.
    /// </summary>
    /// <param name="events">In order. The memory is the loop's and used again after the call.</param>
    /// <param name="through">The arrival through which entries have been heard, whether or not any concerned this account.</param>
    void Hear(ReadOnlySpan<FeedEvent> events, long through);

    /// <summary>
    /// The loop could not keep all that was committed: entries after this arrival will not be brought. The listener reads what it misses from the store
    /// and joins again. Called as <see cref="Hear"/>, at most once.
    /// </summary>
    void Miss(long after);

    /// <summary>The session has ended, or the account was switched off: nothing more is brought. Called as <see cref="Hear"/>, at most once.</summary>
    void End();
}
