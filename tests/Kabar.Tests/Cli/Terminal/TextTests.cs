using Kabar.Cli.Terminal;

namespace Kabar.Tests.Cli.Terminal;

public sealed class TextTests
{
    [Theory]
    [InlineData("halo", 4)]
    [InlineData("e\u0301", 1)]
    [InlineData("漢字", 4)]
    [InlineData("한국", 4)]
    [InlineData("\u1112\u1161\u11AB", 2)] // the same syllable in three letters
    [InlineData("\U0001F600", 2)]
    [InlineData("\U0001F468\u200D\U0001F469\u200D\U0001F467", 2)]
    [InlineData("\U0001F1EE\U0001F1E9", 2)]
    [InlineData("\u2764", 1)]
    [InlineData("\u2764\uFE0F", 2)]
    [InlineData("\u0301", 0)]
    [InlineData("ﾊﾛ", 2)] // half-width
    [InlineData("ｈ", 2)] // full-width
    [InlineData("\u303F\u3040", 2)] // between two wide ranges
    [InlineData("", 0)]
    public void A_text_takes_the_columns_a_terminal_gives_it(string text, int columns) => CellWidth.OfText(text).ShouldBe(columns);

    [Fact]
    public void What_others_say_cannot_speak_to_the_terminal()
    {
        Printable.Line("a\e]0;title\ab\u009B2Jc\r\nd\te\0").ShouldBe("a\uFFFD]0;title\uFFFDb\uFFFD2Jc d e\uFFFD");
        Printable.Lines("a\r\nb\nc\e").ShouldBe("a\nb\nc\uFFFD");
        Printable.Line("apa kabar? 漢").ShouldBe("apa kabar? 漢");
        Printable.Line("a\u202Eb\u2066c\u2028d").ShouldBe("a\uFFFDb\uFFFDc\uFFFDd");
        Printable.Line("\u05E9\u200F! \U0001F468\u200D\U0001F469").ShouldBe("\u05E9\u200F! \U0001F468\u200D\U0001F469");
    }

    [Theory]
    [InlineData("halo", 4, "halo")]
    [InlineData("halo", 3, "hal")]
    [InlineData("漢字", 3, "漢")]
    [InlineData("ae\u0301", 2, "ae\u0301")]
    [InlineData("halo", 0, "")]
    public void A_text_is_cut_between_characters(string text, int columns, string cut) => CellWidth.Cut(text, columns).ShouldBe(cut);
}
