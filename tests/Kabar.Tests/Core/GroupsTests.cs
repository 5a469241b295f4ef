using System.Collections.Immutable;
using Kabar.Core;
using static Kabar.Tests.Core.GroupFold;

namespace Kabar.Tests.Core;

public sealed class GroupsTests : IAsyncLifetime
{
    private static readonly GroupName Batak = GroupName.Parse("batak");

    private readonly FakePeers _peers = new();
    private readonly RealmFixture _realm;
    private Account _messi = null!; // made before each test
    private Account _lineker = null!;
    private Peer _dua = null!;

    public GroupsTests() => _realm = new RealmFixture(new RealmOptions { GroupsPerAccount = 2, GroupMembers = 3 }, _peers);

    private Groups Groups => _realm.Realm.Groups;

    public async ValueTask InitializeAsync()
    {
        _messi = await _realm.AddAsync("messi");
        _lineker = await _realm.AddAsync("lineker");
        _dua = await _peers.AddAsync(_realm, "dua");
    }

    public ValueTask DisposeAsync() => _realm.DisposeAsync();

    [Fact]
    public async Task Who_makes_a_group_is_its_first_member_and_its_owner()
    {
        var visit = (await Groups.CreateAsync(_messi, Batak, isOpen: false, CancellationToken.None)).Value();

        (visit.Who, visit.After, visit.IsNew, visit.Group.IsOpen, visit.Group.IsHere).ShouldBe((Who("messi"), 0, true, false, true));
        visit.Group.Members.ShouldHaveSingleItem().Value.ShouldBe(new Member(Who("messi"), "Display messi", GroupRole.Owner, IsMuted: false, Joined: 1));
        (await Groups.FindAsync(Address("#BATAK@satu"), CancellationToken.None)).ShouldNotBeNull().Id.ShouldBe(visit.Group.Id);
    }

    [Fact]
    public async Task A_name_is_taken_once_and_an_account_makes_as_many_groups_as_it_may()
    {
        await CreateAsync("batak");
        (await Groups.CreateAsync(_lineker, GroupName.Parse("BATAK"), isOpen: true, CancellationToken.None)).ShouldBeRefused(Refusal.NameTaken);
        await CreateAsync("sunda");
        (await Groups.CreateAsync(_messi, GroupName.Parse("jawa"), isOpen: true, CancellationToken.None)).ShouldBeRefused(Refusal.TooMany);
        (await Groups.CreateAsync(_lineker, GroupName.Parse("jawa"), isOpen: true, CancellationToken.None)).Value();
    }

    [Fact]
    public async Task A_group_that_is_removed_makes_room_for_another_and_is_gone_with_its_name()
    {
        var batak = await CreateAsync("batak");
        await CreateAsync("sunda");

        (await Groups.RemoveAsync(batak.Id, CancellationToken.None)).Value().Id.ShouldBe(batak.Id);

        (await Groups.RemoveAsync(batak.Id, CancellationToken.None)).ShouldBeRefused(Refusal.UnknownGroup);
        (await Groups.FindAsync(Address("batak"), CancellationToken.None)).ShouldBeNull();
        (await Groups.CreateAsync(_messi, Batak, isOpen: true, CancellationToken.None)).Value().Group.Id.ShouldNotBe(batak.Id);
    }

    [Fact]
    public async Task Entering_joins_once_and_a_member_goes_on_where_the_group_is()
    {
        var batak = await CreateAsync("batak");

        var first = (await EnterAsync(_lineker, "batak")).Value();
        (first.IsNew, first.After).ShouldBe((true, 1));
        await SayAsync(batak, "messi", "halo");
        var again = (await EnterAsync(_lineker, "#batak@satu")).Value();

        (again.IsNew, again.After, again.Who).ShouldBe((false, 3, Who("lineker")));
        (await HeadAsync(batak)).ShouldBe(3);
    }

