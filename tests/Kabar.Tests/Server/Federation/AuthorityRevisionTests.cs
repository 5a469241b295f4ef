using Kabar.Core;
using Kabar.Protocol.Links;
using Kabar.Tests.Core;
using Kabar.Tests.Protocol.Links;

namespace Kabar.Tests.Server.Federation;

/// <summary>What a peer's users may do with what was said, how far they may say that they have come, and what comes of it when they say it again.</summary>
public sealed class AuthorityRevisionTests
{
    [Fact]
    public async Task Who_said_something_edits_and_takes_it_back_and_both_react_to_it()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        var (dua, said) = (scene.Dua, scene.Dua.Message("james", "messi", "halo"));
        await dua.SayAsync(said, dua.Message("james", "messi", "dan lagi", answers: said.Id));
        (await scene.Satu.DirectAsync("messi", SampleFrames.Address("james@dua")))[1].Target.ShouldBe(1);

        await dua.SayAsync(dua.Revision(EntryKind.Edited, "james", "messi", said.Id, "halo, messi"), dua.Revision(EntryKind.Reacted, "james", "messi", said.Id, "🐐"));
        (await scene.Satu.ReadingAsync("messi", "james@dua")).ShouldBe(["james@dua: halo, messi* [james@dua 🐐]", "james@dua: dan lagi"]);
        await dua.SayAsync(dua.Revision(EntryKind.Reacted, "james", "messi", said.Id, "👍"), dua.Revision(EntryKind.Edited, "james", "messi", said.Id, "halo!"));
        (await scene.Satu.ReadingAsync("messi", "james@dua"))[0].ShouldBe("james@dua: halo!* [james@dua 👍]");
        await dua.SayAsync(dua.Revision(EntryKind.Reacted, "james", "messi", said.Id));
        (await scene.Satu.ReadingAsync("messi", "james@dua"))[0].ShouldBe("james@dua: halo!*");

