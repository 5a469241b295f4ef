using Kabar.Core;
using static Kabar.Tests.Core.GroupFold;

namespace Kabar.Tests.Core;

public sealed class GroupRulesTests
{
    private static readonly RealmOptions Limits = new() { TextBytes = 10, GroupMembers = 3 };

    public static TheoryData<string> Rows => [.. GroupTable.Rows];

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_table_holds(string asked)
    {
        foreach (var entry in GroupTable.Read(asked)) Check(entry.Before.Group, entry.Actor, entry.Verb, entry.Subject, entry.Text, new RealmOptions()).ShouldBe(entry.Refusal, entry.Name);
    }

    [Fact]
    public void The_table_has_every_verb() =>
        GroupTable.Rows.Select(row => Enum.Parse<GroupVerb>(row.Split(' ', ',')[0], ignoreCase: true)).Distinct().ShouldBe(Enum.GetValues<GroupVerb>(), ignoreOrder: true);

    [Fact]
    public void Whatever_is_asked_the_group_must_be_there_and_at_home_and_know_what_its_replicas_have()
    {
        var group = new GroupFold().Join("messi", "lineker").Group;
        _ = RealmName.TryParse("dua", out var dua);
        foreach (var verb in Enum.GetValues<GroupVerb>())
        {
            foreach (var actor in new[] { Actor("messi"), Actor("nobody@dua"), Actor("operator", isOperator: true) })
            {
                Check(null, actor, verb, Who("lineker"), "dua").ShouldBe(Refusal.UnknownGroup);
                Check(group with { Home = dua }, actor, verb, Who("lineker"), "dua").ShouldBe(Refusal.HomeElsewhere);
                Check(group with { Awaited = [dua] }, actor, verb, Who("lineker"), "dua").ShouldBe(Refusal.Recovering);
            }
        }
    }

    [Fact]
    public void The_last_owner_stays_one_until_there_is_another()
    {
        var fold = new GroupFold().Join("messi", "lineker");
        Check(fold.Group, Actor("messi"), GroupVerb.Role, Who("messi"), "moderator").ShouldBe(Refusal.NotAllowed);
        Check(fold.Group, Actor("operator", isOperator: true), GroupVerb.Role, Who("messi"), "member").ShouldBe(Refusal.NotAllowed);
        Check(fold.Group, Actor("messi"), GroupVerb.Role, Who("messi"), "owner").ShouldBeNull();
        fold.Add(EntryKind.RoleChanged, "messi", "lineker", "owner");
        Check(fold.Group, Actor("messi"), GroupVerb.Role, Who("messi"), "moderator").ShouldBeNull();
    }

    [Fact]
    public void Members_end_at_the_limit_also_for_the_invited()
    {
        var fold = new GroupFold().Join("messi", "lineker").Add(EntryKind.Invited, "messi", "taeno");
        Check(fold.Group, Actor("james"), GroupVerb.Join, null, "").ShouldBeNull();
        fold.Join("james");
        Check(fold.Group, Actor("jantuar@dua"), GroupVerb.Join, null, "").ShouldBe(Refusal.TooMany);
        Check(fold.Group, Actor("taeno"), GroupVerb.Join, null, "").ShouldBe(Refusal.TooMany);
        Check(fold.Group, Actor("jantuar"), GroupVerb.Join, null, "", Limits with { GroupMembers = 0 }).ShouldBeNull();
    }

    [Theory]
    [InlineData(GroupVerb.Say, 10, null)]
    [InlineData(GroupVerb.Say, 11, Refusal.TextTooLong)]
    [InlineData(GroupVerb.Say, 0, Refusal.EmptyText)]
    [InlineData(GroupVerb.Topic, 0, null)]
    [InlineData(GroupVerb.Topic, Group.MaxTopicBytes, null)]
    [InlineData(GroupVerb.Topic, Group.MaxTopicBytes + 1, Refusal.TextTooLong)]
    [InlineData(GroupVerb.Move, 1, null)]
    [InlineData(GroupVerb.Move, 0, Refusal.InvalidName)]
    [InlineData(GroupVerb.Move, 64, Refusal.InvalidName)]
    public void Texts_end_at_their_limits(GroupVerb verb, int length, Refusal? refusal) =>
        Check(new GroupFold().Join("messi").Group, Actor("messi"), verb, null, new string('x', length)).ShouldBe(refusal);

    [Fact]
    public void A_limit_of_zero_is_off_up_to_what_a_link_carries()
    {
        Say(RealmOptions.MostLinkTextBytes).ShouldBeNull();
        Say(RealmOptions.MostLinkTextBytes + 1).ShouldBe(Refusal.TextTooLong);

        static Refusal? Say(int bytes) =>
            Check(new GroupFold().Join("messi").Group, Actor("messi"), GroupVerb.Say, null, new string('x', bytes), Limits with { TextBytes = 0 });
    }

    private static Refusal? Check(Group? group, Actor actor, GroupVerb verb, Address? subject, string text, RealmOptions? limits = null) =>
        GroupRules.Check(group, actor, verb, subject, MessageText.From(text), limits ?? Limits);
}
