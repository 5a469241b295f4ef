using Kabar.Cli.Terminal;

namespace Kabar.Tests.Cli.Terminal;

public sealed class LinePainterTests : IDisposable
{
    private readonly FakeScreen _screen = new(columns: 10, rows: 5);
    private readonly LinePainter _painter = new();

    public void Dispose() => _screen.Dispose();

    [Fact]
    public void A_short_line_is_painted_with_these_bytes() =>
        _painter.Paint("> ", "halo", 2, _screen.Size).ShouldBe("\r\e[J> halo\r> ha");

    [Fact]
    public void A_line_of_two_rows_goes_back_up_with_these_bytes()
    {
        _painter.Paint("> ", "halo lineker", 12, _screen.Size).ShouldBe("\r\e[J> halo lineker\reker"); // the terminal wraps
        _painter.Paint("> ", "halo lineker", 0, _screen.Size).ShouldBe("\e[1A\r\e[J> halo lineker\e[1A\r> ");
    }

    [Theory]
    [InlineData("", 0, "> |")]
    [InlineData("halo", 4, "> halo|")]
    [InlineData("12345678", 8, "> 12345678\n|")]
    [InlineData("12345678", 7, "> 1234567|8")]
    [InlineData("123456789", 8, "> 12345678\n|9")]
    [InlineData("123456789012345678", 18, "> 12345678\n9012345678\n|")]
    [InlineData("1234567漢9", 7, "> 1234567\n|漢9")]
    [InlineData("1234567漢9", 8, "> 1234567\n漢|9")]
    [InlineData("123456漢9", 7, "> 123456漢\n|9")]
    [InlineData("1234567e\u03019", 9, "> 1234567e\u0301\n|9")]
    public void Rows_wrap_where_the_terminal_wraps_them(string text, int cursor, string shown)
    {
        Paint(text, cursor);
        _screen.Content.ShouldBe(shown);
    }

    [Fact]
    public void Painting_again_leaves_nothing_of_the_line_before()
    {
        _screen.Write("atas\r\n");
        Paint("123456789012345678901234", 24);
        Paint("123456789", 0);
        _screen.Content.ShouldBe("atas\n> |12345678\n9");
        Paint("", 0);
        _screen.Content.ShouldBe("atas\n> |");
    }

    [Fact]
    public void Every_length_and_every_cursor_paints_over_every_other()
    {
        var random = new Random(8889);
        const string Alphabet = "ab 漢\u00E9";
        for (var round = 0; round < 2000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            var cursor = random.Next(text.Length + 1);
            Paint(text, cursor);
            using var fresh = new FakeScreen(columns: 10, rows: 8);
            fresh.Write(new LinePainter().Paint("> ", text, cursor, fresh.Size));
            _screen.Content[_screen.Content.IndexOf("> ", StringComparison.Ordinal)..].ShouldBe(fresh.Content, $"{text}, cursor at {cursor}");
        }
    }

    [Fact]
    public void A_line_longer_than_the_screen_shows_what_is_around_the_cursor()
    {
        var text = string.Concat(Enumerable.Range(0, 100).Select(number => (char)('a' + (number / 10))));
        Paint(text, text.Length);
        Paint(text, 0);
        _screen.Content.ShouldEndWith("> |aaaaaaaa\naabbbbbbbb\nbbcccccccc\nccdddddddd\nddeeeeeeee");
    }

    [Fact]
    public void A_window_made_narrower_is_painted_from_where_the_line_now_begins()
    {
        var wide = new ScreenSize(20, 5);
        _painter.Paint("> ", "12345678901234567", 17, wide);
        // The terminal has wrapped the one row into two; the cursor stands in the second.
        _painter.Paint("> ", "12345678901234567", 17, new ScreenSize(10, 5)).ShouldStartWith("\e[1A\r\e[J");
    }

    [Theory]
    [InlineData("halo", 0, "> halo\n|")]
    [InlineData("12345678", 0, "> 12345678\n|")]
    [InlineData("1234567890", 3, "> 12345678\n90\n|")]
    public void A_finished_line_stays_and_the_cursor_goes_below(string text, int cursor, string shown)
    {
        Paint(text, cursor);
        _screen.Write(_painter.Finish(_screen.Size));
        _screen.Content.ShouldBe(shown);
    }

    private void Paint(string text, int cursor) => _screen.Write(_painter.Paint("> ", text, cursor, _screen.Size));
}
