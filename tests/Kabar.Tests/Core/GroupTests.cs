using FsCheck.Fluent;
using Kabar.Core;
using static Kabar.Tests.Core.GroupFold;

namespace Kabar.Tests.Core;

public sealed class GroupTests
{
    [Fact]
    public void The_first_to_join_owns_it_and_those_who_follow_are_members()
    {
        var group = new GroupFold().Join("messi", "lineker@dua").Group;

        group.Members[Who("messi")].ShouldBe(new Member(Who("messi"), "Display messi", GroupRole.Owner, IsMuted: false, Joined: 1));
        group.Members[Who("lineker@dua")].ShouldBe(new Member(Who("lineker@dua"), "Display lineker@dua", GroupRole.Member, IsMuted: false, Joined: 2));
        group.StatePosition.ShouldBe(2);
    }

    [Fact]
    public void When_the_last_owner_goes_the_member_that_has_been_there_longest_follows()
    {
        var fold = new GroupFold().Join("messi", "lineker", "james").Add(EntryKind.Left, "lineker").Join("lineker").Add(EntryKind.RoleChanged, "messi", "lineker", "moderator");

        fold.Add(EntryKind.Left, "messi");

        fold.Group.Members[Who("james")].Role.ShouldBe(GroupRole.Owner);
        fold.Group.Members[Who("lineker")].Role.ShouldBe(GroupRole.Moderator);
    }

    [Theory]
    [InlineData(EntryKind.Left, "messi", null)]
    [InlineData(EntryKind.Kicked, "admin", "messi")]
    [InlineData(EntryKind.Banned, "admin", "messi")]
    public void However_the_last_owner_goes_there_is_another(EntryKind kind, string from, string? subject) =>
        new GroupFold().Join("messi", "lineker").Add(kind, from, subject).Group.Members.ShouldHaveSingleItem().Value.Role.ShouldBe(GroupRole.Owner);

    [Fact]
    public void While_another_owner_is_there_nobody_follows()
    {
        var group = new GroupFold().Join("messi", "james", "lineker").Add(EntryKind.RoleChanged, "messi", "lineker", "owner").Add(EntryKind.Left, "messi").Group;
        group.Members[Who("james")].Role.ShouldBe(GroupRole.Member);
    }

    [Fact]
    public void Who_joins_an_empty_group_owns_it()
    {
        var group = new GroupFold().Join("messi").Add(EntryKind.Left, "messi").Join("lineker").Group;
        group.Members.ShouldHaveSingleItem().Value.ShouldBe(new Member(Who("lineker"), "Display lineker", GroupRole.Owner, IsMuted: false, Joined: 3));
    }

    [Fact]
    public void Every_kind_of_entry_changes_what_it_says()
    {
        var fold = new GroupFold().Join("messi", "lineker");
        Member Lineker() => fold.Group.Members[Who("lineker")];

        fold.Add(EntryKind.TopicChanged, "messi", text: "bola é").Group.Topic.ShouldBe("bola é");
        fold.Add(EntryKind.Closed, "messi").Group.IsOpen.ShouldBeFalse();
        fold.Add(EntryKind.Opened, "messi").Group.IsOpen.ShouldBeTrue();
        fold.Add(EntryKind.Muted, "messi", "lineker");
        Lineker().IsMuted.ShouldBeTrue();
        fold.Add(EntryKind.Unmuted, "messi", "lineker");
        Lineker().IsMuted.ShouldBeFalse();
        fold.Add(EntryKind.RoleChanged, "messi", "lineker", "moderator");
        Lineker().Role.ShouldBe(GroupRole.Moderator);
        fold.Add(EntryKind.RoleChanged, "messi", "lineker", "king");
        Lineker().Role.ShouldBe(GroupRole.Moderator);
        fold.Add(EntryKind.Kicked, "messi", "lineker").Group.Members.Keys.ShouldBe([Who("messi")]);
        fold.Add(EntryKind.Invited, "messi", "lineker").Group.Invited.ShouldBe([Who("lineker")]);
        fold.Join("lineker").Group.Invited.ShouldBeEmpty();
        fold.Add(EntryKind.Banned, "messi", "lineker").Group.Banned.ShouldBe([Who("lineker")]);
        fold.Group.Members.Count.ShouldBe(1);
        fold.Add(EntryKind.Unbanned, "messi", "lineker").Group.Banned.ShouldBeEmpty();
        fold.Add(EntryKind.Invited, "messi", "james").Add(EntryKind.Banned, "messi", "james").Group.Invited.ShouldBeEmpty();
        fold.Add(EntryKind.Left, "messi").Group.Members.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(EntryKind.Said)]
    [InlineData(EntryKind.Moved)]
    [InlineData(EntryKind.DeliveryFailed)]
    public void What_is_said_changes_only_how_far_the_state_has_come(EntryKind kind)
    {
        var before = new GroupFold().Join("messi").Group;
        new GroupFold(before).Add(kind, "messi", text: "dua").Group.ShouldBe(before with { StatePosition = 2 });
    }

