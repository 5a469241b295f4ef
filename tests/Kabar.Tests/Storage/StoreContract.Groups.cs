using System.Collections.Concurrent;
using System.Globalization;
using Kabar.Core;

namespace Kabar.Tests.Storage;

public abstract partial class StoreContract
{
    protected static readonly RealmName Here = Realm("satu");

    protected static RealmName Realm(string name) => RealmName.TryParse(name, out var realm) ? realm : throw new FormatException(name);

    protected static Address At(string name) => Address.TryParse(name, out var address) ? address : throw new FormatException(name);

    protected Guid NextId() => new(++_ids, 0, 0x7000, [0x80, 0, 0, 0, 0, 0, 0, 0]);

    protected NewEntry Entry(EntryKind kind, string from, string text = "", string? subject = null) =>
        new(NextId(), kind, At(from), $"Display {from}", subject is null ? null : At(subject), MessageText.From(text), Noon.AddMilliseconds(_ids));

    protected async Task<Group> AddGroupAsync(IStore store, string name, string maker, params string[] others)
    {
        var id = new GroupId(NextId());
        (await store.AddGroupAsync(id, GroupName.Parse(name), isOpen: true, Entry(EntryKind.Joined, maker), mostPerMaker: 0)).IsOk.ShouldBeTrue();
        foreach (var other in others) await ChangeAsync(store, id, Entry(EntryKind.Joined, other));
        return await FindAsync(store, id);
    }

    protected static async Task<Message> ChangeAsync(IStore store, GroupId id, NewEntry entry)
    {
        var result = await store.ChangeGroupAsync(id, Here, null, (_, _) => entry);
        return result.TryGet(out var message, out var refusal) ? message : throw new InvalidOperationException($"{refusal}");
    }

    protected static async Task<Group> FindAsync(IStore store, GroupId id) => (await store.FindGroupAsync(id, None)).ShouldNotBeNull();

    protected static async Task<Message[]> EntriesAsync(IStore store, Group group, long after = 0, int most = int.MaxValue, int bytes = int.MaxValue) =>
        [.. await store.ReadConversationAsync(group.Conversation, after, most, bytes, None)];

    protected Message Replicated(long position, NewEntry entry) => new()
    {
        Id = entry.Id,
        Conversation = default,
        Position = position,
        Arrival = 0,
        From = entry.From,
        FromName = entry.FromName,
        Text = entry.Text,
        Sent = entry.Sent,
        Kind = entry.Kind,
        Subject = entry.Subject,
    };

    protected static void ShouldBeTheSame(Group found, Group expected)
    {
        (found.Id, found.Conversation, found.Name, found.Home, found.Topic, found.IsOpen, found.StatePosition)
            .ShouldBe((expected.Id, expected.Conversation, expected.Name, expected.Home, expected.Topic, expected.IsOpen, expected.StatePosition));
        found.Members.Values.OrderBy(member => member.Joined).ShouldBe(expected.Members.Values.OrderBy(member => member.Joined));
        found.Banned.SetEquals(expected.Banned).ShouldBeTrue();
        found.Invited.SetEquals(expected.Invited).ShouldBeTrue();
        found.Awaited.SetEquals(expected.Awaited).ShouldBeTrue();
    }

