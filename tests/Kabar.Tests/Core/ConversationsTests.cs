using Kabar.Core;
using static Kabar.Tests.Core.RealmFixture;

namespace Kabar.Tests.Core;

public sealed class ConversationsTests : IAsyncLifetime
{
    private readonly RealmFixture _realm = new(new RealmOptions { TextBytes = 100, HistoryEntries = 5, SendsWaiting = 2 });
    private Account _messi = null!; // made before each test
    private Account _lineker = null!;

    private Conversations Conversations => _realm.Realm.Conversations;

    public async ValueTask InitializeAsync()
    {
        _messi = await _realm.AddAsync("messi");
        _lineker = await _realm.AddAsync("lineker");
    }

    public ValueTask DisposeAsync() => _realm.DisposeAsync();

    [Theory]
    [InlineData("lineker")]
    [InlineData("lineker@satu")]
    public async Task What_is_said_to_somebody_here_is_an_entry_at_once_and_in_his_inbox(string to)
    {
        var posted = (await _realm.PostAsync(_messi, to, "halo")).Value();

        var entry = posted.Entry.ShouldNotBeNull();
        (posted.Id, posted.IsQueued, entry.Position, entry.Text.Decode(), entry.To?.ToString()).ShouldBe((entry.Id, false, 1, "halo", "lineker"));
        (await _realm.Store.ReadInboxAsync(_lineker.Id, _ => true, CancellationToken.None)).Messages.ShouldHaveSingleItem().Id.ShouldBe(posted.Id);
    }

