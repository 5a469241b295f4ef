using System.Text;
using Kabar.Core;

namespace Kabar.Tests.Storage;

public abstract partial class StoreContract
{
    protected DirectDelivery Direct(long sequence, Account to, string text, Guid? id = null, string from = "james@dua") =>
        new(sequence, id ?? NextId(), At(from), "James", to, MessageText.From(text), Noon.AddMilliseconds(_ids));

    [Fact]
    public async Task What_a_peer_sends_is_there_once_with_its_mark_after_a_kill_too()
    {
        var store = await OpenAsync();
        var messi = await AddAsync(store, "messi");
        var dua = await AddPeerAsync(store, "dua");
        var epoch = Guid.NewGuid();
        var batch = new[] { Direct(1, messi, "one"), Direct(2, messi, "two"), Direct(5, messi, "five") };

        (await store.ReceiveAsync(dua.Id, epoch, Here, batch)).ShouldBe(5);
        (await store.ReceiveAsync(dua.Id, epoch, Here, [batch[1], batch[2]])).ShouldBe(5);
        store = await KillAndOpenAsync(store);
        (await store.ReceiveAsync(dua.Id, epoch, Here, [.. batch, Direct(6, messi, "six")])).ShouldBe(6);

        var inbox = (await ReadAsync(store, messi)).Messages;
        inbox.Select(message => message.Text.Decode()).ShouldBe(["one", "two", "five", "six"]);
        (inbox[0].Id, inbox[0].From, inbox[0].FromName, inbox[0].Sent).ShouldBe((batch[0].Id, At("james@dua"), "James", batch[0].Sent));
        inbox.Select(message => message.Position).ShouldBe([1, 2, 3, 4]);
        var peer = await FindAsync(store, dua.Id);
        (peer.InEpoch, peer.InThrough).ShouldBe((epoch, 6));
        (await store.ReceiveAsync(new PeerId(99), epoch, Here, batch)).ShouldBeNull();
    }

    [Fact]
    public async Task Another_epoch_begins_at_nothing_and_brings_nothing_twice()
    {
        var store = await OpenAsync();
        var messi = await AddAsync(store, "messi");
        var dua = await AddPeerAsync(store, "dua");
        var (one, two) = (Direct(1, messi, "one"), Direct(2, messi, "two"));
        await store.ReceiveAsync(dua.Id, Guid.NewGuid(), Here, [one, two]);

        store = await ReopenAsync(store);
        var epoch = Guid.NewGuid();
        (await store.ReceiveAsync(dua.Id, epoch, Here, [])).ShouldBe(0);
        (await store.ReceiveAsync(dua.Id, epoch, Here, [two with { Sequence = 1 }, Direct(2, messi, "three")])).ShouldBe(2);
        (await TextsAsync(store, messi)).ShouldBe(["one", "two", "three"]);
    }

    [Fact]
    public async Task Marks_made_before_a_time_are_forgotten_and_later_ones_are_not()
    {
        var store = await OpenAsync();
        var dua = await AddPeerAsync(store, "dua");
        var (early, late) = (new RefusedDelivery(1, NextId(), Parcel(dua, "early")), new RefusedDelivery(2, NextId(), Parcel(dua, "late")));
        await store.ReceiveAsync(dua.Id, Guid.NewGuid(), Here, [early, late]);

        // The ids of these tests have their number in the upper 32 bits of their time.
        await store.ForgetReceivedAsync(DateTimeOffset.FromUnixTimeMilliseconds((long)_ids << 16));

        await store.ReceiveAsync(dua.Id, Guid.NewGuid(), Here, [early, late]);
        (await WaitingAsync(store, dua)).ShouldBe(["1 early", "2 late", "3 early"]);
    }

