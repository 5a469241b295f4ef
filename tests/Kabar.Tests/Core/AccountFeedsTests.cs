using Kabar.Core;
using static Kabar.Tests.Core.RealmFixture;

namespace Kabar.Tests.Core;

public sealed class AccountFeedsTests : IAsyncLifetime
{
    private readonly FakePeers _peers = new();
    private readonly RealmFixture _realm;
    private Account _messi = null!; // made before each test
    private Account _lineker = null!;
    private Account _taeno = null!;

    public AccountFeedsTests() => _realm = new RealmFixture(peers: _peers);

    private Groups Groups => _realm.Realm.Groups;

    public async ValueTask InitializeAsync()
    {
        _messi = await _realm.AddAsync("messi");
        _lineker = await _realm.AddAsync("lineker");
        _taeno = await _realm.AddAsync("taeno");
    }

    public ValueTask DisposeAsync() => _realm.DisposeAsync();

    [Fact]
    public async Task Both_of_a_direct_conversation_hear_what_is_said_and_nobody_else_does()
    {
        using var from = await _realm.ListenAsync(_messi);
        using var to = await _realm.ListenAsync(_lineker);
        using var other = await _realm.ListenAsync(_taeno);

        var said = (await _realm.PostAsync(_messi, "lineker", "halo")).Value();
        var last = (await _realm.PostAsync(_taeno, "taeno", "sendiri")).Value();

        await from.HasHeardAsync(said.Id);
        await to.HasHeardAsync(said.Id);
        await other.HasHeardAsync(last.Id);
        other.Taken.ShouldHaveSingleItem();
        from.Taken.ShouldHaveSingleItem().ShouldBeSameAs(to.Taken.ShouldHaveSingleItem());
    }

    [Fact]
    public async Task All_connections_of_an_account_hear_what_is_said_to_itself_once()
    {
        using var one = await _realm.ListenAsync(_messi);
        using var other = await _realm.ListenAsync(_messi);

        await _realm.PostAsync(_messi, "messi", "satu");
        var last = (await _realm.PostAsync(_messi, "messi", "dua")).Value();

        foreach (var reader in new[] { one, other })
        {
            await reader.HasHeardAsync(last.Id);
            reader.Taken.Select(entry => entry.Text.Decode()).ShouldBe(["satu", "dua"]);
        }
    }

    [Fact]
    public async Task Who_comes_into_a_group_hears_his_coming_and_what_follows_and_who_goes_his_going_and_nothing_after_it()
    {
        var group = await MakeAsync("batak");
        using var reader = await _realm.ListenAsync(_lineker);

        await _realm.PostAsync(_messi, "#batak", "sebelum");
        await Groups.EnterAsync(_lineker, group.Address, CancellationToken.None);
        await _realm.PostAsync(_messi, "#batak", "satu");
        await Groups.ActAsync(Actor.Of(_lineker), group.Id, GroupVerb.Leave, null, default, CancellationToken.None);
        await _realm.PostAsync(_messi, "#batak", "sesudah");
        await Groups.EnterAsync(_lineker, group.Address, CancellationToken.None);
        await Groups.ActAsync(Actor.Of(_messi), group.Id, GroupVerb.Ban, new Address(_lineker.Username), default, CancellationToken.None);
        await _realm.PostAsync(_messi, "#batak", "sesudah");
        var last = (await _realm.PostAsync(_lineker, "lineker", "sendiri")).Value();

        await reader.HasHeardAsync(last.Id);
        reader.Taken.Select(entry => entry.Kind).ShouldBe([EntryKind.Joined, EntryKind.Said, EntryKind.Left, EntryKind.Joined, EntryKind.Banned, EntryKind.Said]);
    }

    [Fact]
    public async Task An_entry_of_a_group_comes_with_the_groups_address()
    {
        var group = await MakeAsync("batak");
        var ear = new EventEar();
        using var place = await _realm.Realm.Feeds.JoinAsync(_messi, await SessionOf(_messi), ear, CancellationToken.None);

        await _realm.PostAsync(_messi, "#batak", "halo");
        await _realm.PostAsync(_messi, "lineker", "halo");

        await ear.HasHeardAsync(2);
        ear.Heard.Cast<EntryEvent>().Select(entry => entry.Group).ShouldBe([group.Address, null]);
    }

