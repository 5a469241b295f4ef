using System.Collections.Immutable;
using Kabar.Core;
using Kabar.Protocol.Links;
using Kabar.Tests.Core;
using Kabar.Tests.Protocol.Links;

namespace Kabar.Tests.Server.Federation;

/// <summary>Groups over a link: what a home may tell, and no more; how a replica catches up, a home moves, and a restored home finds what it lacks.</summary>
public sealed class GroupLinkTests
{
    [Fact]
    public async Task Entries_that_come_twice_or_go_back_are_skipped_and_those_behind_a_gap_are_asked_for_again()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        var (tiga, toba) = (scene.Tiga, scene.Toba);
        await tiga.SendAsync(Said(3), Said(4), Said(4), Said(3), Said(6));
        (await tiga.HearAsync<FollowFrame>()).ShouldSatisfyAllConditions(follow => follow.Group.ShouldBe(toba), follow => follow.After.ShouldBe(4));
        (await scene.Satu.SaidAsync(toba)).ShouldBe(["andi@tiga: 3", "andi@tiga: 4"]);

        await tiga.SendAsync(Said(5), Said(6), Said(7));
        await tiga.PassAsync();
        (await scene.Satu.SaidAsync(toba)).ShouldBe(["andi@tiga: 3", "andi@tiga: 4", "andi@tiga: 5", "andi@tiga: 6", "andi@tiga: 7"]);

