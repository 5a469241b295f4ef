using Kabar.Core;
using Kabar.Storage;
using Kabar.Storage.Sqlite;

namespace Kabar.Tests.Storage.Sqlite;

public sealed class StoreCopyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_backup_beside_a_writing_store_is_one_consistent_state_and_the_store_goes_on()
    {
        var data = await MakeDataAsync("data", messages: 0);
        await using var store = SqliteStore.Open(DataDirectory.DatabaseIn(data));
        var (messi, lineker) = (await store.AddAsync("a"), await store.AddAsync("b"));
        await store.SayAllAsync(messi, lineker, 2500);
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 60; i++) await store.SayAllAsync(messi, lineker, 50);
        });

        var backups = 0;
        while (!writing.IsCompleted) StoreCopy.BackUp(data, _folder[$"backup-{backups++}"]);
        await writing;

        backups.ShouldBeGreaterThan(0);
        for (var i = 0; i < backups; i++)
        {
            var copy = DataDirectory.DatabaseIn(_folder[$"backup-{i}"]);
            StoreCheck.Run(copy).Problems.ShouldBeEmpty();
            await using var opened = SqliteStore.Open(copy);
            var texts = await opened.InboxAsync(lineker);
            texts.Length.ShouldBeInRange(2500, 5500);
        }

        (await store.InboxAsync(lineker)).Length.ShouldBe(5500);
    }

    [Fact]
    public async Task A_backup_is_one_file_that_is_its_owners_and_brings_the_certificate()
    {
        var data = await MakeDataAsync("data", messages: 3);
        Directory.CreateDirectory(Path.Combine(data, "tls"));
        File.WriteAllText(DataDirectory.CertificateIn(data), "certificate");
        File.WriteAllText(DataDirectory.KeyIn(data), "key");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(DataDirectory.KeyIn(data), UnixFileMode.UserRead);

        StoreCopy.BackUp(data, _folder["backup"]);

        Directory.EnumerateFileSystemEntries(_folder["backup"]).Select(Path.GetFileName).ShouldBe(["kabar.db", "tls"], ignoreOrder: true);
        File.ReadAllText(DataDirectory.CertificateIn(_folder["backup"])).ShouldBe("certificate");
        File.ReadAllText(DataDirectory.KeyIn(_folder["backup"])).ShouldBe("key");
        if (OperatingSystem.IsWindows()) return;
        File.GetUnixFileMode(DataDirectory.DatabaseIn(_folder["backup"])).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(DataDirectory.KeyIn(_folder["backup"])).ShouldBe(UnixFileMode.UserRead);
    }

    [Fact]
    public async Task A_backup_brings_the_identity_towards_other_realms_and_a_restore_puts_it_back()
    {
        var data = await MakeDataAsync("data", messages: 1);
        var link = Directory.CreateDirectory(DataDirectory.LinkIn(data)).FullName;
        File.WriteAllText(Path.Combine(link, "identity.pem"), "key");
        File.WriteAllText(Path.Combine(link, "vouches.json"), "[]");
        File.WriteAllText(Path.Combine(link, "identity.pem.new"), "half");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path.Combine(link, "identity.pem"), UnixFileMode.UserRead | UnixFileMode.UserWrite);

        StoreCopy.BackUp(data, _folder["backup"]);
        using (var held = DataDirectory.TryHold(_folder["restored"]).ShouldNotBeNull()) StoreCopy.Restore(_folder["backup"], held, DateTimeOffset.UnixEpoch);

        foreach (var copy in new[] { _folder["backup"], _folder["restored"] })
        {
            Directory.EnumerateFiles(DataDirectory.LinkIn(copy)).Select(Path.GetFileName).ShouldBe(["identity.pem", "vouches.json"], ignoreOrder: true);
            File.ReadAllText(Path.Combine(DataDirectory.LinkIn(copy), "identity.pem")).ShouldBe("key");
            if (!OperatingSystem.IsWindows())
                File.GetUnixFileMode(Path.Combine(DataDirectory.LinkIn(copy), "identity.pem")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public async Task A_backup_is_refused_without_data_or_into_a_folder_that_holds_something()
    {
        var data = await MakeDataAsync("data", messages: 1);
        Directory.CreateDirectory(_folder["full"]);
        File.WriteAllText(Path.Combine(_folder["full"], "mine"), "");

        Should.Throw<StoreException>(() => StoreCopy.BackUp(_folder["nothing"], _folder["backup"])).Message.ShouldContain("no data");
        Should.Throw<StoreException>(() => StoreCopy.BackUp(data, _folder["full"])).Message.ShouldContain("not empty");
        Directory.EnumerateFileSystemEntries(_folder["full"]).Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_backup_of_a_file_that_is_no_database_fails_and_leaves_no_copy()
    {
        Directory.CreateDirectory(_folder["data"]);
        await File.WriteAllTextAsync(DataDirectory.DatabaseIn(_folder["data"]), new string('x', 8192));

        Should.Throw<StoreException>(() => StoreCopy.BackUp(_folder["data"], _folder["backup"]));

        Directory.EnumerateFileSystemEntries(_folder["backup"]).ShouldBeEmpty();
    }

    [Fact]
    public void An_interrupted_restore_is_told_and_not_taken_for_new_data()
    {
        File.WriteAllText(StoreCopy.IncomingFor(_folder["kabar.db"]), "half");

        Should.Throw<StoreException>(() => SqliteStore.Open(_folder["kabar.db"])).Message.ShouldContain("run 'kabar restore' again");
        File.Exists(_folder["kabar.db"]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_restore_brings_the_backup_back_and_keeps_what_was_there()
    {
        var data = await MakeDataAsync("data", messages: 3);
        StoreCopy.BackUp(data, _folder["backup"]);
        await using (var store = SqliteStore.Open(DataDirectory.DatabaseIn(data)))
            await store.SayAllAsync(await FindAsync(store, "messi"), await FindAsync(store, "lineker"), 4);

        string? kept;
        using (var held = DataDirectory.TryHold(data).ShouldNotBeNull()) kept = StoreCopy.Restore(_folder["backup"], held, Samples.Noon);

        kept.ShouldBe(Path.Combine(Path.GetFullPath(data), "before-restore-20260301T120000000"));
        (await CountAsync(data)).ShouldBe(3);
        (await CountAsync(kept.ShouldNotBeNull())).ShouldBe(7);
        (await CountAsync(_folder["backup"])).ShouldBe(3);
    }

    [Fact]
    public async Task A_restore_into_a_new_folder_keeps_nothing()
    {
        var data = await MakeDataAsync("data", messages: 3);
        StoreCopy.BackUp(data, _folder["backup"]);

        using (var held = DataDirectory.TryHold(_folder["new"]).ShouldNotBeNull()) StoreCopy.Restore(_folder["backup"], held, Samples.Noon).ShouldBeNull();

        (await CountAsync(_folder["new"])).ShouldBe(3);
    }

    [Fact]
    public async Task What_a_killed_server_left_is_kept_with_its_log()
    {
        var data = await MakeDataAsync("data", messages: 3);
        StoreCopy.BackUp(data, _folder["backup"]);
        await using (var store = SqliteStore.Open(DataDirectory.DatabaseIn(data)))
        {
            await store.SayAllAsync(await FindAsync(store, "messi"), await FindAsync(store, "lineker"), 4);
            Crash.Copy(DataDirectory.DatabaseIn(data), _folder["killed"]);
        }

        string? kept;
        using (var held = DataDirectory.TryHold(_folder["killed"]).ShouldNotBeNull()) kept = StoreCopy.Restore(_folder["backup"], held, Samples.Noon);

        (await CountAsync(_folder["killed"])).ShouldBe(3);
        (await CountAsync(kept.ShouldNotBeNull())).ShouldBe(7);
    }

    [Theory]
    [InlineData("DELETE FROM message WHERE arrival = 2; DELETE FROM place WHERE arrival = 2", "is damaged: Conversation 1")]
    [InlineData("PRAGMA user_version = 9", "has schema 9")]
    public async Task A_damaged_backup_is_refused_and_the_data_stay(string damage, string sentence)
    {
        var data = await MakeDataAsync("data", messages: 3);
        StoreCopy.BackUp(data, _folder["backup"]);
        Samples.Damage(DataDirectory.DatabaseIn(_folder["backup"]), damage);

        using (var held = DataDirectory.TryHold(data).ShouldNotBeNull())
            Should.Throw<StoreException>(() => StoreCopy.Restore(_folder["backup"], held, Samples.Noon)).Message.ShouldContain(sentence);

        (await CountAsync(data)).ShouldBe(3);
        Directory.EnumerateFileSystemEntries(data).Select(Path.GetFileName).ShouldBe(["kabar.db", "lock"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_torn_backup_is_refused_and_the_data_stay()
    {
        var data = await MakeDataAsync("data", messages: 300);
        StoreCopy.BackUp(data, _folder["backup"]);
        using (var torn = File.OpenWrite(DataDirectory.DatabaseIn(_folder["backup"]))) torn.SetLength(torn.Length / 2);

        using (var held = DataDirectory.TryHold(data).ShouldNotBeNull())
            Should.Throw<StoreException>(() => StoreCopy.Restore(_folder["backup"], held, Samples.Noon));

        (await CountAsync(data)).ShouldBe(300);
    }

    [Fact]
    public async Task A_folder_without_a_database_is_no_backup()
    {
        var data = await MakeDataAsync("data", messages: 1);
        Directory.CreateDirectory(_folder["other"]);

        using var held = DataDirectory.TryHold(data).ShouldNotBeNull();
        Should.Throw<StoreException>(() => StoreCopy.Restore(_folder["other"], held, Samples.Noon)).Message.ShouldContain("is no backup");
    }

    [Fact]
    public void A_data_directory_has_one_holder_and_is_free_after_it()
    {
        using (DataDirectory.TryHold(_folder["data"]).ShouldNotBeNull()) DataDirectory.TryHold(_folder["data"]).ShouldBeNull();
        using var again = DataDirectory.TryHold(_folder["data"]).ShouldNotBeNull();
        again.Database.ShouldBe(_folder["data"] + "/kabar.db");
    }

    [Fact]
    public async Task A_data_directory_and_its_database_are_their_owners_alone()
    {
        if (OperatingSystem.IsWindows()) return;
        using var held = DataDirectory.TryHold(_folder["data"]).ShouldNotBeNull();
        await using var store = SqliteStore.Open(held.Database);
        await store.AddAsync("messi");

        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        foreach (var path in new[] { held.Path, held.Database, held.Database + "-wal", held.Database + "-shm" }) (File.GetUnixFileMode(path) & Others).ShouldBe(UnixFileMode.None, path);
    }

    private async Task<string> MakeDataAsync(string name, int messages)
    {
        DataDirectory.Make(_folder[name]);
        await using var store = SqliteStore.Open(DataDirectory.DatabaseIn(_folder[name]));
        var (messi, lineker) = (await store.AddAsync("messi"), await store.AddAsync("lineker"));
        await store.SayAllAsync(messi, lineker, messages);
        return _folder[name];
    }

    private static async Task<Account> FindAsync(SqliteStore store, string name) =>
        (await store.FindAccountAsync(Username.Parse(name), CancellationToken.None)).ShouldNotBeNull();

    private static async Task<int> CountAsync(string data)
    {
        await using var store = SqliteStore.Open(DataDirectory.DatabaseIn(data));
        return (await store.InboxAsync(await FindAsync(store, "lineker"))).Length;
    }
}
