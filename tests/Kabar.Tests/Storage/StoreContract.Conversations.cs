using System.Globalization;
using Kabar.Core;

namespace Kabar.Tests.Storage;

public abstract partial class StoreContract
{
    protected static async Task<StreamPage> StreamAsync(IStore store, Account reader, long after = 0, int most = int.MaxValue, int bytes = int.MaxValue) =>
        await store.ReadStreamAsync(reader.Id, after, most, bytes, None);

    /// <summary>All that an account may have heard after an arrival, a page of so many at a time.</summary>
    protected static async Task<List<Message>> HeardAsync(IStore store, Account reader, long after = 0, int pageSize = int.MaxValue)
    {
        var heard = new List<Message>();
        while (true)
        {
            var page = await StreamAsync(store, reader, after, pageSize);
            heard.AddRange(page.Entries);
            page.Through.ShouldBeGreaterThanOrEqualTo(after);
            after = page.Through;
            if (page.IsLast) return heard;
            page.Entries.ShouldNotBeEmpty();
        }
    }

    [Fact]
    public async Task Every_message_names_both_of_its_two_wherever_it_is_read()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        var dua = await AddPeerAsync(store, "dua");
        var group = await AddGroupAsync(store, "batak", "messi");
        var said = await AppendAsync(store, messi, lineker, "to lineker");
        var note = await AppendAsync(store, messi, messi, "note");
        var sent = await SendAsync(store, messi, "james@dua", "to james", dua);
        await store.ReceiveAsync(dua.Id, Guid.NewGuid(), Here, [Direct(1, messi, "back")]);

        foreach (var reopened in new[] { false, true })
        {
            if (reopened) store = await ReopenAsync(store);
            (await store.FindEntryAsync(said.Conversation, 1, None)).ShouldNotBeNull().To.ShouldBe(At("lineker"));
            (await store.FindEntryAsync(note.Conversation, 1, None)).ShouldNotBeNull().To.ShouldBe(At("messi"));
            (await store.ReadConversationAsync(sent.Conversation, 0, 10, 1000, None)).Select(entry => $"{entry.From} {entry.To}").ShouldBe(["messi james@dua", "james@dua messi"]);
            (await store.FindEntryAsync(group.Conversation, 1, None)).ShouldNotBeNull().To.ShouldBeNull();
            (await ReadAsync(store, messi)).Messages.Select(message => message.To).ShouldBe([At("messi"), At("messi")]);
            (await HeardAsync(store, lineker)).ShouldHaveSingleItem().To.ShouldBe(At("lineker"));
        }

