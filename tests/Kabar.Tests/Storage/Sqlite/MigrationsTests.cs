using Kabar.Core;
using Kabar.Storage.Sqlite;

namespace Kabar.Tests.Storage.Sqlite;

public sealed class MigrationsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_new_file_gets_the_latest_schema()
    {
        await (SqliteStore.Open(_folder["kabar.db"])).DisposeAsync();

        Samples.Number(_folder["kabar.db"], "PRAGMA user_version").ShouldBe(Migrations.Latest);
    }

    [Fact]
    public async Task A_file_of_each_schema_from_the_first_on_is_brought_up_to_date_with_what_it_holds()
    {
        for (var version = 1; version <= Migrations.Latest; version++)
        {
            var path = _folder[$"schema-{version}.db"];
            MakeFileOfFirstSchema(path);
            using (var database = Database.OpenWriter(path)) Migrations.Apply(database);

            await using var store = SqliteStore.Open(path);
            var reader = (await store.FindAccountAsync(Username.Parse("lineker"), CancellationToken.None)).ShouldNotBeNull();
            (await store.InboxAsync(reader)).ShouldBe(["one", "two"]);
            await store.SayAsync(reader, reader, "three");
            (await store.InboxAsync(reader)).ShouldBe(["one", "two", "three"]);
            await RealmSamples.FillPeersAsync(store);
            (await store.InboxAsync(reader)).ShouldBe(["one", "two", "three"]);
            StoreCheck.Run(path).Problems.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_second_run_changes_nothing()
    {
        var path = await Samples.MakeFileAsync(_folder["kabar.db"]);
        using (var database = Database.OpenWriter(path))
        {
            Migrations.Apply(database);
            Migrations.Version(database).ShouldBe(Migrations.Latest);
        }

        StoreCheck.Run(path).Messages.ShouldBe(3);
    }

    [Fact]
    public async Task A_file_of_a_later_version_is_refused_in_a_sentence_and_left_alone()
    {
        var path = await Samples.MakeFileAsync(_folder["kabar.db"]);
        Samples.Damage(path, $"PRAGMA user_version = {Migrations.Latest + 1}");

        Should.Throw<StoreException>(() => SqliteStore.Open(path)).Message
            .ShouldBe($"The data have schema {Migrations.Latest + 1}; this program knows schemas up to {Migrations.Latest}. A later version of kabar has written them.");

        Samples.Number(path, "PRAGMA user_version").ShouldBe(Migrations.Latest + 1);
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused_in_a_sentence()
    {
        File.WriteAllText(_folder["kabar.db"], new string('x', 5000));
        Should.Throw<StoreException>(() => SqliteStore.Open(_folder["kabar.db"])).Message.ShouldContain("not a database");
        Should.Throw<StoreException>(() => SqliteStore.Open(_folder["no/such/folder/kabar.db"])).Message.ShouldContain("Cannot make");
    }

    // As the first version wrote it: never to be changed when the schema is.
    private static void MakeFileOfFirstSchema(string path)
    {
        using var resource = typeof(SqliteStore).Assembly.GetManifestResourceNames().Order(StringComparer.Ordinal)
            .Where(name => name.EndsWith(".001.sql", StringComparison.Ordinal)).Select(name => typeof(SqliteStore).Assembly.GetManifestResourceStream(name)).Single()!; // named by the assembly
        using var reader = new StreamReader(resource);
        using var database = Database.OpenWriter(path);
        database.Run(reader.ReadToEnd());
        database.Run(
            """
            PRAGMA user_version = 1;
            INSERT INTO address (id, username) VALUES (1, 'messi'), (2, 'lineker');
            INSERT INTO account VALUES (1, 'Lionel Messi', '{"negara":"Argentina"}', 'hash', 0, 0, 1700000000000), (2, 'Gary Lineker', '{}', 'hash', 0, 0, 1700000000000);
            INSERT INTO conversation VALUES (1, 1);
            INSERT INTO direct VALUES (1, 2, 1);
            INSERT INTO member VALUES (1, 1), (2, 1);
            INSERT INTO message VALUES (1, 1, 1, 1, 1700000000000, x'018bcfe5680070008000000000000001', 'Lionel Messi', 'one');
            INSERT INTO message VALUES (2, 1, 2, 1, 1700000000000, x'018bcfe5680070008000000000000002', 'Lionel Messi', 'two');
            INSERT INTO place VALUES (1, 1, 1, 1);
            UPDATE meta SET value = 1 WHERE key = 'indexed';
            """);
    }
}
