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
/// The message itself is passed on, one object for all who hear it. Each listener has a place of its own, which begins where it chose:
/// whenever an entry is not the next one for all of them, the loop first reads what lies between from the store. When the queue is full
/// (the loop is far behind) entries are left out of it, and the loop reads them when it has come to the queue's end. So a newcomer, a
/// full queue and a read that failed are one case: nothing is lost, and the store's thread never waits.
/// </summary>
internal sealed class GroupFeeds : IAsyncDisposable
{
    private const int QueuedBatches = 65_536;
    private const int EntriesPerRead = 256;
    private const int BytesPerRead = 256 * 1024;

    private readonly IGroupStore _store;
    private readonly Channel<Work> _work;
    private readonly ConcurrentDictionary<ConversationId, Feed> _feeds = new();
    private readonly Task _running;
    private volatile bool _hasLeftOut;

    public GroupFeeds(IGroupStore store, int queuedBatches = QueuedBatches)
    {
        _store = store;
        _work = Channel.CreateBounded<Work>(new BoundedChannelOptions(queuedBatches) { SingleReader = true });
        _running = Task.Run(RunAsync);
        store.EntriesCommitted += OnCommitted;
    }

    /// <summary>Begins to bring what comes after a position.</summary>
    /// <returns>Ends it when disposed of; an entry may still be heard at that moment.</returns>
    public async ValueTask<IDisposable> ListenAsync(ConversationId conversation, long after, IEntryListener listener, CancellationToken cancellationToken)
    {
        var listening = new Listening(_feeds.GetOrAdd(conversation, static id => new Feed(id)), listener, after);
        await _work.Writer.WriteAsync(new Work([], listening), cancellationToken);
        return listening;
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
            // Most are between two, and no group's.
            if (entry.To is not null || !_feeds.ContainsKey(entry.Conversation)) continue;
            if (_work.Writer.TryWrite(new Work(entries, null))) return;

            // Tried again, since the loop may have emptied the queue before it could see the mark: now either this wakes it, or there
            // is something left after which it looks.
            _hasLeftOut = true;
            _work.Writer.TryWrite(new Work([], null));
            return;
        }
    }

    private async Task RunAsync()
    {
        await foreach (var work in _work.Reader.ReadAllAsync(CancellationToken.None))
        {
            try
            {
                if (work.Newcomer is { } newcomer)
                {
                    newcomer.Feed.Add(newcomer);
                    await ReadAsync(newcomer.Feed, long.MaxValue);
                }

                foreach (var entry in work.Entries)
                    if (entry.To is null && _feeds.TryGetValue(entry.Conversation, out var feed)) await BringAsync(feed, entry);

                if (_hasLeftOut && _work.Reader.Count == 0)
                {
                    _hasLeftOut = false;
                    foreach (var feed in _feeds.Values) await ReadAsync(feed, long.MaxValue);
                }
            }
            catch (StoreException)
            {
                // Nobody's place has passed what could not be read: it is asked for again after whatever comes next.
                _hasLeftOut = true;
            }
        }
    }

    private async ValueTask BringAsync(Feed feed, Message entry)
    {
        // A replica's history may jump forward: what the store does not have is no gap.
        if (entry.Position > feed.Heard + 1) await ReadAsync(feed, entry.Position - 1);
        feed.Hear(entry);
    }

    private async ValueTask ReadAsync(Feed feed, long through)
    {
        for (var after = feed.Heard; after < through;)
        {
            var entries = await _store.ReadConversationAsync(feed.Conversation, after, EntriesPerRead, BytesPerRead, CancellationToken.None);
            if (entries.IsEmpty) return;
            foreach (var entry in entries)
            {
                if (entry.Position > through) return;
                feed.Hear(entry);
                after = entry.Position;
            }
        }
    }

    private readonly record struct Work(ImmutableArray<Message> Entries, Listening? Newcomer);

    /// <summary>Who listens to one group. Listeners come on the loop and go from anywhere.</summary>
    private sealed class Feed(ConversationId conversation)
    {
        private ImmutableArray<Listening> _listeners = [];

        public ConversationId Conversation => conversation;

        /// <summary>What everybody has heard who listens; more than any position when nobody does.</summary>
        public long Heard
        {
            get
            {
                var least = long.MaxValue - 1;
                foreach (var listening in _listeners) least = Math.Min(least, listening.Heard);
                return least;
            }
        }

        public void Add(Listening listening)
        {
            ImmutableInterlocked.Update(ref _listeners, static (listeners, added) => listeners.Add(added), listening);

            // Who has gone already could not be taken out when he went.
            if (listening.IsOver) Remove(listening);
        }

        public void Remove(Listening listening) => ImmutableInterlocked.Update(ref _listeners, static (listeners, gone) => listeners.Remove(gone), listening);

        public void Hear(Message entry)
        {
            foreach (var listening in _listeners) listening.Hear(entry);
        }
    }

    /// <summary>One listener and its place, which moves on the loop.</summary>
    private sealed class Listening(Feed feed, IEntryListener listener, long after) : IDisposable
    {
        private volatile bool _isOver;

        public Feed Feed => feed;

        public long Heard { get; private set; } = after;

        public bool IsOver => _isOver;

        public void Hear(Message entry)
        {
            if (entry.Position <= Heard) return;
            Heard = entry.Position;
            listener.Hear(entry);
        }

        public void Dispose()
        {
            _isOver = true;
            feed.Remove(this);
        }
    }
}
