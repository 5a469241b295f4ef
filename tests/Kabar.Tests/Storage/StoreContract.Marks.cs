using System.Collections.Immutable;
using System.Globalization;
using Kabar.Core;

namespace Kabar.Tests.Storage;

public abstract partial class StoreContract
{
    private static string Describe(Marks marks) => $"{marks.Who} {marks.Other} {marks.Stored} {marks.Delivered} {marks.Read}";

    private static async Task<string[]> MarksAsync(IStore store, ConversationId conversation) => [.. (await store.ListMarksAsync(conversation, None)).Select(Describe).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task Marks_go_forward_never_back_and_never_beyond_the_end()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        var conversation = (await AppendAllAsync(store, Enumerable.Range(0, 5).Select(_ => Message(messi, lineker, "x"))))[0].Conversation;
        (await MarksAsync(store, conversation)).ShouldBeEmpty();

        (await AdvanceAsync("lineker", 3, 1)).ShouldBe(["lineker messi 0 3 1"]);
        (await AdvanceAsync("lineker", 2, 1)).ShouldBeEmpty();
        (await AdvanceAsync("lineker", 0, 2)).ShouldBe(["lineker messi 0 3 2"]);
        store = await KillAndOpenAsync(store);
        (await AdvanceAsync("lineker", 0, 99)).ShouldBe(["lineker messi 0 5 5"]);
        (await AdvanceAsync("messi", 0, 4)).ShouldBe(["messi lineker 0 4 4"]);
        (await AdvanceAsync("nobody", 0, 4)).ShouldBeEmpty();
        (await store.AdvanceAsync([new MarkAdvance(new ConversationId(77), At("messi"), 1, 1, null)])).ShouldBeEmpty();
        store = await ReopenAsync(store);
        (await MarksAsync(store, conversation)).ShouldBe(["lineker messi 0 5 5", "messi lineker 0 4 4"]);

        async Task<string[]> AdvanceAsync(string who, long delivered, long read) =>
            [.. (await store.AdvanceAsync([new MarkAdvance(conversation, At(who), delivered, read, null)])).Select(Describe)];
    }