    [Fact]
    public async Task What_is_said_to_nobody_or_is_no_text_or_under_no_key_is_refused_and_gives_its_room_back()
    {
        await _realm.Realm.Accounts.SetDisabledAsync((await _realm.AddAsync("off")).Username.Value, disabled: true, CancellationToken.None);
        for (var i = 0; i < 5; i++)
        {
            (await _realm.PostAsync(_messi, "nobody", "halo")).ShouldBeRefused(Refusal.UnknownRecipient);
            (await _realm.PostAsync(_messi, "off", "halo")).ShouldBeRefused(Refusal.UnknownRecipient);
            (await _realm.PostAsync(_messi, "lineker@tiga", "halo")).ShouldBeRefused(Refusal.UnknownRecipient);
            (await _realm.PostAsync(_messi, "#nothing", "halo")).ShouldBeRefused(Refusal.UnknownGroup);
            (await _realm.PostAsync(_messi, "lineker", "")).ShouldBeRefused(Refusal.EmptyText);
            (await _realm.PostAsync(_messi, "lineker", new string('x', 101))).ShouldBeRefused(Refusal.TextTooLong);
            (await _realm.PostAsync(_messi, "lineker", "halo", key: "")).ShouldBeRefused(Refusal.InvalidParameter);
            (await _realm.PostAsync(_messi, "lineker", "halo", key: new string('é', 33))).ShouldBeRefused(Refusal.InvalidParameter);
            (await _realm.PostAsync(_messi, "lineker", "halo", answers: 9)).ShouldBeRefused(Refusal.UnknownMessage);
        }

        (await _realm.PostAsync(_messi, "lineker", "halo", key: new string('é', 32))).Value().Entry.ShouldNotBeNull().Position.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_said_again_under_a_key_is_said_once()
    {
        var first = (await _realm.PostAsync(_messi, "lineker", "halo", key: "k")).Value();
        var again = (await _realm.PostAsync(_messi, "lineker", "halo", key: "k")).Value();
        var other = (await _realm.PostAsync(_lineker, "messi", "halo", key: "k")).Value();

        (again.Id, again.Entry?.Position).ShouldBe((first.Id, first.Entry?.Position));
        other.Entry.ShouldNotBeNull().Position.ShouldBe(2);
    }

    [Fact]
    public async Task In_a_group_it_is_said_by_members_and_once_under_a_key()
    {
        await MakeAsync("batak", _messi);
        (await _realm.PostAsync(_lineker, "#batak", "halo")).ShouldBeRefused(Refusal.NotAMember);
        for (var i = 0; i < 5; i++) (await _realm.PostAsync(_lineker, "#batak", "halo")).ShouldBeRefused(Refusal.NotAMember);

        var first = (await _realm.PostAsync(_messi, "#batak@satu", "halo", key: "k")).Value();
        var again = (await _realm.PostAsync(_messi, "#batak", "halo", key: "k")).Value();
        var answer = (await _realm.PostAsync(_messi, "#batak", "apa?", answers: first.Entry!.Position)).Value(); // it is there

        (first.Entry.Position, again.Id).ShouldBe((2, first.Id));
        (answer.Entry?.Position, answer.Entry?.Target).ShouldBe((3, 2));
    }

    [Fact]
    public async Task What_one_caller_begins_has_its_order_before_anything_is_on_disk()
    {
        await MakeAsync("batak", _messi);
        var postings = new List<Posting>();
        foreach (var to in new[] { "#batak", "#batak" })
            postings.Add((await Conversations.BeginPostAsync(_messi, To(to), new Draft(MessageText.From("halo")), CancellationToken.None)).Value());

        // As much is on its way as may: the next waits for room.
        var next = Conversations.BeginPostAsync(_messi, To("#batak"), new Draft(MessageText.From("halo")), CancellationToken.None).AsTask();
        foreach (var (posting, position) in postings.Zip([2L, 3L])) (await posting.CommitAsync()).Value().Entry.ShouldNotBeNull().Position.ShouldBe(position);
        (await (await next.BeforeDeadline()).Value().CommitAsync()).Value().Entry.ShouldNotBeNull().Position.ShouldBe(4);
    }

    [Fact]
    public async Task An_answer_knows_what_it_answers()
    {
        await _realm.PostAsync(_messi, "lineker", "halo");
        var answer = (await _realm.PostAsync(_lineker, "messi", "apa?", answers: 1)).Value();
        answer.Entry.ShouldNotBeNull().Target.ShouldBe(1);
    }

    [Theory]
    [InlineData("lineker")]
    [InlineData("#batak")]
    public async Task What_was_said_reads_as_it_was_edited_last_until_it_is_deleted(string place)
    {
        await MakeAsync("batak", _messi);
        var said = (await _realm.PostAsync(_messi, place, "halo")).Value().Entry.ShouldNotBeNull();

        var edited = (await Conversations.EditAsync(_messi, To(place), said.Position, MessageText.From("halo lagi"), CancellationToken.None)).Value().Entry.ShouldNotBeNull();
        (edited.Kind, edited.Target, edited.Position, edited.Text.Decode()).ShouldBe((EntryKind.Edited, said.Position, said.Position + 1, "halo lagi"));
        var shown = (await HistoryAsync(_messi, place)).Entries[^1];
        (shown.Position, shown.Text.Decode(), shown.Revision?.Edited).ShouldBe((said.Position, "halo lagi", edited.Sent));

        (await Conversations.ReactAsync(_messi, To(place), said.Position, "👍", CancellationToken.None)).Value();
        (await HistoryAsync(_messi, place)).Entries[^1].Revision.ShouldNotBeNull().Reactions.ShouldBe([new Reaction(new Address(_messi.Username), "👍")]);
        (await Conversations.ReactAsync(_messi, To(place), said.Position, "", CancellationToken.None)).Value();
        (await HistoryAsync(_messi, place)).Entries[^1].Revision.ShouldNotBeNull().Reactions.ShouldBeEmpty();

        (await Conversations.DeleteAsync(_messi, To(place), said.Position, CancellationToken.None)).Value().Entry.ShouldNotBeNull().Kind.ShouldBe(EntryKind.Deleted);
        var deleted = (await HistoryAsync(_messi, place)).Entries[^1];
        (deleted.IsDeleted, deleted.Text.Length).ShouldBe((true, 0));
        (await Conversations.EditAsync(_messi, To(place), said.Position, MessageText.From("x"), CancellationToken.None)).ShouldBeRefused(Refusal.UnknownMessage);
        (await Conversations.DeleteAsync(_messi, To(place), said.Position, CancellationToken.None)).ShouldBeRefused(Refusal.UnknownMessage);
        (await Conversations.ReactAsync(_messi, To(place), said.Position, "x", CancellationToken.None)).ShouldBeRefused(Refusal.UnknownMessage);
    }

    [Fact]
    public async Task Between_two_each_changes_his_own_and_reacts_to_everything_that_was_said()
    {
        await _realm.PostAsync(_messi, "lineker", "halo");

        (await Conversations.EditAsync(_lineker, To("messi"), 1, MessageText.From("x"), CancellationToken.None)).ShouldBeRefused(Refusal.NotAllowed);
        (await Conversations.DeleteAsync(_lineker, To("messi"), 1, CancellationToken.None)).ShouldBeRefused(Refusal.NotAllowed);
        (await Conversations.ReactAsync(_lineker, To("messi"), 1, "a b", CancellationToken.None)).ShouldBeRefused(Refusal.InvalidParameter);
        (await Conversations.EditAsync(_messi, To("lineker"), 1, default, CancellationToken.None)).ShouldBeRefused(Refusal.EmptyText);
        (await Conversations.EditAsync(_messi, To("lineker"), 1, MessageText.From(new string('x', 101)), CancellationToken.None)).ShouldBeRefused(Refusal.TextTooLong);
        (await Conversations.ReactAsync(_lineker, To("messi"), 1, "👍", CancellationToken.None)).Value();
        (await Conversations.ReactAsync(_lineker, To("messi"), 2, "👍", CancellationToken.None)).ShouldBeRefused(Refusal.UnknownMessage);
        (await Conversations.EditAsync(_messi, To("lineker"), 7, MessageText.From("x"), CancellationToken.None)).ShouldBeRefused(Refusal.UnknownMessage);
        (await Conversations.EditAsync(_messi, To("messi"), 1, MessageText.From("x"), CancellationToken.None)).ShouldBeRefused(Refusal.UnknownMessage);
        (await Conversations.EditAsync(_messi, To("nobody"), 1, MessageText.From("x"), CancellationToken.None)).ShouldBeRefused(Refusal.UnknownRecipient);
        (await Conversations.EditAsync(_messi, To("#nothing"), 1, MessageText.From("x"), CancellationToken.None)).ShouldBeRefused(Refusal.UnknownGroup);
    }

    [Fact]
    public async Task An_inbox_shows_what_was_said_as_it_now_reads_and_nothing_that_was_deleted()
    {
        await _realm.PostAsync(_messi, "lineker", "satu");
        await _realm.PostAsync(_messi, "lineker", "dua");
        await Conversations.EditAsync(_messi, To("lineker"), 1, MessageText.From("satu lagi"), CancellationToken.None);
        await Conversations.DeleteAsync(_messi, To("lineker"), 2, CancellationToken.None);

        (await _realm.Store.ReadInboxAsync(_lineker.Id, _ => true, CancellationToken.None)).Messages.Select(message => message.Text.Decode()).ShouldBe(["satu lagi"]);
    }

    [Fact]
    public async Task A_page_of_history_ends_at_its_limits_and_says_what_it_covers()
    {
        for (var i = 1; i <= 12; i++) await _realm.PostAsync(_messi, "lineker", $"{i}");

        Positions(await HistoryAsync(_lineker, "messi")).ShouldBe([8, 9, 10, 11, 12]);
        Positions(await HistoryAsync(_lineker, "messi", before: 8, most: 3)).ShouldBe([5, 6, 7]);
        Positions(await HistoryAsync(_lineker, "messi", after: 3, most: 100)).ShouldBe([4, 5, 6, 7, 8]);
        Positions(await HistoryAsync(_lineker, "messi", after: 3, before: 6)).ShouldBe([4, 5]);
        Positions(await HistoryAsync(_lineker, "messi", before: 1)).ShouldBeEmpty();
        Positions(await HistoryAsync(_lineker, "messi", after: 12)).ShouldBeEmpty();
        var page = await HistoryAsync(_lineker, "messi", before: 8, most: 3);
        (page.First, page.Last, page.Head, page.Read, page.Group).ShouldBe((5, 7, 12, 0, null));

        static IEnumerable<long> Positions(HistoryPage page) => page.Entries.Select(entry => entry.Position);
    }

    [Fact]
    public async Task What_only_tells_of_another_entry_is_covered_by_a_page_and_not_in_it()
    {
        await _realm.PostAsync(_messi, "lineker", "halo");
        for (var i = 0; i < 6; i++) await Conversations.ReactAsync(_lineker, To("messi"), 1, $"{i}", CancellationToken.None);

        var page = await HistoryAsync(_messi, "lineker");
        (page.Entries.Length, page.First, page.Last, page.Head).ShouldBe((0, 3, 7, 7));
        (await HistoryAsync(_messi, "lineker", before: page.First)).Entries.ShouldHaveSingleItem().Revision.ShouldNotBeNull().Reactions.ShouldHaveSingleItem().Emoji.ShouldBe("5");
    }

    [Fact]
    public async Task Where_nothing_was_said_there_is_an_empty_page_and_where_nobody_is_none()
    {
        var page = await HistoryAsync(_messi, "lineker");
        (page.Entries.Length, page.First, page.Last, page.Head).ShouldBe((0, 1, 0, 0));
        (await Conversations.ReadHistoryAsync(_messi, To("nobody"), new HistoryRange(null, null, 5), CancellationToken.None)).ShouldBeRefused(Refusal.UnknownRecipient);
        (await Conversations.ReadHistoryAsync(_messi, To("#nothing"), new HistoryRange(null, null, 5), CancellationToken.None)).ShouldBeRefused(Refusal.UnknownGroup);
        (await Conversations.ReadAsync(_messi, To("lineker"), null, CancellationToken.None)).Value().ShouldBe(0);
    }

    [Fact]
    public async Task Of_a_closed_group_a_member_reads_what_was_said_since_he_came_and_of_an_open_one_everything()
    {
        var group = await MakeAsync("batak", _messi);
        await _realm.PostAsync(_messi, "#batak", "satu");
        (await Conversations.ReadHistoryAsync(_lineker, To("#batak"), new HistoryRange(null, null, 5), CancellationToken.None)).ShouldBeRefused(Refusal.NotAMember);
        (await Conversations.ReadAsync(_lineker, To("#batak"), null, CancellationToken.None)).ShouldBeRefused(Refusal.NotAMember);
        (await _realm.Realm.Groups.EnterAsync(_lineker, group.Address, CancellationToken.None)).Value();
        await _realm.PostAsync(_messi, "#batak", "dua");

        var page = await HistoryAsync(_lineker, "#batak");
        (page.First, page.Last, page.Group?.ToString()).ShouldBe((1, 4, "#batak"));
        await _realm.Realm.Groups.ActAsync(Actor.Of(_messi), group.Id, GroupVerb.Close, null, default, CancellationToken.None);
        foreach (var closed in new[] { await HistoryAsync(_lineker, "#batak"), await HistoryAsync(_lineker, "#batak", after: 0), await HistoryAsync(_lineker, "#batak", after: 1, before: 100) })
            (closed.First, closed.Last, closed.Entries[0].Kind, closed.Entries[1].Text.Decode()).ShouldBe((3, 5, EntryKind.Joined, "dua"));
        (await HistoryAsync(_lineker, "#batak", before: 3)).Entries.ShouldBeEmpty();
        (await HistoryAsync(_messi, "#batak")).First.ShouldBe(1);
    }

    [Fact]
    public async Task A_long_text_ends_a_page_of_history_but_one_is_always_shown()
    {
        await using var wide = new RealmFixture(new RealmOptions { TextBytes = 0 });
        var (messi, lineker) = (await wide.AddAsync("messi"), await wide.AddAsync("lineker"));
        for (var i = 0; i < 3; i++) await wide.PostAsync(messi, "lineker", new string('x', 200 * 1024));

        (await wide.Realm.Conversations.ReadHistoryAsync(lineker, To("messi"), new HistoryRange(null, null, 10), CancellationToken.None)).Value().Entries.ShouldHaveSingleItem().Position.ShouldBe(3);
        (await wide.Realm.Conversations.ReadHistoryAsync(lineker, To("messi"), new HistoryRange(null, 0, 10), CancellationToken.None)).Value().Entries.ShouldHaveSingleItem().Position.ShouldBe(1);
    }

    [Fact]
    public async Task Conversations_are_listed_with_what_is_unread_in_them()
    {
        await MakeAsync("batak", _messi);
        await _realm.PostAsync(_lineker, "messi", "satu");
        await _realm.PostAsync(_lineker, "messi", "dua");
        await _realm.PostAsync(_messi, "messi", "jangan lupa");
        (await Conversations.ReadAsync(_messi, To("lineker"), 1, CancellationToken.None)).Value().ShouldBe(1);

        var listed = await Conversations.ListAsync(_messi, null, 1000, CancellationToken.None);
        listed.Select(summary => (summary.Other?.ToString() ?? summary.Group?.Address.ToString(), summary.Unread)).ShouldBe([("messi", 1), ("lineker", 1), ("#batak", 0)]);
        (await Conversations.ListAsync(_messi, listed[0].Last.Arrival, 1, CancellationToken.None)).ShouldHaveSingleItem().Other?.ToString().ShouldBe("lineker");
    }

    [Fact]
    public async Task An_entry_knows_its_group_and_a_direct_one_that_it_has_none()
    {
        var group = await MakeAsync("batak", _messi);
        var (said, direct) = ((await _realm.PostAsync(_messi, "#batak", "halo")).Value().Entry!, (await _realm.PostAsync(_messi, "lineker", "halo")).Value().Entry!); // both are there

        for (var i = 0; i < 2; i++) (await Conversations.FindGroupAsync(said, CancellationToken.None)).ShouldBe(group.Address);
        (await Conversations.FindGroupAsync(direct, CancellationToken.None)).ShouldBeNull();
        await _realm.Realm.Groups.RemoveAsync(group.Id, CancellationToken.None);
        (await Conversations.FindGroupAsync(said, CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_search_needs_a_word_and_a_place_that_may_be_read()
    {
        await MakeAsync("batak", _messi);
        (await Conversations.SearchAsync(_messi, " * ", null, null, 10, CancellationToken.None)).ShouldBeRefused(Refusal.EmptyText);
        (await Conversations.SearchAsync(_lineker, "halo", To("#batak"), null, 10, CancellationToken.None)).ShouldBeRefused(Refusal.NotAMember);
        (await Conversations.SearchAsync(_messi, "halo", To("nobody"), null, 10, CancellationToken.None)).ShouldBeRefused(Refusal.UnknownRecipient);
        (await Conversations.SearchAsync(_messi, "halo", To("lineker"), null, 10, CancellationToken.None)).Value().ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_has_the_name_of_one_who_is_gone_reads_and_changes_nothing_of_his()
    {
        await MakeAsync("batak", _lineker);
        await _realm.Realm.Groups.EnterAsync(_messi, new GroupAddress(GroupName.Parse("batak")), CancellationToken.None);
        await _realm.PostAsync(_messi, "#batak", "halo");
        await _realm.PostAsync(_messi, "lineker", "halo");
        await _realm.Realm.Accounts.RemoveAsync("messi", CancellationToken.None);
        _realm.Clock.Advance(TimeSpan.FromSeconds(1));
        var later = await _realm.AddAsync("messi");
        await _realm.Realm.Groups.EnterAsync(later, new GroupAddress(GroupName.Parse("batak")), CancellationToken.None);

        (await HistoryAsync(later, "lineker")).Head.ShouldBe(0);
        (await Conversations.EditAsync(later, To("#batak"), 3, MessageText.From("x"), CancellationToken.None)).ShouldBeRefused(Refusal.NotAllowed);
        (await Conversations.DeleteAsync(later, To("#batak"), 3, CancellationToken.None)).ShouldBeRefused(Refusal.NotAllowed);
    }

    private async Task<HistoryPage> HistoryAsync(Account reader, string place, long? before = null, long? after = null, int most = 100) =>
        (await Conversations.ReadHistoryAsync(reader, To(place), new HistoryRange(before, after, most), CancellationToken.None)).Value();

    private async Task<Group> MakeAsync(string name, Account maker) =>
        (await _realm.Realm.Groups.CreateAsync(maker, GroupName.Parse(name), isOpen: true, CancellationToken.None)).Value().Group;
}
