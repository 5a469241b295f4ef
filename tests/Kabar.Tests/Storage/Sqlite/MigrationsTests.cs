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
    public async Task What_was_exchanged_with_other_realms_before_the_third_schema_is_found_by_its_id()
    {
        var path = _folder["kabar.db"];
        MakeFileOfSecondSchema(path);

        await using var store = SqliteStore.Open(path);

        Samples.Number(path, "SELECT count(*) FROM exchanged").ShouldBe(2);
        var messi = (await store.FindAccountAsync(Username.Parse("messi"), CancellationToken.None)).ShouldNotBeNull();
        var dua = (await store.ListPeersAsync(CancellationToken.None)).ShouldHaveSingleItem();
        var (sent, came) = (Guid.Parse("018bcfe5-6800-7000-8000-000000000003"), Guid.Parse("018bcfe5-6800-7000-8000-000000000004"));
        var edit = RealmSamples.Entry(EntryKind.Edited, "james@dua", "hello!");
        await store.ReceiveAsync(dua.Id, Guid.NewGuid(), RealmSamples.Here,
        [
            new FailureDelivery(1, Guid.CreateVersion7(Samples.Noon), messi, sent, Refusal.UnknownRecipient, RealmSamples.At("james@dua"), null, Samples.Noon),
            new RevisionDelivery(2, edit.Id, RealmSamples.At("james@dua"), messi, came, target => target is null ? Refusal.UnknownMessage : edit),
        ]);
        var conversation = (await store.FindDirectAsync(messi.Id, RealmSamples.At("james@dua"), CancellationToken.None)).ShouldNotBeNull();
        var entries = await store.ReadConversationAsync(conversation, 0, 10, 1000, CancellationToken.None);
        entries.Select(entry => entry.Text.Decode()).ShouldBe(["halo", "hello!", "hello!"]);
        entries[0].Revision.ShouldNotBeNull().Failure.ShouldBe(Refusal.UnknownRecipient);
        await store.AcknowledgeAsync(dua.Id, dua.OutEpoch, 1);
        (await store.ListMarksAsync(conversation, CancellationToken.None)).ShouldBeEmpty();
        StoreCheck.Run(path).Problems.ShouldBeEmpty();
    }

    [Fact]
    public void A_file_of_an_earlier_schema_can_be_checked_as_it_is()
    {
        MakeFileOfFirstSchema(_folder["1.db"]);
        MakeFileOfSecondSchema(_folder["2.db"]);
        MakeFileOfSecondSchema(_folder["3.db"]);
        using (var third = Database.OpenWriter(_folder["3.db"])) third.Run(Script("003") + "; PRAGMA user_version = 3");

        StoreCheck.Run(_folder["1.db"]).Problems.ShouldBeEmpty();
        StoreCheck.Run(_folder["2.db"]).Problems.ShouldBeEmpty();
        StoreCheck.Run(_folder["3.db"]).Problems.ShouldBeEmpty();
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
        using var database = Database.OpenWriter(path);
        database.Run(Script("001"));
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

    // As the second version wrote it, with a message to another realm, which still waits, and one from there.
    private static void MakeFileOfSecondSchema(string path)
    {
        MakeFileOfFirstSchema(path);
        using var database = Database.OpenWriter(path);
        database.Run(Script("002"));
        database.Run(
            """
            PRAGMA user_version = 2;
            INSERT INTO address (id, username, realm) VALUES (3, 'james', 'dua');
            INSERT INTO conversation VALUES (2, 1), (3, 2);
            INSERT INTO direct VALUES (1, 3, 2), (1, 1, 3);
            INSERT INTO member VALUES (1, 2), (3, 2), (1, 3);
            INSERT INTO message VALUES (3, 2, 1, 1, 1700000000000, x'018bcfe5680070008000000000000003', 'Lionel Messi', 'halo', 0, NULL);
            INSERT INTO message VALUES (4, 2, 2, 3, 1700000000000, x'018bcfe5680070008000000000000004', 'James', 'hello', 0, NULL);
            INSERT INTO message VALUES (5, 3, 1, 1, 1700000000000, x'018bcfe5680070008000000000000005', 'Lionel Messi', 'note', 0, NULL);
            INSERT INTO peer VALUES (1, 'dua', NULL, 'f00d', NULL, 0, 1700000000000, NULL, x'00112233445566778899aabbccddeeff', 0, 0, x'00000000000000000000000000000000', 0, NULL);
            INSERT INTO outbox VALUES (1, 1, 1700000000000, NULL, x'00');
            INSERT INTO received VALUES (x'018bcfe5680070008000000000000004');
            """);
    }

    private static string Script(string number)
    {
        var assembly = typeof(SqliteStore).Assembly;
        var name = assembly.GetManifestResourceNames().Single(name => name.EndsWith($".{number}.sql", StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!); // named by the assembly
        return reader.ReadToEnd();
    }
}