        EntryFrame Said(long position) => tiga.Entry(toba, position, "andi@tiga", text: $"{position}");
    }

    [Fact]
    public async Task A_replica_takes_in_thousands_of_entries_also_of_several_groups_at_once()
    {
        const int Entries = 3000;
        await using var scene = await AuthorityScene.OpenAsync();
        var other = await MakeReplicaAsync(scene, "samosir", "dua");
        await Task.WhenAll(TellAsync(scene.Tiga, scene.Toba), TellAsync(scene.Dua, other));
        (await scene.Satu.SaidAsync(scene.Toba)).Length.ShouldBe(Entries);
        (await scene.Satu.SaidAsync(other)).Length.ShouldBe(Entries);

        static async Task TellAsync(ScriptedPeer peer, GroupId group)
        {
            await peer.SendAsync([.. Enumerable.Range(3, Entries).Select(position => peer.Entry(group, position, "andi@tiga"))]);
            await peer.PassAsync();
        }
    }

    [Fact]
    public async Task A_replica_takes_in_what_has_become_of_what_was_said_also_what_comes_without_its_text()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        var (tiga, toba) = (scene.Tiga, scene.Toba);
        await tiga.SendAsync(
            tiga.Entry(toba, 3, "andi@tiga", text: "halo"),
            tiga.Entry(toba, 4, "andi@tiga", text: "ya", target: 3),
            tiga.Entry(toba, 5, "andi@tiga", EntryKind.Edited, text: "ya!", target: 4),
            tiga.Entry(toba, 6, "messi@satu", EntryKind.Reacted, text: "🐐", target: 4),
            tiga.Entry(toba, 7, "andi@tiga", text: ""),
            tiga.Entry(toba, 8, "andi@tiga", EntryKind.Edited, text: "", target: 7),
            tiga.Entry(toba, 9, "andi@tiga", EntryKind.Deleted, text: "", target: 7),
            tiga.Entry(toba, 10, "andi@tiga", EntryKind.Reacted, text: "x", target: 1));
        await tiga.PassAsync();
        (await scene.Satu.ReadingAsync(toba)).ShouldBe(["andi@tiga: halo", "andi@tiga: ya!* [messi 🐐]", "andi@tiga: -"]);

        // What it gives to a home that fetches is the same.
        await tiga.SendAsync(new FetchFrame(toba, 2));
        for (var position = 3; position <= 10; position++)
        {
            var entry = await tiga.HearAsync<EntryFrame>();
            (entry.Position, entry.Target).ShouldBe((position, position switch { 4 => 3, 5 or 6 => 4, 8 or 9 => 7, 10 => 1, _ => null }));
            if (position == 6) (entry.From, entry.Text.Decode()).ShouldBe((SampleFrames.Address("messi@satu"), "🐐"));
        }
    }

    [Fact]
    public async Task What_is_edited_deleted_and_reacted_to_goes_to_the_home_and_waits_for_it()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        var (tiga, toba) = (scene.Tiga, scene.Toba);
        await tiga.SendAsync(tiga.Entry(toba, 3, "messi@satu", text: "halo"), tiga.Entry(toba, 4, "andi@tiga", text: "ya"));
        await tiga.PassAsync();
        (await scene.Satu.ActAsync("messi", toba, GroupVerb.Edit, text: "palsu", target: 4)).ShouldBeRefused(Refusal.NotAllowed);
        (await scene.Satu.ActAsync("messi", toba, GroupVerb.React, text: "x", target: 9)).ShouldBeRefused(Refusal.UnknownMessage);

        (await scene.Satu.ActAsync("messi", toba, GroupVerb.Edit, text: "halo!", target: 3)).Value().Entry.ShouldBeNull();
        var asked = (await tiga.HearAsync<NumberedFrame>()).Dispatch.ShouldBeOfType<GroupDispatch>();
        (asked.Verb, asked.Target, asked.Text.Decode()).ShouldBe((GroupVerb.Edit, 3, "halo!"));
        (await scene.Satu.ReadingAsync(toba)).ShouldBe(["messi: halo", "andi@tiga: ya"]);
        await tiga.SendAsync(tiga.Entry(toba, 5, "messi@satu", EntryKind.Edited, text: "halo!", id: asked.Id, target: 3));
        await tiga.PassAsync();
        (await scene.Satu.ReadingAsync(toba)).ShouldBe(["messi: halo!*", "andi@tiga: ya"]);
        (await scene.Satu.Realm.Groups.ListPendingAsync(await scene.Satu.GroupAsync(toba), CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_member_who_joins_finds_a_group_whose_state_came_in_parts()
    {
        const int Members = 5000;
        await using var scene = await AuthorityScene.OpenAsync();
        var id = new GroupId(Guid.CreateVersion7());
        var entering = scene.Satu.Realm.Groups.EnterAsync(
            await scene.Satu.AccountAsync("messi"), new GroupAddress(GroupName.Parse("besar"), scene.Tiga.Name), CancellationToken.None).AsTask();
        var asked = await scene.Tiga.HearAsync<AskGroupFrame>();
        await scene.Tiga.SendAsync(new AnswerFrame(asked.Id) { Group = new AnsweredGroup(id, asked.Name, IsOpen: true) });
        var join = await scene.Tiga.HearAsync<AskJoinFrame>();
        await scene.Tiga.SendAsync(new AnswerFrame(join.Id) { Position = 9000 }, new MemberFrame(id, asked.Name));
        await scene.Tiga.HearAsync<FollowFrame>();
        var members = Enumerable.Range(1, Members).Select(i => new Member(SampleFrames.Address($"anggota{i}@tiga"), $"Anggota {i}", GroupRole.Member, IsMuted: false, i));
        var state = new StateFrame(id) { Name = asked.Name, IsOpen = true, Position = 8999, After = 8999, Members = [.. members] };
        state = state with { Members = state.Members.Add(new Member(SampleFrames.Address("messi@satu"), "Messi", GroupRole.Member, IsMuted: false, 9000)), Position = 9000 };
        state.Parts().Count().ShouldBeGreaterThan(1);
        await scene.Tiga.SendAsync([.. state.Parts()]);
        await scene.Tiga.SendAsync(scene.Tiga.Entry(id, 9000, "messi@satu", EntryKind.Joined, text: "", id: join.Entry));

        (await entering.BeforeDeadline()).Value().Group.Members.Count.ShouldBe(Members + 1);
    }

    [Fact]
    public async Task A_state_with_too_much_in_it_is_left_out_and_one_in_parts_that_do_not_fit_together_ends_the_link()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        var state = new StateFrame(scene.Toba)
        {
            Name = GroupName.Parse("toba"),
            Topic = "palsu",
            Position = 50,
            After = 2,
            Members = [new Member(SampleFrames.Address("messi@satu"), "Messi", GroupRole.Member, IsMuted: false, 2)],
            Banned = [.. Enumerable.Range(0, 100_001).Select(i => SampleFrames.Address($"u{i}@tiga"))],
        };
        await scene.Tiga.SendAsync([.. state.Parts()]);
        await scene.Tiga.PassAsync();
        await scene.ShouldBeUnharmedAsync();

        await scene.Tiga.SendAsync(state with { Banned = [], HasMore = true }, state with { Banned = [], Position = 51 });
        (await scene.Tiga.EndAsync()).ShouldBe(ByeReason.NotAllowed);
        (await scene.Satu.GroupAsync(scene.Toba)).Topic.ShouldBe("");
    }

    [Fact]
    public async Task Who_claims_to_be_ahead_of_a_home_gives_it_no_positions_and_does_not_hold_it_up()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        await scene.Dua.SendAsync(new FollowFrame(scene.Batak, 99, Guid.CreateVersion7()));
        await scene.Dua.SendAsync(
            scene.Dua.Entry(scene.Batak, 8, "messi@satu", EntryKind.RoleChanged, "james@dua", "owner"),
            scene.Dua.Entry(scene.Batak, 9, "messi@satu", EntryKind.Moved, text: "dua"));
        await scene.Dua.SendAsync(new FetchedFrame(scene.Batak, 99));
        await scene.Dua.PassAsync();
        await scene.ShouldBeUnharmedAsync();
    }

    [Fact]
    public async Task A_home_that_has_moved_away_tells_nothing_more()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        await scene.Tiga.SendAsync(
            scene.Tiga.Entry(scene.Toba, 3, "andi@tiga", EntryKind.Moved, text: "dua"), scene.Tiga.Entry(scene.Toba, 4, "andi@tiga"), new GoneFrame(scene.Toba));
        (await scene.Dua.HearAsync<FollowFrame>()).After.ShouldBe(3);
        await scene.Tiga.SendAsync(scene.Tiga.Entry(scene.Toba, 4, "andi@tiga"));
        await scene.Tiga.PassAsync();
        (await scene.Satu.SaidAsync(scene.Toba)).ShouldBeEmpty();

        await scene.Dua.SendAsync(scene.Dua.Entry(scene.Toba, 4, "andi@tiga", text: "dari rumah baru"));
        await scene.Dua.PassAsync();
        (await scene.Satu.SaidAsync(scene.Toba)).ShouldBe(["andi@tiga: dari rumah baru"]);
        (await scene.Satu.GroupAsync(scene.Toba)).Members.Keys.ShouldContain(SampleFrames.Address("messi"));
    }

    [Fact]
    public async Task A_group_does_not_come_here_under_a_name_that_another_has()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        var own = (await scene.Satu.MakeGroupAsync("lineker", "toba", isOpen: true)).Id;
        await scene.RememberAsync();
        await scene.Tiga.SendAsync(scene.Tiga.Entry(scene.Toba, 3, "andi@tiga", EntryKind.Moved, text: "satu"));
        await scene.Tiga.PassAsync();
        await scene.ShouldBeUnharmedAsync();
        (await scene.Satu.Realm.Groups.FindAsync(new GroupAddress(GroupName.Parse("toba"), null), CancellationToken.None)).ShouldNotBeNull().Id.ShouldBe(own);
    }

    [Fact]
    public async Task What_waits_for_a_home_that_moves_goes_to_the_next_and_is_said_once_whatever_the_former_one_answers()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        (await scene.Satu.ActAsync("messi", scene.Toba, GroupVerb.Say, text: "horas")).Value();
        var waits = await scene.Tiga.HearAsync<NumberedFrame>(frame => frame.Dispatch is GroupDispatch);
        await scene.Tiga.SendAsync(scene.Tiga.Entry(scene.Toba, 3, "andi@tiga", EntryKind.Moved, text: "dua"));
        (await scene.Dua.HearAsync<NumberedFrame>()).Dispatch.Id.ShouldBe(waits.Dispatch.Id);

        await scene.Tiga.SayAsync(
            new FailureDispatch(Guid.CreateVersion7(), waits.Dispatch.Id, Refusal.HomeElsewhere, Username.Parse("messi"), null, scene.Toba),
            new FailureDispatch(Guid.CreateVersion7(), waits.Dispatch.Id, Refusal.Muted, Username.Parse("messi"), null, scene.Toba));
        (await scene.Satu.OutboxAsync("dua")).Count.ShouldBe(1);
        await scene.Dua.SendAsync(scene.Dua.Entry(scene.Toba, 4, "messi@satu", text: "horas", id: waits.Dispatch.Id));
        await scene.Dua.PassAsync();

        (await scene.Satu.SaidAsync(scene.Toba)).ShouldBe(["messi: horas"]);
        (await scene.Satu.InboxAsync("messi")).ShouldBeEmpty();
        (await scene.Satu.Realm.Groups.ListPendingAsync(await scene.Satu.GroupAsync(scene.Toba), CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_home_that_moves_here_with_speech_under_way_takes_it_up()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        var early = scene.Tiga.Act(GroupVerb.Say, "andi", scene.Toba, text: "sebelum");
        (await scene.Tiga.TryAsync(early)).Reason.ShouldBe(Refusal.HomeElsewhere);

        // The former home turns to the new one at once; only then does that one learn that it is the home.
        await scene.Tiga.SendAsync(new FollowFrame(scene.Toba, 3, null));
        await scene.Tiga.SendAsync(scene.Tiga.Entry(scene.Toba, 3, "andi@tiga", EntryKind.Moved, text: "satu"));
        await scene.Tiga.HearAsync<MemberFrame>(member => member.Group == scene.Toba);
        await scene.Tiga.SendAsync(new FollowFrame(scene.Toba, 3, null));
        await scene.Tiga.SayAsync(early);
        (await scene.Satu.ActAsync("messi", scene.Toba, GroupVerb.Say, text: "sesudah")).Value().Entry.ShouldNotBeNull().Position.ShouldBe(5);
        (await scene.Tiga.HearAsync<EntryFrame>(entry => entry.Position == 5)).Text.Decode().ShouldBe("sesudah");
        (await scene.Satu.SaidAsync(scene.Toba)).ShouldBe(["andi@tiga: sebelum", "messi: sesudah"]);
    }

    [Fact]
    public async Task A_replica_that_asks_again_when_the_home_is_announced_is_served_also_if_it_asked_too_early()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        await scene.Tiga.SendAsync(scene.Tiga.Entry(scene.Toba, 3, "andi@tiga", EntryKind.Moved, text: "dua"));
        (await scene.Dua.HearAsync<FollowFrame>()).After.ShouldBe(3);

        // Dua did not know yet; now it does.
        await scene.Dua.SendAsync(new MemberFrame(scene.Toba, GroupName.Parse("toba")));
        (await scene.Dua.HearAsync<FollowFrame>()).After.ShouldBe(3);
    }

    [Fact]
    public async Task A_home_that_has_moved_leads_those_who_were_away_to_the_next()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        var moving = scene.Satu.ActAsync("messi", scene.Batak, GroupVerb.Move, text: "dua");
        var asked = await scene.Dua.HearAsync<AskHostFrame>();
        await scene.Dua.SendAsync(new AnswerFrame(asked.Id));
        (await moving.BeforeDeadline()).Value().Entry.ShouldNotBeNull().Position.ShouldBe(8);

        await scene.Tiga.SendAsync(new FollowFrame(scene.Batak, 5, null));
        foreach (var position in new[] { 6, 7, 8 }) (await scene.Tiga.HearAsync<EntryFrame>()).Position.ShouldBe(position);
    }

    [Fact]
    public async Task A_new_home_that_the_move_did_not_reach_hears_of_it_when_it_follows_the_former_one()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        var moving = scene.Satu.ActAsync("messi", scene.Batak, GroupVerb.Move, text: "dua");
        var asked = await scene.Dua.HearAsync<AskHostFrame>();
        await scene.Dua.SendAsync(new AnswerFrame(asked.Id));
        (await moving.BeforeDeadline()).Value().Entry.ShouldNotBeNull().Position.ShouldBe(8);

        await scene.Dua.DialAsync();
        await scene.Dua.SendAsync(new FollowFrame(scene.Batak, 7, null));
        var told = await scene.Dua.HearAsync<EntryFrame>();
        (told.Position, told.Kind, told.Text.Decode()).ShouldBe((8, EntryKind.Moved, "dua"));
    }

    [Fact]
    public async Task A_restored_home_fetches_from_replicas_with_different_ends_before_it_gives_a_position()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        await scene.Satu.Store.SetSettingAsync("restored", "1");
        (await scene.Satu.Store.BeginAfterRestoreAsync(scene.Satu.Clock.GetUtcNow())).ShouldBeTrue();
        var entries = Enumerable.Range(8, 4).Select(position => (Position: position, Id: Guid.CreateVersion7())).ToArray();
        await scene.Dua.DialAsync();
        await scene.Tiga.DialAsync();

        await scene.Tiga.SendAsync(new FollowFrame(scene.Batak, 9, entries[1].Id));
        (await scene.Tiga.HearAsync<FetchFrame>()).After.ShouldBe(7);
        await scene.Tiga.SendAsync([Entry(scene.Tiga, 0), Entry(scene.Tiga, 1), new FetchedFrame(scene.Batak, 9)]);
        await scene.Tiga.PassAsync();
        (await scene.Satu.ActAsync("messi", scene.Batak, GroupVerb.Say, text: "terlalu cepat")).ShouldBeRefused(Refusal.Recovering);

        await scene.Dua.SendAsync(new FollowFrame(scene.Batak, 11, entries[3].Id));
        await scene.Dua.HearAsync<FetchFrame>();
        await scene.Dua.SendAsync([.. Enumerable.Range(0, 4).Select(i => Entry(scene.Dua, i)), new FetchedFrame(scene.Batak, 11)]);
        await scene.Dua.PassAsync();
        (await scene.Satu.ActAsync("messi", scene.Batak, GroupVerb.Say, text: "kembali")).Value().Entry.ShouldNotBeNull().Position.ShouldBe(12);

        for (var position = 10; position <= 12; position++) (await scene.Tiga.HearAsync<EntryFrame>()).Position.ShouldBe(position);
        (await scene.Dua.HearAsync<EntryFrame>()).Position.ShouldBe(12);
        (await scene.Satu.SaidAsync(scene.Batak)).ShouldBe(["andi@tiga: 8", "andi@tiga: 9", "andi@tiga: 10", "andi@tiga: 11", "messi: kembali"]);

        EntryFrame Entry(ScriptedPeer from, int i) => from.Entry(scene.Batak, entries[i].Position, "andi@tiga", text: $"{entries[i].Position}", id: entries[i].Id);
    }

    [Fact]
    public async Task A_home_that_fetches_gets_what_its_replica_has()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        await scene.Tiga.SendAsync([.. Enumerable.Range(3, 300).Select(position => scene.Tiga.Entry(scene.Toba, position, "andi@tiga"))]);
        await scene.Tiga.SendAsync(new FetchFrame(scene.Toba, 2));
        for (var position = 3; position < 303; position++) (await scene.Tiga.HearAsync<EntryFrame>()).Position.ShouldBe(position);
        (await scene.Tiga.HearAsync<FetchedFrame>()).Head.ShouldBe(302);
    }

    private static async Task<GroupId> MakeReplicaAsync(AuthorityScene scene, string name, string home)
    {
        var id = new GroupId(Guid.CreateVersion7());
        var messi = new Member(SampleFrames.Address("messi"), "Messi", GroupRole.Member, IsMuted: false, 2);
        var members = ImmutableDictionary<Address, Member>.Empty.Add(messi.Address, messi);
        await scene.Satu.Realm.Groups.KeepReplicaAsync(
            new Group { Id = id, Conversation = default, Name = GroupName.Parse(name), Home = SampleFrames.Realm(home), Members = members, StatePosition = 2 }, historyAfter: 2);
        return id;
    }
}
