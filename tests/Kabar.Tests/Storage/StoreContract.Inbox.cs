using System.Collections.Concurrent;
using System.Globalization;
using Kabar.Core;

namespace Kabar.Tests.Storage;

public abstract partial class StoreContract
{
    [Fact]
    public async Task An_empty_inbox_is_an_empty_page()
    {
        var store = await OpenAsync();
        var messi = await AddAsync(store, "messi");

        var page = await ReadAsync(store, messi);

        page.Reader.ShouldBe(messi.Id);
        page.Messages.ShouldBeEmpty();
        await store.MarkReadAsync(page, None);
    }

    [Fact]
    public async Task What_several_senders_wrote_comes_in_the_order_of_arrival()
    {
        var store = await OpenAsync();
        var (messi, a, b) = (await AddAsync(store, "messi"), await AddAsync(store, "a"), await AddAsync(store, "b"));
        foreach (var (from, text) in new[] { (b, "1"), (a, "2"), (a, "3"), (b, "4"), (messi, "5") }) await AppendAsync(store, from, messi, text);
        await AppendAsync(store, a, b, "not for messi");

        var page = await ReadAsync(store, messi);

        Texts(page).ShouldBe(["1", "2", "3", "4", "5"]);
        page.Messages.Select(message => message.From.Username).ShouldBe([b.Username, a.Username, a.Username, b.Username, messi.Username]);
    }

    [Fact]
    public async Task Ones_own_messages_are_not_unread()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        await AppendAsync(store, messi, lineker, "1");
        await AppendAsync(store, lineker, messi, "2");
        await AppendAsync(store, messi, lineker, "3");

