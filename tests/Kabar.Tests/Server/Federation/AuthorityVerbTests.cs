using Kabar.Core;

namespace Kabar.Tests.Server.Federation;

/// <summary>What users of a peer may not do in a group here, verb by verb. Who may is <c>GroupRulesTests</c>' to say; this is what the link makes of it.</summary>
public sealed class AuthorityVerbTests
{
    private static readonly GroupVerb[] Verbs =
    [
        GroupVerb.Say, GroupVerb.Leave, GroupVerb.Invite, GroupVerb.Kick, GroupVerb.Ban, GroupVerb.Unban, GroupVerb.Mute, GroupVerb.Unmute,
        GroupVerb.Role, GroupVerb.Topic, GroupVerb.Open, GroupVerb.Close, GroupVerb.Move,
    ];

    public static MatrixTheoryData<GroupVerb, string> Strangers => new(Verbs, ["asing", "jahat", "messi"]);

    public static TheoryData<GroupVerb> NotForMembers => [.. Verbs.Except([GroupVerb.Say, GroupVerb.Leave])];

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

    [Fact]
    public async Task Who_is_muted_does_not_speak()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        (await RefusedAsync(scene, scene.Batak, GroupVerb.Say, "bisu")).ShouldBe(Refusal.Muted);
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
        var text = verb switch { GroupVerb.Say => "palsu", GroupVerb.Topic => "palsu", GroupVerb.Role => "owner", GroupVerb.Move => "dua", _ => "" };
        var act = scene.Dua.Act(verb, who, group, GroupRules.ConcernsSomebody(verb) ? "andi@tiga" : null, text);
        var failure = await scene.Dua.TryAsync(act);
        (failure.Failed, failure.To.Value, failure.Group).ShouldBe((act.Id, who, group));
        return failure.Reason;
    }
}
