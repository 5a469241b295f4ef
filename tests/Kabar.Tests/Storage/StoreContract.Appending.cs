using System.Collections.Concurrent;
using System.Globalization;
using Kabar.Core;

namespace Kabar.Tests.Storage;

public abstract partial class StoreContract
{
    [Fact]
    public async Task A_message_is_kept_as_it_was_said()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "Messi"), await AddAsync(store, "lineker"));
        var said = Message(messi, lineker, "  halo  \"é🐐\"\t\u0001");

        var stored = await store.AppendAsync(said);
        await store.UpdateAccountAsync(messi.Id, account => account with { DisplayName = "Another name" }, None);

        stored.Position.ShouldBe(1);
        foreach (var reopening in new[] { false, true })
        {
            if (reopening) store = await ReopenAsync(store);
            var read = (await ReadAsync(store, lineker)).Messages.ShouldHaveSingleItem();
            read.Id.ShouldBe(said.Id);
            (read.Conversation, read.Position, read.Arrival).ShouldBe((stored.Conversation, stored.Position, stored.Arrival));
            read.From.ShouldBe(new Address(messi.Username));
            read.From.Username.Value.ShouldBe("Messi");
            read.FromName.ShouldBe("Display Messi");
            read.Text.Utf8.ToArray().ShouldBe(said.Text.Utf8.ToArray());
            read.Sent.ShouldBe(said.Sent);
        }
    }

    [Fact]
    public async Task Both_directions_of_a_conversation_share_one_order()
    {
        var store = await OpenAsync();
        var (messi, lineker, third) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"), await AddAsync(store, "third"));

        var there = await AppendAsync(store, messi, lineker, "1");
        var back = await AppendAsync(store, lineker, messi, "2");
        var apart = await AppendAsync(store, messi, third, "1");
        var again = await AppendAsync(store, messi, lineker, "3");

        new[] { there.Position, back.Position, again.Position, apart.Position }.ShouldBe([1, 2, 3, 1]);
        new[] { back.Conversation, again.Conversation }.ShouldAllBe(conversation => conversation == there.Conversation);
        apart.Conversation.ShouldNotBe(there.Conversation);
    }

    [Fact]
    public async Task Somebody_can_write_to_himself_and_it_is_unread()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        await AppendAsync(store, messi, messi, "note");
        await AppendAsync(store, lineker, messi, "halo");
        await AppendAsync(store, messi, messi, "another");

        (await TextsAsync(store, messi)).ShouldBe(["note", "halo", "another"]);
        store = await ReopenAsync(store);
        (await DrainAsync(store, messi, pageSize: 2)).Select(message => message.Text.Decode()).ShouldBe(["note", "halo", "another"]);
        (await TextsAsync(store, messi)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_order_of_calls_is_the_order_of_arrivals()
    {
        var store = await OpenAsync();
        var accounts = new[] { await AddAsync(store, "a"), await AddAsync(store, "b"), await AddAsync(store, "c") };

        var stored = await AppendAllAsync(store, Enumerable.Range(0, 3000).Select(i => Message(accounts[i % 3], accounts[i / 3 % 3], "x")));

        stored.Select(message => message.Arrival).ShouldBeInOrder(SortDirection.Ascending);
        stored.Select(message => message.Arrival).ShouldBeUnique();
        foreach (var conversation in stored.GroupBy(message => message.Conversation))
            conversation.Select(message => message.Position).ShouldBe(Enumerable.Range(1, conversation.Count()).Select(position => (long)position));
    }

    [Fact]
    public async Task Many_at_once_leave_no_gap_in_any_conversation_and_keep_the_order_of_each()
    {
        const int Writers = 8;
        const int Each = 400;
        var store = await OpenAsync();
        var accounts = new List<Account>();
        for (var i = 0; i < 4; i++) accounts.Add(await AddAsync(store, string.Create(CultureInfo.InvariantCulture, $"user{i}")));
        var stored = new ConcurrentBag<(int Writer, int Number, Message Message)>();
        var messages = Enumerable.Range(0, Writers).Select(writer => Enumerable.Range(0, Each)
            .Select(number => Message(accounts[writer % 4], accounts[(writer + (number % 3)) % 4], "x")).ToArray()).ToArray();

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            for (var number = 0; number < Each; number++) stored.Add((writer, number, await store.AppendAsync(messages[writer][number])));
        }))).BeforeDeadline();

        stored.Count.ShouldBe(Writers * Each);
        stored.Select(entry => entry.Message.Arrival).ShouldBeUnique();
        foreach (var conversation in stored.GroupBy(entry => entry.Message.Conversation))
        {
            var ordered = conversation.OrderBy(entry => entry.Message.Arrival).ToArray();
            ordered.Select(entry => entry.Message.Position).ShouldBe(Enumerable.Range(1, ordered.Length).Select(position => (long)position));
        }

        foreach (var writer in stored.GroupBy(entry => entry.Writer))
            writer.OrderBy(entry => entry.Number).Select(entry => entry.Message.Arrival).ShouldBeInOrder(SortDirection.Ascending);
    }

    [Fact]
    public async Task Positions_go_on_where_they_were_after_a_reopening()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        var positions = new List<long>();
        var arrivals = new List<long>();
        for (var i = 0; i < 6; i++)
        {
            foreach (var message in await AppendAllAsync(store, [Message(messi, lineker, "x"), Message(lineker, messi, "y")]))
            {
                positions.Add(message.Position);
                arrivals.Add(message.Arrival);
            }

            store = i % 2 == 0 ? await ReopenAsync(store) : await KillAndOpenAsync(store);
        }

        positions.ShouldBe(Enumerable.Range(1, 12).Select(position => (long)position));
        arrivals.ShouldBeInOrder(SortDirection.Ascending);
        arrivals.ShouldBeUnique();
    }
}