        foreach (var reopening in new[] { false, true })
        {
            if (reopening) store = await ReopenAsync(store);
            (await TextsAsync(store, messi)).ShouldBe(["2"]);
            (await TextsAsync(store, lineker)).ShouldBe(["1", "3"]);
        }
    }

    [Fact]
    public async Task Writing_does_not_mark_what_came_before_as_read()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        await AppendAsync(store, lineker, messi, "unread");
        for (var i = 0; i < 3; i++)
        {
            await AppendAsync(store, messi, lineker, "an answer to something else");
            (await TextsAsync(store, messi)).ShouldBe(["unread"]);
            store = i == 1 ? await KillAndOpenAsync(store) : await ReopenAsync(store);
        }

        (await TextsAsync(store, messi)).ShouldBe(["unread"]);
    }

    [Fact]
    public async Task A_page_stops_where_it_is_declined_and_the_next_goes_on_there()
    {
        var store = await OpenAsync();
        var (messi, a, b) = (await AddAsync(store, "messi"), await AddAsync(store, "a"), await AddAsync(store, "b"));
        for (var i = 0; i < 10; i++) await AppendAsync(store, i % 3 == 0 ? a : b, messi, string.Create(CultureInfo.InvariantCulture, $"{i}"));

        var first = await ReadAsync(store, messi, most: 4);
        Texts(first).ShouldBe(["0", "1", "2", "3"]);
        Texts(await ReadAsync(store, messi, most: 4)).ShouldBe(["0", "1", "2", "3"], "nothing was marked");

        await store.MarkReadAsync(first, None);
        var second = await ReadAsync(store, messi, most: 4);
        Texts(second).ShouldBe(["4", "5", "6", "7"]);
        await store.MarkReadAsync(second, None);
        Texts(await ReadAsync(store, messi, most: 4)).ShouldBe(["8", "9"]);
    }

    [Fact]
    public async Task A_page_that_takes_nothing_marks_nothing()
    {
        var store = await OpenAsync();
        var (messi, a) = (await AddAsync(store, "messi"), await AddAsync(store, "a"));
        await AppendAsync(store, a, messi, "1");

        var page = await ReadAsync(store, messi, most: 0);
        page.Messages.ShouldBeEmpty();
        await store.MarkReadAsync(page, None);

        (await TextsAsync(store, messi)).ShouldBe(["1"]);
    }

    [Fact]
    public async Task What_comes_after_a_page_was_read_stays_unread_when_it_is_marked()
    {
        var store = await OpenAsync();
        var (messi, a, b) = (await AddAsync(store, "messi"), await AddAsync(store, "a"), await AddAsync(store, "b"));
        await AppendAsync(store, a, messi, "1");
        var page = await ReadAsync(store, messi);
        var empty = await ReadAsync(store, b);
        await AppendAsync(store, b, messi, "2");
        await AppendAsync(store, a, messi, "3");
        await AppendAsync(store, a, b, "4");

        await store.MarkReadAsync(page, None);
        await store.MarkReadAsync(empty, None);

        (await TextsAsync(store, messi)).ShouldBe(["2", "3"]);
        (await TextsAsync(store, b)).ShouldBe(["4"]);
        store = await ReopenAsync(store);
        (await TextsAsync(store, messi)).ShouldBe(["2", "3"]);
        (await TextsAsync(store, b)).ShouldBe(["4"]);
    }

    [Fact]
    public async Task Marks_may_come_twice_late_and_out_of_order()
    {
        var store = await OpenAsync();
        var (messi, a) = (await AddAsync(store, "messi"), await AddAsync(store, "a"));
        for (var i = 0; i < 6; i++) await AppendAsync(store, a, messi, string.Create(CultureInfo.InvariantCulture, $"{i}"));
        var two = await ReadAsync(store, messi, most: 2);
        var four = await ReadAsync(store, messi, most: 4);

        await store.MarkReadAsync(four, None);
        await store.MarkReadAsync(two, None);
        await store.MarkReadAsync(four, None);

        (await TextsAsync(store, messi)).ShouldBe(["4", "5"]);
        store = await ReopenAsync(store);
        await store.MarkReadAsync(two, None);
        (await TextsAsync(store, messi)).ShouldBe(["4", "5"]);
        store = await KillAndOpenAsync(store);
        (await TextsAsync(store, messi)).ShouldBe(["4", "5"]);
    }

    [Fact]
    public async Task One_readers_marks_are_not_anothers()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        await AppendAllAsync(store, [Message(messi, lineker, "1"), Message(lineker, messi, "2"), Message(messi, lineker, "3"), Message(lineker, messi, "4")]);

        await store.MarkReadAsync(await ReadAsync(store, messi), None);

        (await TextsAsync(store, messi)).ShouldBeEmpty();
        (await TextsAsync(store, lineker)).ShouldBe(["1", "3"]);
        store = await ReopenAsync(store);
        (await TextsAsync(store, messi)).ShouldBeEmpty();
        (await TextsAsync(store, lineker)).ShouldBe(["1", "3"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(700)]
    [InlineData(1024)]
    [InlineData(int.MaxValue)]
    public async Task Thousands_of_messages_come_once_each_and_in_order_whatever_the_pages(int pageSize)
    {
        const int Many = 5000;
        var store = await OpenAsync();
        var (messi, a, b) = (await AddAsync(store, "messi"), await AddAsync(store, "a"), await AddAsync(store, "b"));
        var stored = await AppendAllAsync(store, Enumerable.Range(0, Many).Select(i => Message(i % 5 == 0 ? a : b, messi, "x")));
        if (pageSize == 1) await MarkAllButAsync(store, messi, 300);

        var read = await DrainAsync(store, messi, pageSize);

        read.Select(message => message.Id).ShouldBe(stored.Select(message => message.Id).TakeLast(pageSize == 1 ? 300 : Many));
        (await TextsAsync(store, messi)).ShouldBeEmpty();
        store = await ReopenAsync(store);
        (await TextsAsync(store, messi)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reader_a_marker_and_writers_at_once_see_each_message_exactly_once_in_order()
    {
        const int Writers = 4;
        const int Each = 1500;
        var store = await OpenAsync();
        var reader = await AddAsync(store, "reader");
        var writers = new List<Account>();
        for (var i = 0; i < Writers; i++) writers.Add(await AddAsync(store, string.Create(CultureInfo.InvariantCulture, $"w{i}")));
        var stored = new ConcurrentBag<Message>();
        var messages = writers.Select(writer => Enumerable.Range(0, Each).Select(_ => Message(writer, reader, "x")).ToArray()).ToArray();

        var writing = Task.WhenAll(messages.Select(mine => Task.Run(async () =>
        {
            foreach (var part in mine.Chunk(50))
                foreach (var message in await AppendAllAsync(store, part)) stored.Add(message);
        })));
        var read = new List<Message>();
        var size = 0;
        while (true)
        {
            var isLast = writing.IsCompleted;
            var page = await ReadAsync(store, reader, most: 1 + (size++ * 37 % 400));
            read.AddRange(page.Messages);
            await store.MarkReadAsync(page, None);
            if (page.Messages.IsEmpty && isLast) break;
            if (page.Messages.IsEmpty) await Task.Yield();
        }

        await writing.BeforeDeadline();
        stored.Count.ShouldBe(Writers * Each);
        read.Select(message => message.Arrival).ShouldBe(stored.Select(message => message.Arrival).Order());
    }

    [Fact]
    public async Task Several_readers_of_one_inbox_at_once_miss_nothing()
    {
        const int Many = 4000;
        var store = await OpenAsync();
        var (reader, writer) = (await AddAsync(store, "reader"), await AddAsync(store, "writer"));
        var messages = Enumerable.Range(0, Many).Select(_ => Message(writer, reader, "x")).ToArray();
        var seen = new ConcurrentDictionary<Guid, bool>();

        var writing = Task.Run(async () =>
        {
            foreach (var part in messages.Chunk(64)) await AppendAllAsync(store, part);
        });
        await Task.WhenAll(Enumerable.Range(1, 3).Select(number => Task.Run(async () =>
        {
            while (true)
            {
                var isLast = writing.IsCompleted;
                var page = await ReadAsync(store, reader, most: number * 100);
                page.Messages.Select(message => message.Arrival).ShouldBeInOrder(SortDirection.Ascending);
                foreach (var message in page.Messages) seen[message.Id] = true;
                await store.MarkReadAsync(page, None);
                if (page.Messages.IsEmpty && isLast) return;
                if (page.Messages.IsEmpty) await Task.Yield();
            }
        }))).BeforeDeadline();

        await writing.BeforeDeadline();
        seen.Count.ShouldBe(Many);
    }

    private static async Task MarkAllButAsync(IStore store, Account reader, int left)
    {
        var page = await ReadAsync(store, reader);
        await store.MarkReadAsync(page with { Messages = page.Messages[..^left], Through = page.Messages[^(left + 1)].Arrival }, None);
    }
}