    [Fact]
    public async Task Who_is_in_a_group_that_is_removed_joins_again_and_hears_the_rest()
    {
        var group = await MakeAsync("batak");
        using var reader = await _realm.ListenAsync(_messi);

        await Groups.RemoveAsync(group.Id, CancellationToken.None);
        await reader.UntilAsync(heard => heard.Misses == 1);
        var last = (await _realm.PostAsync(_messi, "lineker", "halo")).Value();

        await reader.HasHeardAsync(last.Id);
    }

    [Fact]
    public async Task Who_is_told_to_be_in_a_replica_hears_it_and_who_is_told_not_to_be_does_not()
    {
        await _peers.AddAsync(_realm, "dua");
        using var reader = await _realm.ListenAsync(_messi);
        using var other = await _realm.ListenAsync(_lineker);
        var fold = new GroupFold().Join("james@dua", "messi");

        var replica = await Groups.KeepReplicaAsync(fold.Group with { Home = FakePeers.Name("dua") }, 2);
        await reader.UntilAsync(heard => heard.Misses == 1);
        await Groups.AppendEntriesAsync(replica.Id, [GroupFold.Entry(replica.Conversation, 3, EntryKind.Said, "james@dua", text: "halo")]);
        await reader.UntilAsync(heard => heard.Taken.Length == 1);

        await Groups.LoseAsync(replica.Id);
        await reader.UntilAsync(heard => heard.Misses == 2);
        await Groups.AppendEntriesAsync(replica.Id, [GroupFold.Entry(replica.Conversation, 4, EntryKind.Said, "james@dua", text: "halo")]);
        var last = (await _realm.PostAsync(_messi, "lineker", "halo")).Value();
        await reader.HasHeardAsync(last.Id);
        reader.Taken.Length.ShouldBe(2);
        other.Misses.ShouldBe(0);
    }

    [Fact]
    public async Task A_listener_begins_behind_its_place_and_ends_when_it_is_given_up()
    {
        var before = (await _realm.PostAsync(_messi, "lineker", "sebelum")).Value();
        var (ear, other) = (new EventEar(), new EventEar());
        var place = await _realm.Realm.Feeds.JoinAsync(_lineker, await SessionOf(_lineker), ear, CancellationToken.None);
        using var second = await _realm.Realm.Feeds.JoinAsync(_lineker, await SessionOf(_lineker), other, CancellationToken.None);

        place.After.ShouldBe(before.Entry.ShouldNotBeNull().Arrival);
        await _realm.PostAsync(_messi, "lineker", "satu");
        await ear.HasHeardAsync(1);
        place.Dispose();
        place.Dispose();
        await _realm.PostAsync(_messi, "lineker", "dua");
        await other.HasHeardAsync(2);
        ear.Heard.Count.ShouldBe(1);
        ear.Through.ShouldBe(((EntryEvent)ear.Heard[0]).Entry.Arrival);
    }

    [Fact]
    public async Task What_happens_while_the_loop_is_busy_is_heard_in_one_call()
    {
        using var gate = new ManualResetEventSlim();
        using var standing = new ManualResetEventSlim();
        var held = new EventEar
        {
            OnHear = () =>
            {
                standing.Set();
                gate.Wait(Deadline.Span);
            },
        };
        var ear = new EventEar();
        using var first = await _realm.Realm.Feeds.JoinAsync(_taeno, await SessionOf(_taeno), held, CancellationToken.None);
        using var second = await _realm.Realm.Feeds.JoinAsync(_lineker, await SessionOf(_lineker), ear, CancellationToken.None);

        await _realm.PostAsync(_taeno, "taeno", "x");
        await Task.Run(() => standing.Wait(Deadline.Span)).BeforeDeadline();
        for (var i = 0; i < 10; i++) await _realm.PostAsync(_messi, "lineker", $"{i}");
        gate.Set();

        await ear.HasHeardAsync(10);
        ear.Calls.ShouldBe(1);
        ear.Heard.Cast<EntryEvent>().Select(entry => entry.Entry.Text.Decode()).ShouldBe(Enumerable.Range(0, 10).Select(i => $"{i}"));
    }

