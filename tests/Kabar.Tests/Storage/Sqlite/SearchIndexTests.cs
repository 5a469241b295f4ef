using System.Globalization;
using Kabar.Core;
using Kabar.Storage;
using Kabar.Storage.Sqlite;

namespace Kabar.Tests.Storage.Sqlite;

/// <summary>How the full-text index follows the log, and what it does with a file that is not its own.</summary>
public sealed class SearchIndexTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly TemporaryFolder _folder = new();

    private string Data => _folder["kabar.db"];

    private string Index => _folder["search.db"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_follows_many_batches_and_says_how_far_it_is_behind()
    {
        await using var store = Open();
        var (messi, lineker) = (await store.AddAsync("messi"), await store.AddAsync("lineker"));
        const int Messages = 20_000;
        await SayAllAsync(store, messi, lineker, 0, Messages);

        await CatchesUpAsync(store);
        (await SearchAsync(store, messi, "kata 0")).ShouldBe(["kata 0"]);
        (await SearchAsync(store, lineker, $"kata {Messages - 1}")).ShouldBe([$"kata {Messages - 1}"]);
        (await SearchAsync(store, messi, "kata", 50)).ShouldBe(Enumerable.Range(1, 50).Select(i => $"kata {Messages - i}"));
        Rows(Index).ShouldBe(Messages);
    }

    [Fact]
    public async Task After_a_kill_it_goes_on_from_its_mark()
    {
        var copies = new List<string>();
        await using (var store = Open())
        {
            var (messi, lineker) = (await store.AddAsync("messi"), await store.AddAsync("lineker"));
            for (var round = 0; round < 4; round++)
            {
                await SayAllAsync(store, messi, lineker, round * 5_000, 5_000);
                copies.Add(Crash.Copy(Data, _folder[$"crash-{round}"]));

                // As it lies there: nothing yet, or some batches.
                foreach (var suffix in new[] { "", "-wal", "-shm" })
                    if (File.Exists(Index + suffix)) File.Copy(Index + suffix, Samples.SearchIndexOf(copies[^1]) + suffix);
            }
        }

        foreach (var (round, copy) in copies.Index())
        {
            await using var store = SqliteStore.Open(copy, Samples.Pace, searchIndex: Samples.SearchIndexOf(copy));
            var messi = await FindAsync(store, "messi");
            await CatchesUpAsync(store);
            for (var number = 0; number < (round + 1) * 5_000; number += 499)
                (await SearchAsync(store, messi, $"kata {number}")).ShouldBe([$"kata {number}"]);
            Rows(Samples.SearchIndexOf(copy)).ShouldBe((round + 1) * 5_000);
        }
    }

    [Fact]
    public async Task What_is_said_while_it_is_switched_off_is_found_when_it_is_on_again()
    {
        await MakeAsync("pertama");
        await using (var off = SqliteStore.Open(Data))
        {
            await off.SayAsync(await FindAsync(off, "messi"), await FindAsync(off, "lineker"), "kedua");
            (await SearchAsync(off, await FindAsync(off, "messi"), "pertama")).ShouldBeEmpty();
            off.UnsearchableMessages.ShouldBe(0);
        }

        await using var store = Open();
        await CatchesUpAsync(store);
        (await SearchAsync(store, await FindAsync(store, "messi"), "kedua")).ShouldBe(["kedua"]);
        (await SearchAsync(store, await FindAsync(store, "messi"), "pertama")).ShouldBe(["pertama"]);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("empty")]
    [InlineData("garbage")]
    [InlineData("garbled")]
    [InlineData("cut")]
    [InlineData("another format")]
    [InlineData("of another database")]
    [InlineData("ahead")]
    [InlineData("of another past")]
    public async Task A_file_that_is_not_its_own_or_damaged_is_made_again(string state)
    {
        await MakeAsync([.. Enumerable.Range(0, 3_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"kata {i} dan kata-kata lain"))]);
        await SpoilAsync(state);

        await using var store = Open();
        var messi = await FindAsync(store, "messi");
        await StoreFindsAsync(store, messi, "2999", "kata 2999 dan kata-kata lain");
        await StoreFindsAsync(store, messi, "kata 0", "kata 0 dan kata-kata lain");
        await store.SayAsync(messi, messi, "dan seterusnya");
        await StoreFindsAsync(store, messi, "seterusnya", "dan seterusnya");
        (await SearchAsync(store, messi, "asing")).ShouldBeEmpty();
        await CatchesUpAsync(store);
        Rows(Index).ShouldBe(3_001);
    }

    [Fact]
    public async Task A_file_that_becomes_damaged_is_made_again_while_the_store_is_open()
    {
        await MakeAsync([.. Enumerable.Range(0, 3_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"kata {i}"))]);
        await using var store = Open();
        var messi = await FindAsync(store, "messi");
        await StoreFindsAsync(store, messi, "2999", "kata 2999");

        // Not the first page, which connections have in memory.
        Overwrite(Index, 3 * 16_384, int.MaxValue);
        await store.SayAsync(messi, messi, "kata baru");

        await StoreFindsAsync(store, messi, "baru", "kata baru");
        await StoreFindsAsync(store, messi, "1234", "kata 1234");
        await StoreFindsAsync(store, messi, "2999", "kata 2999");
    }

    [Fact]
    public async Task A_restored_realm_does_not_use_the_index_of_what_was_there_before()
    {
        var data = _folder["data"];
        using (var held = DataDirectory.TryHold(data).ShouldNotBeNull())
        {
            await using (var before = SqliteStore.Open(held.Database, searchIndex: held.SearchIndex))
            {
                var (messi, lineker) = (await before.AddAsync("messi"), await before.AddAsync("lineker"));
                await before.SayAsync(messi, lineker, "pertama");
                StoreCopy.BackUp(data, _folder["backup"]);
                await before.SayAsync(messi, lineker, "hilang");
                await CatchesUpAsync(before);
            }

            File.Exists(Path.Combine(_folder["backup"], "search.db")).ShouldBeFalse();
            StoreCopy.Restore(_folder["backup"], held, Samples.Noon);
            await using var restored = SqliteStore.Open(held.Database, searchIndex: held.SearchIndex);
            var reader = await FindAsync(restored, "lineker");
            await restored.SayAsync(reader, reader, "sesudahnya");
            await StoreFindsAsync(restored, reader, "sesudahnya", "sesudahnya");
            (await SearchAsync(restored, reader, "hilang")).ShouldBeEmpty();
            (await SearchAsync(restored, reader, "pertama")).ShouldBe(["pertama"]);
            Rows(held.SearchIndex).ShouldBe(2);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_edited_is_found_as_it_reads_and_what_was_deleted_is_not(bool isIndexed)
    {
        // Behind the index by conversation, or in it.
        var pace = isIndexed ? new IndexPace(16, 1024, 16) : Samples.Pace;
        await using (var store = Open(pace))
        {
            var (messi, lineker) = (await store.AddAsync("messi"), await store.AddAsync("lineker"));
            foreach (var text in new[] { "salah ketik", "rahasia", "tetap" }) await store.SayAsync(messi, lineker, text);
            await SayAllAsync(store, lineker, messi, 0, 40);
            await StoreFindsAsync(store, messi, "39", "kata 39");
            await ReviseAsync(store, 1, EntryKind.Edited, "benar ketik");
            await ReviseAsync(store, 2, EntryKind.Deleted, "");

            await StoreFindsAsync(store, messi, "benar", "benar ketik");
            await StoreFindsAsync(store, messi, "rahasia");
            await StoreFindsAsync(store, messi, "ketik", "benar ketik");
            (await SearchAsync(store, messi, "salah")).ShouldBeEmpty();
            (await SearchAsync(store, lineker, "tetap")).ShouldBe(["tetap"]);
            await CatchesUpAsync(store);
            Rows(Index).ShouldBe(42);
        }

        foreach (var suffix in new[] { "", "-wal", "-shm" }) File.Delete(Index + suffix);
        await using var again = Open(pace);
        var reader = await FindAsync(again, "lineker");
        await CatchesUpAsync(again);
        (await SearchAsync(again, reader, "ketik")).ShouldBe(["benar ketik"]);
        (await SearchAsync(again, reader, "rahasia")).ShouldBeEmpty();
        Rows(Index).ShouldBe(42);
    }

    [Fact]
    public async Task What_was_deleted_a_moment_ago_is_not_found_though_the_index_does_not_know_it_yet()
    {
        await using var store = Open();
        var messi = await store.AddAsync("messi");
        await store.SayAsync(messi, messi, "rahasia");
        await StoreFindsAsync(store, messi, "rahasia", "rahasia");

        await store.WriteAsync(database =>
        {
            database.Run("UPDATE message SET text = '', deleted = 1 WHERE text = 'rahasia'");
            return true;
        });

        (await SearchAsync(store, messi, "rahasia")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Many_search_at_once_while_others_speak()
    {
        await using var store = Open();
        var (messi, lineker) = (await store.AddAsync("messi"), await store.AddAsync("lineker"));
        await SayAllAsync(store, messi, lineker, 0, 2_000);
        await CatchesUpAsync(store);

        await Task.WhenAll(Enumerable.Range(0, 16).Select(number => Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                await store.SayAsync(lineker, messi, $"sela {number}");
                (await SearchAsync(store, messi, $"kata {i * 7}", 3)).ShouldBe([$"kata {i * 7}"]);
            }
        }))).BeforeDeadline();

        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () => await store.SearchAsync(messi.Id, "kata", null, null, 1, cancelled.Token));
    }

    [Fact]
    public async Task Its_file_is_its_owners_alone()
    {
        if (OperatingSystem.IsWindows()) return;
        await MakeAsync("halo");

        File.GetUnixFileMode(Index).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static long? Rows(string index) => Samples.Number(index, "SELECT count(*) FROM said");

    private static async Task<Account> FindAsync(SqliteStore store, string username) =>
        (await store.FindAccountAsync(Username.Parse(username), None)).ShouldNotBeNull();

    private static async Task<string[]> SearchAsync(SqliteStore store, Account reader, string words, int most = 100) =>
        [.. (await store.SearchAsync(reader.Id, words, null, null, most, None)).Select(message => message.Text.Decode())];

    private static Task CatchesUpAsync(SqliteStore store) => BecomesAsync(() => Task.FromResult(store.UnsearchableMessages), behind => behind == 0);

    private static Task StoreFindsAsync(SqliteStore store, Account reader, string words, params string[] expected) => BecomesAsync(
        async () =>
        {
            try
            {
                return await SearchAsync(store, reader, words);
            }
            catch (StoreException)
            {
                // Of a damaged file, until it is made again.
                return ["(damaged)"];
            }
        },
        found => found.SequenceEqual(expected));

    private static async Task BecomesAsync<T>(Func<Task<T>> look, Func<T, bool> isSo)
    {
        using var deadline = new CancellationTokenSource(Deadline.Span);
        while (!isSo(await look()))
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(10), None);
        }
    }

    private static Task<Message[]> SayAllAsync(SqliteStore store, Account from, Account to, int first, int count) =>
        Task.WhenAll(Enumerable.Range(first, count).Select(i => store.SayAsync(from, to, string.Create(CultureInfo.InvariantCulture, $"kata {i}")).AsTask())).BeforeDeadline();

    // An entry that changes another, as a row.
    private static async Task ReviseAsync(SqliteStore store, long target, EntryKind kind, string text)
    {
        var sender = await FindAsync(store, "messi");
        var conversation = (await store.SearchAsync(sender.Id, "kata", null, null, 1, None)).ShouldHaveSingleItem().Conversation;
        var entry = await store.SayAsync(sender, await FindAsync(store, "lineker"), "-");
        await store.WriteAsync(database =>
        {
            database.Prepare("UPDATE message SET kind = ?2, target = ?3, text = ?4 WHERE arrival = ?1").Bind(1, entry.Arrival).Bind(2, (long)kind).Bind(3, target).Bind(4, text).Run();
            database.Prepare("UPDATE message SET text = ?3, deleted = ?4 WHERE conversation = ?1 AND position = ?2")
                .Bind(1, conversation.Value).Bind(2, target).Bind(3, text).Bind(4, kind == EntryKind.Deleted ? 1 : (long?)null).Run();
            return true;
        });
    }

    private static void Overwrite(string path, long from, int most)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var noise = new byte[(int)Math.Min(most, file.Length - from)];
        new Random(7).NextBytes(noise);
        file.Position = from;
        file.Write(noise);
    }

    private SqliteStore Open(IndexPace? pace = null) => SqliteStore.Open(Data, pace ?? Samples.Pace, searchIndex: Index);

    // A closed store in which messi told lineker this, all of it indexed.
    private async Task MakeAsync(params string[] texts)
    {
        await using var store = Open();
        var (messi, lineker) = (await store.AddAsync("messi"), await store.AddAsync("lineker"));
        await Task.WhenAll(texts.Select(text => store.SayAsync(messi, lineker, text).AsTask())).BeforeDeadline();
        await CatchesUpAsync(store);
    }

    private async Task SpoilAsync(string state)
    {
        switch (state)
        {
            case "missing":
                File.Delete(Index);
                break;
            case "empty":
                await File.WriteAllBytesAsync(Index, [], None);
                break;
            case "garbage":
                await File.WriteAllTextAsync(Index, string.Concat(Enumerable.Repeat("no database at all ", 5_000)), None);
                break;
            case "garbled":
                Overwrite(Index, 16_384, int.MaxValue);
                break;
            case "cut":
                using (var file = File.OpenWrite(Index)) file.SetLength(file.Length / 2);
                break;
            case "another format":
                Samples.Damage(Index, "PRAGMA user_version = 99");
                break;
            case "of another database":
                Samples.Damage(Data, "UPDATE meta SET value = 'another' WHERE key = 'identity'");
                Samples.Damage(Index, "INSERT INTO said (rowid, text, place) SELECT 50000, 'asing', place FROM said LIMIT 1");
                break;
            case "ahead":
                Samples.Damage(Index, "UPDATE state SET through = 90000; INSERT INTO said (rowid, text, place) SELECT 50000, 'asing', place FROM said LIMIT 1");
                break;
            case "of another past":
                Samples.Damage(Data, "UPDATE message SET id = x'00112233445566778899aabbccddeeff' WHERE arrival = (SELECT max(arrival) FROM message)");
                break;
        }
    }
}
