using Kabar.Cli.Terminal;

namespace Kabar.Tests.Cli.Terminal;

public sealed class LineEditingTests
{
    private readonly History _history = History.InMemory();

    [Fact]
    public void The_arrows_walk_through_the_history_and_back_to_what_was_being_written()
    {
        _history.Add("satu");
        _history.Add("dua");
        var editing = Editing();
        Type(editing, "ti");
        Press(editing, KeyKind.Up);
        editing.Text.ShouldBe("dua");
        editing.Apply(Key.Control('p'));
        Press(editing, KeyKind.Up);
        editing.Text.ShouldBe("satu");
        editing.Apply(Key.Control('n'));
        Press(editing, KeyKind.Down);
        editing.Text.ShouldBe("ti");
        Press(editing, KeyKind.Down);
        editing.Text.ShouldBe("ti");
    }

    [Fact]
    public void A_search_goes_back_through_the_history()
    {
        foreach (var line in (string[])["inbox", "send lineker satu", "actives", "send lineker dua"]) _history.Add(line);
        var editing = Editing();
        editing.Apply(Key.Control('r'));
        Type(editing, "SEND");
        editing.Text.ShouldBe("send lineker dua");
        editing.Prompt.ShouldBe("(reverse-i-search)`SEND': ");
        editing.Apply(Key.Control('r'));
        editing.Text.ShouldBe("send lineker satu");
        editing.Apply(Key.Control('r'));
        editing.Text.ShouldBe("send lineker satu");
        editing.Prompt.ShouldBe("(failed reverse-i-search)`SEND': ");
        Press(editing, KeyKind.Escape);
        editing.Prompt.ShouldBe("> ");
        editing.Text.ShouldBe("send lineker satu");
    }

    [Fact]
    public void A_search_that_is_given_up_leaves_the_line_as_it_was()
    {
        _history.Add("inbox");
        var editing = Editing();
        Type(editing, "sen");
        editing.Apply(Key.Control('r'));
        Type(editing, "in");
        editing.Text.ShouldBe("inbox");
        editing.Apply(Key.Control('c'));
        editing.Text.ShouldBe("sen");
    }

    [Fact]
    public void A_search_ends_with_the_key_that_does_something_else()
    {
        _history.Add("inbox");
        var editing = Editing();
        editing.Apply(Key.Control('r'));
        Type(editing, "xb");
        Press(editing, KeyKind.Backspace);
        Press(editing, KeyKind.Backspace);
        Type(editing, "box");
        editing.Apply(Key.Control('a')).ShouldBe(EditOutcome.Editing);
        editing.Text.ShouldBe("inbox");
        editing.Cursor.ShouldBe(0);
        Press(editing, KeyKind.Enter).ShouldBe(EditOutcome.Entered);
    }

    [Fact]
    public void Ctrl_c_clears_the_line_and_ctrl_d_ends_only_an_empty_one()
    {
        var editing = Editing();
        Type(editing, "ab");
        Press(editing, KeyKind.Home);
        editing.Apply(Key.Control('d')).ShouldBe(EditOutcome.Editing);
        editing.Text.ShouldBe("b");
        editing.Apply(Key.Control('c')).ShouldBe(EditOutcome.Editing);
        editing.Text.ShouldBe("");
        editing.Apply(Key.Control('d')).ShouldBe(EditOutcome.Ended);
    }

    [Fact]
    public void A_paste_of_several_lines_is_not_entered()
    {
        var editing = Editing();
        editing.Apply(new Key(KeyKind.Paste, "satu\r\ndua\n")).ShouldBe(EditOutcome.Editing);
        editing.Text.ShouldBe("satu dua");
    }

    [Theory]
    [InlineData('a', "|satu dua")]
    [InlineData('e', "satu dua|")]
    [InlineData('b', "satu| dua")]
    [InlineData('f', "satu d|ua")]
    [InlineData('k', "satu |")]
    [InlineData('u', "|dua")]
    [InlineData('w', "|dua")]
    [InlineData('y', "satu |dua")]
    [InlineData('t', "satud |ua")]
    public void Every_control_key_does_its_work(char letter, string expected)
    {
        var editing = Editing();
        Type(editing, "satu dua");
        editing.Apply(Key.Alt('b'));
        editing.Apply(Key.Control(letter));
        editing.Text.Insert(editing.Cursor, "|").ShouldBe(expected);
    }

    [Theory]
    [InlineData('b', "satu |dua tiga")]
    [InlineData('f', "satu dua tiga|")]
    [InlineData('d', "satu dua|")]
    public void Every_alt_key_does_its_work(char letter, string expected)
    {
        var editing = Editing();
        Type(editing, "satu dua tiga");
        editing.Apply(Key.Alt('b'));
        Press(editing, KeyKind.Left);
        editing.Apply(Key.Alt(letter));
        editing.Text.Insert(editing.Cursor, "|").ShouldBe(expected);
    }

    [Fact]
    public void Tab_completes_what_is_certain_and_shows_the_rest()
    {
        var editing = new LineEditing("> ", _history, line => [.. new[] { "login", "logout", "send" }.Where(verb => verb.StartsWith(line, StringComparison.Ordinal))]);
        Type(editing, "l");
        Press(editing, KeyKind.Tab).ShouldBe(EditOutcome.Editing);
        editing.Text.ShouldBe("log");
        Press(editing, KeyKind.Tab).ShouldBe(EditOutcome.ShowCandidates);
        editing.Candidates.ShouldBe(["login", "logout"]);
        Type(editing, "i");
        Press(editing, KeyKind.Tab).ShouldBe(EditOutcome.Editing);
        editing.Text.ShouldBe("login ");
    }

    private LineEditing Editing() => new("> ", _history);

    private static void Type(LineEditing editing, string text) => editing.Apply(new Key(KeyKind.Text, text));

    private static EditOutcome Press(LineEditing editing, KeyKind kind) => editing.Apply(new Key(kind));
}
