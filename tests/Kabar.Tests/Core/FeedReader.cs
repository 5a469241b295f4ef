using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Tests.Core;

/// <summary>
/// What a connection does with a feed, as briefly as it can be said: joins, holds what it hears, reads from its place through the place where it joined, takes what it held, and
/// does the same again when it is told that it misses something.
/// </summary>
internal sealed class FeedReader(AccountFeeds feeds, Account account, SessionId session) : IFeedListener, IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<Message> _taken = [];
    private readonly List<FeedEvent> _moments = [];
    private readonly List<(Func<FeedReader, bool> Condition, TaskCompletionSource Reached)> _waiting = [];
    private List<Message>? _held;
    private FeedPlace? _place;
    private bool _isOver;

    /// <summary>How often it was told that it misses something.</summary>
    public int Misses { get; private set; }

    /// <summary>Whether it was told that its session has ended.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The last arrival through which it has everything.</summary>
    public long Through { get; private set; }

    /// <summary>The entries, in the order in which they were taken.</summary>
    public ImmutableArray<Message> Taken
    {
        get
        {
            lock (_gate) return [.. _taken];
        }
    }

    /// <summary>What else was heard.</summary>
    public ImmutableArray<FeedEvent> Moments
    {
        get
        {
            lock (_gate) return [.. _moments];
        }
    }

    /// <summary>Begins behind an arrival.</summary>
    public async Task StartAsync(long from, int mostEntries = 7)
    {
        lock (_gate) (_held, Through) = ([], from);
        var place = await feeds.JoinAsync(account, session, this, CancellationToken.None);
        lock (_gate) _place = place;
        while (Through < place.After)
        {
            var page = await feeds.ReadAsync(account, Through, mostEntries, 1_000, CancellationToken.None);
            lock (_gate) _taken.AddRange(page.Entries.Where(entry => entry.Arrival <= place.After));
            Through = page.Through;
        }

        lock (_gate)
        {
            Through = place.After;
            foreach (var entry in _held) Take(entry);
            _held = null;
            Look();
        }
    }

    /// <summary>Completes when something is so.</summary>
    public Task UntilAsync(Func<FeedReader, bool> condition)
    {
        lock (_gate)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((condition, reached));
            Look();
            return reached.Task.BeforeDeadline();
        }
    }

    public Task HasHeardAsync(Guid entry) => UntilAsync(reader => reader._taken.Exists(taken => taken.Id == entry));

    public Task HasHeardAsync(Func<FeedEvent, bool> moment) => UntilAsync(reader => reader._moments.Exists(heard => moment(heard)));

    public void Hear(ReadOnlySpan<FeedEvent> events, long through)
    {
        lock (_gate)
        {
            foreach (var happened in events)
            {
                if (happened is not EntryEvent { Entry: var entry }) _moments.Add(happened);
                else if (_held is not null) _held.Add(entry);
                else Take(entry);
            }

            if (_held is null) Through = Math.Max(Through, through);
            Look();
        }
    }

    public void Miss(long after)
    {
        lock (_gate)
        {
            Misses++;
            Look();
            if (!_isOver) _ = Task.Run(() => AgainAsync(after));
        }
    }

    public void End()
    {
        lock (_gate)
        {
            HasEnded = true;
            Look();
        }
    }

    public void Dispose()
    {
        lock (_gate) _isOver = true;
        _place?.Dispose();
    }

    private async Task AgainAsync(long after)
    {
        // What is still being read and held comes first.
        await UntilAsync(reader => reader._held is null);
        await StartAsync(Math.Max(Through, after));
    }

    private void Take(Message entry)
    {
        _taken.Add(entry);
        Through = entry.Arrival;
    }

    private void Look()
    {
        foreach (var waiting in _waiting.Where(waiting => waiting.Condition(this)).ToArray())
        {
            _waiting.Remove(waiting);
            waiting.Reached.TrySetResult();
        }
    }
}
