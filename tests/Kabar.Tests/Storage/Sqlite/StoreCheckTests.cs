using Kabar.Core;
using Kabar.Storage.Sqlite;

namespace Kabar.Tests.Storage.Sqlite;

public sealed class StoreCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_sound_file_is_counted_and_nothing_is_wrong()
    {
        var path = await Samples.MakeFileAsync(_folder["kabar.db"]);

        var report = StoreCheck.Run(path);

        report.Problems.ShouldBeEmpty();
        (report.Accounts, report.Sessions, report.Conversations, report.Messages).ShouldBe((2, 0, 1, 3));
    }

    [Fact]
    public async Task It_reads_beside_a_writing_store()
    {
        await using var store = SqliteStore.Open(_folder["kabar.db"]);
        var (messi, lineker) = (await store.AddAsync("messi"), await store.AddAsync("lineker"));
        await store.SayAllAsync(messi, lineker, 3000);
        var writing = Task.Run(() => store.SayAllAsync(messi, lineker, 3000));

        while (!writing.IsCompleted) StoreCheck.Run(_folder["kabar.db"]).Problems.ShouldBeEmpty();

        await writing;
        StoreCheck.Run(_folder["kabar.db"]).Messages.ShouldBe(6000);
    }

    [Theory]
    [InlineData("a gap in the positions", "DELETE FROM message WHERE arrival = 2; DELETE FROM place WHERE arrival = 2", "Conversation 1: arrival 3 has position 3 where 2 was due.")]
    [InlineData("a position twice", "UPDATE message SET position = 1 WHERE arrival = 2", "Conversation 1: arrival 2 has position 1 where 2 was due.")]
    [InlineData("a message in no conversation", "UPDATE message SET conversation = 77, position = 1 WHERE arrival = 3", "Conversation 77 has messages but does not exist.")]
    [InlineData("an index row that points elsewhere", "UPDATE place SET position = 9 WHERE arrival = 1", "Conversation 1: the index leads position 9 to another message.")]
    [InlineData("an index row with another sender", "UPDATE place SET sender = 2 WHERE position = 1", "Conversation 1: the index leads position 1 to another message.")]
    [InlineData("a missing index row", "DELETE FROM place WHERE position = 2", "The index holds 2 of the 3 messages up to arrival 3.")]
    [InlineData("an index said to be further than it is", "INSERT INTO message SELECT 4, 1, 4, 1, sent, x'00112233445566778899aabbccddeeff', sender_name, text, 0, NULL, NULL, NULL, NULL, NULL FROM message WHERE arrival = 3; UPDATE meta SET value = 4 WHERE key = 'indexed'", "The index holds 3 of the 4 messages up to arrival 4.")]
    [InlineData("an inbox read beyond the end", "INSERT INTO inbox (address, read_through) VALUES (2, 99)", "Address 2 has read its inbox to arrival 99, beyond the last message.")]
    [InlineData("a doubled id", "UPDATE message SET id = (SELECT id FROM message WHERE arrival = 1) WHERE arrival = 2", "is there more than once.")]
    [InlineData("a sender that is not there", "UPDATE message SET sender = 99 WHERE arrival = 3", "Address 99 has said something but does not exist.")]
    [InlineData("a missing address", "DELETE FROM account WHERE address = 2; DELETE FROM address WHERE id = 2", "refers to a row of address that is not there.")]
    [InlineData("an account without its address", "DELETE FROM address WHERE id = 2", "A row of account refers to a row of address that is not there.")]
    public async Task It_finds(string damage, string sql, string sentence)
    {
        var path = await Samples.MakeFileAsync(_folder["kabar.db"]);
        Samples.Damage(path, sql);

        StoreCheck.Run(path).Problems.ShouldContain(problem => problem.Contains(sentence, StringComparison.Ordinal), damage);
    }

    [Theory]
    [InlineData("0, NULL, NULL, 0", "may do what is not known")]
    [InlineData("4, NULL, NULL, 0", "may do what is not known")]
    [InlineData("1, 'a/b', NULL, 0", "is for \"a/b\", which is no conversation")]
    [InlineData("1, '#batak', NULL, 0", "is for \"#batak\", which is no conversation")]
    [InlineData("1, NULL, NULL, 1", "is a hook of no group")]
    [InlineData("3, '#batak', x'00112233445566778899aabbccddeeff', 1", null)]
    public async Task It_finds_tokens_that_cannot_be(string columns, string? sentence)
    {
        var path = await Samples.MakeFileAsync(_folder["kabar.db"]);
        Samples.Damage(path, $"INSERT INTO access_token (hash, id, account, name, may, place, place_id, is_hook, created) SELECT x'00', x'01', 1, 'bot', {columns}, 0");

        var problems = StoreCheck.Run(path).Problems;
        if (sentence is null) problems.ShouldBeEmpty();
        else problems.ShouldHaveSingleItem().ShouldContain(sentence);
    }

    [Fact]
    public async Task It_finds_what_SQLite_finds()
    {
        var path = await Samples.MakeFileAsync(_folder["kabar.db"]);
        Samples.Damage(path, "PRAGMA writable_schema=ON; DELETE FROM sqlite_master WHERE name = 'session_by_use'");

        var problem = StoreCheck.Run(path).Problems.ShouldHaveSingleItem();

        problem.ShouldStartWith("SQLite: ");
    }

    [Fact]
    public async Task A_file_full_of_damage_is_told_in_a_hundred_sentences()
    {
        await using (var store = SqliteStore.Open(_folder["kabar.db"]))
        {
            var (messi, lineker) = (await store.AddAsync("messi"), await store.AddAsync("lineker"));
            await store.SayAllAsync(messi, lineker, 300);
        }

        Samples.Damage(_folder["kabar.db"], "UPDATE message SET position = position + 1000 * (arrival % 2)");

        var problems = StoreCheck.Run(_folder["kabar.db"]).Problems;
        problems.Count.ShouldBe(101);
        problems[^1].ShouldContain("the first 100 are listed");
    }

    [Fact]
    public void What_is_not_there_or_no_database_is_told_in_a_sentence()
    {
        File.WriteAllText(_folder["text.db"], new string('x', 5000));
        File.WriteAllBytes(_folder["empty.db"], []);

        Should.Throw<StoreException>(() => StoreCheck.Run(_folder["none.db"])).Message.ShouldContain("no database");
        Should.Throw<StoreException>(() => StoreCheck.Run(_folder["text.db"])).Message.ShouldContain("not a database");
        Should.Throw<StoreException>(() => StoreCheck.Run(_folder["empty.db"])).Message.ShouldContain("has schema 0");
        File.Exists(_folder["none.db"]).ShouldBeFalse();
    }
}