        (said.To, note.To, sent.To).ShouldBe((At("lineker"), At("messi"), At("james@dua")));
    }

    [Fact]
    public async Task A_direct_conversation_is_found_from_either_side_once_something_was_said()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        (await store.FindDirectAsync(messi.Id, At("lineker"), None)).ShouldBeNull();
        var said = await AppendAsync(store, messi, lineker, "halo");
        var note = await AppendAsync(store, messi, messi, "note");
        var sent = await SendAsync(store, messi, "james@dua", "halo", null);

        (await store.FindDirectAsync(messi.Id, At("Lineker"), None)).ShouldBe(said.Conversation);
        (await store.FindDirectAsync(lineker.Id, At("messi"), None)).ShouldBe(said.Conversation);
        (await store.FindDirectAsync(messi.Id, At("messi"), None)).ShouldBe(note.Conversation);
        (await store.FindDirectAsync(messi.Id, At("james@dua"), None)).ShouldBe(sent.Conversation);
        (await store.FindDirectAsync(lineker.Id, At("james@dua"), None)).ShouldBeNull();
        (await store.FindDirectAsync(lineker.Id, At("nobody"), None)).ShouldBeNull();
        (await store.ListContactsAsync(messi.Id, None)).ShouldBe([At("lineker"), At("james@dua")], ignoreOrder: true);
        (await store.ListContactsAsync(lineker.Id, None)).ShouldBe([At("messi")]);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(2050)]
    [InlineData(6300)]
    public async Task A_conversation_of_two_is_read_from_any_position_forward_and_back_wherever_it_lies(int count)
    {
        var store = await OpenAsync();
        var (messi, lineker, third) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"), await AddAsync(store, "third"));
        var stored = await AppendAllAsync(store, Enumerable.Range(1, count).SelectMany(i =>
            i % 4 == 0 ? new[] { Message(messi, lineker, Text(i)), Message(lineker, third, "x") } : [Message(i % 2 == 0 ? messi : lineker, i % 2 == 0 ? lineker : messi, Text(i))]));
        var conversation = stored[0].Conversation;

        for (var round = 0; round < 3; round++)
        {
            foreach (var at in new[] { 1, 2, count / 2, count - 2, count, count + 1, count + 9 })
            {
                var last = Math.Min(at - 1, count);
                var back = await store.ReadConversationBackAsync(conversation, at, 5, int.MaxValue, None);
                back.Select(entry => entry.Position).ShouldBe(Enumerable.Range(Math.Max(1, last - 4), Math.Min(5, last)).Select(position => (long)position), $"before {at} in round {round}");
                var forward = await store.ReadConversationAsync(conversation, at, 5, int.MaxValue, None);
                forward.Select(entry => entry.Position).ShouldBe(Enumerable.Range(at + 1, Math.Clamp(count - at, 0, 5)).Select(position => (long)position), $"after {at} in round {round}");
                var entry = await store.FindEntryAsync(conversation, at, None);
                (entry?.Text.Decode()).ShouldBe(at <= count ? Text(at) : null);
            }

            (await store.ReadConversationBackAsync(conversation, long.MaxValue, int.MaxValue, int.MaxValue, None)).Length.ShouldBe(count);
            (await store.ReadConversationBackAsync(conversation, count + 1, 10, 0, None)).ShouldHaveSingleItem().Position.ShouldBe(count);
            (await store.FindEntryAsync(conversation, 0, None)).ShouldBeNull();
            (await store.FindHeadAsync(conversation, None)).ShouldBe(count);
            store = round == 0 ? await KillAndOpenAsync(store) : await ReopenAsync(store);
        }

        (await store.ReadConversationBackAsync(new ConversationId(77), 10, 10, 10, None)).ShouldBeEmpty();
        (await store.FindEntryAsync(new ConversationId(77), 1, None)).ShouldBeNull();

        static string Text(int number) => string.Create(CultureInfo.InvariantCulture, $"{number}");
    }

    [Fact]
    public async Task An_account_has_heard_its_own_conversations_and_its_groups_from_its_join_until_it_left()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        await AddAsync(store, "third");
        var third = (await store.FindAccountAsync(Username.Parse("third"), None)).ShouldNotBeNull();
        var group = await AddGroupAsync(store, "batak", "messi");
        await ChangeAsync(store, group.Id, Entry(EntryKind.Said, "messi", "before"));
        await AppendAsync(store, messi, lineker, "direct");
        await AppendAsync(store, messi, third, "of others");
        await ChangeAsync(store, group.Id, Entry(EntryKind.Joined, "lineker"));
        await ChangeAsync(store, group.Id, Entry(EntryKind.Said, "messi", "heard"));
        await ChangeAsync(store, group.Id, Entry(EntryKind.Kicked, "messi", subject: "lineker"));
        await ChangeAsync(store, group.Id, Entry(EntryKind.Said, "messi", "between"));
        await AppendAsync(store, lineker, lineker, "note");
        await ChangeAsync(store, group.Id, Entry(EntryKind.Joined, "lineker"));
        await ChangeAsync(store, group.Id, Entry(EntryKind.Said, "messi", "again"));

        for (var round = 0; round < 3; round++)
        {
            var heard = await HeardAsync(store, lineker, pageSize: round + 1);
            heard.Select(entry => entry.Kind == EntryKind.Said ? entry.Text.Decode() : $"{entry.Kind}").ShouldBe(["direct", "Joined", "heard", "Kicked", "note", "Joined", "again"]);
            heard.Select(entry => entry.Arrival).ShouldBeInOrder(SortDirection.Ascending);
            (await HeardAsync(store, lineker, after: heard[3].Arrival)).Count.ShouldBe(3);
            store.LastArrival.ShouldBe(heard[^1].Arrival);
            var end = await StreamAsync(store, lineker, store.LastArrival);
            (end.Entries.IsEmpty, end.Through, end.IsLast).ShouldBe((true, store.LastArrival, true));
            store = round == 0 ? await KillAndOpenAsync(store) : await ReopenAsync(store);
        }

        await ChangeAsync(store, group.Id, Entry(EntryKind.Left, "lineker"));
        await ChangeAsync(store, group.Id, Entry(EntryKind.Said, "messi", "without"));
        (await HeardAsync(store, lineker)).Last().Kind.ShouldBe(EntryKind.Left);
        await store.RemoveGroupAsync(group.Id);
        (await HeardAsync(store, lineker)).Select(entry => entry.Text.Decode()).ShouldBe(["direct", "note"]);
    }

    [Theory]
    [InlineData(1500)]
    [InlineData(7000)]
    public async Task A_long_stream_is_read_whole_once_and_in_order_whatever_the_pages(int count)
    {
        var store = await OpenAsync();
        var (messi, lineker, third) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"), await AddAsync(store, "third"));
        var group = await AddGroupAsync(store, "batak", "messi", "lineker");
        var last = Task.CompletedTask;
        var expected = 1;
        for (var i = 0; i < count; i++)
        {
            last = (i % 3) switch
            {
                0 => ChangeAsync(store, group.Id, Entry(EntryKind.Said, "messi", "x")),
                1 => AppendAsync(store, messi, lineker, "x").AsTask(),
                _ => AppendAsync(store, messi, third, "x").AsTask(),
            };
            if (i % 3 != 2) expected++;
        }

        await last;
        for (var round = 0; round < 3; round++)
        {
            foreach (var pageSize in new[] { 99, 1000, int.MaxValue })
            {
                var heard = await HeardAsync(store, lineker, pageSize: pageSize);
                heard.Count.ShouldBe(expected, $"round {round}, pages of {pageSize}");
                heard.Select(entry => entry.Arrival).ShouldBeUnique();
                heard.Select(entry => entry.Arrival).ShouldBeInOrder(SortDirection.Ascending);
            }

            (await StreamAsync(store, lineker, bytes: 0)).Entries.Length.ShouldBe(1);
            store = round == 0 ? await KillAndOpenAsync(store) : await ReopenAsync(store);
        }
    }

    [Fact]
    public async Task Everything_that_is_committed_is_told_in_the_order_of_arrivals()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        var heard = new List<Message>();
        store.EntriesCommitted += entries =>
        {
            heard.AddRange(entries);
            store.LastArrival.ShouldBe(entries[^1].Arrival);
        };

        var group = await AddGroupAsync(store, "batak", "messi");
        var stored = await AppendAllAsync(store, Enumerable.Range(0, 50).Select(_ => Message(messi, lineker, "x")));
        await ChangeAsync(store, group.Id, Entry(EntryKind.Said, "messi", "x"));

        heard.Count.ShouldBe(52);
        heard.Select(entry => entry.Arrival).ShouldBeInOrder(SortDirection.Ascending);
        heard[1].ShouldBeSameAs(stored[0]);
    }

    [Fact]
    public async Task Conversations_are_listed_by_their_newest_entry_with_what_is_unread()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        var group = await AddGroupAsync(store, "batak", "messi");
        await ChangeAsync(store, group.Id, Entry(EntryKind.Said, "messi", "before he came"));
        await ChangeAsync(store, group.Id, Entry(EntryKind.Joined, "lineker"));
        var other = await AddGroupAsync(store, "other", "messi");
        var first = await AppendAsync(store, messi, lineker, "one");
        await AppendAsync(store, lineker, messi, "an answer");
        await AppendAsync(store, messi, lineker, "two");
        await SendAsync(store, lineker, "james@dua", "halo", null);
        await ChangeAsync(store, group.Id, Entry(EntryKind.Said, "messi", "to all"));
        await ReviseAsync(store, messi, "lineker", 3, EntryKind.Edited, "two, rather");

        for (var round = 0; round < 2; round++)
        {
            var listed = await store.ListConversationsAsync(lineker.Id, null, 10, None);
            listed.Select(summary => $"{summary.Other} {summary.Group?.Name} {summary.Last.Kind} {summary.Read} {summary.Unread}").ShouldBe(
                ["messi  Edited 0 2", " batak Said 0 1", "james@dua  Said 0 0"]);
            listed[0].Conversation.ShouldBe(first.Conversation);
            foreach (var line in listed)
            {
                var found = (await store.FindConversationAsync(lineker.Id, line.Conversation, None)).ShouldNotBeNull();
                (found.Other, found.Group?.Id, found.Last.Arrival, found.Read, found.Unread).ShouldBe((line.Other, line.Group?.Id, line.Last.Arrival, line.Read, line.Unread));
            }

            (await store.FindConversationAsync(lineker.Id, other.Conversation, None)).ShouldBeNull();
            (await store.ListConversationsAsync(lineker.Id, listed[0].Last.Arrival, 1, None)).ShouldHaveSingleItem().Group.ShouldNotBeNull().Id.ShouldBe(group.Id);
            (await store.ListConversationsAsync(lineker.Id, listed[2].Last.Arrival, 10, None)).ShouldBeEmpty();
            (await store.ListGroupsAsync(lineker.Id, None)).ShouldHaveSingleItem().Id.ShouldBe(group.Id);
            (await store.ListGroupsAsync(messi.Id, None)).Select(known => known.Id).ShouldBe([group.Id, other.Id]);
            store = await ReopenAsync(store);
        }

        var inbox = await ReadAsync(store, lineker, most: 1);
        await store.MarkReadAsync(inbox, None);
        await store.AdvanceAsync([new MarkAdvance(group.Conversation, At("lineker"), 0, 4, null)]);
        (await store.ListConversationsAsync(lineker.Id, null, 10, None)).Select(summary => (summary.Read, summary.Unread)).ShouldBe([(1, 1), (4, 0), (0, 0)]);
    }

    [Fact]
    public async Task What_is_unread_is_counted_to_a_hundred_wherever_it_lies()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        await AppendAllAsync(store, Enumerable.Range(0, 2300).Select(i => Message(i % 10 == 0 ? messi : lineker, i % 10 == 0 ? lineker : messi, "x")));
        var conversation = (await store.FindDirectAsync(lineker.Id, At("messi"), None)).ShouldNotBeNull();
        (await UnreadAsync()).ShouldBe(100);
        await store.AdvanceAsync([new MarkAdvance(conversation, At("lineker"), 0, 2000, null)]);
        (await UnreadAsync()).ShouldBe(30);

        store = await ReopenAsync(store);
        (await UnreadAsync()).ShouldBe(30);
        await AppendAllAsync(store, Enumerable.Range(0, 69).Select(_ => Message(messi, lineker, "x")));
        (await UnreadAsync()).ShouldBe(99);
        await AppendAllAsync(store, Enumerable.Range(0, 69).Select(_ => Message(messi, lineker, "x")));
        (await UnreadAsync()).ShouldBe(100);
        await store.AdvanceAsync([new MarkAdvance(conversation, At("lineker"), 0, 2301, null)]);
        (await UnreadAsync()).ShouldBe(100);
        await ReviseAsync(store, messi, "lineker", 2438, EntryKind.Deleted);
        await store.AdvanceAsync([new MarkAdvance(conversation, At("lineker"), 0, 2436, null)]);
        (await UnreadAsync()).ShouldBe(1);

        async Task<int> UnreadAsync() => (await store.ListConversationsAsync(lineker.Id, null, 1, None)).ShouldHaveSingleItem().Unread;
    }
}