    [Fact]
    public async Task A_group_is_what_its_entries_made_of_it_also_after_a_kill_and_a_reopening()
    {
        var store = await OpenAsync();
        await AddAsync(store, "messi");
        await AddAsync(store, "lineker");
        var made = await AddGroupAsync(store, "Batak", "messi", "lineker", "james@dua", "rooney@dua", "zidane@tiga");
        var expected = made;
        foreach (var entry in new[]
        {
            Entry(EntryKind.RoleChanged, "messi", "moderator", "james@dua"), Entry(EntryKind.Muted, "james@dua", subject: "lineker"),
            Entry(EntryKind.Said, "messi", "halo"), Entry(EntryKind.Banned, "messi", subject: "rooney@dua"), Entry(EntryKind.Closed, "messi"),
            Entry(EntryKind.Invited, "messi", subject: "pele@tiga"), Entry(EntryKind.TopicChanged, "messi", "Horas"), Entry(EntryKind.Kicked, "messi", subject: "zidane@tiga"),
            Entry(EntryKind.Left, "messi"), Entry(EntryKind.Said, "lineker", "he is gone"), Entry(EntryKind.Unmuted, "lineker", subject: "lineker"),
        })
            expected = expected.Apply(await ChangeAsync(store, made.Id, entry));
        expected.Members[At("lineker")].Role.ShouldBe(GroupRole.Owner);

        ShouldBeTheSame(await FindAsync(store, made.Id), expected);
        foreach (var killed in new[] { true, false })
        {
            store = killed ? await KillAndOpenAsync(store) : await ReopenAsync(store);
            ShouldBeTheSame(await FindAsync(store, made.Id), expected);
            ShouldBeTheSame((await store.FindGroupAsync(GroupName.Parse("bATAK"), null, None)).ShouldNotBeNull(), expected);
            ShouldBeTheSame((await store.ListGroupsAsync(None)).ShouldHaveSingleItem(), expected);
            var entries = await EntriesAsync(store, expected);
            entries.Select(entry => entry.Position).ShouldBe(Enumerable.Range(1, 16).Select(position => (long)position));
            entries[5].Text.Decode().ShouldBe("moderator");
            (entries[5].Kind, entries[5].From, entries[5].Subject).ShouldBe((EntryKind.RoleChanged, At("messi"), At("james@dua")));
            (await store.FindHeadAsync(expected.Conversation, None)).ShouldBe(16);
        }

        (await ChangeAsync(store, made.Id, Entry(EntryKind.Said, "lineker", "next"))).Position.ShouldBe(17);
    }

    [Fact]
    public async Task Names_are_one_realms_own_and_a_maker_makes_only_so_many()
    {
        var store = await OpenAsync();
        await AddAsync(store, "messi");
        var first = await AddGroupAsync(store, "one", "messi");
        (await store.AddGroupAsync(new GroupId(NextId()), GroupName.Parse("ONE"), true, Entry(EntryKind.Joined, "messi"), 0)).ToString().ShouldBe("refused: NameTaken");
        (await store.AddGroupAsync(new GroupId(NextId()), GroupName.Parse("two"), true, Entry(EntryKind.Joined, "messi"), 1)).ToString().ShouldBe("refused: TooMany");
        var replica = await store.KeepReplicaAsync(new Group { Id = new GroupId(NextId()), Conversation = default, Name = GroupName.Parse("one"), Home = Realm("dua") }, 0);

        (await store.FindGroupsAsync(GroupName.Parse("one"), None)).Select(group => group.Id).ShouldBe([first.Id, replica.Id]);
        (await store.FindGroupAsync(GroupName.Parse("one"), Realm("dua"), None)).ShouldNotBeNull().Id.ShouldBe(replica.Id);
        (await store.FindGroupAsync(GroupName.Parse("one"), Realm("tiga"), None)).ShouldBeNull();
        (await store.FindGroupAsync(new GroupId(NextId()), None)).ShouldBeNull();

        (await store.ChangeGroupAsync(first.Id, Here, null, (_, _) => Entry(EntryKind.Moved, "messi", "dua"))).ToString().ShouldBe("refused: NameTaken");
        (await store.RemoveGroupAsync(first.Id)).ShouldBeTrue();
        (await store.AddGroupAsync(new GroupId(NextId()), GroupName.Parse("one"), true, Entry(EntryKind.Joined, "messi"), 1)).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task A_refusal_changes_nothing_and_sees_the_group_or_none()
    {
        var store = await OpenAsync();
        await AddAsync(store, "messi");
        var group = await AddGroupAsync(store, "batak", "messi");

        (await store.ChangeGroupAsync(group.Id, Here, null, (seen, _) => seen!.Members.Count == 1 ? Refusal.Muted : Refusal.Failed)).ToString().ShouldBe("refused: Muted");
        (await store.ChangeGroupAsync(new GroupId(NextId()), Here, null, (seen, _) => seen is null ? Refusal.UnknownGroup : Refusal.Failed)).ToString().ShouldBe("refused: UnknownGroup");
        (await store.FindHeadAsync(group.Conversation, None)).ShouldBe(1);
    }

    [Fact]
    public async Task Group_entries_are_in_nobodys_inbox()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        var group = await AddGroupAsync(store, "batak", "messi", "lineker");
        for (var i = 0; i < 2500; i++)
        {
            _ = ChangeAsync(store, group.Id, Entry(EntryKind.Said, "messi", "to all"));
            if (i % 500 == 0) await AppendAsync(store, messi, lineker, "to you");
        }

        await ChangeAsync(store, group.Id, Entry(EntryKind.Said, "messi", "last"));
        (await TextsAsync(store, lineker)).Length.ShouldBe(5);
        store = await ReopenAsync(store);
        (await TextsAsync(store, lineker)).ShouldAllBe(text => text == "to you");
        (await TextsAsync(store, messi)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(2050)]
    [InlineData(6300)]
    public async Task A_conversation_is_read_from_any_position_wherever_it_lies(int count)
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        var group = await AddGroupAsync(store, "batak", "messi");
        var other = await AddGroupAsync(store, "other", "lineker");
        var last = Task.CompletedTask;
        for (var i = 2; i <= count; i++)
        {
            last = ChangeAsync(store, group.Id, Entry(EntryKind.Said, "messi", string.Create(CultureInfo.InvariantCulture, $"{i}")));
            if (i % 3 == 0) _ = ChangeAsync(store, other.Id, Entry(EntryKind.Said, "lineker", "x"));
            if (i % 5 == 0) _ = AppendAsync(store, messi, lineker, "x").AsTask();
        }

        await last;
        for (var round = 0; round < 3; round++)
        {
            foreach (var after in new[] { 0, 1, 2, count / 2, count - 2, count - 1, count, count + 7 })
            {
                var expected = Enumerable.Range(after + 1, Math.Max(0, Math.Min(5, count - after))).Select(position => (long)position);
                (await EntriesAsync(store, group, after, most: 5)).Select(entry => entry.Position).ShouldBe(expected, $"after {after} in round {round}");
            }

            (await EntriesAsync(store, group)).Length.ShouldBe(count);
            (await EntriesAsync(store, group, after: 1, bytes: 0)).ShouldHaveSingleItem().Text.Decode().ShouldBe("2");
            (await EntriesAsync(store, group, after: 1, bytes: 4)).Length.ShouldBe(4);
            (await store.FindHeadAsync(group.Conversation, None)).ShouldBe(count);
            store = round == 0 ? await KillAndOpenAsync(store) : await ReopenAsync(store);
        }
    }

