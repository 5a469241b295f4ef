using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;

namespace Kabar.Core;

/// <summary>
/// Brings what happens in the conversations of an account to its connections that listen, as it happens. Safe to call from any thread.
///
/// <code>
///   the store's thread ──committed entries, marks──► queue ──► one loop ──► each listener that is concerned, once a round
///   whoever types, reads, comes, goes ─────────────►
/// </code>
///
/// A listener begins behind the last entry that is committed when the loop lets it in, and reads what lies before that itself. From which groups its account hears is read once,
/// for its first listener, and follows from then on from the entries that pass through the loop. The two overlap, and to be told twice that somebody has come or gone does no harm:
/// <code>
///   the loop notes comings and goings of the account │ groups are read │ what was read has been announced │ the loop lets it in
/// </code>
/// What the loop cannot bring without a gap (the queue was full, a membership changed without an entry, the store failed) it does not bring at all: the listener is told that
/// it misses something, reads, and joins again. While nobody listens nothing is queued.
/// </summary>
public sealed class AccountFeeds : IAsyncDisposable
{
    private const int QueuedBatches = 65_536;
    private const int EventsPerRound = 1_024;

    private readonly IStore _store;
    private readonly Func<AccountId, SessionId, CancellationToken, ValueTask<bool>> _isLive;
    private readonly Channel<Work> _work;

    // What must not be lost when the queue is full. Bounded by what it comes from: connections and endings of sessions.
    private readonly ConcurrentQueue<Control> _controls = new();
    private readonly FeedInterests _interests = new();
    private readonly Task _running;

    // How many have joined or are about to.
    private int _listening;

    // Something was left out of the queue; nothing is put in until the loop has told everybody.
    private volatile int _hasLeftOut;

    // On the loop: the last arrival that it has brought.
    private long _through;

    internal AccountFeeds(IStore store, Func<AccountId, SessionId, CancellationToken, ValueTask<bool>> isLive, int queuedBatches = QueuedBatches)
    {
        (_store, _isLive) = (store, isLive);
        _work = Channel.CreateBounded<Work>(new BoundedChannelOptions(queuedBatches) { SingleReader = true });
        _running = Task.Run(RunAsync);
        store.EntriesCommitted += OnCommitted;
        store.MarksStored += Publish;
    }

    /// <summary>Whether anybody listens.</summary>
    internal bool HasListeners => Volatile.Read(ref _listening) > 0;

