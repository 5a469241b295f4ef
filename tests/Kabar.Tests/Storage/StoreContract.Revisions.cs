using System.Text;
using Kabar.Core;

namespace Kabar.Tests.Storage;

public abstract partial class StoreContract
{
    protected async Task<Message> ReviseAsync(IStore store, Account who, string other, long target, EntryKind kind, string text = "", Parcel? parcel = null)
    {
        var entry = Entry(kind, who.Username.Value, text);
        var result = await store.ReviseAsync(who.Id, At(other), target, aimed => aimed is null ? Refusal.UnknownMessage : (entry with { Target = aimed.Position }, parcel));
        return result.TryGet(out var message, out var refusal) ? message : throw new InvalidOperationException($"{refusal}");
    }

    protected static async Task<Message> EntryAsync(IStore store, ConversationId conversation, long position) => (await store.FindEntryAsync(conversation, position, None)).ShouldNotBeNull();

    private async Task<Message> ChangeAsync(IStore store, Group group, EntryKind kind, string from, long target, string text = "")
    {
        var entry = Entry(kind, from, text);
        var result = await store.ChangeGroupAsync(group.Id, Here, target, (_, aimed) => aimed is null ? Refusal.UnknownMessage : entry with { Target = aimed.Position });
        return result.TryGet(out var message, out var refusal) ? message : throw new InvalidOperationException($"{refusal}");
    }

    private static string Describe(Message entry) => string.Join(
        ' ',
        [
            entry.Kind == EntryKind.Said ? $"\"{entry.Text.Decode()}\"" : $"{entry.Kind} {entry.Target} \"{entry.Text.Decode()}\"",
            .. entry.Revision?.Edited is null ? Array.Empty<string>() : ["edited"],
            .. entry.IsDeleted ? ["deleted"] : Array.Empty<string>(),
            .. entry.Revision?.Failure is { } failure ? [$"{failure}"] : Array.Empty<string>(),
            .. (entry.Revision?.Reactions ?? []).Select(reaction => $"{reaction.Who}:{reaction.Emoji}"),
        ]);

    [Fact]
    public async Task An_answer_keeps_what_it_answers()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        var asked = await AppendAsync(store, messi, lineker, "well?");
        var answer = await store.AppendAsync(Message(lineker, messi, "yes") with { Target = 1 });
        var sent = await store.AppendAsync(new OutgoingMessage(NextId(), messi, At("james@dua"), MessageText.From("x"), Noon, null));
        await store.AppendAsync(new OutgoingMessage(NextId(), messi, At("james@dua"), MessageText.From("y"), Noon, null, Target: 1));

