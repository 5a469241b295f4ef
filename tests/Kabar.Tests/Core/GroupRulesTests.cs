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
        foreach (var entry in GroupTable.Read(asked)) Check(entry).ShouldBe(entry.Refusal, entry.Name);
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
    [InlineData(GroupVerb.Edit, 10, null)]
    [InlineData(GroupVerb.Edit, 11, Refusal.TextTooLong)]
    [InlineData(GroupVerb.Edit, 0, Refusal.EmptyText)]
    [InlineData(GroupVerb.Topic, 0, null)]
    [InlineData(GroupVerb.Topic, Group.MaxTopicBytes, null)]
    [InlineData(GroupVerb.Topic, Group.MaxTopicBytes + 1, Refusal.TextTooLong)]
    [InlineData(GroupVerb.Move, 1, null)]
    [InlineData(GroupVerb.Move, 0, Refusal.InvalidName)]
    [InlineData(GroupVerb.Move, 64, Refusal.InvalidName)]
    public void Texts_end_at_their_limits(GroupVerb verb, int length, Refusal? refusal)
    {
        var fold = new GroupFold().Join("messi").Add(EntryKind.Said, "messi", text: "halo");
        var target = verb == GroupVerb.Edit ? fold.Entries[^1] : null;
        GroupRules.Check(fold.Group, Actor("messi"), verb, null, MessageText.From(new string('x', length)), Limits, target?.Position, target).ShouldBe(refusal);
    }

    [Fact]
    public void What_was_said_by_another_of_the_same_name_is_not_his_who_has_the_name_now()
    {
        var fold = new GroupFold().Join("messi").Add(EntryKind.Said, "messi", text: "halo");
        var said = fold.Entries[^1];
        var (former, later) = (Actor("messi") with { Since = said.Sent }, Actor("messi") with { Since = said.Sent.AddTicks(1) });

        Revise(former, GroupVerb.Edit).ShouldBeNull();
        Revise(later, GroupVerb.Edit).ShouldBe(Refusal.NotAllowed);
        fold.Join("lineker").Add(EntryKind.RoleChanged, "messi", "lineker", "owner").Add(EntryKind.RoleChanged, "lineker", "messi", "member");
        Revise(former, GroupVerb.Delete).ShouldBeNull();
        Revise(later, GroupVerb.Delete).ShouldBe(Refusal.NotAllowed);
        Revise(later, GroupVerb.React).ShouldBeNull();

        Refusal? Revise(Actor actor, GroupVerb verb) => GroupRules.Check(fold.Group, actor, verb, null, MessageText.From(verb == GroupVerb.Delete ? "" : "x"), Limits, said.Position, said);
    }

    [Fact]
    public void What_was_said_in_a_closed_group_before_somebody_came_he_cannot_answer_or_change()
    {
        var fold = new GroupFold().Join("messi").Add(EntryKind.Said, "messi", text: "halo").Add(EntryKind.Closed, "messi").Add(EntryKind.Invited, "messi", "lineker").Join("lineker");
        var (before, after) = (fold.Entries[1], fold.Add(EntryKind.Said, "messi", text: "halo").Entries[^1]);
        foreach (var verb in new[] { GroupVerb.Say, GroupVerb.React })
        {
            GroupRules.Check(fold.Group, Actor("lineker"), verb, null, MessageText.From("x"), Limits, before.Position, before).ShouldBe(Refusal.UnknownMessage);
            GroupRules.Check(fold.Group, Actor("lineker"), verb, null, MessageText.From("x"), Limits, after.Position, after).ShouldBeNull();
            GroupRules.Check(fold.Group with { IsOpen = true }, Actor("lineker"), verb, null, MessageText.From("x"), Limits, before.Position, before).ShouldBeNull();
        }
    }

    [Theory]
    [InlineData("👍", null)]
    [InlineData("", null)]
    [InlineData("a b", Refusal.InvalidParameter)]
    [InlineData("a\u0007", Refusal.InvalidParameter)]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123", null)]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234", Refusal.InvalidParameter)]
    public void A_reaction_is_a_short_text_without_blanks(string emoji, Refusal? refusal)
    {
        var fold = new GroupFold().Join("messi").Add(EntryKind.Said, "messi", text: "halo");
        GroupRules.Check(fold.Group, Actor("messi"), GroupVerb.React, null, MessageText.From(emoji), Limits, 2, fold.Entries[1]).ShouldBe(refusal);
    }

    [Fact]
    public void A_limit_of_zero_is_off_up_to_what_a_link_carries()
    {
        Say(RealmOptions.MostLinkTextBytes).ShouldBeNull();
        Say(RealmOptions.MostLinkTextBytes + 1).ShouldBe(Refusal.TextTooLong);

        static Refusal? Say(int bytes) =>
            Check(new GroupFold().Join("messi").Group, Actor("messi"), GroupVerb.Say, null, new string('x', bytes), Limits with { TextBytes = 0 });
    }

    private static Refusal? Check(GroupCase entry) => GroupRules.Check(
        entry.Before.Group, entry.Actor, entry.Verb, entry.Subject, MessageText.From(entry.Text), new RealmOptions(), entry.Target, entry.Before.At(entry.Target));

    private static Refusal? Check(Group? group, Actor actor, GroupVerb verb, Address? subject, string text, RealmOptions? limits = null) =>
        GroupRules.Check(group, actor, verb, subject, MessageText.From(text), limits ?? Limits);
}