    [Fact]
    public async Task A_conversation_of_two_is_read_by_position_too()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        var stored = await AppendAllAsync(store, Enumerable.Range(0, 2200).Select(_ => Message(messi, lineker, "x")));
        await AppendAsync(store, messi, lineker, "x");

        var conversation = stored[0].Conversation;
        (await store.FindHeadAsync(conversation, None)).ShouldBe(2201);
        (await store.ReadConversationAsync(conversation, 2190, 100, 10_000, None)).Select(entry => entry.Position).ShouldBe(Enumerable.Range(2191, 11).Select(position => (long)position));
        (await store.FindHeadAsync(new ConversationId(77), None)).ShouldBe(0);
        (await store.ReadConversationAsync(new ConversationId(77), 0, 10, 10, None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_listens_hears_every_group_entry_once_in_the_order_of_positions_and_before_its_writer_goes_on()
    {
        var store = await OpenAsync();
        await AddAsync(store, "messi");
        var groups = new[] { await AddGroupAsync(store, "a", "messi"), await AddGroupAsync(store, "b", "messi"), await AddGroupAsync(store, "c", "messi") };
        var heard = new ConcurrentQueue<Message>();
        store.EntriesCommitted += entries =>
        {
            foreach (var entry in entries) heard.Enqueue(entry);
        };
        var ids = groups.Select(_ => Enumerable.Range(0, 400).Select(_ => Entry(EntryKind.Said, "messi", "x")).ToArray()).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 3).Select(index => Task.Run(async () =>
        {
            foreach (var entry in ids[index])
            {
                var stored = await ChangeAsync(store, groups[index].Id, entry);
                heard.Any(message => ReferenceEquals(message, stored)).ShouldBeTrue();
            }
        }))).BeforeDeadline();

        heard.Count.ShouldBe(1200);
        heard.Select(entry => entry.Arrival).ShouldBeInOrder(SortDirection.Ascending);
        foreach (var group in groups)
            heard.Where(entry => entry.Conversation == group.Conversation).Select(entry => entry.Position).ShouldBe(Enumerable.Range(2, 400).Select(position => (long)position));
    }