    /// <summary>Begins to bring what comes after the returned place. What lies before it is the caller's to read (<see cref="ReadAsync"/>).</summary>
    /// <remarks>The listener may be called before this returns. One whose session has ended meanwhile is told so.</remarks>
    public async ValueTask<FeedPlace> JoinAsync(Account account, SessionId session, IFeedListener listener, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        var place = new FeedPlace(this, account, session, listener);
        Interlocked.Increment(ref _listening);
        try
        {
            while (!await AskAsync(new Joining(place, null), static joining => joining.Done, cancellationToken))
            {
                var groups = await _store.ListGroupsAsync(account.Id, cancellationToken);
                await _store.SettleAsync();
                if (await AskAsync(new Joining(place, groups), static joining => joining.Done, cancellationToken)) break;
            }

            // Its end may have passed through the loop before it came in.
            if (!await _isLive(account.Id, session, cancellationToken)) End(account.Id, session, null);
            return place;
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    /// <summary>What an account may have heard after an arrival. See <see cref="IConversationStore.ReadStreamAsync"/>.</summary>
    public ValueTask<StreamPage> ReadAsync(Account account, long after, int mostEntries, int mostBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        return _store.ReadStreamAsync(account.Id, after, mostEntries, mostBytes, cancellationToken);
    }

    /// <summary>The marks that have changed since an arrival was the last one, as events.</summary>
    public async ValueTask<IReadOnlyList<ReceiptEvent>> ReadReceiptsAsync(Account account, long since, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        var events = new List<ReceiptEvent>();
        foreach (var marks in await _store.ListMarksAsync(account.Id, since, cancellationToken))
        {
            if (marks.Other is not null) events.Add(new ReceiptEvent(marks, null));
            else if (await _store.FindGroupAsync(marks.Conversation, cancellationToken) is { } group && Receipts.IsTold(group, marks, account)) events.Add(new ReceiptEvent(marks, group.Address));
        }

        return events;
    }

    /// <summary>Brings nothing more.</summary>
    public async ValueTask DisposeAsync()
    {
        _store.EntriesCommitted -= OnCommitted;
        _store.MarksStored -= Publish;
        _work.Writer.TryComplete();
        await _running;
    }

    /// <summary>Tells accounts something of the moment. Never waits; forgotten when the queue is full.</summary>
    internal void Publish(FeedEvent happened, ImmutableArray<Username> accounts)
    {
        if (HasListeners) _work.Writer.TryWrite(new Work([], [], new Moment(happened, accounts, default, null)));
    }

    /// <summary>Tells the members here of a group, but perhaps one, something of the moment. As the other.</summary>
    internal void Publish(FeedEvent happened, ConversationId group, Username? except)
    {
        if (HasListeners) _work.Writer.TryWrite(new Work([], [], new Moment(happened, default, group, except)));
    }

    /// <summary>Tells the two of each direct conversation how far somebody has come. As the others; also on the store's thread.</summary>
    internal void Publish(ImmutableArray<Marks> marks)
    {
        if (HasListeners) _work.Writer.TryWrite(new Work([], marks, null));
    }

    /// <summary>The members of a group have changed without an entry, or it is gone: who is concerned reads and joins again.</summary>
    internal void Renew(ConversationId group)
    {
        // In the order of commits: what was committed before it comes before it.
        if (HasListeners && !_work.Writer.TryWrite(new Work([], [], new Moment(null, default, group, null)))) LeaveOut();
    }

    /// <summary>Sessions of an account have ended: the one that is named, or all but one.</summary>
    internal void End(AccountId account, SessionId? only, SessionId? kept)
    {
        if (HasListeners) Take(new Ending(account, only, kept));
    }

    /// <summary>Ends the listening of those whose sessions are not live any more: after many have ended at once.</summary>
    internal async ValueTask EndLostAsync(CancellationToken cancellationToken)
    {
        if (!HasListeners) return;
        foreach (var place in await AskAsync(new Counting(), static counting => counting.Done, cancellationToken))
            if (!await _isLive(place.Account.Id, place.Session, cancellationToken)) End(place.Account.Id, place.Session, null);
    }

    /// <summary>A place was given up.</summary>
    internal void Leave(FeedPlace place)
    {
        Interlocked.Decrement(ref _listening);
        Take(new Leaving(place));
    }

    // The loop's answer; it gives none once it has ended.
    private async ValueTask<TAnswer> AskAsync<TControl, TAnswer>(TControl control, Func<TControl, TaskCompletionSource<TAnswer>> done, CancellationToken cancellationToken)
        where TControl : Control
    {
        Take(control);
        var answer = done(control).Task;
        await Task.WhenAny(answer, _running).WaitAsync(cancellationToken);
        ObjectDisposedException.ThrowIf(!answer.IsCompleted, this);
        return await answer;
    }

    private void Take(Control control)
    {
        _controls.Enqueue(control);

        // A queue without room needs no bell: the loop looks here once more after it was emptied.
        _work.Writer.TryWrite(default);
    }

    // On the store's thread. Either it sees who is about to listen, or who listens sees what it has committed; hence the fence between the commit and the look.
    private void OnCommitted(ImmutableArray<Message> entries)
    {
        Interlocked.MemoryBarrier();
        if (_listening == 0 || _hasLeftOut != 0) return;
        if (!_work.Writer.TryWrite(new Work(entries, [], null))) LeaveOut();
    }

    // Rung again, since the loop may have emptied the queue before it could see the mark: now either this wakes it, or there is something left after which it looks.
    private void LeaveOut()
    {
        _hasLeftOut = 1;
        _work.Writer.TryWrite(default);
    }

    private async Task RunAsync()
    {
        while (await _work.Reader.WaitToReadAsync(CancellationToken.None))
        {
            do await TakeRoundAsync();
            while (_work.Reader.Count > 0 || !_controls.IsEmpty);
        }
    }

    // One round: who comes and goes, then what has happened, then each who is concerned hears it.
    private async ValueTask TakeRoundAsync()
    {
        while (_controls.TryDequeue(out var control)) CarryOut(control);

        for (var taken = 0; taken < EventsPerRound && _work.Reader.TryRead(out var work); taken++)
        {
            if (!work.Entries.IsDefaultOrEmpty)
            {
                foreach (var entry in work.Entries) await HearAsync(entry);
                taken += work.Entries.Length - 1;
            }

            if (!work.Marks.IsDefaultOrEmpty)
                foreach (var marks in work.Marks) _interests.Hear(marks);
            if (work.Moment is { Event: null, Group: var group }) await RenewAsync(group);
            else if (work.Moment is { Event: { } happened } moment) Hear(happened, moment);
        }

        _interests.Bring(_through);
        if (_hasLeftOut == 0 || _work.Reader.Count > 0) return;

        // All that was queued before the gap has been brought. A full fence: who joins from here on begins behind the gap.
        Miss(_interests.All());
        _interests.ExpectNobody();
        Interlocked.Exchange(ref _hasLeftOut, 0);
    }

    private void Hear(FeedEvent happened, Moment moment)
    {
        if (moment.Accounts.IsDefault) _interests.Hear(happened, moment.Group, moment.Except);
        else _interests.Hear(happened, moment.Accounts);
    }

    private ValueTask HearAsync(Message entry)
    {
        _through = entry.Arrival;
        if (entry.To is null && entry.Kind is EntryKind.Joined or EntryKind.Left or EntryKind.Kicked or EntryKind.Banned or EntryKind.Moved) return HearChangeAsync(entry);
        _interests.Hear(entry);
        return default;
    }

    // Who comes hears his coming, and who goes his going.
    private async ValueTask HearChangeAsync(Message entry)
    {
        var concerned = entry.Subject ?? entry.From;
        try
        {
            if (entry.Kind == EntryKind.Joined && _interests.Listens(entry.From)
                && (_interests.AddressOf(entry.Conversation) ?? await FindAddressAsync(entry.Conversation)) is { } joined) _interests.Enter(entry.From.Username, entry.Conversation, joined);
            _interests.Hear(entry);
            if (entry.Kind == EntryKind.Moved && _interests.AddressOf(entry.Conversation) is not null && await FindAddressAsync(entry.Conversation) is { } moved)
                _interests.Move(entry.Conversation, moved);
            else if (entry.Kind is EntryKind.Left or EntryKind.Kicked or EntryKind.Banned && concerned.Realm is null) _interests.Leave(concerned.Username, entry.Conversation);
        }
        catch (StoreException)
        {
            _interests.ExpectNobody();
            if (concerned.Realm is null) Miss(_interests.Of(concerned.Username));
        }
    }

    private async ValueTask<GroupAddress?> FindAddressAsync(ConversationId conversation) => (await _store.FindGroupAsync(conversation, CancellationToken.None))?.Address;

    private void CarryOut(Control control)
    {
        switch (control)
        {
            case Joining joining:
                joining.Done.SetResult(LetIn(joining.Place, joining.Groups));
                break;
            case Leaving leaving:
                _interests.Remove(leaving.Place);
                break;
            case Ending ending:
                foreach (var place in _interests.Of(ending.Account))
                    if ((ending.Only is null || place.Session == ending.Only) && place.Session != ending.Kept) PutOut(place, place.End());

                break;
            case Counting counting:
                counting.Done.SetResult(_interests.All());
                break;
        }
    }

    // False when the account's groups must be read, or read again.
    private bool LetIn(FeedPlace place, ImmutableArray<Group>? groups)
    {
        if (place.IsOver) return true;
        var after = Math.Max(_through, _store.LastArrival);
        if (!_interests.TryAdd(place, groups)) return false;
        place.After = after;
        return true;
    }

    private async ValueTask RenewAsync(ConversationId conversation)
    {
        var heard = _interests.Hearing(conversation);
        HashSet<Username> members = [];
        try
        {
            if (await _store.FindGroupAsync(conversation, CancellationToken.None) is { } group)
            {
                members = [.. group.Members.Keys.Where(_interests.Listens).Select(member => member.Username)];
                _interests.Move(conversation, group.Address);
            }
        }
        catch (StoreException)
        {
            // As if everybody had gone: they look themselves.
        }

        heard.SymmetricExceptWith(members);
        _interests.ExpectNobody();
        foreach (var username in heard) Miss(_interests.Of(username));
    }

    // What they were to hear in this round comes before.
    private void Miss(FeedPlace[] places)
    {
        if (places.Length == 0) return;
        _interests.Bring(_through);
        foreach (var place in places) PutOut(place, place.Miss(_through));
    }

    // Who has left by himself at this moment has counted that himself.
    private void PutOut(FeedPlace place, bool isCounted)
    {
        _interests.Remove(place);
        if (isCounted) Interlocked.Decrement(ref _listening);
    }

    private readonly record struct Work(ImmutableArray<Message> Entries, ImmutableArray<Marks> Marks, Moment? Moment);

    // Without an event: the group's members are to be looked at again.
    private sealed record Moment(FeedEvent? Event, ImmutableArray<Username> Accounts, ConversationId Group, Username? Except);

    private abstract record Control;

    // Answered with whether the listener is in; without groups, when its account listens already.
    private sealed record Joining(FeedPlace Place, ImmutableArray<Group>? Groups) : Control
    {
        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed record Leaving(FeedPlace Place) : Control;

    private sealed record Ending(AccountId Account, SessionId? Only, SessionId? Kept) : Control;

    private sealed record Counting : Control
    {
        public TaskCompletionSource<FeedPlace[]> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
