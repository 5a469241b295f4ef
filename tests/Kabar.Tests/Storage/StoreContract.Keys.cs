using System.Text;
using Kabar.Core;

namespace Kabar.Tests.Storage;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Under_one_key_a_sender_says_one_thing()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        var dua = await AddPeerAsync(store, "dua");
        var first = await store.AppendAsync(Message(messi, lineker, "one") with { Key = "k" });
        var sent = await store.AppendAsync(Outgoing("two", "k2"));

        foreach (var reopened in new[] { false, true })
        {
            if (reopened) store = await KillAndOpenAsync(store);
            var again = await store.AppendAsync(Message(messi, lineker, "one again") with { Key = "k" });
            (again.Id, again.Position, again.Text.Decode()).ShouldBe((first.Id, 1, "one"));
            (await store.AppendAsync(Outgoing("two again", "k2"))).Id.ShouldBe(sent.Id);
            (await store.AppendAsync(Outgoing("elsewhere", "k"))).Id.ShouldBe(first.Id);
        }

        (await store.AppendAsync(Message(lineker, messi, "mine") with { Key = "k" })).Position.ShouldBe(2);
        (await TextsAsync(store, lineker)).ShouldBe(["one"]);
        (await WaitingAsync(store, dua)).ShouldBe(["1 two"]);

        OutgoingMessage Outgoing(string text, string key) => new(NextId(), messi, At("james@dua"), MessageText.From(text), Noon, Parcel(dua, text), key);
    }

    [Fact]
    public async Task Of_many_at_once_under_one_key_one_is_said()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));

        var stored = await AppendAllAsync(store, Enumerable.Range(0, 50).Select(_ => Message(messi, lineker, "x") with { Key = "k" }));

        stored.Select(message => message.Id).Distinct().ShouldHaveSingleItem();
        (await TextsAsync(store, lineker)).ShouldBe(["x"]);
    }

    [Fact]
    public async Task Under_one_key_a_group_hears_one_thing_at_home_and_from_elsewhere()
    {
        var store = await OpenAsync();
        await AddAsync(store, "messi");
        var dua = await AddPeerAsync(store, "dua");
        var home = await AddGroupAsync(store, "batak", "messi");
        var first = await ChangeAsync(store, home.Id, Entry(EntryKind.Said, "messi", "one") with { Key = "k" });
        (await ChangeAsync(store, home.Id, Entry(EntryKind.Said, "messi", "again") with { Key = "k" })).Id.ShouldBe(first.Id);
        (await store.FindHeadAsync(home.Conversation, None)).ShouldBe(2);

        var replica = await store.KeepReplicaAsync(new Group { Id = new GroupId(NextId()), Conversation = default, Name = GroupName.Parse("deli"), Home = Realm("dua") }, 0);
        var pending = Entry(EntryKind.Said, "messi", "two") with { Key = "k2" };
        (await PendAsync(pending)).ShouldBe(new Posted(pending.Id, null, IsQueued: true));
        (await PendAsync(Entry(EntryKind.Said, "messi", "again") with { Key = "k2" })).ShouldBe(new Posted(pending.Id, null, IsQueued: true));
        (await PendAsync(Entry(EntryKind.Said, "messi", "again") with { Key = "k" })).Id.ShouldBe(first.Id);
        (await WaitingAsync(store, dua)).ShouldBe(["1 two"]);

        await store.AppendEntriesAsync(replica.Id, Here, [Replicated(1, pending)]);
        store = await KillAndOpenAsync(store);
        var placed = await PendAsync(Entry(EntryKind.Said, "messi", "again") with { Key = "k2" });
        (placed.Id, placed.Entry?.Position, placed.IsQueued).ShouldBe((pending.Id, 1, false));
        (await ChangeAsync(store, home.Id, Entry(EntryKind.Said, "messi", "again") with { Key = "k2" })).Id.ShouldBe(pending.Id);
        (await store.ListPendingAsync(replica.Id, None)).ShouldBeEmpty();

        async Task<Posted> PendAsync(NewEntry entry) => await store.AppendPendingAsync(new PendingEntry(replica.Id, entry, Encoding.UTF8.GetBytes("x")), Parcel(dua, entry.Text.Decode()));
    }

    [Fact]
    public async Task Keys_used_before_a_time_are_forgotten()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        await store.AppendAsync(Message(messi, lineker, "early") with { Key = "early" });
        var late = await store.AppendAsync(Message(messi, lineker, "late") with { Key = "late" });

        (await store.ForgetKeysAsync(late.Sent)).ShouldBe(1);

        (await store.AppendAsync(Message(messi, lineker, "late") with { Key = "late" })).Id.ShouldBe(late.Id);
        (await store.AppendAsync(Message(messi, lineker, "early again") with { Key = "early" })).Position.ShouldBe(3);
    }
}
