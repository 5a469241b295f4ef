using Kabar.Cli.Chat;

namespace Kabar.Tests.Cli.Chat;

public sealed class ChatPaintTests
{
    private readonly ChatPaint _paint = new(hasColours: false, ChatGlyphs.Unicode);

    [Theory]
    [InlineData("12:00  ", "halo", "12:00  halo")]
    [InlineData("12:00  ", "halo dunia apa kabar", "12:00  halo dunia apa\n       kabar")]
    [InlineData("12:00  ", "satu\ndua", "12:00  satu\n       dua")]
    [InlineData("12:00  ", "satu\n\ndua", "12:00  satu\n       \n       dua")]
    [InlineData("12:00  ", "漢字漢字 漢字漢字", "12:00  漢字漢字\n       漢字漢字")]
    [InlineData("12:00  ", "lihat https://contoh.id/panjang/sekali ya", "12:00  lihat\n       https://contoh.id/panjang/sekali ya")]
    [InlineData("", "a\e[2Jb\u202Ec", "a\uFFFD[2Jb\uFFFDc")]
    public void Rows_end_at_blanks_and_go_on_at_the_indent(string before, string text, string rows) =>
        _paint.Rows(new ChatLine([new(before), new(text)]) { Indent = before.Length }, 22).Text.ShouldBe(rows);

    [Theory]
    [InlineData("halo", 1)]
    [InlineData("halo dunia apa kabar hari ini", 2)]
    [InlineData("0123456789012345678901", 1)]
    [InlineData("01234567890123456789012", 2)]
    [InlineData("漢漢漢漢漢漢漢漢漢漢漢漢", 2)]
    public void Rows_are_counted_as_the_terminal_wraps_them(string text, int rows) => _paint.Rows(ChatLine.Of(text), 22).Rows.ShouldBe(rows);

    [Fact]
    public void A_rule_is_as_wide_as_the_window_up_to_a_bound()
    {
        _paint.Rows(ChatLine.Rule("#batak"), 20).ShouldBe(("── #batak ─────────", 1));
        _paint.Rows(ChatLine.Rule("sebuah topik yang panjang sekali"), 20).ShouldBe(("── sebuah topik yan", 1));
        _paint.Rows(ChatLine.Rule("x"), 300).Text.Length.ShouldBe(72);
        _paint.Plain(ChatLine.Rule("x")).ShouldBe("── x ──");
    }

    [Fact]
    public void A_note_takes_one_row()
    {
        var note = new ChatPaint(hasColours: true, ChatGlyphs.Unicode).Note(new ChatLine([new("◌ ", Tone.Dim), new("halo dunia\n")]), 10);
        note.ShouldBe(new Kabar.Cli.Terminal.PaintedRow("\e[2m◌ \e[0mhalo du", 9));
    }

    [Fact]
    public void Colours_end_where_their_span_ends()
    {
        var paint = new ChatPaint(hasColours: true, ChatGlyphs.Unicode);
        paint.Rows(new ChatLine([new("12:00 ", Tone.Dim), new("halo"), new(" salah", Tone.Alarm)]), 80).ShouldBe(("\e[2m12:00\e[0m halo\e[31m salah\e[0m", 1));
        paint.Tick(ChatGlyphs.Unicode.Of(Tick.Read)).ShouldBe("\e[1;36m✓✓\e[0m");
    }

    [Fact]
    public void Ticks_follow_the_locale_and_the_colours()
    {
        static ChatGlyphs Of(string? locale, bool hasColours) => ChatGlyphs.For(name => name == "LANG" ? locale : null, hasColours);
        Of("id_ID.UTF-8", true).Of(Tick.Read).Text.ShouldBe("✓✓");
        Of("C.utf8", false).Of(Tick.Read).Text.ShouldBe("✔✔");
        Of("C", true).Of(Tick.Read).Text.ShouldBe("r ");
        Of(null, true).Of(Tick.Queued).Text.ShouldBe("q ");
        ChatGlyphs.For(name => name switch { "LC_ALL" => "C", "LANG" => "id_ID.UTF-8", _ => null }, true).ShouldBe(ChatGlyphs.Plain);
    }
}
