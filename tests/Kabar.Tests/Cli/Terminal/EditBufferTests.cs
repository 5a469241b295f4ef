using Kabar.Cli.Terminal;

namespace Kabar.Tests.Cli.Terminal;

public sealed class EditBufferTests
{
    private readonly EditBuffer _buffer = new();

    [Fact]
    public void Text_goes_in_at_the_cursor()
    {
        _buffer.Insert("hao");
        _buffer.Left();
        _buffer.Insert("l");
        Shows("hal|o");
    }

    [Fact]
    public void Line_breaks_tabs_and_escapes_cannot_get_into_a_line()
    {
        _buffer.Insert("a\r\nb\tc\nd\e[2J");
        Shows("a b c d\uFFFD[2J|");
    }

    [Theory]
    [InlineData("e\u0301")] // a letter and its accent
    [InlineData("\U0001F600")] // a surrogate pair
    [InlineData("\U0001F468\u200D\U0001F469\u200D\U0001F467")] // a family of three joined
    [InlineData("\U0001F1EE\U0001F1E9")] // a flag
    public void What_a_person_sees_as_one_character_is_one(string character)
    {
        _buffer.Insert("a" + character + "b");
        _buffer.Left();
        _buffer.Left();
        Shows("a|" + character + "b");
        _buffer.Right();
        _buffer.Backspace();
        Shows("a|b");
        _buffer.Insert(character);
        _buffer.Left();
        _buffer.Delete();
        Shows("a|b");
    }

    [Fact]
    public void A_mark_typed_after_its_letter_becomes_one_with_it()
    {
        _buffer.Insert("ex");
        _buffer.Left();
        _buffer.Insert("\u0301");
        Shows("e\u0301|x");
        _buffer.Backspace();
        Shows("|x");
    }

    [Fact]
    public void The_edges_of_the_line_hold()
    {
        _buffer.Left();
        _buffer.Backspace();
        _buffer.Delete();
        _buffer.WordLeft();
        _buffer.WordRight();
        _buffer.KillFieldLeft();
        _buffer.Transpose();
        _buffer.Yank();
        Shows("|");
        _buffer.Insert("a");
        _buffer.Right();
        _buffer.Delete();
        _buffer.Transpose();
        Shows("a|");
    }

    [Fact]
    public void Words_are_letters_and_digits()
    {
        _buffer.Insert("send lineker, e\u0301tape2 ");
        _buffer.WordLeft();
        Shows("send lineker, |e\u0301tape2 ");
        _buffer.WordLeft();
        Shows("send |lineker, e\u0301tape2 ");
        _buffer.WordRight();
        Shows("send lineker|, e\u0301tape2 ");
        _buffer.WordRight();
        Shows("send lineker, e\u0301tape2| ");
    }

    [Fact]
    public void Cut_and_put_back()
    {
        _buffer.Insert("satu dua");
        _buffer.Home();
        _buffer.WordRight();
        _buffer.KillToEnd();
        Shows("satu|");
        _buffer.Home();
        _buffer.Yank();
        Shows(" dua|satu");
        _buffer.End();
        _buffer.KillToStart();
        Shows("|");
    }

    [Fact]
    public void Cuts_in_a_row_are_one_piece()
    {
        _buffer.Insert("satu dua, tiga");
        _buffer.KillFieldLeft();
        _buffer.KillFieldLeft();
        Shows("satu |");
        _buffer.Yank();
        Shows("satu dua, tiga|");
    }

    [Fact]
    public void Cuts_forwards_in_a_row_keep_their_order()
    {
        _buffer.Insert("satu dua tiga");
        _buffer.Home();
        _buffer.KillWordRight();
        _buffer.KillWordRight();
        Shows("| tiga");
        _buffer.Yank();
        Shows("satu dua| tiga");
    }

    [Fact]
    public void An_earlier_piece_takes_the_place_of_the_one_put_back()
    {
        _buffer.Insert("satu");
        _buffer.KillToStart();
        _buffer.Insert("dua");
        _buffer.KillToStart();
        _buffer.Yank();
        Shows("dua|");
        _buffer.YankEarlier();
        Shows("satu|");
        _buffer.YankEarlier();
        Shows("dua|");
        _buffer.Home();
        _buffer.YankEarlier();
        Shows("|dua");
    }

    [Fact]
    public void Two_characters_change_places()
    {
        _buffer.Insert("ab\U0001F600");
        _buffer.Transpose();
        Shows("a\U0001F600b|");
        _buffer.Home();
        _buffer.Right();
        _buffer.Transpose();
        Shows("\U0001F600a|b");
    }

    private void Shows(string expected) => _buffer.Text.Insert(_buffer.Cursor, "|").ShouldBe(expected);
}