    [Fact]
    public async Task What_a_peer_does_in_a_group_is_an_entry_or_an_answer()
    {
        var store = await OpenAsync();
        await AddAsync(store, "messi");
        var dua = await AddPeerAsync(store, "dua");
        var group = await AddGroupAsync(store, "batak", "messi", "james@dua");
        var (said, refused) = (Entry(EntryKind.Said, "james@dua", "halo"), Entry(EntryKind.Said, "james@dua", "no"));
        var deliveries = new Delivery[]
        {
            new GroupDelivery(1, said.Id, group.Id, null, (_, _) => said, _ => Parcel(dua, "refused")),
            new GroupDelivery(2, refused.Id, group.Id, null, (known, _) => known!.StatePosition == 3 ? Refusal.Muted : Refusal.Failed, refusal => Parcel(dua, $"{refusal}")),
            new GroupDelivery(3, NextId(), new GroupId(NextId()), null, (known, _) => known is null ? Refusal.UnknownGroup : Refusal.Failed, refusal => Parcel(dua, $"{refusal}")),
            new RefusedDelivery(4, NextId(), Parcel(dua, "answer")),
        };
        var heard = new List<Message>();
        store.EntriesCommitted += entries => heard.AddRange(entries);

        (await store.ReceiveAsync(dua.Id, Guid.NewGuid(), Here, deliveries)).ShouldBe(4);

        heard.ShouldHaveSingleItem().Id.ShouldBe(said.Id);
        store = await KillAndOpenAsync(store);
        (await EntriesAsync(store, group)).Select(entry => entry.Id).Last().ShouldBe(said.Id);
        (await WaitingAsync(store, dua)).ShouldBe(["1 Muted", "2 UnknownGroup", "3 answer"]);
        await store.ReceiveAsync(dua.Id, Guid.NewGuid(), Here, deliveries);
        (await store.FindHeadAsync(group.Conversation, None)).ShouldBe(3);
        (await WaitingAsync(store, dua)).Length.ShouldBe(3);
    }

    [Fact]
    public async Task A_failure_of_what_was_sent_is_told_to_its_sender_and_any_other_is_not()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        var dua = await AddPeerAsync(store, "dua");
        var group = await store.KeepReplicaAsync(new Group { Id = new GroupId(NextId()), Conversation = default, Name = GroupName.Parse("batak"), Home = Realm("dua") }, 0);
        var sent = await SendAsync(store, messi, "james@dua", "halo james", dua);
        var pending = Entry(EntryKind.Said, "messi", "halo all");
        await store.AppendPendingAsync(new PendingEntry(group.Id, pending, Encoding.UTF8.GetBytes("frame")), Parcel(dua, "frame"));

        (await store.ReceiveAsync(dua.Id, Guid.NewGuid(), Here,
        [
            new FailureDelivery(1, NextId(), messi, sent.Id, Refusal.UnknownRecipient, At("james@dua"), null, Noon),
            new FailureDelivery(2, NextId(), messi, pending.Id, Refusal.Muted, null, group.Id, Noon),
            new FailureDelivery(3, NextId(), lineker, sent.Id, Refusal.UnknownRecipient, At("james@dua"), null, Noon),
            new FailureDelivery(4, NextId(), messi, NextId(), Refusal.UnknownRecipient, At("nobody@dua"), null, Noon),
            new FailureDelivery(5, NextId(), messi, pending.Id, Refusal.Muted, null, group.Id, Noon),
        ])).ShouldBe(5);