    [Fact]
    public async Task What_finds_no_room_is_missed_by_everybody_and_read_instead()
    {
        await using var feeds = new AccountFeeds(_realm.Store, static (_, _, _) => new(true), queuedBatches: 2);
        using var gate = new ManualResetEventSlim();
        using var standing = new ManualResetEventSlim();
        var held = new EventEar
        {
            OnHear = () =>
            {
                standing.Set();
                gate.Wait(Deadline.Span);
            },
        };
        using var first = await feeds.JoinAsync(_taeno, default, held, CancellationToken.None);
        using var reader = new FeedReader(feeds, _lineker, default);
        await reader.StartAsync(_realm.Store.LastArrival);

        await _realm.PostAsync(_taeno, "taeno", "x");
        await Task.Run(() => standing.Wait(Deadline.Span)).BeforeDeadline();
        for (var i = 0; i < 10; i++) await _realm.PostAsync(_messi, "lineker", $"{i}");
        gate.Set();

        await reader.UntilAsync(heard => heard.Taken.Length == 10);
        reader.Misses.ShouldBe(1);
        reader.Taken.Select(entry => entry.Text.Decode()).ShouldBe(Enumerable.Range(0, 10).Select(i => $"{i}"));
        held.HasMissed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_session_that_ends_ends_its_listening_and_no_other()
    {
        var tokens = new List<LoggedIn>();
        for (var i = 0; i < 4; i++) tokens.Add(await _realm.Realm.BeginSessionAsync(_messi, CancellationToken.None));
        var readers = new List<FeedReader>();
        foreach (var token in tokens) readers.Add(await _realm.ListenAsync(_messi, token.Session.Id));
        using var other = await _realm.ListenAsync(_lineker);

        await _realm.Realm.LogOutAsync(tokens[0].Token, CancellationToken.None);
        await readers[0].UntilAsync(reader => reader.HasEnded);
        (await _realm.Realm.EndSessionAsync(_messi, tokens[1].Session.Id, CancellationToken.None)).ShouldBeNull();
        await readers[1].UntilAsync(reader => reader.HasEnded);
        (await _realm.Realm.ChangePasswordAsync(tokens[2], Password("x"), Password("rahasia"), "192.0.2.1", CancellationToken.None)).ShouldBeNull();
        await readers[3].UntilAsync(reader => reader.HasEnded);

        var said = (await _realm.PostAsync(_messi, "lineker", "halo")).Value();
        await readers[2].HasHeardAsync(said.Id);
        await _realm.Realm.Accounts.SetDisabledAsync("messi", disabled: true, CancellationToken.None);
        await readers[2].UntilAsync(reader => reader.HasEnded);
        other.HasEnded.ShouldBeFalse();
    }

    [Fact]
    public async Task Who_joins_with_a_session_that_has_ended_is_told_so()
    {
        var reader = new FeedReader(_realm.Realm.Feeds, _messi, new SessionId(Guid.NewGuid()));
        await reader.StartAsync(0);
        await reader.UntilAsync(heard => heard.HasEnded);
    }

    [Fact]
    public async Task Idle_sessions_end_their_listening_too()
    {
        using var idle = await _realm.ListenAsync(_messi);
        _realm.Clock.Advance(_realm.Options.SessionIdle + TimeSpan.FromSeconds(1));
        using var other = await _realm.ListenAsync(_lineker);

        (await _realm.Realm.EndIdleSessionsAsync(CancellationToken.None)).ShouldBe(1);
        await idle.UntilAsync(heard => heard.HasEnded);
        other.HasEnded.ShouldBeFalse();
    }

    [Fact]
    public async Task Typing_is_told_to_the_other_one_and_to_the_members_of_a_group_and_to_their_realms()
    {
        await _peers.AddAsync(_realm, "dua");
        var group = await MakeAsync("batak");
        await Groups.AdmitAsync(new Actor(GroupFold.Who("james@dua"), "James"), group.Id, Guid.CreateVersion7(), CancellationToken.None);
        await Groups.EnterAsync(_lineker, group.Address, CancellationToken.None);
        using var reader = await _realm.ListenAsync(_lineker);
        using var self = await _realm.ListenAsync(_messi);

        (await TypeAsync(_messi, "lineker")).ShouldBeNull();
        (await TypeAsync(_messi, "james@dua")).ShouldBeNull();
        (await TypeAsync(_messi, "#batak")).ShouldBeNull();
        (await TypeAsync(_taeno, "#batak")).ShouldBe(Refusal.NotAMember);
        (await TypeAsync(_taeno, "nobody")).ShouldBe(Refusal.UnknownRecipient);

        await reader.UntilAsync(heard => heard.Moments.Length == 2);
        reader.Moments.Cast<TypingEvent>().Select(typing => $"{typing.From} {typing.To}").ShouldBe(["messi lineker", "messi #batak"]);
        self.Moments.ShouldBeEmpty();
        _peers.Sent.Select(sent => sent.Signal).ShouldBe([new TypingSignal(_messi.Username, Username.Parse("james"), null), new TypingSignal(_messi.Username, null, group.Id)]);
    }

    [Fact]
    public async Task Typing_elsewhere_is_told_here_of_members_only()
    {
        var dua = await _peers.AddAsync(_realm, "dua");
        var group = await MakeAsync("batak");
        await Groups.AdmitAsync(new Actor(GroupFold.Who("james@dua"), "James"), group.Id, Guid.CreateVersion7(), CancellationToken.None);
        using var reader = await _realm.ListenAsync(_messi);

        foreach (var typing in new[] { new TypingSignal(Username.Parse("stranger"), null, group.Id), new TypingSignal(Username.Parse("james"), null, group.Id), new TypingSignal(Username.Parse("james"), _messi.Username, null) })
            await _realm.Realm.Exchange.TakeAsync(dua, typing, CancellationToken.None);

        await reader.UntilAsync(heard => heard.Moments.Length == 2);
        reader.Moments.Cast<TypingEvent>().Select(typing => $"{typing.From} {typing.To}").ShouldBe(["james@dua #batak", "james@dua messi"]);
    }

    private static Password Password(string text) => new(System.Text.Encoding.UTF8.GetBytes(text));

    private async Task<SessionId> SessionOf(Account account) => (await _realm.Realm.BeginSessionAsync(account, CancellationToken.None)).Session.Id;

    private ValueTask<Refusal?> TypeAsync(Account who, string place) => _realm.Realm.Conversations.TypeAsync(who, To(place), CancellationToken.None);

    private async Task<Group> MakeAsync(string name) => (await Groups.CreateAsync(_messi, GroupName.Parse(name), isOpen: true, CancellationToken.None)).Value().Group;

    /// <summary>Hears, and counts how often it is called.</summary>
    private sealed class EventEar : IFeedListener
    {
        private readonly Lock _gate = new();
        private readonly List<FeedEvent> _heard = [];
        private (int Count, TaskCompletionSource Reached)? _waiting;

        public Action OnHear { get; init; } = static () => { };

        public int Calls { get; private set; }

        public long Through { get; private set; }

        public bool HasMissed { get; private set; }

        public IReadOnlyList<FeedEvent> Heard
        {
            get
            {
                lock (_gate) return [.. _heard];
            }
        }

        public void Hear(ReadOnlySpan<FeedEvent> events, long through)
        {
            OnHear();
            lock (_gate)
            {
                (Calls, Through) = (Calls + 1, through);
                _heard.AddRange(events);
                if (_heard.Count >= _waiting?.Count) _waiting?.Reached.TrySetResult();
            }
        }

        public void Miss(long after) => HasMissed = true;

        public void End()
        {
        }

        public Task HasHeardAsync(int count)
        {
            lock (_gate)
            {
                var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                if (_heard.Count >= count) reached.SetResult();
                _waiting = (count, reached);
                return reached.Task.BeforeDeadline();
            }
        }
    }
}