        // An inbox shows how it reads now; what was taken back is in none.
        (await scene.Satu.InboxAsync("messi")).ShouldBe(["james@dua: halo!", "james@dua: dan lagi"]);
        await dua.SayAsync(dua.Revision(EntryKind.Deleted, "james", "messi", said.Id));
        (await scene.Satu.ReadingAsync("messi", "james@dua"))[0].ShouldStartWith("james@dua: -");
        (await scene.Satu.InboxAsync("messi")).ShouldBe(["james@dua: dan lagi"]);
        (await scene.Satu.DirectAsync("messi", SampleFrames.Address("james@dua"))).ShouldAllBe(entry => !entry.Text.Decode().Contains("halo"));
    }

    [Fact]
    public async Task What_was_taken_back_is_not_changed_any_more_and_what_answers_it_or_nothing_is_said_all_the_same()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        var (dua, said) = (scene.Dua, scene.Dua.Message("james", "messi", "halo"));
        await dua.SayAsync(said, dua.Revision(EntryKind.Deleted, "james", "messi", said.Id));
        await scene.RememberAsync();
        await dua.SayAsync(
            dua.Revision(EntryKind.Edited, "james", "messi", said.Id, "kembali"), dua.Revision(EntryKind.Reacted, "james", "messi", said.Id, "🐐"), dua.Revision(EntryKind.Deleted, "james", "messi", said.Id));
        await scene.ShouldBeUnharmedAsync();

        await dua.SayAsync(dua.Message("james", "messi", "ya", answers: Guid.CreateVersion7()));
        (await scene.Satu.DirectAsync("messi", SampleFrames.Address("james@dua")))[^1].ShouldSatisfyAllConditions(entry => entry.Text.Decode().ShouldBe("ya"), entry => entry.Target.ShouldBeNull());
    }

    [Fact]
    public async Task An_edit_with_a_text_over_the_limit_here_changes_nothing()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        var (dua, said) = (scene.Dua, scene.Dua.Message("james", "messi", "halo"));
        await dua.SayAsync(said);
        await scene.RememberAsync();
        await dua.SayAsync(dua.Revision(EntryKind.Edited, "james", "messi", said.Id, new string('x', scene.Satu.Realm.Options.TextBytes + 1)));
        await scene.ShouldBeUnharmedAsync();
    }

    [Fact]
    public async Task What_comes_again_under_its_number_or_its_id_or_in_another_epoch_changes_nothing_more()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        var (dua, said) = (scene.Dua, scene.Dua.Message("james", "messi", "halo"));
        (await scene.Satu.SendAsync("messi", "james@dua", "satu")).Value();
        var asked = await dua.HearAsync<NumberedFrame>();
        var position = (await scene.Satu.ActAsync("messi", scene.Batak, GroupVerb.Say, text: "horas")).Value().Entry.ShouldNotBeNull().Position;
        Dispatch[] all =
        [
            said,
            dua.Revision(EntryKind.Edited, "james", "messi", said.Id, "pertama"),
            dua.Revision(EntryKind.Reacted, "james", "messi", said.Id, "🐐"),
            dua.Revision(EntryKind.Edited, "james", "messi", said.Id, "terakhir"),
            dua.Revision(EntryKind.Reacted, "james", "messi", said.Id),
            ScriptedPeer.Receipt("james", "messi", read: asked.Dispatch.Id),
            dua.Act(GroupVerb.React, "james", scene.Batak, text: "👍", target: position),
        ];
        await dua.SayAsync(all);
        await scene.RememberAsync();

        await dua.SendAsync([.. all.Select((dispatch, i) => new NumberedFrame(i + 1, dispatch))]);
        await dua.SayAsync(all);
        await dua.SayAsync([.. all.Reverse()]);
        dua.Epoch = Guid.NewGuid();
        await dua.DialAsync();
        await dua.SendAsync([.. all.Select((dispatch, i) => new NumberedFrame(i + 1, dispatch))]);
        await dua.HearAsync<AckFrame>(ack => ack.Mark == new StreamMark(dua.Epoch, all.Length));

        await scene.ShouldBeUnharmedAsync();
        (await scene.Satu.ReadingAsync("messi", "james@dua")).ShouldBe(["messi: satu", "james@dua: terakhir*"]);
        (await scene.Satu.ReadingAsync(scene.Batak))[0].ShouldBe("messi: horas [james@dua 👍]");
    }

    [Fact]
    public async Task A_receipt_moves_marks_forward_and_never_back_and_not_beyond_what_was_sent()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        var dua = scene.Dua;
        using var messi = await scene.Satu.ListenAsync("messi");
        var sent = new List<Guid>();
        for (var i = 1; i <= 3; i++)
        {
            (await scene.Satu.SendAsync("messi", "james@dua", $"{i}")).Value();
            sent.Add((await dua.HearAsync<NumberedFrame>()).Dispatch.Id);
        }

        // 1. Stored with the acknowledgement, delivered and read with receipts.
        await dua.SendAsync(new AckFrame(new StreamMark(dua.Welcome.Sends.Epoch, 2)));
        (await messi.HearAsync<ReceiptEvent>()).Marks.ShouldSatisfyAllConditions(marks => marks.Stored.ShouldBe(2), marks => marks.Who.ShouldBe(SampleFrames.Address("james@dua")));
        await dua.SayAsync(ScriptedPeer.Receipt("james", "messi", delivered: sent[1]));
        (await messi.HearAsync<ReceiptEvent>()).Marks.ShouldSatisfyAllConditions(marks => marks.Delivered.ShouldBe(2), marks => marks.Read.ShouldBe(0));
        await dua.SayAsync(ScriptedPeer.Receipt("james", "messi", delivered: sent[1], read: sent[0]));
        (await messi.HearAsync<ReceiptEvent>()).Marks.ShouldSatisfyAllConditions(marks => marks.Delivered.ShouldBe(2), marks => marks.Read.ShouldBe(1));

        // 2. Nothing goes back, and what was not sent to him, or by him, is no place to read to.
        var own = dua.Message("james", "messi", "dari james");
        await dua.SayAsync(own);
        await dua.SayAsync(ScriptedPeer.Receipt("james", "messi", delivered: sent[0]), ScriptedPeer.Receipt("james", "messi", read: own.Id), ScriptedPeer.Receipt("james", "messi", read: Guid.CreateVersion7()));
        (await scene.Satu.MarksAsync("messi", "james@dua")).ShouldNotBeNull().ShouldSatisfyAllConditions(marks => marks.Delivered.ShouldBe(2), marks => marks.Read.ShouldBe(1));
        messi.PassedOver.ShouldNotContain(heard => heard is ReceiptEvent);
        await dua.SayAsync(ScriptedPeer.Receipt("james", "messi", read: sent[2]));
        (await scene.Satu.MarksAsync("messi", "james@dua")).ShouldNotBeNull().ShouldSatisfyAllConditions(marks => marks.Delivered.ShouldBe(3), marks => marks.Read.ShouldBe(3));
    }

    [Fact]
    public async Task A_moderator_of_another_realm_keeps_order_below_him_and_not_above()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        var owners = (await scene.Satu.ActAsync("messi", scene.Batak, GroupVerb.Say, text: "dari pemilik")).Value().Entry.ShouldNotBeNull().Position;
        var guest = scene.Tiga.Act(GroupVerb.Say, "andi", scene.Batak, text: "dari andi");
        await scene.Tiga.SayAsync(guest);
        (await scene.Satu.ActAsync("messi", scene.Batak, GroupVerb.Role, "james@dua", "moderator")).Value();

        (await scene.Dua.TryAsync(scene.Dua.Act(GroupVerb.Delete, "james", scene.Batak, target: owners))).Reason.ShouldBe(Refusal.NotAllowed);
        (await scene.Dua.TryAsync(scene.Dua.Act(GroupVerb.Edit, "james", scene.Batak, text: "palsu", target: owners + 1))).Reason.ShouldBe(Refusal.NotAllowed);
        await scene.Dua.SayAsync(scene.Dua.Act(GroupVerb.Delete, "james", scene.Batak, target: owners + 1));
        (await scene.Satu.ReadingAsync(scene.Batak)).ShouldBe(["messi: dari pemilik", "andi@tiga: -"]);
    }

    [Fact]
    public async Task A_time_that_lies_ahead_is_not_believed_of_an_edit_either()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        var said = scene.Dua.Message("james", "messi", "halo");
        var ahead = scene.Satu.Clock.GetUtcNow() + TimeSpan.FromDays(300);
        await scene.Dua.SayAsync(said, scene.Dua.Revision(EntryKind.Edited, "james", "messi", said.Id, "besok") with { Sent = ahead });
        var entries = await scene.Satu.DirectAsync("messi", SampleFrames.Address("james@dua"));
        entries.Select(entry => entry.Sent).ShouldAllBe(sent => sent < ahead);
        entries[0].Revision.ShouldNotBeNull().Edited.ShouldNotBeNull().ShouldBeLessThan(ahead);
    }
}
