using System.Globalization;
using Kabar.Core;
using Kabar.Storage.Sqlite;

namespace Kabar.Tests.Storage.Sqlite;

public sealed class WriteQueueTests : IDisposable
{
    private const string RefuseBad = "CREATE TRIGGER refuse BEFORE INSERT ON message WHEN new.text = 'bad' BEGIN SELECT raise(ABORT, 'refused'); END";

    // ROLLBACK ends the whole transaction, as a full disk or a broken one can.
    private const string AbandonBad = "CREATE TRIGGER refuse BEFORE INSERT ON message WHEN new.text = 'bad' BEGIN SELECT raise(ROLLBACK, 'abandoned'); END";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(RefuseBad)]
    [InlineData(AbandonBad)]
    public async Task One_write_that_cannot_be_done_fails_alone_and_positions_stay_gap_free(string trigger)
    {
        await using (var store = SqliteStore.Open(_folder["kabar.db"]))
        {
            var (messi, lineker, third) = (await store.AddAsync("messi"), await store.AddAsync("lineker"), await store.AddAsync("third"));
            Samples.Damage(_folder["kabar.db"], trigger);

            // Behind a lock of another's, so that all of it is one batch.
            var saying = new List<(string Text, Account To, Task<Message> Task)>();
            using (var other = Database.OpenWriter(_folder["kabar.db"]))
            {
                other.Run("BEGIN IMMEDIATE");
                for (var i = 0; i < 200; i++)
                {
                    var text = i % 7 == 3 ? "bad" : string.Create(CultureInfo.InvariantCulture, $"{i}");
                    var to = i < 10 || i % 2 == 0 ? lineker : third;
                    saying.Add((text, to, store.SayAsync(messi, to, text).AsTask()));
                }

                other.Run("COMMIT");
            }

            foreach (var (text, _, task) in saying)
            {
                if (text == "bad") (await Should.ThrowAsync<StoreException>(task.BeforeDeadline())).Message.ShouldContain(trigger == RefuseBad ? "refused" : "abandoned");
                else await task.BeforeDeadline();
            }

            foreach (var reader in new[] { lineker, third })
            {
                var good = saying.Where(said => said.To == reader && said.Text != "bad").ToArray();
                (await store.InboxAsync(reader)).ShouldBe(good.Select(said => said.Text));
                var positions = await Task.WhenAll(good.Select(said => said.Task));
                positions.Select(message => message.Position).ShouldBe(Enumerable.Range(1, good.Length).Select(position => (long)position));
                (await store.SayAsync(messi, reader, "after")).Position.ShouldBe(good.Length + 1);
            }
        }

        StoreCheck.Run(_folder["kabar.db"]).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_conversation_whose_first_message_failed_begins_with_the_next()
    {
        await using (var store = SqliteStore.Open(_folder["kabar.db"]))
        {
            var (messi, lineker) = (await store.AddAsync("messi"), await store.AddAsync("lineker"));
            Samples.Damage(_folder["kabar.db"], RefuseBad);

            await Should.ThrowAsync<StoreException>(store.SayAsync(messi, lineker, "bad").AsTask());
            Samples.Number(_folder["kabar.db"], "SELECT count(*) FROM conversation").ShouldBe(0);
            (await store.SayAsync(lineker, messi, "good")).Position.ShouldBe(1);
            (await store.InboxAsync(messi)).ShouldBe(["good"]);
        }

        StoreCheck.Run(_folder["kabar.db"]).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_full_disk_fails_what_does_not_fit_and_once_there_is_room_all_goes_on()
    {
        await using (var store = SqliteStore.Open(_folder["kabar.db"]))
        {
            var (messi, lineker) = (await store.AddAsync("messi"), await store.AddAsync("lineker"));
            await store.SayAllAsync(messi, lineker, 10);
            var pages = await store.WriteAsync(database => database.Prepare("PRAGMA page_count").ReadNumber());
            await store.WriteAsync(database => database.Prepare($"PRAGMA max_page_count = {pages + 3}").ReadNumber());

            var big = new string('x', 3000);
            var saying = Enumerable.Range(0, 40).Select(_ => store.SayAsync(messi, lineker, big).AsTask()).ToArray();
            await Task.WhenAny(Task.WhenAll(saying)).BeforeDeadline(); // whatever came of them
            var kept = saying.Count(task => task.IsCompletedSuccessfully);
            kept.ShouldBeInRange(1, 39);
            foreach (var task in saying.Where(task => !task.IsCompletedSuccessfully))
                (await Should.ThrowAsync<StoreException>(task)).Message.ShouldContain("full");
            (await store.InboxAsync(lineker)).Length.ShouldBe(10 + kept);

            await store.WriteAsync(database => database.Prepare("PRAGMA max_page_count = 1000000").ReadNumber());
            (await store.SayAsync(messi, lineker, "room again")).Position.ShouldBe(11 + kept);
            (await store.InboxAsync(lineker)).Length.ShouldBe(11 + kept);
        }

        StoreCheck.Run(_folder["kabar.db"]).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_mark_that_fails_leaves_the_messages_unread()
    {
        await using (var store = SqliteStore.Open(_folder["kabar.db"]))
        {
            var (messi, lineker) = (await store.AddAsync("messi"), await store.AddAsync("lineker"));
            await store.SayAllAsync(messi, lineker, 3);
            Samples.Damage(_folder["kabar.db"], "CREATE TRIGGER refuse BEFORE INSERT ON inbox BEGIN SELECT raise(ABORT, 'refused'); END");
            var page = await store.ReadInboxAsync(lineker.Id, _ => true, CancellationToken.None);

            await Should.ThrowAsync<StoreException>(store.MarkReadAsync(page, CancellationToken.None).AsTask());

            (await store.InboxAsync(lineker)).Length.ShouldBe(3);
            Samples.Damage(_folder["kabar.db"], "DROP TRIGGER refuse");
            await store.MarkReadAsync(page, CancellationToken.None);
            (await store.InboxAsync(lineker)).ShouldBeEmpty();
        }

        StoreCheck.Run(_folder["kabar.db"]).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_waits_is_done_before_the_end_and_what_comes_after_is_refused()
    {
        var store = SqliteStore.Open(_folder["kabar.db"]);
        var (messi, lineker) = (await store.AddAsync("messi"), await store.AddAsync("lineker"));
        var saying = store.SayAllAsync(messi, lineker, 500);

        await store.DisposeAsync();

        (await saying).Length.ShouldBe(500);
        (await Should.ThrowAsync<StoreException>(store.SayAsync(messi, lineker, "late").AsTask())).Message.ShouldContain("closed");
        StoreCheck.Run(_folder["kabar.db"]).Messages.ShouldBe(500);
    }
}
