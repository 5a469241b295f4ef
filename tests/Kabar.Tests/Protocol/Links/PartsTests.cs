using System.Collections.Immutable;
using Kabar.Core;
using Kabar.Protocol.Links;

namespace Kabar.Tests.Protocol.Links;

/// <summary>What is too long for one frame comes in several, each of which fits.</summary>
public sealed class PartsTests
{
    [Fact]
    public void A_group_of_ten_thousand_comes_in_parts_that_are_joined_to_the_same()
    {
        var name = "\"\\" + new string('é', 126);
        var state = new StateFrame(SampleFrames.Batak)
        {
            Name = GroupName.Parse("batak"),
            Topic = "horas",
            IsOpen = true,
            Position = 20_000,
            Members = [.. Enumerable.Range(1, 10_000).Select(i => new Member(SampleFrames.Address($"user{i}@satu"), name, GroupRole.Member, i % 2 == 0, i))],
            Banned = [.. Enumerable.Range(1, 9_000).Select(i => SampleFrames.Address($"banned{i}@dua"))],
            Invited = [.. Enumerable.Range(1, 9_000).Select(i => SampleFrames.Address($"invited{i}@tiga"))],
        };

        var lines = state.Parts().Select(LinkFrameTests.Line).ToArray();

        lines.Length.ShouldBeGreaterThan(10);
        lines.ShouldAllBe(line => System.Text.Encoding.UTF8.GetByteCount(line) <= LinkFrame.MostBytes);
        var parts = lines.Select(line => (StateFrame)LinkFrameReader.Read(System.Text.Encoding.UTF8.GetBytes(line.TrimEnd('\n')))).ToArray();
        parts[..^1].ShouldAllBe(part => part.HasMore);
        var joined = parts.Aggregate((before, next) => before.Join(next).ShouldNotBeNull());
        LinkFrameTests.Line(joined).ShouldBe(LinkFrameTests.Line(state));
    }

    [Fact]
    public void A_small_group_comes_in_one_part()
    {
        var state = new StateFrame(SampleFrames.Batak) { Name = GroupName.Parse("batak") };
        state.Parts().ShouldHaveSingleItem().HasMore.ShouldBeFalse();
    }

    [Fact]
    public void Parts_of_different_states_are_not_joined()
    {
        var part = new StateFrame(SampleFrames.Batak) { Name = GroupName.Parse("batak"), Position = 3, HasMore = true };
        part.Join(part with { Position = 4 }).ShouldBeNull();
        part.Join(part with { After = 1 }).ShouldBeNull();
        part.Join(part with { Name = GroupName.Parse("toba") }).ShouldBeNull();
        part.Join(new StateFrame(new GroupId(SampleFrames.IdA)) { Name = part.Name, Position = 3 }).ShouldBeNull();
        (part with { HasMore = false }).Join(part).ShouldBeNull();
        part.Join(part with { HasMore = false }).ShouldNotBeNull();
    }

    [Fact]
    public void A_directory_comes_in_parts_of_which_the_last_has_the_hash()
    {
        var names = Enumerable.Range(0, 20_000).Select(i => Username.Parse($"{i:D32}")).ToImmutableArray();
        var users = new UsersFrame(true, names, names[..9_000], SampleFrames.Hash);

        var parts = users.Parts().ToArray();

        parts.ShouldAllBe(part => LinkFrameTests.Line(part).Length <= LinkFrame.MostBytes);
        parts.Select(part => part.IsAll).ShouldBe([true, .. Enumerable.Repeat(false, parts.Length - 1)]);
        parts.Select(part => part.Hash).ShouldBe([.. Enumerable.Repeat((string?)null, parts.Length - 1), SampleFrames.Hash]);
        parts.SelectMany(part => part.Add).ShouldBe(names);
        parts.SelectMany(part => part.Remove).ShouldBe(names[..9_000]);
        new UsersFrame(false, [], names, SampleFrames.Hash).Parts().Last().Hash.ShouldBe(SampleFrames.Hash);
    }

    [Fact]
    public void The_hash_of_a_directory_is_that_of_its_sorted_lower_case_names()
    {
        UsersFrame.HashOf([Username.Parse("messi"), Username.Parse("Budi")]).ShouldBe(UsersFrame.HashOf([Username.Parse("budi"), Username.Parse("MESSI")]));
        UsersFrame.HashOf([Username.Parse("messi"), Username.Parse("Budi")])
            .ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("budi\nmessi\n"u8)));
        UsersFrame.HashOf([]).ShouldBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    [Fact]
    public void An_answer_holds_as_many_copies_as_fit_and_says_that_there_are_more()
    {
        static MessageCopy Copy(string text) => new(SampleFrames.IdA, SampleFrames.Address("messi@satu"), "M", SampleFrames.Address("james@dua"), MessageText.From(text), SampleFrames.When);
        var copies = Enumerable.Repeat(Copy(new string('\u0001', 8192)), 10).ToArray();

        var answer = AnswerFrame.OfCopies(SampleFrames.IdA, copies, hasMore: false);

        answer.Copies.Length.ShouldBeInRange(1, 3);
        answer.HasMore.ShouldBeTrue();
        LinkFrameTests.Line(answer).Length.ShouldBeLessThan(LinkFrame.MostBytes);
        AnswerFrame.OfCopies(SampleFrames.IdA, [Copy("a"), Copy("b")], hasMore: false).HasMore.ShouldBeFalse();
        AnswerFrame.OfCopies(SampleFrames.IdA, [Copy("a")], hasMore: true).HasMore.ShouldBeTrue();
        AnswerFrame.OfCopies(SampleFrames.IdA, copies[..1], hasMore: false).Copies.Length.ShouldBe(1);
    }
}