    [Fact]
    public async Task A_conversation_that_was_read_is_not_in_the_inbox_and_what_comes_after_is()
    {
        var store = await OpenAsync();
        var (messi, lineker, third) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"), await AddAsync(store, "third"));
        var stored = await AppendAllAsync(store, Enumerable.Range(0, 3000).SelectMany(_ => new[] { Message(messi, lineker, "messi"), Message(third, lineker, "third") }));
        var conversation = stored[0].Conversation;

        await store.AdvanceAsync([new MarkAdvance(conversation, At("lineker"), 0, 2998, null)]);

        foreach (var reopened in new[] { false, true })
        {
            if (reopened) store = await KillAndOpenAsync(store);
            var texts = await TextsAsync(store, lineker);
            (texts.Count(text => text == "messi"), texts.Count(text => text == "third")).ShouldBe((2, 3000));
        }

        await store.AdvanceAsync([new MarkAdvance(conversation, At("lineker"), 0, 3000, null)]);
        await AppendAsync(store, messi, lineker, "new");
        foreach (var reopened in new[] { false, true })
        {
            if (reopened) store = await ReopenAsync(store);
            (await TextsAsync(store, lineker)).Where(text => text != "third").ShouldBe(["new"]);
        }

        (await DrainAsync(store, lineker, pageSize: 700)).Length.ShouldBe(3001);
        (await TextsAsync(store, lineker)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_read_in_the_inbox_is_read_in_its_conversations()
    {
        var store = await OpenAsync();
        var (messi, lineker, third) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"), await AddAsync(store, "third"));
        var first = await AppendAsync(store, messi, lineker, "1");
        await AppendAsync(store, lineker, messi, "an answer");
        await AppendAsync(store, third, lineker, "2");
        await AppendAsync(store, messi, lineker, "3");
        await store.MarkReadAsync(await ReadAsync(store, lineker, most: 2), None);

        foreach (var reopened in new[] { false, true })
        {
            if (reopened) store = await ReopenAsync(store);
            (await MarksAsync(store, first.Conversation)).ShouldBe(["lineker messi 0 2 2"]);
        }

        // A receipt of it is due all the same.
        var told = new List<(Guid?, Guid?)>();
        (await store.AdvanceAsync([new MarkAdvance(first.Conversation, At("lineker"), 0, 2, Tell)])).Select(Describe).ShouldBe(["lineker messi 0 2 2"]);
        told.ShouldBe([(first.Id, first.Id)]);

        Parcel? Tell(Guid? delivered, Guid? read)
        {
            told.Add((delivered, read));
            return null;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4000)]
    public async Task A_receipt_names_the_last_message_of_the_other_up_to_each_mark_and_waits_for_his_realm(int before)
    {
        var store = await OpenAsync();
        var messi = await AddAsync(store, "messi");
        var dua = await AddPeerAsync(store, "dua");
        var came = Enumerable.Range(1, 3).Select(i => Direct(i, messi, "x")).ToArray();
        await store.ReceiveAsync(dua.Id, Guid.NewGuid(), Here, came);
        var own = await SendAsync(store, messi, "james@dua", "mine", null);
        await AppendAllAsync(store, Enumerable.Range(0, before).Select(_ => Message(messi, messi, "x")));

        await AdvanceAsync(2, 1);
        await AdvanceAsync(2, 1);
        await AdvanceAsync(4, 2);
        await AdvanceAsync(0, 4);
        await SendAsync(store, messi, "james@dua", "mine again", null);
        await AdvanceAsync(0, 5);

        (await WaitingAsync(store, dua)).ShouldBe([$"1 {came[1].Id} {came[0].Id}", $"2 {came[2].Id} {came[1].Id}", $"3  {came[2].Id}"]);

        async Task AdvanceAsync(long delivered, long read) =>
            await store.AdvanceAsync([new MarkAdvance(own.Conversation, At("messi"), delivered, read, (first, second) => Parcel(dua, $"{first} {second}"))]);
    }

    [Fact]
    public async Task What_a_peer_acknowledges_and_tells_moves_the_marks_of_its_users_and_whoever_listens_hears_it()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        var dua = await AddPeerAsync(store, "dua");
        var heard = new List<string>();
        store.MarksStored += marks => heard.AddRange(marks.Select(Describe));
        var sent = new List<Message>();
        for (var i = 0; i < 4; i++) sent.Add(await SendAsync(store, messi, "james@dua", $"{i}", dua));
        await SendAsync(store, lineker, "james@dua", "x", dua);
        await store.EnqueueAsync(Parcel(dua, "something else"));
        var came = Direct(1, messi, "from james");

        await store.AcknowledgeAsync(dua.Id, dua.OutEpoch, 2);
        await store.AcknowledgeAsync(dua.Id, dua.OutEpoch, 2);
        await store.AcknowledgeAsync(dua.Id, dua.OutEpoch, 6);
        heard.Order(StringComparer.Ordinal).ShouldBe(["james@dua lineker 1 0 0", "james@dua messi 2 0 0", "james@dua messi 4 0 0"]);

        heard.Clear();
        await store.ReceiveAsync(dua.Id, Guid.NewGuid(), Here,
        [
            came, new ReceiptDelivery(2, NextId(), At("james@dua"), messi, sent[2].Id, sent[0].Id), new ReceiptDelivery(3, NextId(), At("james@dua"), messi, sent[1].Id, null),
            new ReceiptDelivery(4, NextId(), At("james@dua"), messi, came.Id, NextId()), new ReceiptDelivery(5, NextId(), At("pele@dua"), messi, sent[3].Id, sent[3].Id),
            new ReceiptDelivery(6, NextId(), At("james@dua"), lineker, sent[3].Id, sent[3].Id), new ReceiptDelivery(7, NextId(), At("james@dua"), messi, null, sent[3].Id),
        ]);
        heard.ShouldBe(["james@dua messi 4 3 1", "james@dua messi 4 4 4"]);
        store = await KillAndOpenAsync(store);
        (await MarksAsync(store, sent[0].Conversation)).ShouldBe(["james@dua messi 4 4 4"]);
    }

    [Fact]
    public async Task A_number_in_another_epoch_still_says_which_message_it_carries()
    {
        var store = await OpenAsync();
        var messi = await AddAsync(store, "messi");
        var dua = await AddPeerAsync(store, "dua");
        await SendAsync(store, messi, "james@dua", "1", dua);
        var sent = await SendAsync(store, messi, "james@dua", "2", dua);
        await store.AcknowledgeAsync(dua.Id, dua.OutEpoch, 1);
        var begun = (await store.BeginEpochAsync(dua.Id)).ShouldNotBeNull();

        await store.AcknowledgeAsync(dua.Id, begun.OutEpoch, 1);

        (await MarksAsync(store, sent.Conversation)).ShouldBe(["james@dua messi 2 0 0"]);
    }

    [Fact]
    public async Task An_account_is_told_of_the_marks_in_its_conversations_that_have_changed_since()
    {
        var store = await OpenAsync();
        var (messi, lineker, third) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"), await AddAsync(store, "third"));
        var group = await AddGroupAsync(store, "batak", "messi", "lineker");
        var first = await AppendAsync(store, messi, lineker, "1");
        var apart = await AppendAsync(store, third, lineker, "2");
        await store.AdvanceAsync([new MarkAdvance(first.Conversation, At("lineker"), 1, 0, null), new MarkAdvance(apart.Conversation, At("lineker"), 1, 0, null)]);
        var later = await AppendAsync(store, messi, lineker, "3");
        await store.AdvanceAsync([new MarkAdvance(group.Conversation, At("lineker"), 0, 2, null), new MarkAdvance(group.Conversation, At("third"), 0, 2, null)]);

        for (var round = 0; round < 2; round++)
        {
            (await ChangedAsync(0)).ShouldBe(["lineker  0 2 2", "lineker messi 0 1 0"]);
            (await ChangedAsync(apart.Arrival)).ShouldBe(["lineker  0 2 2", "lineker messi 0 1 0"]);
            (await ChangedAsync(later.Arrival)).ShouldBe(["lineker  0 2 2"]);
            (await ChangedAsync(later.Arrival + 1)).ShouldBeEmpty();
            store = await KillAndOpenAsync(store);
        }

        await ChangeAsync(store, group.Id, Entry(EntryKind.Left, "lineker"));
        (await MarksAsync(store, group.Conversation)).ShouldBeEmpty();

        async Task<ImmutableArray<string>> ChangedAsync(long since) =>
            [.. (await store.ListMarksAsync(messi.Id, since, None)).Select(Describe).Order(StringComparer.Ordinal)];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_long_life_with_marks_edits_and_deletions_agrees_with_a_simple_model(int seed)
    {
        var random = new Random(seed);
        var store = await OpenAsync();
        var accounts = new List<Account>();
        for (var i = 0; i < 3; i++) accounts.Add(await AddAsync(store, string.Create(CultureInfo.InvariantCulture, $"user{i}")));
        var all = new List<Message>();
        var texts = new Dictionary<(ConversationId, long), string>();
        var deleted = new HashSet<(ConversationId, long)>();
        var read = new Dictionary<(Address, ConversationId), long>();
        var readThrough = accounts.ToDictionary(account => account.Id, _ => 0L);

        for (var step = 0; step < 60; step++)
        {
            var (one, other) = (Any(), Any());
            switch (random.Next(9))
            {
                case < 3:
                    var stored = await AppendAllAsync(store, Enumerable.Range(0, random.Next(1, random.Next(3) == 0 ? 700 : 20)).Select(_ => Message(Any(), Any(), "x")));
                    foreach (var message in stored) Keep(message, "x");
                    break;
                case 3 when all.Count > 0:
                    var target = all[random.Next(all.Count)];
                    if (target.Kind != EntryKind.Said || deleted.Contains(At(target))) break;
                    var author = accounts.Single(account => account.Username == target.From.Username);
                    var isDeletion = random.Next(2) == 0;
                    var text = isDeletion ? "" : string.Create(CultureInfo.InvariantCulture, $"text {step}");
                    var entry = await ReviseAsync(store, author, target.To.ToString()!, target.Position, isDeletion ? EntryKind.Deleted : EntryKind.Edited, text); // direct
                    Keep(entry, text);
                    texts[At(target)] = text;
                    if (!isDeletion) break;
                    deleted.Add(At(target));
                    foreach (var edit in all.Where(edit => edit.Conversation == target.Conversation && edit.Kind == EntryKind.Edited && edit.Target == target.Position)) texts[At(edit)] = "";
                    break;
                case 4 or 5 when all.Count > 0:
                    var at = all[random.Next(all.Count)];
                    var who = random.Next(2) == 0 ? at.From : at.To!.Value; // direct
                    await store.AdvanceAsync([new MarkAdvance(at.Conversation, who, 0, at.Position, null)]);
                    read[(who, at.Conversation)] = Math.Max(at.Position, read.GetValueOrDefault((who, at.Conversation)));
                    break;
                case 6:
                    var page = await ReadAsync(store, one, random.Next(1, 400));
                    page.Messages.Select(At).ShouldBe(Unread(one).Take(page.Messages.Length).Select(At), $"step {step} of life {seed}");
                    await store.MarkReadAsync(page, None);
                    if (page.Messages.Length > 0) readThrough[one.Id] = Math.Max(readThrough[one.Id], page.Through);
                    break;
                case 7:
                    store = random.Next(2) == 0 ? await ReopenAsync(store) : await KillAndOpenAsync(store);
                    break;
            }

            if (step % 6 != 0) continue;
            (await TextsAsync(store, one)).ShouldBe(Unread(one).Select(message => texts[At(message)]), $"inbox at step {step} of life {seed}");
            var after = all.Count == 0 ? 0 : all[random.Next(all.Count)].Arrival;
            (await HeardAsync(store, other, after, 500)).Select(message => (At(message), message.Text.Decode()))
                .ShouldBe(all.Where(message => message.Arrival > after && Concerns(message, other)).Select(message => (At(message), texts[At(message)])), $"stream at step {step} of life {seed}");
        }

        Account Any() => accounts[random.Next(accounts.Count)];

        static (ConversationId, long) At(Message message) => (message.Conversation, message.Position);

        void Keep(Message message, string text)
        {
            all.Add(message);
            texts[At(message)] = text;
        }

        static bool Concerns(Message message, Account account) => message.From.Username == account.Username || message.To!.Value.Username == account.Username; // direct

        IEnumerable<Message> Unread(Account reader) => all.Where(message => message.Kind == EntryKind.Said && message.To!.Value.Username == reader.Username && !deleted.Contains(At(message))
            && message.Arrival > readThrough[reader.Id] && message.Position > read.GetValueOrDefault((new Address(reader.Username), message.Conversation))); // direct
    }
}