    [Fact]
    public void Who_is_not_there_cannot_be_changed_and_who_is_does_not_come_twice()
    {
        var before = new GroupFold().Join("messi").Group;
        foreach (var kind in new[] { EntryKind.Kicked, EntryKind.Muted, EntryKind.Unmuted, EntryKind.RoleChanged, EntryKind.Unbanned })
            new GroupFold(before).Add(kind, "messi", "nobody", "owner").Group.ShouldBe(before with { StatePosition = 2 }, kind.ToString());
        new GroupFold(before).Join("MESSI").Group.ShouldBe(before with { StatePosition = 2 });
    }

    [Fact]
    public void Entries_up_to_the_state_change_nothing_more()
    {
        var fold = new GroupFold().Join("messi", "lineker").Add(EntryKind.Left, "lineker").Add(EntryKind.TopicChanged, "messi", text: "bola");
        foreach (var entry in fold.Entries) fold.Group.Apply(entry).ShouldBeSameAs(fold.Group);
    }

    [Fact]
    public void Only_realms_other_than_this_one_are_the_realms_of_its_members() =>
        new GroupFold().Join("messi", "a@dua", "b@dua", "c@tiga").Group.MemberRealms.Select(realm => realm.Value).ShouldBe(["dua", "tiga"], ignoreOrder: true);

    // What every realm relies on: whoever has the same entries has the same group, also one that had a part of it before or is told some of it twice.
    [Fact]
    public void Whatever_the_entries_every_fold_of_them_is_the_same_group_and_has_an_owner_when_it_has_members()
    {
        string[] people = ["messi", "lineker", "james@dua", "taeno@tiga"];
        var step =
            from kind in Gen.Elements(Enum.GetValues<EntryKind>())
            from one in Gen.Elements(people)
            from other in Gen.Elements(people)
            from text in Gen.Elements("owner", "moderator", "member", "halo", "")
            select (kind, one, other, text);

        var random = new Random(1);
        foreach (var steps in step.ArrayOf().Sample(2_000, 60))
        {
            var fold = new GroupFold();
            foreach (var (kind, one, other, text) in steps)
            {
                // The rules do not let the last owner be anything else.
                if (kind == EntryKind.RoleChanged && text != "owner") continue;
                var hasSubject = kind is not (EntryKind.Said or EntryKind.Joined or EntryKind.Left or EntryKind.TopicChanged or EntryKind.Opened or EntryKind.Closed);
                fold.Add(kind, one, hasSubject ? other : null, text);
                if (fold.Group.Members.Count > 0) fold.Group.Members.Values.ShouldContain(member => member.Role == GroupRole.Owner);
            }

            var again = new GroupFold().Group with { Id = fold.Group.Id };
            foreach (var entry in fold.Entries)
            {
                again = again.Apply(entry);
                if (random.Next(4) == 0) again = again.Apply(fold.Entries[random.Next((int)entry.Position)]);
            }

            ShouldBeTheSame(again, fold.Group);
        }
    }

    private static void ShouldBeTheSame(Group one, Group other)
    {
        one.Members.ShouldBe(other.Members, ignoreOrder: true);
        one.Banned.ShouldBe(other.Banned, ignoreOrder: true);
        one.Invited.ShouldBe(other.Invited, ignoreOrder: true);
        (one.StatePosition, one.Topic, one.IsOpen).ShouldBe((other.StatePosition, other.Topic, other.IsOpen));
    }
}
