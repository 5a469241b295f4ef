using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;

namespace Kabar.Core;

/// <summary>
/// Brings committed entries to those who listen, in the order of positions, without gaps.
///
/// <code>
///   the store's thread ──committed entries──► queue ──► one loop ──► each listener of the group
/// </code>
///
/// The message itself is passed on, one object for all who hear it. A listener begins at a position of its choice: what lies before the
/// loop's own place is read from the store, on the loop, and then it is one of the others. When the queue is full (the loop is far
/// behind) entries are left out of it, and the loop reads them from the store when it has come to the queue's end: nothing is lost, and
/// the store's thread never waits.
/// </summary>
internal sealed class GroupFeeds : IAsyncDisposable
{
    private const int QueuedBatches = 65_536;
    private const int EntriesPerRead = 256;
    private const int BytesPerRead = 256 * 1024;

    private readonly IStore _store;
    private readonly Channel<Work> _work = Channel.CreateBounded<Work>(new BoundedChannelOptions(QueuedBatches) { SingleReader = true });
    private readonly ConcurrentDictionary<ConversationId, Feed> _feeds = new();
    private readonly Task _running;
    private volatile bool _hasLeftOut;

    public GroupFeeds(IStore store)
    {
        _store = store;
        _running = Task.Run(RunAsync);
        store.EntriesCommitted += OnCommitted;
    }

    /// <summary>Begins to bring what comes after a position.</summary>
    /// <returns>Ends it when disposed of; an entry may still be heard at that moment.</returns>
    public async ValueTask<IDisposable> ListenAsync(ConversationId conversation, long after, IEntryListener listener, CancellationToken cancellationToken)
    {
        var feed = _feeds.GetOrAdd(conversation, static id => new Feed(id));
        await _work.Writer.WriteAsync(new Work(default, feed, listener, after), cancellationToken);
        return new Listening(feed, listener);
    }

    /// <summary>Brings nothing more.</summary>
    public async ValueTask DisposeAsync()
    {
        _store.EntriesCommitted -= OnCommitted;
        _work.Writer.TryComplete();
        await _running;
    }

    // On the store's thread.
    private void OnCommitted(ImmutableArray<Message> entries)
    {
        foreach (var entry in entries)
        {
            if (!_feeds.ContainsKey(entry.Conversation)) continue;
            if (!_work.Writer.TryWrite(new Work(entries, null, null, 0))) _hasLeftOut = true;
            return;
        }
    }

    private async Task RunAsync()
    {
        await foreach (var work in _work.Reader.ReadAllAsync(CancellationToken.None))
        {
            try
            {
                if (work.Listener is { } listener && work.Feed is { } joined) await BeginAsync(joined, listener, work.After);
                else
                    foreach (var entry in work.Entries)
                        if (_feeds.TryGetValue(entry.Conversation, out var feed)) await PublishAsync(feed, entry);

                if (_hasLeftOut && _work.Reader.Count == 0) await CatchUpAsync();
            }
            catch (StoreException)
            {
                // What could not be read is missing at its place, and the next entry asks for it again.
            }
        }
    }

    private async ValueTask BeginAsync(Feed feed, IEntryListener listener, long after)
    {
        if (feed.IsEmpty) feed.Published = await _store.FindHeadAsync(feed.Conversation, CancellationToken.None);
        await ReadAsync(feed.Conversation, after, feed.Published, listener.Hear);
        feed.Add(listener);
    }

    private async ValueTask PublishAsync(Feed feed, Message entry)
    {
        if (feed.IsEmpty || entry.Position <= feed.Published) return;

        // A replica's history may jump forward: what the store does not have is no gap.
        if (entry.Position > feed.Published + 1) await ReadAsync(feed.Conversation, feed.Published, entry.Position - 1, feed.Hear);
        feed.Hear(entry);
    }

    private async ValueTask CatchUpAsync()
    {
        _hasLeftOut = false;
        foreach (var feed in _feeds.Values)
            if (!feed.IsEmpty) await ReadAsync(feed.Conversation, feed.Published, long.MaxValue, feed.Hear);
    }

    private async ValueTask ReadAsync(ConversationId conversation, long after, long through, Action<Message> hear)
    {
        while (after < through)
        {
            var entries = await _store.ReadConversationAsync(conversation, after, EntriesPerRead, BytesPerRead, CancellationToken.None);
            if (entries.IsEmpty) return;
            foreach (var entry in entries)
            {
                if (entry.Position > through) return;
                hear(entry);
                after = entry.Position;
            }
        }
    }

    private readonly record struct Work(ImmutableArray<Message> Entries, Feed? Feed, IEntryListener? Listener, long After);

    /// <summary>Who listens to one group. Listeners come on the loop and go from anywhere.</summary>
    private sealed class Feed(ConversationId conversation)
    {
        private ImmutableArray<IEntryListener> _listeners = [];

        public ConversationId Conversation => conversation;

        /// <summary>The last position that was brought; means nothing while nobody listens.</summary>
        public long Published { get; set; }

        public bool IsEmpty => _listeners.IsEmpty;

        public void Add(IEntryListener listener) => ImmutableInterlocked.Update(ref _listeners, static (listeners, added) => listeners.Add(added), listener);

        public void Remove(IEntryListener listener) => ImmutableInterlocked.Update(ref _listeners, static (listeners, gone) => listeners.Remove(gone), listener);

        public void Hear(Message entry)
        {
            Published = entry.Position;
            foreach (var listener in _listeners) listener.Hear(entry);
        }
    }

    private sealed class Listening(Feed feed, IEntryListener listener) : IDisposable
    {
        public void Dispose() => feed.Remove(listener);
    }
}
