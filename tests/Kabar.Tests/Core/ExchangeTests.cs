using System.Collections.Immutable;
using Kabar.Core;
using static Kabar.Tests.Core.GroupFold;

namespace Kabar.Tests.Core;

public sealed class ExchangeTests : IAsyncLifetime
{
    private readonly FakePeers _peers = new();
    private readonly RealmFixture _realm;
    private Peer _dua = null!; // made before each test
    private Peer _tiga = null!;
    private Guid _epoch = Guid.NewGuid();
    private long _sequence;

    public ExchangeTests() => _realm = new RealmFixture(new RealmOptions { TextBytes = 10 }, _peers);

    private Groups Groups => _realm.Realm.Groups;

    private Exchange Exchange => _realm.Realm.Exchange;

    public async ValueTask InitializeAsync()
    {
        await _realm.AddAsync("messi");
        await _realm.AddAsync("off");
        await _realm.Realm.Accounts.SetDisabledAsync("off", disabled: true, CancellationToken.None);
        _dua = await _peers.AddAsync(_realm, "dua");
        _tiga = await _peers.AddAsync(_realm, "tiga");
    }

    public ValueTask DisposeAsync() => _realm.DisposeAsync();

    [Fact]
    public async Task A_direct_message_is_in_its_readers_inbox_as_its_senders_realm_sent_it()
    {
        var direct = Direct("messi", "halo");
        await ReceiveAsync(direct);

        var message = (await InboxAsync("messi")).ShouldHaveSingleItem();
        (message.Id, message.From, message.FromName, message.Text.Decode(), message.Sent).ShouldBe((direct.Id, Who("james@dua"), "James Maranata", "halo", direct.Sent));
        (await WaitingAsync(_dua)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("nobody", "halo", Refusal.UnknownRecipient)]
    [InlineData("off", "halo", Refusal.UnknownRecipient)]
    [InlineData("off", "far too long", Refusal.UnknownRecipient)]
    [InlineData("messi", "01234567890", Refusal.TextTooLong)]
    [InlineData("messi", "", Refusal.EmptyText)]
    public async Task A_direct_message_that_cannot_be_delivered_is_answered_and_those_around_it_are_delivered(string to, string text, Refusal reason)
    {
        var failing = Direct(to, text);
        await ReceiveAsync(Direct("messi", "0123456789"), failing, Direct("messi", "dua"));

        (await InboxAsync("messi")).Select(message => message.Text.Decode()).ShouldBe(["0123456789", "dua"]);
        var failure = (await WaitingAsync(_dua)).ShouldHaveSingleItem().ShouldBeOfType<FailureDispatch>();
        (failure.Failed, failure.Reason, failure.To.Value, failure.Addressee?.Value, failure.Group).ShouldBe((failing.Id, reason, "james", to, null));
    }

    [Fact]
    public async Task What_came_before_is_skipped_also_under_another_number_of_another_epoch()
    {
        var (direct, refused) = (Direct("messi", "halo"), Direct("nobody", "halo"));
        await ReceiveAsync(direct, refused);
        (await Exchange.ReceiveAsync(_dua, _epoch, [(1, direct), (2, refused)], CancellationToken.None)).ShouldBe(2);
        (_epoch, _sequence) = (Guid.NewGuid(), 0);
        await ReceiveAsync(refused, direct, Direct("messi", "lagi"));

        (await InboxAsync("messi")).Select(message => message.Text.Decode()).ShouldBe(["halo", "lagi"]);
        (await WaitingAsync(_dua)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_peer_that_is_gone_is_acknowledged_nothing()
    {
        await _realm.Store.RemovePeerAsync(_dua.Id, []);
        (await Exchange.ReceiveAsync(_dua, _epoch, [(1, Direct("messi", "halo"))], CancellationToken.None)).ShouldBeNull();
        (await InboxAsync("messi")).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_peer_could_not_deliver_comes_back_to_its_sender_with_the_reason_and_a_quote()
    {
        var sent = await SendAsync("james@dua", "halo james");

        await ReceiveAsync(new FailureDispatch(Guid.CreateVersion7(), sent.Id, Refusal.UnknownRecipient, Username.Parse("messi"), Username.Parse("james"), null));

        var notice = (await InboxAsync("messi")).ShouldHaveSingleItem();
        (notice.Kind, notice.From).ShouldBe((EntryKind.DeliveryFailed, Who("messi")));
        DeliveryFailure.Read(notice.Text).ShouldBe(new DeliveryFailure(sent.Id, Refusal.UnknownRecipient, "james@dua", "halo james"));
    }

    [Fact]
    public async Task A_failure_of_what_was_never_sent_to_that_peer_does_nothing()
    {
        var sent = await SendAsync("james@dua", "halo");
        var (messi, james, taeno) = (Username.Parse("messi"), Username.Parse("james"), Username.Parse("taeno"));

        await ReceiveAsync(
            new FailureDispatch(Guid.CreateVersion7(), Guid.CreateVersion7(), Refusal.UnknownRecipient, messi, james, null),
            new FailureDispatch(Guid.CreateVersion7(), sent.Id, Refusal.UnknownRecipient, messi, taeno, null),
            new FailureDispatch(Guid.CreateVersion7(), sent.Id, Refusal.UnknownRecipient, Username.Parse("off"), james, null),
            new FailureDispatch(Guid.CreateVersion7(), sent.Id, Refusal.UnknownRecipient, Username.Parse("nobody"), james, null),
            new FailureDispatch(Guid.CreateVersion7(), Guid.CreateVersion7(), Refusal.Muted, messi, null, new GroupId(Guid.NewGuid())));
        (await Exchange.ReceiveAsync(_tiga, Guid.NewGuid(), [(1, new FailureDispatch(Guid.CreateVersion7(), sent.Id, Refusal.UnknownRecipient, messi, james, null))], CancellationToken.None)).ShouldBe(1);

        (await InboxAsync("messi")).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_said_to_a_home_that_has_moved_goes_to_the_next_one_under_the_same_id()
    {
        var replica = await KeepReplicaAsync("messi", "james@dua", "taeno@tiga");
        var said = await SayAsync(replica, "halo");
        await Groups.AppendEntriesAsync(replica.Id, [Entry(default, 11, EntryKind.Moved, "james@dua", text: "tiga")]);

        await ReceiveAsync(new FailureDispatch(Guid.CreateVersion7(), said.Id, Refusal.HomeElsewhere, Username.Parse("messi"), null, replica.Id));

        (await WaitingAsync(_tiga)).ShouldBe([said]);
        (await InboxAsync("messi")).ShouldBeEmpty();
        (await _realm.Store.ListPendingAsync(replica.Id, CancellationToken.None)).Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_home_that_does_not_know_yet_that_it_is_one_carries_out_what_it_is_asked_again()
    {
        var replica = await KeepReplicaAsync("messi", "james@dua", "taeno@tiga", home: "tiga");
        var act = new GroupDispatch(Guid.CreateVersion7(), replica.Id, GroupVerb.Say, Username.Parse("james"), "James", null, MessageText.From("halo"), _realm.Clock.GetUtcNow());
        await ReceiveAsync(act);
        (await WaitingAsync(_dua)).ShouldHaveSingleItem().ShouldBeOfType<FailureDispatch>().Reason.ShouldBe(Refusal.HomeElsewhere);

        await Groups.AppendEntriesAsync(replica.Id, [Entry(default, 11, EntryKind.Moved, "taeno@tiga", text: "satu")]);
        await ReceiveAsync(act);
        await ReceiveAsync(act);

        (await _realm.Store.ReadConversationAsync(replica.Conversation, 11, 10, 10_000, CancellationToken.None)).ShouldHaveSingleItem().Id.ShouldBe(act.Id);
    }

    [Fact]
    public async Task What_the_home_of_a_group_refuses_comes_back_and_waits_no_more()
    {
        var replica = await KeepReplicaAsync("messi", "james@dua", "taeno@tiga");
        var said = await SayAsync(replica, "halo");

        await ReceiveAsync(new FailureDispatch(Guid.CreateVersion7(), said.Id, Refusal.Muted, Username.Parse("messi"), null, replica.Id));

        DeliveryFailure.Read((await InboxAsync("messi")).ShouldHaveSingleItem().Text).ShouldBe(new DeliveryFailure(said.Id, Refusal.Muted, "#batak@dua", "halo"));
        (await _realm.Store.ListPendingAsync(replica.Id, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Senders_of_what_expired_are_told_and_nobody_else()
    {
        var replica = await KeepReplicaAsync("messi", "james@dua", "taeno@tiga");
        var direct = new DirectDispatch(Guid.CreateVersion7(), Username.Parse("messi"), "Lionel Messi", Username.Parse("james"), MessageText.From(new string('é', 150)), default);
        var act = new GroupDispatch(Guid.CreateVersion7(), replica.Id, GroupVerb.Say, Username.Parse("messi"), "Lionel Messi", null, MessageText.From("halo"), default);
        Dispatch[] undelivered =
        [
            direct,
            act,
            act with { Id = Guid.CreateVersion7(), Group = new GroupId(Guid.NewGuid()) },
            direct with { Id = Guid.CreateVersion7(), From = Username.Parse("removed") },
            new FailureDispatch(Guid.CreateVersion7(), Guid.CreateVersion7(), Refusal.Muted, Username.Parse("james"), null, replica.Id),
        ];

        var notices = await Exchange.NoticesAsync(_dua, undelivered, Refusal.Expired, CancellationToken.None);

        notices.Select(notice => (notice.To.Username.Value, notice.Failure.Message, notice.Failure.Reason, notice.Failure.To, notice.Failure.Quote)).ShouldBe(
        [
            ("messi", direct.Id, Refusal.Expired, "james@dua", new string('é', 100) + "…"),
            ("messi", act.Id, Refusal.Expired, "#batak@dua", "halo"),
            ("messi", undelivered[2].Id, Refusal.Expired, "dua", "halo"),
        ]);
    }

    [Fact]
    public async Task Texts_in_groups_end_at_the_same_limit_for_users_of_peers()
    {
        var owner = (await _realm.Realm.Accounts.FindAsync(Username.Parse("messi"), CancellationToken.None)).ShouldNotBeNull();
        var group = (await Groups.CreateAsync(owner, GroupName.Parse("batak"), isOpen: true, CancellationToken.None)).Value().Group;
        (await Groups.AdmitAsync(Actor("james@dua"), group.Id, Guid.CreateVersion7(), CancellationToken.None)).Value().ShouldBe(2);
        (await Groups.AdmitAsync(Actor("james@dua"), group.Id, Guid.CreateVersion7(), CancellationToken.None)).Value().ShouldBe(2);

        GroupDispatch Say(string text) =>
            new(Guid.CreateVersion7(), group.Id, GroupVerb.Say, Username.Parse("james"), "James", null, MessageText.From(text), _realm.Clock.GetUtcNow());
        await ReceiveAsync(Say("0123456789"), Say("01234567890"), Say(""));

        (await WaitingAsync(_dua)).Cast<FailureDispatch>().Select(failure => failure.Reason).ShouldBe([Refusal.TextTooLong, Refusal.EmptyText]);
        (await _realm.Store.FindHeadAsync(group.Conversation, CancellationToken.None)).ShouldBe(3);
    }

    private static DirectDispatch Direct(string to, string text) =>
        new(Guid.CreateVersion7(), Username.Parse("james"), "James Maranata", Username.Parse(to), MessageText.From(text), DateTimeOffset.UnixEpoch.AddDays(1));

    private Task<IReadOnlyList<Dispatch>> WaitingAsync(Peer peer) => _peers.WaitingForAsync(_realm, peer);

    private async Task ReceiveAsync(params Dispatch[] dispatches)
    {
        var numbered = dispatches.Select(dispatch => (++_sequence, dispatch)).ToArray();
        (await Exchange.ReceiveAsync(_dua, _epoch, numbered, CancellationToken.None)).ShouldBe(_sequence);
    }

    private async Task<ImmutableArray<Message>> InboxAsync(string username)
    {
        var account = (await _realm.Realm.Accounts.FindAsync(Username.Parse(username), CancellationToken.None)).ShouldNotBeNull();
        return (await _realm.Store.ReadInboxAsync(account.Id, _ => true, CancellationToken.None)).Messages;
    }

    private async Task<Message> SendAsync(string to, string text)
    {
        var account = (await _realm.Realm.Accounts.FindAsync(Username.Parse("messi"), CancellationToken.None)).ShouldNotBeNull();
        return (await _realm.SendAsync(await _realm.EnterAsync(account), to, text)).Value();
    }

    private async Task<Dispatch> SayAsync(Group group, string text)
    {
        (await Groups.ActAsync(Actor("messi"), group.Id, GroupVerb.Say, null, MessageText.From(text), CancellationToken.None)).Value();
        return (await WaitingAsync(_dua))[^1];
    }

    private async Task<Group> KeepReplicaAsync(string one, string two, string three, string home = "dua") => await Groups.KeepReplicaAsync(
        new Group
        {
            Id = new GroupId(Guid.NewGuid()),
            Conversation = default,
            Name = GroupName.Parse("batak"),
            Home = FakePeers.Name(home),
            Members = new[] { one, two, three }.Select((member, i) => new Member(Who(member), member, GroupRole.Member, IsMuted: false, i + 1)).ToImmutableDictionary(member => member.Address),
            StatePosition = 10,
        },
        historyAfter: 10);
}
