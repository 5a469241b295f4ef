using System.Collections.Concurrent;
using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Tests.Core;

public sealed class GroupFeedsTests : IAsyncDisposable
{
    private static readonly ConversationId Batak = new(1);
    private static readonly ConversationId Sunda = new(2);

    private readonly FeedStore _store = new();
    private readonly GroupFeeds _feeds;

    public GroupFeedsTests() => _feeds = new GroupFeeds(_store, queuedBatches: 4);

    public ValueTask DisposeAsync() => _feeds.DisposeAsync();

    [Fact]
    public async Task Entries_come_in_order_the_same_object_to_all_who_listen()
    {
        var listeners = new List<Ear>();
        for (var i = 0; i < 20; i++) listeners.Add(await ListenAsync(Batak, after: 0));
        for (var position = 1; position <= 50; position++) _store.Commit(Batak);

        foreach (var ear in listeners)
        {
            await ear.HasHeardAsync(50);
            ear.Heard.ShouldBe(_store.Entries(Batak));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(999)]
    [InlineData(1000)]
    public async Task A_listener_begins_where_it_chooses_and_goes_on_with_what_comes(int after)
    {
        for (var i = 0; i < 1000; i++) _store.Commit(Batak);

        var ear = await ListenAsync(Batak, after);
        _store.Commit(Batak);

        await ear.HasHeardAsync(1001);
        ear.Positions.ShouldBe(Enumerable.Range(after + 1, 1001 - after));
    }

    [Fact]
    public async Task Who_comes_in_the_middle_of_traffic_misses_nothing_and_hears_nothing_twice()
    {
        const int Last = 5_000;
        var writing = Task.Run(() =>
        {
            for (var i = 0; i < Last; i++) _store.Commit(Batak);
        });

        var ears = new List<Ear>();
        for (var i = 0; i < 50; i++)
        {
            await Task.Yield();
            ears.Add(await ListenAsync(Batak, after: _store.Entries(Batak).Length));
        }

        await writing.BeforeDeadline();
        _store.Commit(Batak);
        foreach (var ear in ears)
        {
            await ear.HasHeardAsync(Last + 1);
            ear.Positions.ShouldBe(Enumerable.Range(ear.After + 1, Last + 1 - ear.After));
        }
    }

    [Fact]
    public async Task What_is_left_out_of_a_full_queue_is_read_from_the_store()
    {
        using var held = new HeldEar();
        await _feeds.ListenAsync(Sunda, 0, held, CancellationToken.None);
        var ear = await ListenAsync(Batak, after: 0);
        _store.Commit(Batak);
        await ear.HasHeardAsync(1);

        // The loop stands still, and so much is committed that most of it finds no room: the last of each group among it.
        _store.Commit(Sunda);
        await held.Holds.BeforeDeadline();
        for (var i = 0; i < 100; i++) _store.Commit(Batak);
        for (var i = 0; i < 100; i++) _store.Commit(Sunda);
        held.LetGo();

        await ear.HasHeardAsync(101);
        ear.Positions.ShouldBe(Enumerable.Range(1, 101));
        await held.HasHeardAsync(101);
        held.Positions.ShouldBe(Enumerable.Range(1, 101));
    }

    [Fact]
    public async Task What_could_not_be_read_is_read_later_by_newcomers_too()
    {
        for (var i = 0; i < 3; i++) _store.Commit(Batak);
        var other = await ListenAsync(Sunda, after: 0);

        _store.FailReads(1);
        var ear = await ListenAsync(Batak, after: 0);
        _store.Commit(Sunda); // anything that comes: the other group's entry, say
        await other.HasHeardAsync(1);
        _store.Commit(Sunda);

        await ear.HasHeardAsync(3);
        ear.Positions.ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Who_has_gone_hears_nothing_more_also_when_he_went_before_he_was_let_in()
    {
        using var held = new HeldEar();
        await _feeds.ListenAsync(Sunda, 0, held, CancellationToken.None);
        _store.Commit(Sunda);
        await held.Holds.BeforeDeadline();
        var gone = new Ear(0);
        (await _feeds.ListenAsync(Batak, 0, gone, CancellationToken.None)).Dispose();
        var stays = await ListenAsync(Batak, after: 0);
        held.LetGo();

        _store.Commit(Batak);
        await stays.HasHeardAsync(1);
        _store.Commit(Batak);
        await stays.HasHeardAsync(2);

        gone.Heard.ShouldBeEmpty();
    }

    [Fact]
    public async Task Groups_are_heard_apart()
    {
        var batak = await ListenAsync(Batak, after: 0);
        var sunda = await ListenAsync(Sunda, after: 0);
        _store.Commit(Batak, Sunda, Batak);
        _store.Commit(Sunda);

        await sunda.HasHeardAsync(2);
        await batak.HasHeardAsync(2);
        batak.Heard.ShouldAllBe(entry => entry.Conversation == Batak);
        sunda.Heard.ShouldAllBe(entry => entry.Conversation == Sunda);
    }

    [Fact]
    public async Task A_replica_whose_history_jumps_forward_has_no_gap()
    {
        var ear = await ListenAsync(Batak, after: 0);
        _store.Commit(Batak);
        _store.Jump(Batak, 100);
        _store.Commit(Batak);
        _store.Commit(Batak);

        await ear.HasHeardAsync(102);
        ear.Positions.ShouldBe([1, 101, 102]);
    }

    private async Task<Ear> ListenAsync(ConversationId conversation, int after)
    {
        var ear = new Ear(after);
        await _feeds.ListenAsync(conversation, after, ear, CancellationToken.None).BeforeDeadline();
        return ear;
    }

    /// <summary>Remembers what it hears.</summary>
    private class Ear(int after) : IEntryListener
    {
        private readonly Lock _gate = new();
        private readonly List<Message> _heard = [];
        private readonly List<(long Position, TaskCompletionSource Reached)> _waiting = [];

        public int After => after;

        public IReadOnlyList<Message> Heard
        {
            get
            {
                lock (_gate) return [.. _heard];
            }
        }

        public IEnumerable<int> Positions => Heard.Select(entry => (int)entry.Position);

        public virtual void Hear(Message entry)
        {
            lock (_gate)
            {
                _heard.Add(entry);
                foreach (var (position, reached) in _waiting)
                    if (entry.Position >= position) reached.TrySetResult();
            }
        }

        public Task HasHeardAsync(long position)
        {
            lock (_gate)
            {
                if (_heard.Count > 0 && _heard[^1].Position >= position) return Task.CompletedTask;
                var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Add((position, reached));
                return reached.Task.BeforeDeadline();
            }
        }
    }

    /// <summary>Holds the loop up at the first entry, against all that listeners promise.</summary>
    private sealed class HeldEar() : Ear(0), IDisposable
    {
        private readonly ManualResetEventSlim _open = new();
        private readonly TaskCompletionSource _holds = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Holds => _holds.Task;

        public void LetGo() => _open.Set();

        public override void Hear(Message entry)
        {
            _holds.TrySetResult();
            _open.Wait(Deadline.Span);
            base.Hear(entry);
        }

        public void Dispose()
        {
            _open.Set();
            _open.Dispose();
        }
    }

    /// <summary>Conversations in memory, and commits.</summary>
    private sealed class FeedStore : IGroupStore
    {
        private readonly ConcurrentDictionary<ConversationId, ImmutableArray<Message>> _entries = new();
        private readonly ConcurrentDictionary<ConversationId, long> _heads = new();
        private int _failures;

        public event Action<ImmutableArray<Message>>? EntriesCommitted;

        public ImmutableArray<Message> Entries(ConversationId conversation) => _entries.GetValueOrDefault(conversation, []);

        public void FailReads(int count) => _failures = count;

        public void Jump(ConversationId conversation, long through) => _heads[conversation] = through;

        public void Commit(params ConversationId[] conversations)
        {
            var committed = ImmutableArray.CreateBuilder<Message>();
            foreach (var conversation in conversations)
            {
                var position = _heads.AddOrUpdate(conversation, 1, static (_, head) => head + 1);
                committed.Add(GroupFold.Entry(conversation, position, EntryKind.Said, "messi", text: "halo"));
                _entries[conversation] = Entries(conversation).Add(committed[^1]);
            }

            EntriesCommitted?.Invoke(committed.ToImmutable());
        }

        public ValueTask<ImmutableArray<Message>> ReadConversationAsync(ConversationId conversation, long after, int mostEntries, int mostBytes, CancellationToken cancellationToken)
        {
            if (_failures > 0 && conversation == Batak && _failures-- > 0) throw new StoreException("out of luck");
            return new([.. Entries(conversation).Where(entry => entry.Position > after).Take(mostEntries)]);
        }

        public ValueTask<long> FindHeadAsync(ConversationId conversation, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<Group?> FindGroupAsync(GroupName name, RealmName? home, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<ImmutableArray<Group>> FindGroupsAsync(GroupName name, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<Group?> FindGroupAsync(GroupId id, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<Group?> FindGroupAsync(ConversationId conversation, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<ImmutableArray<Group>> ListGroupsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<Result<Message>> AddGroupAsync(GroupId id, GroupName name, bool isOpen, NewEntry first, int mostPerMaker) => throw new NotSupportedException();

        public ValueTask<Result<Message>> ChangeGroupAsync(GroupId id, RealmName here, long? target, Func<Group?, Message?, Result<NewEntry>> decide) => throw new NotSupportedException();

        public ValueTask<Group> KeepReplicaAsync(Group state, long historyAfter) => throw new NotSupportedException();

        public ValueTask<long?> AppendEntriesAsync(GroupId id, RealmName here, IReadOnlyList<Message> entries) => throw new NotSupportedException();

        public ValueTask<Group?> UpdateGroupAsync(GroupId id, Func<Group, Group> change) => throw new NotSupportedException();

        public ValueTask<bool> RemoveGroupAsync(GroupId id) => throw new NotSupportedException();

        public ValueTask<Posted> AppendPendingAsync(PendingEntry pending, Parcel parcel) => throw new NotSupportedException();

        public ValueTask<ImmutableArray<PendingEntry>> ListPendingAsync(GroupId id, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
