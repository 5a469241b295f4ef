using Kabar.Cli.Terminal;

namespace Kabar.Tests.Cli.Terminal;

public sealed class PastedLinesTests
{
    private readonly LineEditing _editing = new("> ", History.InMemory(), completion: null, new PastedTexts { Label = new PasteNotes(count => $"{count} lines", _ => "").Label });

    [Fact]
    public void A_short_paste_is_edited_as_what_it_is()
    {
        Paste("satu\r\ndua\r\n");
        (_editing.Shown, _editing.Text, _editing.Cursor).ShouldBe(("satu↵dua", "satu\ndua", 8));
        Press(KeyKind.AltEnter);
        Type("tiga");
        _editing.Text.ShouldBe("satu\ndua\ntiga");
    }

    [Fact]
    public void A_long_paste_is_one_sign_that_can_be_passed_and_deleted()
    {
        var pasted = string.Join('\n', Enumerable.Range(1, 200));
        Type("lihat: ");
        Paste(pasted);
        Type(" ya");
        _editing.Shown.ShouldBe("lihat: [200 lines] ya");
        _editing.Text.ShouldBe($"lihat: {pasted} ya");
        _editing.Pastes.ShouldBe([pasted]);
        for (var i = 0; i < 3; i++) Press(KeyKind.Left);
        _editing.Cursor.ShouldBe("lihat: [200 lines]".Length);
        Press(KeyKind.Backspace);
        (_editing.Shown, _editing.Text).ShouldBe(("lihat:  ya", "lihat:  ya"));
        _editing.Pastes.ShouldBeEmpty();
    }

    [Fact]
    public void A_paste_that_comes_in_pieces_is_one()
    {
        Paste("1\n2\n3\n4\n");
        Paste("5\n6\n");
        _editing.Shown.ShouldBe("[6 lines]");
        _editing.Text.ShouldBe("1\n2\n3\n4\n5\n6\n");
    }

    [Fact]
    public void What_is_typed_cannot_pretend_to_be_a_paste()
    {
        Paste("1\n2\n3\n4\n5");
        Type("\uF5A0\uF5A1");
        _editing.Text.ShouldBe("1\n2\n3\n4\n5\uFFFD\uFFFD");
    }

    [Fact]
    public void A_secret_is_not_shown()
    {
        _editing.IsSecret = true;
        Type("surabaya");
        (_editing.Shown, _editing.Text, _editing.Cursor).ShouldBe(("********", "surabaya", 8));
    }

    [Fact]
    public void The_notes_of_a_paste_tell_its_beginning_and_its_end()
    {
        var notes = new PasteNotes(count => $"{count}", count => $"{count} lines: Enter sends");
        notes.Of([string.Join('\n', Enumerable.Range(1, 200).Select(number => $"baris {number}"))], 12).Select(note => note.Text)
            .ShouldBe(["  baris 1", "  baris 2", "  baris 3", "  …", "  baris 200", "200 lines: "]);
        notes.Of(["a\e[2J\nb"], 80).Select(note => note.Text).ShouldBe(["  a\uFFFD[2J", "  b", "2 lines: Enter sends"]);
        notes.Of([], 80).ShouldBeEmpty();
    }

    private void Type(string text) => _editing.Apply(new Key(KeyKind.Text, text));

    private void Paste(string text) => _editing.Apply(new Key(KeyKind.Paste, text));

    private void Press(KeyKind kind) => _editing.Apply(new Key(kind));
}
