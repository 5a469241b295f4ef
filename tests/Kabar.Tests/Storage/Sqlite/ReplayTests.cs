using Kabar.Core;
using Kabar.Storage.Sqlite;

namespace Kabar.Tests.Storage.Sqlite;

/// <summary>The log is ahead of its index; a kill in between loses nothing.</summary>
public sealed class ReplayTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_kill_between_log_and_index_leaves_messages_that_only_the_log_holds_and_the_start_finds_them()
    {
        await using var store = SqliteStore.Open(_folder["kabar.db"], Samples.Pace);
        var (messi, lineker) = (await store.AddAsync("messi"), await store.AddAsync("lineker"));
        await store.SayAllAsync(messi, lineker, 100);
        await store.MarkReadAsync(await store.ReadInboxAsync(lineker.Id, message => message.Position <= 40, CancellationToken.None), CancellationToken.None);
        await store.SayAsync(lineker, messi, "an answer");

        var copy = Crash.Copy(_folder["kabar.db"], _folder["killed"]);

        Samples.Number(copy, "SELECT count(*) FROM message").ShouldBe(101);
        Samples.Number(copy, "SELECT count(*) FROM place").ShouldBe(0);
        Samples.Number(copy, "SELECT value FROM meta WHERE key = 'indexed'").ShouldBe(0);
        StoreCheck.Run(copy).Problems.ShouldBeEmpty();
        await using (var opened = SqliteStore.Open(copy))
        {
            (await opened.InboxAsync(lineker)).ShouldBe(Enumerable.Range(40, 60).Select(i => $"{i}"));
            (await opened.InboxAsync(messi)).ShouldBe(["an answer"]);
            (await opened.SayAsync(messi, lineker, "next")).Position.ShouldBe(102);
        }

        // The tidy end has indexed everything.
        Samples.Number(copy, "SELECT count(*) FROM place").ShouldBe(102);
        Samples.Number(copy, "SELECT value FROM meta WHERE key = 'indexed'").ShouldBe(102);
        StoreCheck.Run(copy).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_kill_between_two_slices_of_the_index_loses_and_doubles_nothing()
    {
        await using var store = SqliteStore.Open(_folder["kabar.db"], Samples.Pace);
        var (messi, lineker) = (await store.AddAsync("messi"), await store.AddAsync("lineker"));
        await store.SayAllAsync(messi, lineker, Samples.Pace.Segment);
        for (var i = 0; i < 3; i++) await store.SayAllAsync(messi, lineker, Samples.Pace.Slice);

        // Behind the slice in the writer's order.
        await store.SetSettingAsync("a", "b");

        var copy = Crash.Copy(_folder["kabar.db"], _folder["killed"]);
        Samples.Number(copy, "SELECT value FROM meta WHERE key = 'indexed'").ShouldBe(0);
        Samples.Number(copy, "SELECT count(*) FROM place").ShouldNotBeNull().ShouldBeInRange(1, Samples.Pace.Segment - 1);
        StoreCheck.Run(copy).Problems.ShouldBeEmpty();
        await using (var opened = SqliteStore.Open(copy, Samples.Pace))
        {
            (await opened.InboxAsync(lineker)).Length.ShouldBe(Samples.Pace.Segment + (3 * Samples.Pace.Slice));
            (await opened.SayAsync(messi, lineker, "next")).Position.ShouldBe(Samples.Pace.Segment + (3 * Samples.Pace.Slice) + 1);
        }

        StoreCheck.Run(copy).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_kill_after_an_index_replays_only_what_came_behind_it()
    {
        await using var store = SqliteStore.Open(_folder["kabar.db"], Samples.Pace);
        var (messi, lineker) = (await store.AddAsync("messi"), await store.AddAsync("lineker"));
        for (var i = 0; i < 20; i++) await store.SayAllAsync(messi, lineker, Samples.Pace.Slice);

        // Behind the index in the writer's order.
        await store.SetSettingAsync("a", "b");
        await store.SayAllAsync(messi, lineker, 10);

        var copy = Crash.Copy(_folder["kabar.db"], _folder["killed"]);
        var indexed = Samples.Number(copy, "SELECT value FROM meta WHERE key = 'indexed'").ShouldNotBeNull();
        indexed.ShouldBeGreaterThanOrEqualTo(Samples.Pace.Segment);
        Samples.Number(copy, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"SELECT count(*) FROM place WHERE arrival <= {indexed}")).ShouldBe(indexed);
        await using var opened = SqliteStore.Open(copy, Samples.Pace);
        (await opened.InboxAsync(lineker)).Length.ShouldBe((20 * Samples.Pace.Slice) + 10);
    }

    [Fact]
    public async Task An_index_that_fails_is_tried_again_and_reading_goes_on_meanwhile()
    {
        await using (var store = SqliteStore.Open(_folder["kabar.db"], Samples.Pace))
        {
            var (messi, lineker) = (await store.AddAsync("messi"), await store.AddAsync("lineker"));
            Samples.Damage(_folder["kabar.db"], "CREATE TRIGGER no_index BEFORE INSERT ON place BEGIN SELECT raise(ABORT, 'no room'); END");
            for (var i = 0; i < 3; i++) await store.SayAllAsync(messi, lineker, 2500);
            (await store.InboxAsync(lineker)).Length.ShouldBe(7500);
            Samples.Number(_folder["kabar.db"], "SELECT count(*) FROM place").ShouldBe(0);

            Samples.Damage(_folder["kabar.db"], "DROP TRIGGER no_index");
            for (var i = 0; i < 3; i++) await store.SayAllAsync(messi, lineker, 2500);
            (await store.InboxAsync(lineker)).Length.ShouldBe(15_000);
            Samples.Number(_folder["kabar.db"], "SELECT count(*) FROM place").ShouldNotBeNull().ShouldBeGreaterThan(0);
        }

        Samples.Number(_folder["kabar.db"], "SELECT count(*) FROM place").ShouldBe(15_000);
        StoreCheck.Run(_folder["kabar.db"]).Problems.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(3000)]
    public async Task The_index_keeps_the_pace_of_what_comes_in_however_large_the_batches(int batch)
    {
        await using var store = SqliteStore.Open(_folder["kabar.db"], Samples.Pace);
        var (messi, lineker) = (await store.AddAsync("messi"), await store.AddAsync("lineker"));
        for (var said = 0; said < 6 * Samples.Pace.Segment; said += batch) await store.SayAllAsync(messi, lineker, batch);

        // Behind the last slice in the writer's order.
        await store.SetSettingAsync("a", "b");
        store.UnindexedMessages.ShouldBeLessThanOrEqualTo((2 * Samples.Pace.Segment) + batch);
    }

    [Fact]
    public async Task A_log_that_names_a_conversation_that_does_not_exist_stops_the_start_in_a_sentence()
    {
        var path = await Samples.MakeFileAsync(_folder["kabar.db"]);
        Samples.Damage(path, "INSERT INTO message SELECT 4, 77, 1, sender, sent, x'00112233445566778899aabbccddeeff', sender_name, text, 0, NULL, NULL, NULL, NULL, NULL FROM message WHERE arrival = 1");

        Should.Throw<StoreException>(() => SqliteStore.Open(path)).Message.ShouldBe("Message 4 is in a conversation that does not exist; run 'kabar check'.");
    }
}
