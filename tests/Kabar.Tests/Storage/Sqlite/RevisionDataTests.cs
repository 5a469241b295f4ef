using System.Globalization;
using System.Text;
using System.Text.Json;
using Kabar.Core;
using Kabar.Storage;
using Kabar.Storage.Sqlite;

namespace Kabar.Tests.Storage.Sqlite;

/// <summary>What becomes of messages in one file: checked, exported, backed up, and whole when a batch fails.</summary>
public sealed class RevisionDataTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a target that comes later", "UPDATE message SET target = 9 WHERE kind = 17", "answers or changes position 9, which is not before it.")]
    [InlineData("a change of nothing", "UPDATE message SET target = NULL WHERE kind = 15", "changes an entry and does not say which.")]
    [InlineData("a deleted text", "UPDATE message SET text = 'secret' WHERE deleted IS NOT NULL AND kind = 0", "is deleted and still has a text.")]
    [InlineData("the text of an edit", "UPDATE message SET text = 'secret', deleted = NULL WHERE kind = 15 AND deleted IS NOT NULL", "still says what a deleted entry said.")]
    [InlineData("a reaction to nothing", "UPDATE reaction SET position = 2", "Conversation 1: somebody reacts to position 2, where nothing is said.")]
    [InlineData("an id that leads elsewhere", "UPDATE exchanged SET arrival = arrival + 1", "was exchanged with another realm and is not where it is said to be.")]
    [InlineData("a key for nothing", "UPDATE client_key SET arrival = 99", "Address 1 has said nothing under its key k.")]
    [InlineData("a mark beyond the end", "UPDATE mark SET read = 99", "Address 2 has come further in conversation 1 than it goes.")]
    [InlineData("a reaction of nobody", "UPDATE reaction SET who = 99", "A row of reaction refers to a row of address that is not there.")]
    public async Task The_check_finds(string damage, string sql, string sentence)
    {
        await using (var store = SqliteStore.Open(_folder["kabar.db"])) await FillAsync(store);
        StoreCheck.Run(_folder["kabar.db"]).Problems.ShouldBeEmpty();

        Samples.Damage(_folder["kabar.db"], sql);

        StoreCheck.Run(_folder["kabar.db"]).Problems.ShouldContain(problem => problem.Contains(sentence, StringComparison.Ordinal), damage);
    }

    [Fact]
    public async Task The_export_says_what_has_become_of_messages_and_nothing_of_what_was_deleted()
    {
        await using var store = SqliteStore.Open(_folder["kabar.db"]);
        await FillAsync(store);

        using var stream = new MemoryStream();
        StoreExport.Write(_folder["kabar.db"], stream);

        var text = Encoding.UTF8.GetString(stream.ToArray());
        text.ShouldNotContain("rahasia");
        var lines = text[..^1].Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        var messages = lines.Where(line => line.GetProperty("type").GetString() == "message").ToArray();
        messages[0].GetProperty("text").GetString().ShouldBe("halo!");
        messages[0].TryGetProperty("edited", out _).ShouldBeTrue();
        messages[0].GetProperty("reactions").GetRawText().ShouldBe("""[{"from":"lineker","emoji":"\uD83D\uDC4D"}]""");
        messages[1].TryGetProperty("text", out _).ShouldBeFalse();
        messages[1].GetProperty("deleted").GetDateTimeOffset().ShouldBe(Samples.Noon);
        (messages[2].GetProperty("kind").GetString(), messages[2].GetProperty("target").GetInt64()).ShouldBe(("edited", 1));
        lines.Single(line => line.GetProperty("type").GetString() == "mark").GetRawText()
            .ShouldBe("""{"type":"mark","conversation":1,"address":"lineker","stored":0,"delivered":4,"read":3}""");
    }

    [Fact]
    public async Task A_backup_brings_it_all_back()
    {
        DataDirectory.Make(_folder["data"]);
        await using (var store = SqliteStore.Open(DataDirectory.DatabaseIn(_folder["data"]))) await FillAsync(store);
        StoreCopy.BackUp(_folder["data"], _folder["backup"]);
        using (var held = DataDirectory.TryHold(_folder["data"]).ShouldNotBeNull()) StoreCopy.Restore(_folder["backup"], held, Samples.Noon);

        await using var restored = SqliteStore.Open(DataDirectory.DatabaseIn(_folder["data"]));
        var lineker = (await restored.FindAccountAsync(Username.Parse("lineker"), None)).ShouldNotBeNull();
        var summary = (await restored.ListConversationsAsync(lineker.Id, null, 10, None)).ShouldHaveSingleItem();
        (summary.Read, summary.Unread).ShouldBe((3, 0));
        (await restored.ReadConversationAsync(summary.Conversation, 0, 2, 1000, None))[0].Revision.ShouldNotBeNull().Reactions.ShouldBe([new Reaction(RealmSamples.At("lineker"), "👍")]);
    }

    [Fact]
    public async Task A_deleted_text_is_nowhere_in_the_file_once_its_log_is_folded_back()
    {
        await using (var store = SqliteStore.Open(_folder["kabar.db"], Samples.Pace)) await FillAsync(store);

        Encoding.UTF8.GetString(await File.ReadAllBytesAsync(_folder["kabar.db"])).ShouldNotContain("rahasia");
    }

    [Theory]
    [InlineData("raise(ABORT, 'refused')")]
    [InlineData("raise(ROLLBACK, 'refused')")]
    public async Task A_revision_that_cannot_be_written_changes_nothing_in_memory_either(string failure)
    {
        var path = _folder["kabar.db"];
        await using (var store = SqliteStore.Open(path))
        {
            var (messi, lineker) = (await store.AddAsync("messi"), await store.AddAsync("lineker"));
            var said = await store.SayAsync(messi, lineker, "halo");
            Samples.Damage(path, $"CREATE TRIGGER refuse BEFORE INSERT ON message WHEN new.text LIKE 'bad%' BEGIN SELECT {failure}; END");
            Samples.Damage(path, $"CREATE TRIGGER refuse_mark BEFORE INSERT ON mark WHEN new.read > 0 BEGIN SELECT {failure}; END");

            // Behind a lock of another's, so that all of it is one batch.
            var doing = new List<(bool IsGood, Task Task)>();
            using (var other = Database.OpenWriter(path))
            {
                other.Run("BEGIN IMMEDIATE");
                for (var i = 0; i < 20; i++)
                {
                    var text = string.Create(CultureInfo.InvariantCulture, $"{(i % 5 == 2 ? "bad" : "good")} {i}");
                    doing.Add((i % 5 != 2, store.ReviseAsync(messi.Id, RealmSamples.At("lineker"), 1, _ => (RealmSamples.Entry(EntryKind.Edited, "messi", text), null)).AsTask()));
                    doing.Add((i != 3, store.AdvanceAsync([new MarkAdvance(said.Conversation, RealmSamples.At("lineker"), 99, i == 3 ? 1 : 0, null)]).AsTask()));
                }

                doing.Add((false, store.ReviseAsync(messi.Id, RealmSamples.At("lineker"), 1, _ => (RealmSamples.Entry(EntryKind.Deleted, "messi", "bad"), null)).AsTask()));
                other.Run("COMMIT");
            }

            foreach (var (isGood, task) in doing)
            {
                if (isGood) await task.BeforeDeadline();
                else await Should.ThrowAsync<StoreException>(task.BeforeDeadline());
            }

            said.Text.Decode().ShouldBe("good 19");
            said.IsDeleted.ShouldBeFalse();
            (await store.ListMarksAsync(said.Conversation, None)).ShouldHaveSingleItem().Read.ShouldBe(0);
            (await store.FindHeadAsync(said.Conversation, None)).ShouldBe(17);
            (await store.InboxAsync(lineker)).ShouldBe(["good 19"]);
        }

        StoreCheck.Run(path).Problems.ShouldBeEmpty();
        await using var opened = SqliteStore.Open(path);
        (await opened.FindEntryAsync(new ConversationId(1), 1, None)).ShouldNotBeNull().Text.Decode().ShouldBe("good 19");
    }

    // Between messi and lineker: edited and reacted to; edited and deleted; and with james of another realm.
    private static async Task FillAsync(SqliteStore store)
    {
        var (messi, lineker) = (await store.AddAsync("messi"), await store.AddAsync("lineker"));
        var dua = (await store.AddPeerAsync(new NewPeer(RealmSamples.Realm("dua"), null, "f00d", null, Samples.Noon))).ShouldNotBeNull();
        await store.AppendAsync(new NewMessage(Guid.NewGuid(), messi, lineker, MessageText.From("halo"), Samples.Noon, Key: "k"));
        var said = await store.SayAsync(messi, lineker, "rahasia, of some length, which is then deleted");
        await ReviseAsync("messi", "lineker", 1, EntryKind.Edited, "halo!");
        await ReviseAsync("lineker", "messi", 1, EntryKind.Reacted, "👍");
        await ReviseAsync("messi", "lineker", 2, EntryKind.Edited, "rahasia, edited");
        await ReviseAsync("messi", "lineker", 2, EntryKind.Deleted, "");
        await store.AdvanceAsync([new MarkAdvance(said.Conversation, RealmSamples.At("lineker"), 4, 3, null)]);
        await store.AppendAsync(new OutgoingMessage(Guid.NewGuid(), messi, RealmSamples.At("james@dua"), MessageText.From("halo james"), Samples.Noon, RealmSamples.Parcel(dua, "frame")));
        await store.SayAsync(messi, messi, "note");

        async Task ReviseAsync(string who, string other, long target, EntryKind kind, string text)
        {
            var account = (await store.FindAccountAsync(Username.Parse(who), None)).ShouldNotBeNull();
            (await store.ReviseAsync(account.Id, RealmSamples.At(other), target, _ => (RealmSamples.Entry(kind, who, text), null))).IsOk.ShouldBeTrue();
        }
    }
}
