using Kabar.Core;
using static Kabar.Tests.Core.GroupFold;
using static Kabar.Tests.Core.RealmFixture;

namespace Kabar.Tests.Core;

/// <summary>Conversations with users of other realms, and in groups whose home is elsewhere.</summary>
public sealed class ConversationsElsewhereTests : IAsyncLifetime
{
    private readonly FakePeers _peers = new();
    private readonly RealmFixture _realm;
    private Account _messi = null!; // made before each test
    private Peer _dua = null!;
    private readonly Guid _epoch = Guid.NewGuid();
    private long _sequence;

    public ConversationsElsewhereTests() => _realm = new RealmFixture(new RealmOptions { TextBytes = 0 }, _peers);

    private Conversations Conversations => _realm.Realm.Conversations;

    public async ValueTask InitializeAsync()
    {
        _messi = await _realm.AddAsync("messi");
        _dua = await _peers.AddAsync(_realm, "dua");
    }

    public ValueTask DisposeAsync() => _realm.DisposeAsync();

    [Fact]
    public async Task What_is_said_to_another_realm_waits_for_it_and_names_what_it_answers_by_its_id()
    {
        var first = (await _realm.PostAsync(_messi, "james@dua", "halo", key: "k")).Value();
        var again = (await _realm.PostAsync(_messi, "james@dua", "halo", key: "k")).Value();
        var answer = (await _realm.PostAsync(_messi, "james@dua", "apa?", answers: 1)).Value();
        (await _realm.PostAsync(_messi, "james@dua", "apa?", answers: 9)).ShouldBeRefused(Refusal.UnknownMessage);

        (first.IsQueued, again.Id, answer.Entry?.Target).ShouldBe((true, first.Id, 1));
        (await WaitingAsync()).Cast<DirectDispatch>().Select(direct => (direct.Id, direct.Answers)).ShouldBe([(first.Id, null), (answer.Id, first.Id)]);
    }

    [Fact]
    public async Task Changes_of_what_was_said_to_another_realm_go_there_by_its_id()
    {
        var said = (await _realm.PostAsync(_messi, "james@dua", "halo")).Value();
        var edited = (await Conversations.EditAsync(_messi, To("james@dua"), 1, MessageText.From("halo lagi"), CancellationToken.None)).Value();
        var reacted = (await Conversations.ReactAsync(_messi, To("james@dua"), 1, "👍", CancellationToken.None)).Value();
        var deleted = (await Conversations.DeleteAsync(_messi, To("james@dua"), 1, CancellationToken.None)).Value();

        (edited.IsQueued, edited.Entry?.Position).ShouldBe((true, 2));
        (await WaitingAsync()).Skip(1).Cast<RevisionDispatch>().Select(revision => (revision.Id, revision.Kind, revision.From.Value, revision.To.Value, revision.Target, revision.Text.Decode())).ShouldBe(
        [
            (edited.Id, EntryKind.Edited, "messi", "james", said.Id, "halo lagi"),
            (reacted.Id, EntryKind.Reacted, "messi", "james", said.Id, "👍"),
            (deleted.Id, EntryKind.Deleted, "messi", "james", said.Id, ""),
        ]);
        (await HistoryAsync("james@dua")).Entries.ShouldHaveSingleItem().IsDeleted.ShouldBeTrue();
    }