        answer.Target.ShouldBe(1);
        (answer.Revision, asked.Revision).ShouldBe((null, null));
        foreach (var reopened in new[] { false, true })
        {
            if (reopened) store = await KillAndOpenAsync(store);
            (await EntryAsync(store, asked.Conversation, 2)).Target.ShouldBe(1);
            (await EntryAsync(store, asked.Conversation, 1)).Target.ShouldBeNull();
            (await EntryAsync(store, sent.Conversation, 2)).Target.ShouldBe(1);
        }
    }

    [Fact]
    public async Task An_edit_a_reaction_and_a_deletion_show_in_their_target_in_memory_on_disk_and_after_a_kill()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        var (one, two) = (await AppendAsync(store, messi, lineker, "one"), await AppendAsync(store, messi, lineker, "two"));
        var three = await AppendAsync(store, messi, lineker, "three");

        var edited = await ReviseAsync(store, messi, "lineker", 1, EntryKind.Edited, "one!");
        await ReviseAsync(store, lineker, "messi", 1, EntryKind.Reacted, "👍");
        await ReviseAsync(store, messi, "lineker", 1, EntryKind.Reacted, "❤");
        await ReviseAsync(store, lineker, "messi", 1, EntryKind.Reacted, "😀");
        await ReviseAsync(store, messi, "lineker", 2, EntryKind.Edited, "secret");
        await ReviseAsync(store, lineker, "messi", 2, EntryKind.Reacted, "👍");
        await ReviseAsync(store, messi, "lineker", 2, EntryKind.Deleted);
        await ReviseAsync(store, lineker, "messi", 3, EntryKind.Reacted, "👍");
        await ReviseAsync(store, lineker, "messi", 3, EntryKind.Reacted);

        (edited.Position, edited.Target, edited.To, edited.Kind).ShouldBe((4, 1, At("lineker"), EntryKind.Edited));
        new[] { one, two, three }.Select(Describe).ShouldBe(["\"one!\" edited messi:❤ lineker:😀", "\"\" edited deleted", "\"three\""]);
        one.Revision.ShouldNotBeNull().Edited.ShouldBe(edited.Sent);
        for (var round = 0; round < 3; round++)
        {
            (await store.ReadConversationAsync(one.Conversation, 0, 100, 10_000, None)).Select(Describe).ShouldBe(
            [
                "\"one!\" edited messi:❤ lineker:😀", "\"\" edited deleted", "\"three\"", "Edited 1 \"one!\"", "Reacted 1 \"👍\"", "Reacted 1 \"❤\"", "Reacted 1 \"😀\"",
                "Edited 2 \"\" deleted", "Reacted 2 \"👍\"", "Deleted 2 \"\"", "Reacted 3 \"👍\"", "Reacted 3 \"\"",
            ]);
            (await TextsAsync(store, lineker)).ShouldBe(["one!", "three"]);
            store = round == 0 ? await KillAndOpenAsync(store) : await ReopenAsync(store);
        }
    }

    [Fact]
    public async Task What_is_indexed_already_is_revised_too()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        var group = await AddGroupAsync(store, "batak", "messi");
        await ChangeAsync(store, group.Id, Entry(EntryKind.Said, "messi", "first"));
        var stored = await AppendAllAsync(store, Enumerable.Range(0, 5000).Select(_ => Message(messi, lineker, "x")));

        await ReviseAsync(store, messi, "lineker", 7, EntryKind.Edited, "seven");
        await ReviseAsync(store, messi, "lineker", 8, EntryKind.Deleted);
        await ChangeAsync(store, group, EntryKind.Edited, "messi", 2, "edited");

        foreach (var reopened in new[] { false, true })
        {
            if (reopened) store = await KillAndOpenAsync(store);
            Describe(await EntryAsync(store, stored[0].Conversation, 7)).ShouldBe("\"seven\" edited");
            Describe(await EntryAsync(store, stored[0].Conversation, 8)).ShouldBe("\"\" deleted");
            Describe(await EntryAsync(store, group.Conversation, 2)).ShouldBe("\"edited\" edited");
            var inbox = (await ReadAsync(store, lineker)).Messages;
            inbox.Length.ShouldBe(4999);
            inbox[6].Text.Decode().ShouldBe("seven");
            inbox[7].Position.ShouldBe(9);
        }
    }

    [Fact]
    public async Task A_refused_revision_changes_nothing_and_sees_the_entry_or_none()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        var said = await AppendAsync(store, messi, lineker, "halo");

        (await store.ReviseAsync(messi.Id, At("lineker"), 1, aimed => aimed!.Text.Decode() == "halo" ? Refusal.NotAllowed : Refusal.Failed)).ToString().ShouldBe("refused: NotAllowed");
        (await store.ReviseAsync(messi.Id, At("lineker"), 2, aimed => aimed is null ? Refusal.UnknownMessage : Refusal.Failed)).ToString().ShouldBe("refused: UnknownMessage");
        (await store.ReviseAsync(messi.Id, At("nobody"), 1, aimed => aimed is null ? Refusal.UnknownMessage : Refusal.Failed)).ToString().ShouldBe("refused: UnknownMessage");
        (await store.ReviseAsync(messi.Id, At("nobody"), 1, _ => (Entry(EntryKind.Deleted, "messi"), null))).ToString().ShouldBe("refused: UnknownMessage");
        var group = await AddGroupAsync(store, "batak", "messi");
        (await store.ChangeGroupAsync(group.Id, Here, 9, (_, aimed) => aimed is null ? Refusal.UnknownMessage : Refusal.Failed)).ToString().ShouldBe("refused: UnknownMessage");

        (await store.FindHeadAsync(said.Conversation, None)).ShouldBe(1);
        said.Revision.ShouldBeNull();
    }

    [Fact]
    public async Task Revisions_of_one_batch_each_begin_from_what_the_one_before_has_left()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        await AppendAsync(store, messi, lineker, "before");
        var said = AppendAsync(store, messi, lineker, "0").AsTask();
        var seen = new List<string>();
        var revising = Enumerable.Range(1, 200).Select(number => store.ReviseAsync(messi.Id, At("lineker"), 2, aimed =>
        {
            if (aimed is not { IsDeleted: false }) return Refusal.UnknownMessage;
            lock (seen) seen.Add(aimed.Text.Decode());
            return (number == 150 ? Entry(EntryKind.Deleted, "messi") : Entry(EntryKind.Edited, "messi", $"{number}"), null);
        }).AsTask()).ToArray();

        var results = await Task.WhenAll(revising).BeforeDeadline();

        results.Count(result => result.IsOk).ShouldBe(150);
        seen.Distinct().ShouldBe(Enumerable.Range(0, 150).Select(number => $"{number}"));
        var target = await said;
        Describe(target).ShouldBe("\"\" edited deleted");
        (await store.ReadConversationAsync(target.Conversation, 2, 1000, 100_000, None)).ShouldAllBe(entry => entry.Text.Length == 0);
    }

    [Fact]
    public async Task What_becomes_of_entries_of_a_group_is_the_same_at_home_and_at_a_replica()
    {
        var store = await OpenAsync();
        await AddAsync(store, "messi");
        var home = await AddGroupAsync(store, "batak", "messi", "james@dua");
        await ChangeAsync(store, home.Id, Entry(EntryKind.Said, "messi", "halo"));
        await ChangeAsync(store, home, EntryKind.Reacted, "james@dua", 3, "👍");
        await ChangeAsync(store, home, EntryKind.Edited, "messi", 3, "halo all");
        await ChangeAsync(store, home.Id, Entry(EntryKind.Said, "messi", "wrong"));
        await ChangeAsync(store, home, EntryKind.Deleted, "james@dua", 6);
        var entries = await EntriesAsync(store, home);

        var told = new Group { Id = new GroupId(NextId()), Conversation = default, Name = GroupName.Parse("copy"), Home = Realm("dua") };
        var replica = await store.KeepReplicaAsync(told, 2);
        var unknown = Copy(Replicated(3, Entry(EntryKind.Edited, "messi", "of what is not here")), 3, target: 1);
        (await store.AppendEntriesAsync(replica.Id, Here, [unknown, .. entries[2..].Select(entry => Copy(entry, entry.Position + 1, entry.Target + 1))])).ShouldBe(8);

        foreach (var reopened in new[] { false, true })
        {
            if (reopened) store = await KillAndOpenAsync(store);
            (await EntriesAsync(store, home)).Select(Describe).Skip(2).ShouldBe(["\"halo all\" edited james@dua:👍", "Reacted 3 \"👍\"", "Edited 3 \"halo all\"", "\"\" deleted", "Deleted 6 \"\""]);
            (await EntriesAsync(store, replica)).Select(Describe).ShouldBe(
                ["Edited 1 \"of what is not here\"", "\"halo all\" edited james@dua:👍", "Reacted 4 \"👍\"", "Edited 4 \"halo all\"", "\"\" deleted", "Deleted 7 \"\""]);
        }

        static Message Copy(Message entry, long position, long? target) => new()
        {
            Id = new Guid([.. entry.Id.ToByteArray()[..15], 0xFF]),
            Conversation = default,
            Position = position,
            Arrival = 0,
            From = entry.From,
            FromName = entry.FromName,
            Text = entry.Text,
            Sent = entry.Sent,
            Kind = entry.Kind,
            Subject = entry.Subject,
            Target = target,
        };
    }

    [Fact]
    public async Task A_revision_for_another_realm_waits_in_its_outbox_and_is_carried_out_there_by_the_id_of_the_message()
    {
        var store = await OpenAsync();
        var messi = await AddAsync(store, "messi");
        var dua = await AddPeerAsync(store, "dua");
        var sent = await SendAsync(store, messi, "james@dua", "halo", dua);
        await ReviseAsync(store, messi, "james@dua", 1, EntryKind.Edited, "halo james", Parcel(dua, "an edit"));
        (await WaitingAsync(store, dua)).ShouldBe(["1 halo", "2 an edit"]);

        // What james does with it, and with what is not of the two or not there.
        var (reaction, deletion, nothing, answer) = (NextId(), NextId(), NextId(), NextId());
        var came = Direct(1, messi, "back");
        var asked = new List<Message?>();
        Delivery Revision(long sequence, Guid id, Guid target, EntryKind kind, string text = "", string from = "james@dua") => new RevisionDelivery(sequence, id, At(from), messi, target, aimed =>
        {
            asked.Add(aimed);
            return aimed is null ? Refusal.UnknownMessage : Entry(kind, from, text) with { Target = aimed.Position };
        });
        await store.ReceiveAsync(dua.Id, Guid.NewGuid(), Here,
        [
            came, Revision(2, reaction, sent.Id, EntryKind.Reacted, "👍"), Revision(3, deletion, came.Id, EntryKind.Deleted), Revision(4, nothing, NextId(), EntryKind.Deleted),
            Revision(5, NextId(), sent.Id, EntryKind.Reacted, "👎", from: "pele@dua"), Direct(6, messi, "an answer", answer) with { Answers = sent.Id }, Direct(7, messi, "to nothing") with { Answers = NextId() },
        ]);

        asked.Select(aimed => aimed?.Id).ShouldBe([sent.Id, came.Id, null, null]);
        foreach (var reopened in new[] { false, true })
        {
            if (reopened) store = await KillAndOpenAsync(store);
            var entries = await store.ReadConversationAsync(sent.Conversation, 0, 100, 10_000, None);
            entries.Select(Describe).ShouldBe(["\"halo james\" edited james@dua:👍", "Edited 1 \"halo james\"", "\"\" deleted", "Reacted 1 \"👍\"", "Deleted 3 \"\"", "\"an answer\"", "\"to nothing\""]);
            entries.Select(entry => entry.Id).ShouldContain(reaction);
            (entries[5].Target, entries[6].Target).ShouldBe((1, null));
            (await TextsAsync(store, messi)).ShouldBe(["an answer", "to nothing"]);
        }
    }

    [Fact]
    public async Task What_was_not_delivered_says_so_itself()
    {
        var store = await OpenAsync();
        var messi = await AddAsync(store, "messi");
        var dua = await AddPeerAsync(store, "dua");
        var sent = new List<Message>();
        for (var i = 0; i < 4; i++) sent.Add(await SendAsync(store, messi, "james@dua", $"{i}", dua));

        await store.ReceiveAsync(dua.Id, Guid.NewGuid(), Here, [new FailureDelivery(1, NextId(), messi, sent[0].Id, Refusal.UnknownRecipient, At("james@dua"), null, Noon)]);
        await store.ReturnAsync(dua.Id, 2, [new FailureNotice(NextId(), messi, new DeliveryFailure(sent[1].Id, Refusal.Expired, "james@dua", "1"), Noon)]);
        await store.RemovePeerAsync(dua.Id, [new FailureNotice(NextId(), messi, new DeliveryFailure(sent[2].Id, Refusal.PeerRemoved, "james@dua", "2"), Noon)]);

        sent.Select(Describe).ShouldBe(["\"0\" UnknownRecipient", "\"1\" Expired", "\"2\" PeerRemoved", "\"3\""]);
        store = await KillAndOpenAsync(store);
        (await store.ReadConversationAsync(sent[0].Conversation, 0, 10, 1000, None)).Select(Describe).ShouldBe(["\"0\" UnknownRecipient", "\"1\" Expired", "\"2\" PeerRemoved", "\"3\""]);
        (await TextsAsync(store, messi)).Length.ShouldBe(3);
    }

    [Fact]
    public async Task What_is_pending_keeps_what_it_answers()
    {
        var store = await OpenAsync();
        await AddAsync(store, "messi");
        var dua = await AddPeerAsync(store, "dua");
        var group = await store.KeepReplicaAsync(new Group { Id = new GroupId(NextId()), Conversation = default, Name = GroupName.Parse("batak"), Home = Realm("dua") }, 0);
        await store.AppendPendingAsync(new PendingEntry(group.Id, Entry(EntryKind.Said, "messi", "yes") with { Target = 7 }, Encoding.UTF8.GetBytes("x")), Parcel(dua, "x"));

        (await store.ListPendingAsync(group.Id, None)).ShouldHaveSingleItem().Entry.Target.ShouldBe(7);
    }
}
