using Kabar.Core;
using static Kabar.Tests.Core.GroupFold;

namespace Kabar.Tests.Core;

/// <summary>The table of who may do what, through the store: what is allowed is one entry, and what is refused is none.</summary>
public sealed class GroupAuthorityTests : IAsyncLifetime
{
    private static readonly Guid Epoch = Guid.NewGuid();

    private readonly FakePeers _peers = new() { Offered = true };
    private readonly RealmFixture _realm;
    private Peer _dua = null!; // made before each test
    private long _sequence;
    private int _groups;

    public GroupAuthorityTests() => _realm = new RealmFixture(peers: _peers);

    // Reading makes no entry; nobody asks the store for it.
    public static TheoryData<string> Rows => [.. GroupTable.Rows.Where(row => row != "read")];

    public async ValueTask InitializeAsync() => _dua = await _peers.AddAsync(_realm, "dua");

    public ValueTask DisposeAsync() => _realm.DisposeAsync();

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task The_table_holds_for_accounts_here(string asked)
    {
        foreach (var entry in GroupTable.Read(asked).Where(entry => entry.Actor.Address.Realm is null))
        {
            var before = await MakeAsync(entry);

            var done = await _realm.Realm.Groups.ActAsync(entry.Actor, before.Id, entry.Verb, entry.Subject, MessageText.From(entry.Text), CancellationToken.None, entry.Target);

            done.TryGet(out var posted, out var refusal).ShouldBe(entry.Refusal is null, entry.Name);
            if (entry.Refusal is { } expected) refusal.ShouldBe(expected, entry.Name);
            await ShouldHaveComeOfItAsync(entry, before, entry.Refusal is null ? posted.Entry?.Id : null);
        }

        (await _peers.WaitingForAsync(_realm, _dua)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task The_table_holds_for_users_of_a_peer(string asked)
    {
        var cases = new List<(GroupCase Case, Group Before, GroupDispatch Dispatch)>();
        foreach (var entry in GroupTable.Read(asked).Where(entry => entry.Actor.Address.Realm is not null))
        {
            var before = await MakeAsync(entry);
            cases.Add((entry, before, Dispatch(before.Id, entry.Verb, entry.Actor.Address.Username, entry.Subject, entry.Text, entry.Target)));
        }

        await ReceiveAsync([.. cases.Select(entry => entry.Dispatch)]);

        foreach (var (entry, before, dispatch) in cases) await ShouldHaveComeOfItAsync(entry, before, dispatch.Id);
        (await _peers.WaitingForAsync(_realm, _dua)).Cast<FailureDispatch>().Select(failure => (failure.Failed, failure.Reason, failure.To, failure.Group)).ShouldBe(
            cases.Where(entry => entry.Case.Refusal is not null)
                .Select(entry => (entry.Dispatch.Id, entry.Case.Refusal!.Value, entry.Dispatch.From, (GroupId?)entry.Before.Id))); // not null, as asked for
    }

    [Fact]
    public async Task Reading_makes_no_entry_whoever_asks()
    {
        var group = await MakeAsync(new GroupFold().Join("pendiri", "messi@dua"));

        await ReceiveAsync(Dispatch(group.Id, GroupVerb.Read, Username.Parse("messi"), null, ""));
        (await _realm.Realm.Groups.ActAsync(Actor("pendiri"), group.Id, GroupVerb.Read, null, default, CancellationToken.None)).ShouldBeRefused(Refusal.NotAllowed);

        (await HeadAsync(group)).ShouldBe(2);
        (await _peers.WaitingForAsync(_realm, _dua)).ShouldHaveSingleItem().ShouldBeOfType<FailureDispatch>().Reason.ShouldBe(Refusal.NotAllowed);
    }

    // An entry's subject is whom it puts out: a "leave" about somebody else must not.
    [Fact]
    public async Task An_entry_says_nothing_that_its_verb_does_not()
    {
        var group = await MakeAsync(new GroupFold().Join("pendiri", "messi@dua"));

        await ReceiveAsync(Dispatch(group.Id, GroupVerb.Say, Username.Parse("messi"), Who("pendiri"), "halo"), Dispatch(group.Id, GroupVerb.Leave, Username.Parse("messi"), Who("pendiri"), "a text"));

        (await _realm.Realm.Groups.FindAsync(group.Id, CancellationToken.None)).ShouldNotBeNull().Members.Keys.ShouldBe([Who("pendiri")]);
        var entries = await _realm.Store.ReadConversationAsync(group.Conversation, 2, 10, 10_000, CancellationToken.None);
        entries.Select(entry => (entry.Kind, entry.From, entry.Subject, entry.Text.Decode()))
            .ShouldBe([(EntryKind.Said, Who("messi@dua"), null, "halo"), (EntryKind.Left, Who("messi@dua"), null, "")]);
    }

    [Fact]
    public async Task Nobody_is_the_operator_of_another_realm_whatever_he_is_called()
    {
        var group = await MakeAsync(new GroupFold().Join("pendiri", "messi@dua"));
        await ReceiveAsync(Dispatch(group.Id, GroupVerb.Close, Username.Parse("operator"), null, ""));
        (await _peers.WaitingForAsync(_realm, _dua)).ShouldHaveSingleItem().ShouldBeOfType<FailureDispatch>().Reason.ShouldBe(Refusal.NotAMember);
    }

    private static GroupDispatch Dispatch(GroupId group, GroupVerb verb, Username from, Address? subject, string text, long? target = null) =>
        new(Guid.CreateVersion7(), group, verb, from, "Display", subject is { Realm: null } own ? own with { Realm = FakePeers.Name("satu") } : subject, MessageText.From(text), DateTimeOffset.UnixEpoch, target);

    private Task<Group> MakeAsync(GroupCase entry) => MakeAsync(entry.Before);

    private async Task<Group> MakeAsync(GroupFold fold)
    {
        var id = new GroupId(Guid.CreateVersion7());
        var first = fold.Entries[0];
        (await _realm.Store.AddGroupAsync(
            id, GroupName.Parse($"grup{_groups++}"), isOpen: true, new NewEntry(first.Id, first.Kind, first.From, first.FromName, null, default, first.Sent), mostPerMaker: 0)).Value();
        await _realm.Realm.Groups.AppendEntriesAsync(id, [.. fold.Entries.Skip(1)]);
        return (await _realm.Realm.Groups.FindAsync(id, CancellationToken.None)).ShouldNotBeNull();
    }

    private async Task ReceiveAsync(params GroupDispatch[] dispatches)
    {
        var numbered = dispatches.Select(dispatch => (++_sequence, (Dispatch)dispatch)).ToArray();
        (await _realm.Realm.Exchange.ReceiveAsync(_dua, Epoch, numbered, CancellationToken.None)).ShouldBe(_sequence);
    }

    private async Task ShouldHaveComeOfItAsync(GroupCase entry, Group before, Guid? id)
    {
        var after = (await _realm.Realm.Groups.FindAsync(before.Id, CancellationToken.None)).ShouldNotBeNull();
        var entries = await _realm.Store.ReadConversationAsync(before.Conversation, before.StatePosition, 10, 10_000, CancellationToken.None);
        if (entry.Refusal is not null)
        {
            entries.ShouldBeEmpty(entry.Name);
            after.StatePosition.ShouldBe(before.StatePosition, entry.Name);
            return;
        }

        var made = entries.ShouldHaveSingleItem(entry.Name);
        (made.Id, made.Position, made.From, made.Subject, made.Text.Decode(), made.Target).ShouldBe(
            (id ?? default, before.StatePosition + 1, entry.Actor.Address, entry.Subject, entry.Text, entry.Target), entry.Name);
        after.StatePosition.ShouldBe(made.Position, entry.Name);
        (after.Home?.Value).ShouldBe(entry.Verb == GroupVerb.Move ? "dua" : null, entry.Name);
    }

    private async Task<long> HeadAsync(Group group) => await _realm.Store.FindHeadAsync(group.Conversation, CancellationToken.None);
}