    [Fact]
    public async Task A_change_that_cannot_wait_for_its_realm_is_refused()
    {
        await _realm.PostAsync(_messi, "james@dua", "halo");
        _peers.Full = _dua.Id;
        (await Conversations.EditAsync(_messi, To("james@dua"), 1, MessageText.From("x"), CancellationToken.None)).ShouldBeRefused(Refusal.PeerQueueFull);
        _peers.Full = null;
        (await Conversations.EditAsync(_messi, To("james@dua"), 1, MessageText.From(new string('x', RealmOptions.MostLinkTextBytes + 1)), CancellationToken.None)).ShouldBeRefused(Refusal.TextTooLong);
        (await Conversations.EditAsync(_messi, To("james@tiga"), 1, MessageText.From("x"), CancellationToken.None)).ShouldBeRefused(Refusal.UnknownRecipient);
        (await WaitingAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_was_said_over_a_legacy_link_cannot_be_changed()
    {
        _peers.SendOverLegacy = _ => Who("taeno@lama");
        (await _realm.PostAsync(_messi, "taeno", "halo", answers: 9)).Value().Entry.ShouldNotBeNull().Target.ShouldBeNull();

        foreach (var place in new[] { "taeno", "taeno@lama" })
        {
            (await Conversations.EditAsync(_messi, To(place), 1, MessageText.From("x"), CancellationToken.None)).ShouldBeRefused(Refusal.PeerUnreachable);
            (await Conversations.DeleteAsync(_messi, To(place), 1, CancellationToken.None)).ShouldBeRefused(Refusal.PeerUnreachable);
            (await Conversations.ReactAsync(_messi, To(place), 1, "x", CancellationToken.None)).ShouldBeRefused(Refusal.PeerUnreachable);
        }

        (await HistoryAsync("taeno")).Entries.ShouldHaveSingleItem().Text.Decode().ShouldBe("halo");
    }

    [Fact]
    public async Task A_name_without_a_realm_is_somebody_here_then_one_who_was_spoken_with_then_one_whom_a_peer_has()
    {
        _peers.FindUser = username => username.Value == "james" ? _dua : Refusal.UnknownRecipient;
        (await HistoryAsync("james")).Head.ShouldBe(0);
        await _realm.PostAsync(_messi, "james", "halo");
        _peers.FindUser = _ => Refusal.UnreachableRecipient;
        (await HistoryAsync("james")).Head.ShouldBe(1);
        (await HistoryAsync("james@dua")).Head.ShouldBe(1);
        await _realm.AddAsync("james");
        (await HistoryAsync("james")).Head.ShouldBe(0);
        (await Conversations.ReadHistoryAsync(_messi, To("taeno"), new HistoryRange(null, null, 5), CancellationToken.None)).ShouldBeRefused(Refusal.UnreachableRecipient);
    }

    [Fact]
    public async Task A_peers_user_changes_what_he_said_and_reacts_and_nothing_else_and_nobody_is_told_why_not()
    {
        var (direct, mine) = (Direct("halo"), (await _realm.PostAsync(_messi, "james@dua", "dari messi")).Value());
        await ReceiveAsync(direct);
        await ReceiveAsync(
            Revision(EntryKind.Edited, direct.Id, "halo lagi"),
            Revision(EntryKind.Reacted, mine.Id, "👍"),
            Revision(EntryKind.Edited, mine.Id, "tidak"),
            Revision(EntryKind.Deleted, mine.Id, ""),
            Revision(EntryKind.Edited, Guid.CreateVersion7(), "tidak"),
            Revision(EntryKind.Edited, direct.Id, ""),
            Revision(EntryKind.Said, direct.Id, "tidak"),
            Revision(EntryKind.Edited, direct.Id, "tidak", to: "nobody"),
            Revision(EntryKind.Edited, direct.Id, "tidak", from: "taeno"));

        var page = await HistoryAsync("james@dua");
        page.Entries.Select(entry => entry.Text.Decode()).ShouldBe(["dari messi", "halo lagi"]);
        page.Entries[0].Revision.ShouldNotBeNull().Reactions.ShouldBe([new Reaction(Who("james@dua"), "👍")]);
        page.Head.ShouldBe(4);
        (await WaitingAsync()).Count.ShouldBe(1);

        await ReceiveAsync(Revision(EntryKind.Deleted, direct.Id, "what a deletion has no use for"));
        (await HistoryAsync("james@dua")).Entries[1].IsDeleted.ShouldBeTrue();
    }

    [Fact]
    public async Task An_answer_from_another_realm_has_the_position_that_it_answers_here()
    {
        var said = (await _realm.PostAsync(_messi, "james@dua", "halo")).Value();
        await ReceiveAsync(Direct("apa?") with { Answers = said.Id }, Direct("siapa?") with { Answers = Guid.CreateVersion7() });

        (await HistoryAsync("james@dua")).Entries.Select(entry => entry.Target).ShouldBe([null, 1, null]);
    }

    [Fact]
    public async Task What_could_not_be_changed_elsewhere_in_time_is_told_with_a_quote_and_a_receipt_is_not_missed()
    {
        var (from, to) = (Username.Parse("messi"), Username.Parse("james"));
        var edit = new RevisionDispatch(Guid.CreateVersion7(), EntryKind.Edited, from, "Messi", to, Guid.CreateVersion7(), MessageText.From("halo lagi"), default);
        var notices = await _realm.Realm.Exchange.NoticesAsync(
            _dua, [edit, new ReceiptDispatch(Guid.CreateVersion7(), from, to, Guid.CreateVersion7(), null)], Refusal.Expired, CancellationToken.None);

        notices.ShouldHaveSingleItem().Failure.ShouldBe(new DeliveryFailure(edit.Id, Refusal.Expired, "james@dua", "halo lagi"));
    }

    [Fact]
    public async Task In_a_group_whose_home_is_elsewhere_it_waits_for_the_home_with_its_target()
    {
        // Who has said it was there before it was said.
        _realm.Clock.Set(DateTimeOffset.UnixEpoch - _realm.Clock.GetUtcNow());
        var taeno = await _realm.AddAsync("taeno");
        var fold = new GroupFold().Join("james@dua", "taeno").Add(EntryKind.Said, "taeno", text: "halo");
        var group = await _realm.Realm.Groups.KeepReplicaAsync(fold.Group with { Home = FakePeers.Name("dua"), StatePosition = 0, Members = fold.Group.Members.Clear() }, 0);
        await _realm.Realm.Groups.AppendEntriesAsync(group.Id, fold.Entries);

        var said = (await _realm.PostAsync(taeno, "#batak@dua", "apa?", key: "k", answers: 3)).Value();
        (await _realm.PostAsync(taeno, "#batak@dua", "apa?", key: "k", answers: 3)).Value().Id.ShouldBe(said.Id);
        (await Conversations.EditAsync(taeno, To("#batak@dua"), 3, MessageText.From("halo lagi"), CancellationToken.None)).Value().Entry.ShouldBeNull();
        (await Conversations.EditAsync(taeno, To("#batak@dua"), 2, MessageText.From("x"), CancellationToken.None)).ShouldBeRefused(Refusal.UnknownMessage);

        (said.Entry, said.IsQueued).ShouldBe((null, true));
        (await WaitingAsync()).Cast<GroupDispatch>().Select(act => (act.Verb, act.Text.Decode(), act.Target)).ShouldBe([(GroupVerb.Say, "apa?", 3L), (GroupVerb.Edit, "halo lagi", 3L)]);
    }

    private static DirectDispatch Direct(string text) =>
        new(Guid.CreateVersion7(), Username.Parse("james"), "James", Username.Parse("messi"), MessageText.From(text), DateTimeOffset.UnixEpoch);

    private static RevisionDispatch Revision(EntryKind kind, Guid target, string text, string from = "james", string to = "messi") =>
        new(Guid.CreateVersion7(), kind, Username.Parse(from), "James", Username.Parse(to), target, MessageText.From(text), DateTimeOffset.UnixEpoch);

    private async Task ReceiveAsync(params Dispatch[] dispatches)
    {
        var numbered = dispatches.Select(dispatch => (++_sequence, dispatch)).ToArray();
        (await _realm.Realm.Exchange.ReceiveAsync(_dua, _epoch, numbered, CancellationToken.None)).ShouldBe(_sequence);
    }

    private Task<IReadOnlyList<Dispatch>> WaitingAsync() => _peers.WaitingForAsync(_realm, _dua);

    private async Task<HistoryPage> HistoryAsync(string place) =>
        (await Conversations.ReadHistoryAsync(_messi, To(place), new HistoryRange(null, null, 100), CancellationToken.None)).Value();
}