    [Fact]
    public async Task Two_connections_of_one_user_at_once_are_one_join()
    {
        var batak = await CreateAsync("batak");

        var visits = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () => (await EnterAsync(_lineker, "batak")).Value()))).BeforeDeadline();

        visits.Count(visit => visit.IsNew).ShouldBe(1);
        visits.ShouldAllBe(visit => visit.Group.Members.ContainsKey(Who("lineker")));
        (await HeadAsync(batak)).ShouldBe(2);
    }

    [Fact]
    public async Task Who_may_not_come_in_is_told_why()
    {
        var batak = await CreateAsync("batak");
        await ActAsync(batak, "messi", GroupVerb.Close);
        (await EnterAsync(_lineker, "batak")).ShouldBeRefused(Refusal.InviteOnly);
        await ActAsync(batak, "messi", GroupVerb.Invite, "lineker");
        (await EnterAsync(_lineker, "batak")).Value();
        await ActAsync(batak, "messi", GroupVerb.Ban, "lineker");
        (await EnterAsync(_lineker, "batak")).ShouldBeRefused(Refusal.Banned);
        await ActAsync(batak, "messi", GroupVerb.Unban, "lineker");
        (await EnterAsync(_lineker, "batak")).ShouldBeRefused(Refusal.InviteOnly);
        (await EnterAsync(_lineker, "nowhere")).ShouldBeRefused(Refusal.UnknownGroup);
        (await EnterAsync(_lineker, "nowhere@satu")).ShouldBeRefused(Refusal.UnknownGroup);
        (await EnterAsync(_lineker, "batak@tiga")).ShouldBeRefused(Refusal.UnknownGroup);
    }

    [Fact]
    public async Task A_group_has_as_many_members_as_it_may()
    {
        await CreateAsync("batak");
        (await EnterAsync(_lineker, "batak")).Value();
        (await Groups.EnterAsync(Who("james@dua"), Batak, CancellationToken.None)).Value().Who.ShouldBe(Who("james@dua"));
        (await EnterAsync(await _realm.AddAsync("taeno"), "batak")).ShouldBeRefused(Refusal.TooMany);
        (await EnterAsync(_lineker, "batak")).Value().IsNew.ShouldBeFalse();
    }

    [Fact]
    public async Task A_group_elsewhere_is_entered_when_the_copy_of_it_has_come_as_far_as_the_join()
    {
        var id = new GroupId(Guid.NewGuid());
        _peers.FindGroup = _ => (_dua, id);
        _peers.JoinGroup = (_, _) => 5L;

        var entering = EnterAsync(_lineker, "batak").AsTask();
        await Groups.KeepReplicaAsync(Replica(id, position: 4, "james@dua"), historyAfter: 4);
        entering.IsCompleted.ShouldBeFalse();
        await Groups.AppendEntriesAsync(id, [Entry(default, 5, EntryKind.Joined, "lineker")]);

        var visit = (await entering.BeforeDeadline()).Value();
        (visit.IsNew, visit.After, visit.Group.Home).ShouldBe((true, 4, _dua.Realm));

        // And then the home may be away.
        _peers.JoinGroup = (_, _) => Refusal.PeerUnreachable;
        (await EnterAsync(_lineker, "batak")).Value().IsNew.ShouldBeFalse();
        (await EnterAsync(_messi, "batak")).ShouldBeRefused(Refusal.PeerUnreachable);
    }

    [Fact]
    public async Task Nobody_waits_longer_for_a_group_elsewhere_than_a_peer_has_patience_for()
    {
        _peers.FindGroup = _ => (_dua, new GroupId(Guid.NewGuid()));
        _peers.JoinGroup = (_, _) => 5L;

        var entering = EnterAsync(_lineker, "batak").AsTask();
        await _realm.Clock.WaitForTimersAsync();
        _realm.Clock.Advance(_realm.Options.PeerPatience - TimeSpan.FromMilliseconds(1));
        entering.IsCompleted.ShouldBeFalse();
        _realm.Clock.Advance(TimeSpan.FromMilliseconds(1));

        (await entering.BeforeDeadline()).ShouldBeRefused(Refusal.PeerUnreachable);
    }

    [Fact]
    public async Task What_is_said_in_a_group_elsewhere_waits_for_its_home_and_what_the_copy_can_tell_is_told_at_once()
    {
        var replica = await KeepReplicaAsync("batak", "lineker", "james@dua");

        (await Groups.ActAsync(Actor("lineker"), replica.Id, GroupVerb.Say, null, MessageText.From("halo"), CancellationToken.None)).Value().Entry.ShouldBeNull();
        (await Groups.ActAsync(Actor("lineker"), replica.Id, GroupVerb.Close, null, default, CancellationToken.None)).ShouldBeRefused(Refusal.NotAllowed);
        (await Groups.ActAsync(Actor("messi"), replica.Id, GroupVerb.Say, null, MessageText.From("halo"), CancellationToken.None)).ShouldBeRefused(Refusal.NotAMember);
        (await Groups.ActAsync(Actor("operator", isOperator: true), replica.Id, GroupVerb.Close, null, default, CancellationToken.None)).ShouldBeRefused(Refusal.HomeElsewhere);

        var dispatch = (await _peers.WaitingForAsync(_realm, _dua)).ShouldHaveSingleItem().ShouldBeOfType<GroupDispatch>();
        (dispatch.Group, dispatch.Verb, dispatch.From.Value, dispatch.Text.Decode()).ShouldBe((replica.Id, GroupVerb.Say, "lineker", "halo"));
        (await _realm.Store.ListPendingAsync(replica.Id, CancellationToken.None)).ShouldHaveSingleItem().Entry.Id.ShouldBe(dispatch.Id);

        // The home's entry comes back.
        await Groups.AppendEntriesAsync(replica.Id, [WithId(dispatch.Id, Entry(default, 11, EntryKind.Said, "lineker", text: "halo"))]);
        (await _realm.Store.ListPendingAsync(replica.Id, CancellationToken.None)).ShouldBeEmpty();
        (await HeadAsync(replica)).ShouldBe(11);
    }

    [Fact]
    public async Task What_cannot_even_wait_is_refused()
    {
        var replica = await KeepReplicaAsync("batak", "lineker", "james@dua");
        var lost = await KeepReplicaAsync("sunda", "lineker", "x@empat", home: "empat");

        _peers.Full = _dua.Id;
        (await Groups.ActAsync(Actor("lineker"), replica.Id, GroupVerb.Say, null, MessageText.From("halo"), CancellationToken.None)).ShouldBeRefused(Refusal.PeerQueueFull);
        (await Groups.ActAsync(Actor("lineker"), lost.Id, GroupVerb.Say, null, MessageText.From("halo"), CancellationToken.None)).ShouldBeRefused(Refusal.PeerUnreachable);
        (await _realm.Store.ListPendingAsync(replica.Id, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_group_moves_to_a_realm_that_has_members_in_it_and_agrees()
    {
        var batak = await CreateAsync("batak");
        (await MoveAsync(batak, "messi", "dua")).ShouldBeRefused(Refusal.UnknownPeer);
        (await Groups.EnterAsync(Who("james@dua"), Batak, CancellationToken.None)).Value();
        (await MoveAsync(batak, "messi", "no realm")).ShouldBeRefused(Refusal.InvalidName);
        (await MoveAsync(batak, "lineker", "dua")).ShouldBeRefused(Refusal.NotAMember);
        (await MoveAsync(batak, "messi", "dua")).ShouldBeRefused(Refusal.PeerUnreachable);
        _peers.Offered = Refusal.UnknownGroup;
        (await MoveAsync(batak, "messi", "dua")).ShouldBeRefused(Refusal.UnknownGroup);
        (await HeadAsync(batak)).ShouldBe(2);

        _peers.Offered = true;
        (await MoveAsync(batak, "messi", "dua")).Value().Entry.ShouldNotBeNull().Kind.ShouldBe(EntryKind.Moved);

        (await Groups.FindAsync(batak.Id, CancellationToken.None)).ShouldNotBeNull().Home.ShouldBe(_dua.Realm);
        (await MoveAsync(batak, "messi", "dua")).ShouldBeRefused(Refusal.HomeElsewhere);
    }

    [Fact]
    public async Task A_removed_account_is_in_no_group_and_neither_is_a_later_one_of_its_name()
    {
        var batak = await CreateAsync("batak");
        (await EnterAsync(_lineker, "batak")).Value();
        var replica = await KeepReplicaAsync("sunda", "lineker", "james@dua");
        var lost = await KeepReplicaAsync("jawa", "lineker", "x@empat", home: "empat");

        (await _realm.Realm.Accounts.RemoveAsync("lineker", CancellationToken.None)).Value();
        var later = await _realm.AddAsync("lineker");

        foreach (var group in new[] { batak, replica, lost })
            (await Groups.FindAsync(group.Id, CancellationToken.None)).ShouldNotBeNull().Members.Keys.ShouldNotContain(Who("lineker"), group.Name.ToString());
        var left = (await _peers.WaitingForAsync(_realm, _dua)).ShouldHaveSingleItem().ShouldBeOfType<GroupDispatch>();
        (left.Group, left.Verb, left.From).ShouldBe((replica.Id, GroupVerb.Leave, later.Username));
        (await Groups.ActAsync(Actor("lineker"), batak.Id, GroupVerb.Say, null, MessageText.From("halo"), CancellationToken.None)).ShouldBeRefused(Refusal.NotAMember);
    }

    [Fact]
    public async Task An_account_that_cannot_leave_a_group_now_is_not_removed()
    {
        var batak = await CreateAsync("batak");
        await Groups.AwaitAsync(batak.Id, _dua.Realm, isAwaited: true);
        (await _realm.Realm.Accounts.RemoveAsync("messi", CancellationToken.None)).ShouldBeRefused(Refusal.Recovering);
        (await _realm.Realm.Accounts.FindAsync(_messi.Username, CancellationToken.None)).ShouldNotBeNull();

        (await Groups.RecoverAsync(batak.Id)).Value().Awaited.ShouldBeEmpty();
        (await _realm.Realm.Accounts.RemoveAsync("messi", CancellationToken.None)).Value();

        await KeepReplicaAsync("sunda", "lineker", "james@dua");
        _peers.Full = _dua.Id;
        (await _realm.Realm.Accounts.RemoveAsync("lineker", CancellationToken.None)).ShouldBeRefused(Refusal.PeerQueueFull);
    }

    [Fact]
    public async Task A_copy_is_removed_only_when_its_home_is_no_peer_any_more()
    {
        (await Groups.RemoveAsync((await KeepReplicaAsync("sunda", "lineker", "james@dua")).Id, CancellationToken.None)).ShouldBeRefused(Refusal.HomeElsewhere);
        (await Groups.RemoveAsync((await KeepReplicaAsync("jawa", "lineker", "x@empat", home: "empat")).Id, CancellationToken.None)).Value();
        (await Groups.RecoverAsync(new GroupId(Guid.NewGuid()))).ShouldBeRefused(Refusal.UnknownGroup);
    }

    [Fact]
    public async Task Entries_are_heard_as_they_are_committed_from_wherever_a_listener_begins()
    {
        var batak = await CreateAsync("batak");
        var sunda = await CreateAsync("sunda");
        for (var i = 2; i <= 5; i++) await SayAsync(batak, "messi", $"{i}");
        var early = new Listener(50);
        var late = new Listener(50);
        using var first = await Groups.ListenAsync(batak, 0, early, CancellationToken.None);

        var saying = Task.WhenAll(Enumerable.Range(6, 45).Select(i => Task.Run(() => SayAsync(batak, "messi", $"{i}"))));
        await SayAsync(sunda, "messi", "x");
        using var second = await Groups.ListenAsync(batak, 3, late, CancellationToken.None);
        await saying.BeforeDeadline();

        (await early.Done.BeforeDeadline()).ShouldBe(Enumerable.Range(1, 50).Select(position => (long)position));
        (await late.Done.BeforeDeadline()).ShouldBe(Enumerable.Range(4, 47).Select(position => (long)position));
    }

    private static GroupAddress Address(string text) => GroupAddress.TryParse(text, out var address) ? address : throw new FormatException(text);

    private static Group Replica(GroupId id, long position, params string[] members) => new()
    {
        Id = id,
        Conversation = default,
        Name = Batak,
        Home = FakePeers.Name("dua"),
        Members = members.Select((member, i) => new Member(Who(member), $"Display {member}", GroupRole.Member, IsMuted: false, i + 1)).ToImmutableDictionary(member => member.Address),
        StatePosition = position,
    };

    private static Message WithId(Guid id, Message entry) => new()
    {
        Id = id,
        Conversation = entry.Conversation,
        Position = entry.Position,
        Arrival = entry.Arrival,
        From = entry.From,
        FromName = entry.FromName,
        Text = entry.Text,
        Sent = entry.Sent,
        Kind = entry.Kind,
        Subject = entry.Subject,
    };

    private async Task<Group> KeepReplicaAsync(string name, string member, string other, string home = "dua") =>
        await Groups.KeepReplicaAsync(Replica(new GroupId(Guid.NewGuid()), 10, member, other) with { Name = GroupName.Parse(name), Home = FakePeers.Name(home) }, historyAfter: 10);

    private async Task<Group> CreateAsync(string name) => (await Groups.CreateAsync(_messi, GroupName.Parse(name), isOpen: true, CancellationToken.None)).Value().Group;

    private ValueTask<Result<Visit>> EnterAsync(Account who, string group) => Groups.EnterAsync(who, Address(group), CancellationToken.None);

    private async Task SayAsync(Group group, string from, string text) =>
        (await Groups.ActAsync(Actor(from), group.Id, GroupVerb.Say, null, MessageText.From(text), CancellationToken.None)).Value();

    private async Task ActAsync(Group group, string from, GroupVerb verb, string? subject = null) =>
        (await Groups.ActAsync(Actor(from), group.Id, verb, subject is null ? null : Who(subject), default, CancellationToken.None)).Value();

    private ValueTask<Result<Posted>> MoveAsync(Group group, string from, string realm) =>
        Groups.ActAsync(Actor(from), group.Id, GroupVerb.Move, null, MessageText.From(realm), CancellationToken.None);

    private async Task<long> HeadAsync(Group group) => await _realm.Store.FindHeadAsync(group.Conversation, CancellationToken.None);

    private sealed class Listener(long last) : IEntryListener
    {
        private readonly List<long> _heard = [];
        private readonly TaskCompletionSource<IReadOnlyList<long>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<IReadOnlyList<long>> Done => _done.Task;

        public void Hear(Message entry)
        {
            _heard.Add(entry.Position);
            if (entry.Position == last) _done.SetResult(_heard);
        }
    }
}
