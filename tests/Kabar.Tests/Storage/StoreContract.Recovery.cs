using System.Globalization;
using Kabar.Core;

namespace Kabar.Tests.Storage;

public abstract partial class StoreContract
{
    // Where an implementation that keeps its newest messages in memory, two thousand odd at a time, might lose or double one.
    public static TheoryData<int> Boundaries => [1, 2047, 2048, 2049, 4095, 4096, 4097, 6143, 6144, 6145];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Everything_that_was_answered_survives_a_reopening_and_a_kill(bool killed)
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        var (session, hash) = await LogInAsync(store, messi, Noon);
        var ended = await LogInAsync(store, messi, Noon);
        await AppendAllAsync(store, Enumerable.Range(0, 40).Select(i => Message(lineker, messi, string.Create(CultureInfo.InvariantCulture, $"{i}"))));
        await store.MarkReadAsync(await ReadAsync(store, messi, most: 30), None);
        await store.UpdateAccountAsync(lineker.Id, account => account with { PasswordHash = "changed" }, None);
        await store.TouchSessionAsync(session.Id, Noon.AddMinutes(5), None);
        await store.EndSessionAsync(ended.Session.Id, None);

        store = killed ? await KillAndOpenAsync(store) : await ReopenAsync(store);

        (await store.ListAccountsAsync(None).Select(account => account.Username).ToListAsync()).ShouldBe([messi.Username, lineker.Username]);
        (await store.FindAccountAsync(lineker.Id, None)).ShouldNotBeNull().PasswordHash.ShouldBe("changed");
        (await store.FindSessionAsync(hash, None)).ShouldBe(session with { LastUsed = Noon.AddMinutes(5) });
        (await store.FindSessionAsync(ended.Hash, None)).ShouldBeNull();
        (await TextsAsync(store, messi)).ShouldBe(Enumerable.Range(30, 10).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i}")));
    }

    [Theory]
    [MemberData(nameof(Boundaries))]
    public async Task Nothing_is_lost_or_doubled_when_it_is_reopened_there(int boundary)
    {
        const int Many = 6600;
        var store = await OpenAsync();
        var senders = new[] { await AddAsync(store, "s0"), await AddAsync(store, "s1") };
        var readers = new[] { await AddAsync(store, "r0"), await AddAsync(store, "r1"), await AddAsync(store, "r2") };
        var messages = Enumerable.Range(0, Many).Select(i => Message(senders[i / 3 % 2], readers[i % 3], "x")).ToArray();
        var expected = readers.ToDictionary(reader => reader.Id, reader => messages.Where(message => message.To.Id == reader.Id).Select(message => message.Id).ToArray());
        var read = readers.ToDictionary(reader => reader.Id, _ => new List<Guid>());

        // The first reader reads nothing before the end, the second some and at the boundary, the third all the time.
        var done = 0;
        foreach (var part in new[] { messages[..(boundary / 2)], messages[(boundary / 2)..boundary], messages[boundary..] })
        {
            await AppendAllAsync(store, part);
            done += part.Length;
            await MarkSomeAsync(readers[1], 500);
            await MarkSomeAsync(readers[2], int.MaxValue);
            if (done != boundary) continue;

            store = await KillAndOpenAsync(store);
            (await ReadAsync(store, readers[0])).Messages.Length.ShouldBe(messages[..boundary].Count(message => message.To.Id == readers[0].Id));
            store = await ReopenAsync(store);
        }

        store = await ReopenAsync(store);
        foreach (var reader in readers)
        {
            foreach (var message in await DrainAsync(store, reader, pageSize: 777)) read[reader.Id].Add(message.Id);
            read[reader.Id].ShouldBe(expected[reader.Id]);
        }

        async Task MarkSomeAsync(Account reader, int most)
        {
            var page = await ReadAsync(store, reader, most);
            read[reader.Id].AddRange(page.Messages.Select(message => message.Id));
            await store.MarkReadAsync(page, None);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task A_long_life_agrees_with_a_simple_model(int seed)
    {
        var random = new Random(seed);
        var store = await OpenAsync();
        var accounts = new List<Account>();
        for (var i = 0; i < 4; i++) accounts.Add(await AddAsync(store, string.Create(CultureInfo.InvariantCulture, $"user{i}")));
        var unread = accounts.ToDictionary(account => account.Id, _ => new List<Guid>());
        var positions = new Dictionary<ConversationId, long>();
        var late = new List<InboxPage>();

        for (var step = 0; step < 60; step++)
        {
            switch (random.Next(10))
            {
                case < 4:
                    var burst = Enumerable.Range(0, random.Next(1, random.Next(2) == 0 ? 30 : 900)).Select(_ => Message(Any(), Any(), "x")).ToArray();
                    var stored = await AppendAllAsync(store, burst);
                    for (var i = 0; i < burst.Length; i++)
                    {
                        unread[burst[i].To.Id].Add(burst[i].Id);
                        var position = positions[stored[i].Conversation] = positions.GetValueOrDefault(stored[i].Conversation) + 1;
                        stored[i].Position.ShouldBe(position, $"step {step} of life {seed}");
                    }

                    break;
                case < 7:
                    var reader = Any();
                    var most = random.Next(3) == 0 ? int.MaxValue : random.Next(600);
                    var page = await ReadAsync(store, reader, most);
                    page.Messages.Select(message => message.Id).ShouldBe(unread[reader.Id].Take(most), $"step {step} of life {seed}");
                    late.Add(page);
                    if (random.Next(4) > 0) await MarkAsync(page);
                    break;
                case 7 when late.Count > 0:
                    await MarkAsync(late[random.Next(late.Count)]);
                    break;
                case 8:
                    store = await ReopenAsync(store);
                    break;
                case 9:
                    store = await KillAndOpenAsync(store);
                    break;
            }
        }

        foreach (var account in accounts) (await DrainAsync(store, account, pageSize: 333)).Select(message => message.Id).ShouldBe(unread[account.Id]);

        Account Any() => accounts[random.Next(accounts.Count)];

        async Task MarkAsync(InboxPage page)
        {
            await store.MarkReadAsync(page, None);
            var marked = page.Messages.Select(message => message.Id).ToHashSet();
            unread[page.Reader].RemoveAll(marked.Contains);
        }
    }
}