    [Fact]
    public async Task A_removed_group_is_gone_with_what_was_said_in_it()
    {
        var store = await OpenAsync();
        await AddAsync(store, "messi");
        var (group, other) = (await AddGroupAsync(store, "batak", "messi"), await AddGroupAsync(store, "other", "messi"));
        await ChangeAsync(store, group.Id, Entry(EntryKind.Said, "messi", "halo"));

        (await store.RemoveGroupAsync(group.Id)).ShouldBeTrue();
        (await store.RemoveGroupAsync(group.Id)).ShouldBeFalse();
        foreach (var killed in new[] { false, true })
        {
            if (killed) store = await KillAndOpenAsync(store);
            (await store.ListGroupsAsync(None)).ShouldHaveSingleItem().Id.ShouldBe(other.Id);
            (await store.FindGroupAsync(group.Id, None)).ShouldBeNull();
            (await store.FindGroupAsync(group.Name, null, None)).ShouldBeNull();
            (await EntriesAsync(store, group)).ShouldBeEmpty();
            (await store.FindHeadAsync(group.Conversation, None)).ShouldBe(0);
        }
    }

    [Fact]
    public async Task A_later_account_of_the_same_name_is_a_member_of_nothing()
    {
        var store = await OpenAsync();
        var messi = await AddAsync(store, "messi");
        await AddAsync(store, "lineker");
        var group = await AddGroupAsync(store, "batak", "lineker", "messi");
        await ChangeAsync(store, group.Id, Entry(EntryKind.Invited, "lineker", subject: "messi"));

        await store.RemoveAccountAsync(messi.Id, Noon, None);
        await AddAsync(store, "messi");

        foreach (var reopened in new[] { false, true })
        {
            if (reopened) store = await ReopenAsync(store);
            var found = await FindAsync(store, group.Id);
            found.Members.Keys.ShouldBe([At("lineker")]);
            found.Invited.ShouldBeEmpty();
            found.StatePosition.ShouldBe(3);
        }

        // What he had said is still his.
        (await EntriesAsync(store, group))[1].From.ShouldBe(At("messi"));
    }

    [Fact]
    public async Task Who_is_named_without_an_account_does_not_take_the_name()
    {
        var store = await OpenAsync();
        await AddAsync(store, "lineker");
        var group = await AddGroupAsync(store, "batak", "lineker");
        await ChangeAsync(store, group.Id, Entry(EntryKind.Banned, "lineker", subject: "nobody"));

        await AddAsync(store, "nobody");

        (await FindAsync(store, group.Id)).Banned.ShouldBeEmpty();
        await ChangeAsync(store, group.Id, Entry(EntryKind.Joined, "nobody"));
        store = await KillAndOpenAsync(store);
        (await FindAsync(store, group.Id)).Members.Keys.ShouldBe([At("lineker"), At("nobody")], ignoreOrder: true);
    }

    [Fact]
    public async Task A_replica_follows_its_home_and_its_history_may_jump_forward()
    {
        var store = await OpenAsync();
        await AddAsync(store, "messi");
        var told = new Group { Id = new GroupId(NextId()), Conversation = new ConversationId(99), Name = GroupName.Parse("batak"), Home = Realm("dua"), Topic = "Horas", IsOpen = false, StatePosition = 40 };
        told = told with { Members = told.Members.Add(At("james@dua"), new Member(At("james@dua"), "James", GroupRole.Owner, false, 1)) };

        var kept = await store.KeepReplicaAsync(told, historyAfter: 30);
        ShouldBeTheSame(kept, told with { Conversation = kept.Conversation });
        (await store.FindHeadAsync(kept.Conversation, None)).ShouldBe(30);
        (await store.AppendEntriesAsync(kept.Id, Here, [Replicated(32, Entry(EntryKind.Said, "james@dua", "too far"))])).ShouldBe(30);
        var stale = Replicated(31, Entry(EntryKind.Left, "james@dua"));
        (await store.AppendEntriesAsync(kept.Id, Here, [stale, Replicated(32, Entry(EntryKind.Said, "james@dua", "32")), Replicated(34, Entry(EntryKind.Said, "james@dua", "34"))])).ShouldBe(32);
        (await FindAsync(store, kept.Id)).Members.Keys.ShouldBe([At("james@dua")]);

        store = await KillAndOpenAsync(store);
        ShouldBeTheSame(await FindAsync(store, kept.Id), told with { Conversation = kept.Conversation });
        (await store.FindHeadAsync(kept.Conversation, None)).ShouldBe(32);
        await store.KeepReplicaAsync(told with { StatePosition = 90 }, historyAfter: 90);
        store = await ReopenAsync(store);
        (await store.FindHeadAsync(kept.Conversation, None)).ShouldBe(90);
        (await store.AppendEntriesAsync(kept.Id, Here, [Replicated(33, Entry(EntryKind.Said, "james@dua", "late")), Replicated(91, Entry(EntryKind.Joined, "messi"))])).ShouldBe(91);
        (await EntriesAsync(store, kept)).Select(entry => entry.Position).ShouldBe([31, 32, 91]);
        (await EntriesAsync(store, kept, after: 32)).Select(entry => entry.Position).ShouldBe([91]);
        (await EntriesAsync(store, kept, after: 50)).Select(entry => entry.Position).ShouldBe([91]);

        store = await KillAndOpenAsync(store);
        var found = await FindAsync(store, kept.Id);
        (found.StatePosition, found.Members.Count).ShouldBe((91, 2));
        (await store.AppendEntriesAsync(new GroupId(NextId()), Here, [stale])).ShouldBeNull();
    }