        store = await KillAndOpenAsync(store);
        (await ReadAsync(store, messi)).Messages.Select(message => DeliveryFailure.Read(message.Text)).ShouldBe(
        [
            new DeliveryFailure(sent.Id, Refusal.UnknownRecipient, "james@dua", "halo james"),
            new DeliveryFailure(pending.Id, Refusal.Muted, "#batak@dua", "halo all"),
        ]);
        (await ReadAsync(store, messi)).Messages.ShouldAllBe(message => message.Kind == EntryKind.DeliveryFailed && message.From == At("messi"));
        (await TextsAsync(store, lineker)).ShouldBeEmpty();
        (await store.ListPendingAsync(group.Id, None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Copies_carry_what_has_become_of_messages_and_change_only_what_they_may()
    {
        // 1. What is told: how it reads now, what became of it, and of what was deleted only that it was.
        var store = await OpenAsync();
        var messi = await AddAsync(store, "messi");
        var dua = await AddPeerAsync(store, "dua");
        var kept = await SendAsync(store, messi, "james@dua", "kept", null);
        await ReviseAsync(store, messi, "james@dua", 1, EntryKind.Edited, "edited");
        await ReviseAsync(store, messi, "james@dua", 1, EntryKind.Reacted, "x");
        var quiet = await SendAsync(store, messi, "james@dua", "quiet", null);
        await ReviseAsync(store, messi, "james@dua", quiet.Position, EntryKind.Reacted);
        var gone = await SendAsync(store, messi, "james@dua", "gone", null);
        await ReviseAsync(store, messi, "james@dua", gone.Position, EntryKind.Edited, "gone too");
        await ReviseAsync(store, messi, "james@dua", gone.Position, EntryKind.Deleted);
        await store.AppendAsync(new OutgoingMessage(NextId(), messi, At("james@dua"), MessageText.From("answer"), Noon, null, Target: 1));
        var copies = await store.ListCopiesAsync(Realm("dua"), Noon, null, 20, None);
        copies.Select(copy => $"{copy.Kind} {copy.Text.Decode()} {(copy.Target == kept.Id ? "kept" : copy.Target == quiet.Id ? "quiet" : copy.Target == gone.Id ? "gone" : copy.Target)}")
            .ShouldBe(["Said edited ", "Edited edited kept", "Reacted x kept", "Said quiet ", "Reacted  quiet", "Deleted  gone", "Said answer kept"]);
        (await store.AppendCopiesAsync(copies)).ShouldBe(0);

        // 2. What is taken: what who made it may do, once, and nothing that was done here since.
        MessageCopy Copy(string from, EntryKind kind, string text, Guid target, DateTimeOffset? sent = null) =>
            new(NextId(), At(from), from, At(from == "messi" ? "james@dua" : "messi"), MessageText.From(text), sent ?? Noon.AddMinutes(1), kind, target);
        MessageCopy[] back =
        [
            Copy("james@dua", EntryKind.Edited, "not his", kept.Id), Copy("james@dua", EntryKind.Deleted, "", kept.Id), Copy("james@dua", EntryKind.Reacted, "y", kept.Id),
            Copy("messi", EntryKind.Edited, "later", kept.Id), Copy("messi", EntryKind.Edited, "earlier", kept.Id, Noon), Copy("messi", EntryKind.Reacted, "old", kept.Id, Noon.AddDays(-1)), Copy("messi", EntryKind.Reacted, "taken back", quiet.Id, Noon.AddDays(-1)),
            Copy("messi", EntryKind.Edited, "of what is gone", gone.Id), Copy("messi", EntryKind.Edited, "of nothing", NextId()), Copy("james@dua", EntryKind.Said, "and answers", kept.Id),
        ];
        (await store.AppendCopiesAsync(back)).ShouldBe(3);
        store = await KillAndOpenAsync(store);
        (await store.AppendCopiesAsync(back)).ShouldBe(0);
        var entries = await store.ReadConversationAsync(kept.Conversation, 0, 100, 10_000, None);
        entries.Where(entry => entry.Kind == EntryKind.Said).Select(Describe).ShouldBe(["\"later\" edited messi:x james@dua:y", "\"quiet\"", "\"\" edited deleted", "\"answer\"", "\"and answers\""]);
        (entries[^1].Target, (await WaitingAsync(store, dua)).Length).ShouldBe((1, 0));
    }

    [Fact]
    public async Task Copies_bring_back_what_one_side_has_and_the_other_lacks()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        var dua = await AddPeerAsync(store, "dua");
        var old = await SendAsync(store, messi, "james@dua", "kept", null);
        await store.ReceiveAsync(dua.Id, Guid.NewGuid(), Here, [Direct(1, messi, "came")]);
        await SendAsync(store, messi, "zidane@tiga", "to another", null);
        await AppendAsync(store, messi, lineker, "local");

        var copies = await store.ListCopiesAsync(Realm("dua"), Noon, null, 10, None);
        copies.Select(copy => $"{copy.From} {copy.To} {copy.Text.Decode()}").ShouldBe(["messi james@dua kept", "james@dua messi came"]);
        (await store.ListCopiesAsync(Realm("dua"), Noon, old.Id, 10, None)).Select(copy => copy.Id).ShouldBe([copies[1].Id]);
        (await store.ListCopiesAsync(Realm("dua"), old.Sent.AddMilliseconds(1), null, 1, None)).Select(copy => copy.Id).ShouldBe([copies[1].Id]);

        var lost = new MessageCopy(NextId(), At("messi"), "Messi", At("james@dua"), MessageText.From("lost"), Noon);
        var unread = new MessageCopy(NextId(), At("james@dua"), "James", At("lineker"), MessageText.From("unread"), Noon);
        var nobody = new MessageCopy(NextId(), At("james@dua"), "James", At("nobody"), MessageText.From("for nobody"), Noon);
        (await store.AppendCopiesAsync([copies[0], copies[1], lost, unread, nobody, unread])).ShouldBe(2);
        store = await KillAndOpenAsync(store);
        (await store.AppendCopiesAsync([copies[0], copies[1], lost, unread])).ShouldBe(0);
        (await TextsAsync(store, messi)).ShouldBe(["came"]);
        (await TextsAsync(store, lineker)).ShouldBe(["local", "unread"]);
        (await store.ReadConversationAsync(old.Conversation, 0, 10, 1000, None)).Select(message => message.Text.Decode()).ShouldBe(["kept", "came", "lost"]);
        (await WaitingAsync(store, dua)).ShouldBeEmpty();

        // The peer may still send what it has told already.
        await store.ReceiveAsync(dua.Id, Guid.NewGuid(), Here, [Direct(1, lineker, "unread", unread.Id)]);
        (await TextsAsync(store, lineker)).Length.ShouldBe(2);
        (await store.BeginAfterRestoreAsync(Noon)).ShouldBeFalse();
    }
}
