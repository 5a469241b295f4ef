using Kabar.Transcripts;

namespace Kabar.Tests.Transcripts;

public sealed class TranscriptTests
{
    [Theory]
    [InlineData("messi : auth", "a.play:1: neither a request, a reply, a scene nor a directive: messi : auth")]
    [InlineData("# one\n\nMessi > auth", "a.play:3: neither a request, a reply, a scene nor a directive: Messi > auth")]
    [InlineData("messi < x\nmessi >> \\q", "a.play:2: no such escape: \\q")]
    [InlineData("messi >> \\x0", "a.play:1: \\x needs two hexadecimal digits")]
    [InlineData("messi >> \\", "a.play:1: a lone \\ at the end")]
    [InlineData("@sleep 3", "a.play:1: no such directive: @sleep 3")]
    [InlineData("@realm dua", "a.play:1: no such directive: @realm dua")]
    [InlineData("@link pigeon", "a.play:1: no such directive: @link pigeon")]
    [InlineData("messi > auth", "a.play:1: a play that expects nothing proves nothing")]
    public void A_line_that_is_none_is_named_with_its_number(string play, string message) =>
        Should.Throw<FormatException>(() => Transcript.Parse(play, "a.play")).Message.ShouldBe(message);

    [Fact]
    public void A_document_yields_its_plays_with_its_own_line_numbers()
    {
        const string markdown = "# Title\n\n```json\n{}\n```\n\n```play\nmessi > a\nmessi < b\n```\n\n``` play\nlineker < c\n```\n";

        var plays = MarkdownPlays.In(markdown, "x.md").ToList();

        plays.Count.ShouldBe(2);
        plays[0].Lines.Select(line => line.Number).ShouldBe([8, 9]);
        plays[1].Lines[0].Number.ShouldBe(13);
    }

    [Fact]
    public void A_block_without_an_end_is_an_error() =>
        Should.Throw<FormatException>(() => MarkdownPlays.In("```play\nmessi < a\n", "x.md").ToList()).Message.ShouldStartWith("x.md:1:");

    [Fact]
    public void Every_dialect_has_plays() =>
        Plays.Dialects.ShouldAllBe(dialect => Plays.Names.Count(name => name.StartsWith(dialect + "/", StringComparison.Ordinal)) >= 2);

    [Fact]
    public void A_play_between_realms_is_of_every_link_or_of_the_one_it_names()
    {
        Transcript.Parse("messi < a", "a.play").IsBetweenRealms.ShouldBeFalse();
        var both = Transcript.Parse("@realm dua james\nmessi < a", "a.play");
        (both.IsBetweenRealms, both.IsOf("legacy"), both.IsOf("native")).ShouldBe((true, true, true));
        var one = Transcript.Parse("@realm dua james\n@link legacy\nmessi < a", "a.play");
        (one.IsOf("legacy"), one.IsOf("native")).ShouldBe((true, false));
    }

    [Fact]
    public void Each_section_of_the_document_is_played_over_both_links() => Plays.Links.ShouldAllBe(link =>
        new[] { "a-authentication", "b-private-chat", "c-group-chat", "d-private-between-realms", "e-group-between-realms", "f-inbox" }
            .All(section => Plays.NamesOver(link).Any(name => name.StartsWith($"two-realms/{section}", StringComparison.Ordinal))));
}