    [Fact]
    public async Task A_replica_that_was_removed_can_come_back_with_the_same_entries()
    {
        var store = await OpenAsync();
        var told = new Group { Id = new GroupId(NextId()), Conversation = default, Name = GroupName.Parse("batak"), Home = Realm("dua") };
        var entries = new[] { Replicated(1, Entry(EntryKind.Joined, "james@dua")), Replicated(2, Entry(EntryKind.Said, "james@dua", "halo")) };
        for (var round = 0; round < 2; round++)
        {
            var kept = await store.KeepReplicaAsync(told, 0);
            (await store.AppendEntriesAsync(told.Id, Here, entries)).ShouldBe(2);
            (await EntriesAsync(store, kept)).Select(entry => entry.Id).ShouldBe(entries.Select(entry => entry.Id));
            if (round == 0) await store.RemoveGroupAsync(told.Id);
            store = await KillAndOpenAsync(store);
        }

        (await FindAsync(store, told.Id)).Members.Keys.ShouldBe([At("james@dua")]);
    }

    [Fact]
    public async Task A_group_moves_its_home_and_back()
    {
        var store = await OpenAsync();
        await AddAsync(store, "messi");
        var group = await AddGroupAsync(store, "batak", "messi", "james@dua");

        await ChangeAsync(store, group.Id, Entry(EntryKind.Moved, "messi", "dua"));
        (await FindAsync(store, group.Id)).Home.ShouldBe(Realm("dua"));
        (await store.FindGroupAsync(group.Name, null, None)).ShouldBeNull();
        (await store.AppendEntriesAsync(group.Id, Here, [Replicated(4, Entry(EntryKind.Said, "james@dua", "mine")), Replicated(5, Entry(EntryKind.Moved, "james@dua", "satu"))])).ShouldBe(5);

        store = await KillAndOpenAsync(store);
        (await store.FindGroupAsync(group.Name, null, None)).ShouldNotBeNull().StatePosition.ShouldBe(5);
        (await ChangeAsync(store, group.Id, Entry(EntryKind.Said, "messi", "back"))).Position.ShouldBe(6);
    }

    [Fact]
    public async Task Who_is_awaited_is_kept_without_an_entry()
    {
        var store = await OpenAsync();
        await AddAsync(store, "messi");
        var group = await AddGroupAsync(store, "batak", "messi", "james@dua");

        await store.UpdateGroupAsync(group.Id, known => known with { Awaited = known.Awaited.Add(Realm("dua")), Members = known.Members.Clear() });
        store = await KillAndOpenAsync(store);
        var found = await FindAsync(store, group.Id);
        found.Awaited.ShouldBe([Realm("dua")]);
        found.Members.Count.ShouldBe(2);
        (await store.UpdateGroupAsync(group.Id, known => known with { Awaited = [] })).ShouldNotBeNull().Awaited.ShouldBeEmpty();
        (await store.UpdateGroupAsync(new GroupId(NextId()), known => known)).ShouldBeNull();
    }
}
