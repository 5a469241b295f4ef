using System.Globalization;
using System.Text;
using System.Text.Json;
using Kabar.Core;
using Kabar.Storage;
using Kabar.Storage.Sqlite;

namespace Kabar.Tests.Storage.Sqlite;

/// <summary>Groups and peers in one file: checked, exported, restored, and whole when a batch fails.</summary>
public sealed class RealmDataTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a gap in a home's history", "DELETE FROM message WHERE arrival = 3; DELETE FROM place WHERE arrival = 3", "has position 4 where 3 was due.")]
    [InlineData("a position twice in a group", "UPDATE message SET position = 3 WHERE arrival = 4; UPDATE place SET position = 3 WHERE arrival = 4", "has position 3 where 4 was due.")]
    [InlineData("a group without its row", "DELETE FROM group_member; DELETE FROM group_mark; DELETE FROM pending; DELETE FROM group_chat", "is a group's, or there is a group of it, and not both.")]
    [InlineData("a pair without its conversation", "DELETE FROM direct", "is between two, or two have it, and not both.")]
    [InlineData("a state beyond the end", "UPDATE group_chat SET state_position = 99 WHERE home = ''", "Group batak is in the state after position 99, and its last is 4.")]
    [InlineData("a member that is nobody", "UPDATE group_member SET address = 99 WHERE role = 2", "A row of group_member refers to a row of address that is not there.")]
    [InlineData("a role that there is not", "UPDATE group_member SET role = 9", "has a role that there is not.")]
    [InlineData("a kind of another conversation", "UPDATE message SET kind = 5 WHERE conversation IN (SELECT conversation FROM direct)", "is an entry of a kind that its conversation does not have.")]
    [InlineData("a subject that is nobody", "UPDATE message SET subject = 99 WHERE subject IS NOT NULL", "Address 99 is the subject of an entry but does not exist.")]
    [InlineData("an outbox of nobody", "UPDATE outbox SET peer = 9", "2 entries wait for peer 9, which does not exist.")]
    [InlineData("an entry that was acknowledged", "UPDATE peer SET out_acknowledged = 1", "Entry 1 still waits for dua, which has acknowledged it.")]
    public async Task The_check_finds(string damage, string sql, string sentence)
    {
        await FillAsync("kabar.db");
        StoreCheck.Run(_folder["kabar.db"]).Problems.ShouldBeEmpty();

        Samples.Damage(_folder["kabar.db"], sql);

        StoreCheck.Run(_folder["kabar.db"]).Problems.ShouldContain(problem => problem.Contains(sentence, StringComparison.Ordinal), damage);
    }

    [Fact]
    public async Task The_export_has_everything_but_secrets_frames_and_what_was_removed()
    {
        await using var store = SqliteStore.Open(_folder["kabar.db"]);
        var (batak, deli, _) = await RealmSamples.FillAsync(store);
        var gone = new GroupId(Guid.NewGuid());
        await store.AddGroupAsync(gone, GroupName.Parse("gone"), isOpen: true, RealmSamples.Entry(EntryKind.Joined, "messi"), 0);
        await store.RemoveGroupAsync(gone);

        using var stream = new MemoryStream();
        var count = StoreExport.Write(_folder["kabar.db"], stream);

        var text = Encoding.UTF8.GetString(stream.ToArray());
        var lines = text[..^1].Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        count.ShouldBe(lines.Length);
        lines.Select(line => line.GetProperty("type").GetString()).ShouldBe(
        [
            "account", "account", "peer", "group", "group", "conversation", "conversation", "conversation", "message", "message", "message", "message", "message",
            "message", "pending", "outbox", "outbox",
        ]);
        text.ShouldNotContain("the secret");
        text.ShouldNotContain("frame");
        text.ShouldNotContain("gone");
        lines[2].GetProperty("realm").GetString().ShouldBe("dua");
        lines[2].GetProperty("usernames").GetRawText().ShouldBe("""["james"]""");
        lines[3].GetProperty("id").GetGuid().ShouldBe(batak.Id.Value);
        lines[3].TryGetProperty("home", out _).ShouldBeFalse();
        lines[3].GetProperty("members").GetRawText().ShouldBe(
            """[{"address":"messi","name":"Display messi","role":"owner","muted":false,"joined":1},{"address":"james@dua","name":"Display james@dua","role":"member","muted":false,"joined":2}]""");
        lines[3].GetProperty("banned").GetRawText().ShouldBe("""["pele@dua"]""");
        (lines[4].GetProperty("id").GetGuid(), lines[4].GetProperty("home").GetString(), lines[4].GetProperty("history_after").GetInt64()).ShouldBe((deli.Id.Value, "dua", 6));
        (lines[5].GetProperty("kind").GetString(), lines[5].GetProperty("group").GetGuid()).ShouldBe(("group", batak.Id.Value));
        lines[7].GetProperty("members").GetRawText().ShouldBe("""["messi","james@dua"]""");
        lines[10].GetProperty("kind").GetString().ShouldBe("banned");
        lines[10].GetProperty("subject").GetString().ShouldBe("pele@dua");
        lines[11].GetProperty("from").GetString().ShouldBe("james@dua");
        lines[14].GetProperty("text").GetString().ShouldBe("not yet");
        (lines[16].GetProperty("peer").GetString(), lines[16].GetProperty("seq").GetInt64(), lines[16].GetProperty("bytes").GetInt64()).ShouldBe(("dua", 2, 5));
    }

    [Fact]
    public async Task Restored_data_begin_new_epochs_once_and_ask_and_await_their_peers()
    {
        DataDirectory.Make(_folder["data"]);
        Peer before;
        Group batak;
        await using (var store = SqliteStore.Open(DataDirectory.DatabaseIn(_folder["data"])))
        {
            (batak, _, before) = await RealmSamples.FillAsync(store);
            (await store.BeginAfterRestoreAsync(Samples.Noon)).ShouldBeFalse();
        }

        StoreCopy.BackUp(_folder["data"], _folder["backup"]);
        using (var held = DataDirectory.TryHold(_folder["data"]).ShouldNotBeNull()) StoreCopy.Restore(_folder["backup"], held, Samples.Noon);
        await using var restored = SqliteStore.Open(DataDirectory.DatabaseIn(_folder["data"]));

        (await restored.BeginAfterRestoreAsync(Samples.Noon.AddDays(3))).ShouldBeTrue();
        (await restored.BeginAfterRestoreAsync(Samples.Noon.AddDays(3))).ShouldBeFalse();

        var peer = (await restored.ListPeersAsync(None)).ShouldHaveSingleItem();
        peer.OutEpoch.ShouldNotBe(before.OutEpoch);
        peer.ReconcileSince.ShouldBe(Samples.Noon.AddHours(-1));
        (await restored.FindOutboxAsync(peer.Id, None)).ShouldBe(new OutboxState(2, 18, Samples.Noon.AddDays(3), 2));
        (await restored.FindGroupAsync(batak.Id, None)).ShouldNotBeNull().Awaited.ShouldBe([RealmSamples.Realm("dua")]);
        StoreCheck.Run(DataDirectory.DatabaseIn(_folder["data"])).Problems.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("raise(ABORT, 'refused')")]
    [InlineData("raise(ROLLBACK, 'refused')")]
    public async Task What_cannot_be_done_in_a_batch_fails_alone_and_leaves_groups_outboxes_and_addresses_as_they_were(string failure)
    {
        var path = _folder["kabar.db"];
        await using (var store = SqliteStore.Open(path))
        {
            var (batak, _, dua) = await RealmSamples.FillAsync(store);
            var messi = (await store.FindAccountAsync(Username.Parse("messi"), None)).ShouldNotBeNull();
            Samples.Damage(path, $"CREATE TRIGGER refuse BEFORE INSERT ON message WHEN new.text = 'bad' BEGIN SELECT {failure}; END");

            // Behind a lock of another's, so that all of it is one batch.
            var doing = new List<(bool IsGood, Task Task)>();
            using (var other = Database.OpenWriter(path))
            {
                other.Run("BEGIN IMMEDIATE");
                for (var i = 0; i < 40; i++)
                {
                    var (isGood, name) = (i % 5 != 2, string.Create(CultureInfo.InvariantCulture, $"u{i}@tiga"));
                    var text = isGood ? "good" : "bad";
                    doing.Add((isGood, store.ChangeGroupAsync(batak.Id, RealmSamples.Here, null, (_, _) => RealmSamples.Entry(EntryKind.Joined, name, text)).AsTask()));
                    doing.Add((isGood, store.AppendAsync(new OutgoingMessage(Guid.NewGuid(), messi, RealmSamples.At(name), MessageText.From(text), Samples.Noon, RealmSamples.Parcel(dua, text))).AsTask()));
                    doing.Add((isGood, store.AddGroupAsync(new GroupId(Guid.NewGuid()), GroupName.Parse(text == "bad" ? "bad" : $"g{i}"), true, RealmSamples.Entry(EntryKind.Joined, name, text), 0).AsTask()));
                }

                other.Run("COMMIT");
            }

            foreach (var (isGood, task) in doing)
            {
                if (isGood) await task.BeforeDeadline();
                else await Should.ThrowAsync<StoreException>(task.BeforeDeadline());
            }

            var group = (await store.FindGroupAsync(batak.Id, None)).ShouldNotBeNull();
            (group.Members.Count, group.StatePosition).ShouldBe((34, 36));
            (await store.FindHeadAsync(batak.Conversation, None)).ShouldBe(36);
            (await store.FindGroupAsync(GroupName.Parse("bad"), null, None)).ShouldBeNull();
            (await store.ListGroupsAsync(None)).Length.ShouldBe(34);
            var waiting = await store.ReadOutboxAsync(dua.Id, 2, int.MaxValue, None);
            waiting.Select(entry => entry.Sequence).ShouldBe(Enumerable.Range(3, 32).Select(number => (long)number));
            waiting.Select(entry => Encoding.UTF8.GetString(entry.Frame.Span)).Distinct().ShouldBe(["good"]);
            (await store.FindOutboxAsync(dua.Id, None)).Count.ShouldBe(34);
        }

        StoreCheck.Run(path).Problems.ShouldBeEmpty();
        await using var opened = SqliteStore.Open(path);
        (await opened.ListGroupsAsync(None)).Single(group => group.Name == GroupName.Parse("batak")).Members.Count.ShouldBe(34);
    }

    private async Task FillAsync(string name)
    {
        await using var store = SqliteStore.Open(_folder[name]);
        await RealmSamples.FillAsync(store);
    }
}
