using Kabar.Core;
using Kabar.Tests.Core;

namespace Kabar.Tests.Server.Federation;

/// <summary>What users of a peer may not do in a group here, verb by verb. Who may is <c>GroupRulesTests</c>' to say; this is what the link makes of it.</summary>
public sealed class AuthorityVerbTests
{
    private static readonly GroupVerb[] Verbs =
    [
        GroupVerb.Say, GroupVerb.Leave, GroupVerb.Invite, GroupVerb.Kick, GroupVerb.Ban, GroupVerb.Unban, GroupVerb.Mute, GroupVerb.Unmute,
        GroupVerb.Role, GroupVerb.Topic, GroupVerb.Open, GroupVerb.Close, GroupVerb.Move, GroupVerb.Edit, GroupVerb.Delete, GroupVerb.React,
    ];

    public static MatrixTheoryData<GroupVerb, string> Strangers => new(Verbs, ["asing", "jahat", "messi"]);

    public static TheoryData<GroupVerb> NotForMembers => [.. Verbs.Except([GroupVerb.Say, GroupVerb.Leave, GroupVerb.React])];

    public static TheoryData<GroupVerb> All => [.. Verbs];

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task Who_is_no_member_or_banned_or_only_named_like_one_does_nothing(GroupVerb verb, string who)
    {
        await using var scene = await AuthorityScene.OpenAsync();
        // The home moves by a user here alone: he is told that, whoever he is.
        (await RefusedAsync(scene, scene.Batak, verb, who)).ShouldBe(verb == GroupVerb.Move ? Refusal.NotAllowed : Refusal.NotAMember);
        await scene.ShouldBeUnharmedAsync();
    }

    [Theory]
    [MemberData(nameof(NotForMembers))]
    public async Task A_plain_member_keeps_no_order(GroupVerb verb)
    {
        await using var scene = await AuthorityScene.OpenAsync();
        (await RefusedAsync(scene, scene.Batak, verb, "james")).ShouldBe(Refusal.NotAllowed);
        await scene.ShouldBeUnharmedAsync();
    }

    [Theory]
    [InlineData(GroupVerb.Say)]
    [InlineData(GroupVerb.Edit)]
    [InlineData(GroupVerb.React)]
    public async Task Who_is_muted_does_not_speak(GroupVerb verb)
    {
        await using var scene = await AuthorityScene.OpenAsync();
        (await RefusedAsync(scene, scene.Batak, verb, "bisu")).ShouldBe(Refusal.Muted);
        await scene.ShouldBeUnharmedAsync();
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task In_a_group_of_which_the_peer_has_no_member_nothing_is_done(GroupVerb verb)
    {
        await using var scene = await AuthorityScene.OpenAsync();
        (await RefusedAsync(scene, scene.Rahasia, verb, "andi")).ShouldBe(verb == GroupVerb.Move ? Refusal.NotAllowed : Refusal.NotAMember);
        await scene.ShouldBeUnharmedAsync();
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task In_a_group_whose_home_is_a_third_realm_nothing_is_done(GroupVerb verb)
    {
        await using var scene = await AuthorityScene.OpenAsync();
        (await RefusedAsync(scene, scene.Toba, verb, "andi")).ShouldBe(Refusal.HomeElsewhere);
        await scene.ShouldBeUnharmedAsync();
    }

    private static async Task<Refusal> RefusedAsync(AuthorityScene scene, GroupId group, GroupVerb verb, string who)
    {
        // What messi has said.
        long? target = null;
        if (GroupRules.Revises(verb))
        {
            target = 1;
            if (group == scene.Batak) target = (await scene.Satu.ActAsync("messi", group, GroupVerb.Say, text: "asli")).Value().Entry.ShouldNotBeNull().Position;
            await scene.RememberAsync();
        }

        var text = verb switch { GroupVerb.Say or GroupVerb.Edit or GroupVerb.React => "palsu", GroupVerb.Topic => "palsu", GroupVerb.Role => "owner", GroupVerb.Move => "dua", _ => "" };
        var act = scene.Dua.Act(verb, who, group, GroupRules.ConcernsSomebody(verb) ? "andi@tiga" : null, text, target: target);
        var failure = await scene.Dua.TryAsync(act);
        (failure.Failed, failure.To.Value, failure.Group).ShouldBe((act.Id, who, group));
        return failure.Reason;
    }
}
