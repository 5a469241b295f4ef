using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Kabar.Core;

namespace Kabar.Tests.Storage;

public abstract partial class StoreContract
{
    protected static Parcel Parcel(Peer peer, string frame) => new(peer.Id, Encoding.UTF8.GetBytes(frame));

    protected async Task<Message> SendAsync(IStore store, Account from, string to, string text, Peer? peer) =>
        await store.AppendAsync(new OutgoingMessage(NextId(), from, At(to), MessageText.From(text), Noon.AddMilliseconds(_ids), peer is null ? null : Parcel(peer, text)));

    protected static async Task<string[]> WaitingAsync(IStore store, Peer peer, long after = 0, int bytes = int.MaxValue) =>
        [.. (await store.ReadOutboxAsync(peer.Id, after, bytes, None)).Select(entry => $"{entry.Sequence} {Encoding.UTF8.GetString(entry.Frame.Span)}")];

    [Fact]
    public async Task What_is_sent_to_another_realm_is_in_the_conversation_and_in_the_outbox_after_a_kill_too()
    {
        var store = await OpenAsync();
        var messi = await AddAsync(store, "messi");
        var dua = await AddPeerAsync(store, "dua");
        var grown = new ConcurrentQueue<PeerId>();
        store.OutboxGrew += grown.Enqueue;

        var first = await SendAsync(store, messi, "james@dua", "one", dua);
        var second = await SendAsync(store, messi, "James@dua", "two", dua);
        await SendAsync(store, messi, "other@tiga", "over a legacy link", null);

        (first.Position, second.Position, second.Conversation).ShouldBe((1, 2, first.Conversation));
        grown.ShouldBe([dua.Id, dua.Id]);
        foreach (var killed in new[] { false, true })
        {
            if (killed) store = await KillAndOpenAsync(store);
            (await WaitingAsync(store, dua)).ShouldBe(["1 one", "2 two"]);
            (await WaitingAsync(store, dua, after: 1)).ShouldBe(["2 two"]);
            (await WaitingAsync(store, dua, bytes: 1)).ShouldBe(["1 one"]);
            (await store.FindOutboxAsync(dua.Id, None)).ShouldBe(new OutboxState(2, 6, first.Sent, 2));
            var said = await store.ReadConversationAsync(first.Conversation, 0, 10, 1000, None);
            said.Select(message => message.Text.Decode()).ShouldBe(["one", "two"]);
            said[0].From.ShouldBe(At("messi"));
            (await TextsAsync(store, messi)).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task What_is_acknowledged_is_forgotten_in_its_epoch_only_and_no_number_is_given_twice()
    {
        var store = await OpenAsync();
        var messi = await AddAsync(store, "messi");
        var dua = await AddPeerAsync(store, "dua");
        for (var i = 1; i <= 5; i++) await SendAsync(store, messi, "james@dua", string.Create(CultureInfo.InvariantCulture, $"m{i}"), dua);

        await store.AcknowledgeAsync(dua.Id, Guid.NewGuid(), 5);
        (await WaitingAsync(store, dua)).Length.ShouldBe(5);
        await store.AcknowledgeAsync(dua.Id, dua.OutEpoch, 2);
        await store.AcknowledgeAsync(dua.Id, dua.OutEpoch, 1);
        (await WaitingAsync(store, dua)).ShouldBe(["3 m3", "4 m4", "5 m5"]);
        (await store.FindOutboxAsync(dua.Id, None)).ShouldBe(new OutboxState(3, 6, Noon.AddMilliseconds(3), 5), "three are left");
        store = await KillAndOpenAsync(store);
        (await FindAsync(store, dua.Id)).OutAcknowledged.ShouldBe(2);

        await store.ReturnAsync(dua.Id, 4, [new FailureNotice(NextId(), messi, new DeliveryFailure(NextId(), Refusal.Expired, "james@dua", "m4"), Noon)]);
        (await WaitingAsync(store, dua)).ShouldBe(["5 m5"]);
        await store.ReturnAsync(dua.Id, 99, []);
        (await store.FindOutboxAsync(dua.Id, None)).ShouldBe(new OutboxState(0, 0, null, 5));
        store = await KillAndOpenAsync(store);
        await store.EnqueueAsync(Parcel(dua, "next"));
        (await WaitingAsync(store, dua)).ShouldBe(["6 next"]);
        await store.AcknowledgeAsync(dua.Id, dua.OutEpoch, 100);
        store = await ReopenAsync(store);
        await store.EnqueueAsync(Parcel(dua, "after"));
        (await WaitingAsync(store, dua)).ShouldBe(["7 after"]);
        (await ReadAsync(store, messi)).Messages.ShouldHaveSingleItem().Kind.ShouldBe(EntryKind.DeliveryFailed);
    }

    [Fact]
    public async Task A_long_outbox_is_read_whole_in_order_wherever_it_lies()
    {
        const int Count = 2500;
        var store = await OpenAsync();
        var dua = await AddPeerAsync(store, "dua");
        var padding = new string('x', 4000);
        var all = Enumerable.Range(1, Count).Select(i => store.EnqueueAsync(Parcel(dua, padding)).AsTask()).ToArray();
        await Task.WhenAll(all).BeforeDeadline();

        for (var round = 0; round < 2; round++)
        {
            var after = 0L;
            while (await store.ReadOutboxAsync(dua.Id, after, 100_000, None) is { Length: > 0 } page)
            {
                page.Length.ShouldBeLessThanOrEqualTo(25);
                page.Select(entry => entry.Sequence).ShouldBe(Enumerable.Range((int)after + 1, page.Length).Select(number => (long)number));
                after = page[^1].Sequence;
            }

            after.ShouldBe(Count);
            store = await KillAndOpenAsync(store);
        }

        await store.AcknowledgeAsync(dua.Id, dua.OutEpoch, Count - 1);
        var state = await store.FindOutboxAsync(dua.Id, None);
        (state.Count, state.Bytes).ShouldBe((1, 4000));
    }

    [Fact]
    public async Task Another_epoch_numbers_what_waits_anew_in_the_same_order_with_what_is_pending_first()
    {
        var store = await OpenAsync();
        var messi = await AddAsync(store, "messi");
        var dua = await AddPeerAsync(store, "dua");
        var group = await store.KeepReplicaAsync(new Group { Id = new GroupId(NextId()), Conversation = default, Name = GroupName.Parse("batak"), Home = Realm("dua") }, 0);
        var (lost, waiting) = (Entry(EntryKind.Said, "messi", "lost"), Entry(EntryKind.Said, "messi", "waiting"));
        await store.AppendPendingAsync(new PendingEntry(group.Id, lost, Encoding.UTF8.GetBytes("frame 1")), Parcel(dua, "frame 1"));
        await SendAsync(store, messi, "james@dua", "message", dua);
        await store.AcknowledgeAsync(dua.Id, dua.OutEpoch, 1);
        await store.AppendPendingAsync(new PendingEntry(group.Id, waiting, Encoding.UTF8.GetBytes("frame 3")), Parcel(dua, "frame 3"));
        (await WaitingAsync(store, dua)).ShouldBe(["2 message", "3 frame 3"]);

        var begun = (await store.BeginEpochAsync(dua.Id)).ShouldNotBeNull();

        begun.OutEpoch.ShouldNotBe(dua.OutEpoch);
        begun.OutAcknowledged.ShouldBe(0);
        for (var round = 0; round < 2; round++)
        {
            (await WaitingAsync(store, dua)).ShouldBe(["1 frame 1", "2 message", "3 frame 3"]);
            (await store.FindOutboxAsync(dua.Id, None)).ShouldBe(new OutboxState(3, 21, lost.Sent, 3));
            store = await KillAndOpenAsync(store);
        }

        await store.EnqueueAsync(Parcel(dua, "new"));
        (await WaitingAsync(store, dua, after: 3)).ShouldBe(["4 new"]);
        var again = (await store.BeginEpochAsync(dua.Id)).ShouldNotBeNull();
        await store.AcknowledgeAsync(dua.Id, again.OutEpoch, 2);
        again = (await store.BeginEpochAsync(dua.Id)).ShouldNotBeNull();
        (await WaitingAsync(store, dua)).ShouldBe(["1 frame 1", "2 frame 3", "3 new"]);
        (await store.ListPendingAsync(group.Id, None)).Select(pending => pending.Entry.Id).ShouldBe([lost.Id, waiting.Id]);

        await store.AcknowledgeAsync(dua.Id, again.OutEpoch, 3);
        await store.AppendEntriesAsync(group.Id, Here, [Replicated(1, lost), Replicated(2, waiting)]);
        (await store.ListPendingAsync(group.Id, None)).ShouldBeEmpty();
        await store.BeginEpochAsync(dua.Id);
        (await WaitingAsync(store, dua)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_pending_is_kept_as_it_was_said()
    {
        var store = await OpenAsync();
        await AddAsync(store, "messi");
        var dua = await AddPeerAsync(store, "dua");
        var group = await store.KeepReplicaAsync(new Group { Id = new GroupId(NextId()), Conversation = default, Name = GroupName.Parse("batak"), Home = Realm("dua") }, 0);
        var (kick, said) = (Entry(EntryKind.Kicked, "messi", subject: "james@dua"), Entry(EntryKind.Said, "messi", "halo"));
        await store.AppendPendingAsync(new PendingEntry(group.Id, said, Encoding.UTF8.GetBytes("one")), Parcel(dua, "one"));
        await store.AppendPendingAsync(new PendingEntry(group.Id, kick, Encoding.UTF8.GetBytes("two")), Parcel(dua, "two"));

        store = await KillAndOpenAsync(store);
        var pending = await store.ListPendingAsync(group.Id, None);
        pending.Select(entry => Encoding.UTF8.GetString(entry.Frame.Span)).ShouldBe(["one", "two"]);
        (pending[0].Entry with { Text = said.Text }).ShouldBe(said);
        pending[0].Entry.Text.Decode().ShouldBe("halo");
        (pending[1].Entry with { Text = kick.Text }).ShouldBe(kick);
        (await store.ListPendingAsync(new GroupId(NextId()), None)).ShouldBeEmpty();
        await store.RemoveGroupAsync(group.Id);
        (await store.ListPendingAsync(group.Id, None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Numbers_have_no_gap_and_no_double_however_many_write_at_once()
    {
        var store = await OpenAsync();
        var messi = await AddAsync(store, "messi");
        var peers = new[] { await AddPeerAsync(store, "dua"), await AddPeerAsync(store, "tiga") };
        var sends = Enumerable.Range(0, 600).Select(i => new OutgoingMessage(NextId(), messi, At(i % 2 == 0 ? "a@dua" : "b@tiga"), MessageText.From("x"), Noon, Parcel(peers[i % 2], $"{i / 2}"))).ToArray();

        await Task.WhenAll(sends.Select(send => store.AppendAsync(send).AsTask())).BeforeDeadline();

        foreach (var peer in peers) (await WaitingAsync(store, peer)).ShouldBe(Enumerable.Range(0, 300).Select(i => $"{i + 1} {i}"));
    }

    [Fact]
    public async Task A_conversation_that_a_failed_send_would_have_begun_never_existed()
    {
        var store = await OpenAsync();
        var messi = await AddAsync(store, "messi");
        var dua = await AddPeerAsync(store, "dua");
        (await store.RemovePeerAsync(dua.Id, [])).ShouldBeTrue();
        await Should.ThrowAsync<StoreException>(async () => await SendAsync(store, messi, "james@dua", "too late", dua));

        // Whoever is given the numbers that were not used has nothing to do with it.
        var budi = await AddAsync(store, "budi");
        var ana = await AddAsync(store, "ana");
        var toBudi = await AppendAsync(store, messi, budi, "for budi");
        var toAna = await AppendAsync(store, ana, budi, "from ana");
        (toBudi.Position, toAna.Position).ShouldBe((1, 1));
        toBudi.Conversation.ShouldNotBe(toAna.Conversation);

        store = await KillAndOpenAsync(store);
        (await TextsAsync(store, budi)).ShouldBe(["for budi", "from ana"]);
        (await TextsAsync(store, messi)).ShouldBeEmpty();
    }
}
