using System.IO.Pipelines;
using System.Text;
using System.Threading.Channels;
using Kabar.Cli.Terminal;

namespace Kabar.Tests.Cli.Terminal;

/// <summary>Lines and notes above the line that is being edited, in any order with the typing.</summary>
public sealed class PrintingAboveTests : IAsyncDisposable
{
    private readonly Pipe _keyboard = new();
    private readonly FakeScreen _screen = new(columns: 20, rows: 8);
    private readonly CancellationTokenSource _enough = new();
    private readonly LineEditor _editor;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Task _reading;

    public PrintingAboveTests()
    {
        _editor = new LineEditor(_keyboard.Reader.AsStream(), _screen, () => _screen.Size, () => _screen, new ManualClock(), prompt => $"\e[1m{prompt}\e[0m")
        {
            Pastes = new PasteNotes(count => $"{count} lines", count => $"{count}: Enter sends"),
        };
        _editor.Show("", "[x] ", [], isSecret: false);
        _reading = ReadAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _enough.CancelAsync();
        await _reading;
        await _screen.DisposeAsync();
        _enough.Dispose();
    }

    [Fact]
    public async Task Lines_notes_and_a_new_prompt_come_in_one_painting()
    {
        await PressAsync("halo dunia, apa kabar");
        await _screen.UntilAsync("[x] halo dunia, apa\nkabar|");
        _editor.Show("satu\n", "[x · y 1] ", [Note("ana is typing")], isSecret: false);
        _screen.Content.ShouldBe("satu\nana is typing\n[x · y 1] halo dunia\n, apa kabar|");
        _editor.Show("dua\n", "[x] ", [], isSecret: false);
        _screen.Content.ShouldBe("satu\ndua\n[x] halo dunia, apa\nkabar|");
    }

    [Fact]
    public async Task A_line_that_is_done_leaves_the_screen_and_the_next_begins()
    {
        await PressAsync("satu\rdua");
        await _screen.UntilAsync("[x] dua|");
        (await _lines.Reader.ReadAsync()).ShouldBe("satu");
    }

    [Fact]
    public async Task What_stands_above_is_overwritten_where_it_is()
    {
        _editor.Show("12:00 o a\n12:01   b\n", "[x] ", [Note("note")], isSecret: false);
        await PressAsync("halo dunia, apa kabar");
        await _screen.UntilAsync("12:00 o a\n12:01   b\nnote\n[x] halo dunia, apa\nkabar|");
        _editor.Overwrite(2, 6, "v");
        _screen.Content.ShouldBe("12:00 v a\n12:01   b\nnote\n[x] halo dunia, apa\nkabar|");
        await PressAsync("\x01");
        await _screen.UntilAsync("12:00 v a\n12:01   b\nnote\n[x] |halo dunia, apa\nkabar");
        _editor.Overwrite(2, 6, "w");
        _screen.Content.ShouldBe("12:00 w a\n12:01   b\nnote\n[x] |halo dunia, apa\nkabar");
        _editor.Overwrite(7, 0, "far above");
        _screen.Content.ShouldBe("12:00 w a\n12:01   b\nnote\n[x] |halo dunia, apa\nkabar");
    }

    [Fact]
    public async Task Two_hundred_pasted_lines_are_a_label_and_one_line_when_they_are_sent()
    {
        var pasted = string.Join('\n', Enumerable.Range(1, 200));
        await PressAsync($"\e[200~{pasted}\e[201~");
        await _screen.UntilAsync("  1\n  2\n  3\n  …\n  200\n200: Enter sends\n[x] [200 lines]|");
        await PressAsync("\x03");
        await _screen.UntilAsync("[x] |");
        await PressAsync($"\e[200~{pasted}\e[201~!\rlagi");
        (await _lines.Reader.ReadAsync()).ShouldBe(pasted + "!");
        await _screen.UntilAsync("[x] lagi|");
    }

    [Fact]
    public async Task Lines_that_come_at_once_from_a_terminal_without_marks_are_a_paste()
    {
        await PressAsync("1\r2\r3\r4\r5\r");
        await _screen.UntilAsync("  1\n  2\n  3\n  …\n  5\n5: Enter sends\n[x] [5 lines]|");
    }

    [Fact]
    public async Task A_secret_is_asked_for_in_the_place_of_the_line()
    {
        _editor.Show("", "Password: ", [], isSecret: true);
        await PressAsync("surabaya");
        await _screen.UntilAsync("Password: ********|");
        await PressAsync("\r");
        await _screen.UntilAsync("Password: |");
        (await _lines.Reader.ReadAsync()).ShouldBe("surabaya");
    }

    [Fact]
    public async Task Notes_that_have_no_room_give_way_to_the_line()
    {
        await PressAsync(new string('x', 130));
        var painted = $"[x] {new string('x', 16)}\n" + string.Concat(Enumerable.Repeat(new string('x', 20) + "\n", 5)) + new string('x', 14) + "|";
        await _screen.UntilAsync(painted);
        _editor.Show("", "[x] ", [Note("one"), Note("two")], isSecret: false);
        _screen.Content.ShouldBe(painted);
    }

    [Fact]
    public async Task However_it_is_typed_printed_and_noted_nothing_is_torn()
    {
        var random = new Random(17);
        var typed = "";
        List<string> printed = [];
        PaintedRow[] notes = [];
        for (var round = 0; round < 300; round++)
        {
            switch (random.Next(4))
            {
                case 0:
                    var more = random.Next(3) == 0 ? "漢" : "ab ";
                    if (typed.Length + more.Length > 60) continue;
                    typed += more;
                    await PressAsync(more);
                    break;
                case 1 when typed.Length > 0:
                    typed = typed[..^1];
                    await PressAsync("\x7F");
                    break;
                case 2:
                    printed.Add($"pesan {round}");
                    _editor.Show(printed[^1] + "\n", "[x] ", notes, isSecret: false);
                    break;
                case 3:
                    notes = [.. Enumerable.Range(0, random.Next(3)).Select(number => Note($"note {number}"))];
                    _editor.Show("", "[x] ", notes, isSecret: false);
                    break;
            }

            using var fresh = new FakeScreen(columns: 20, rows: 8);
            fresh.Write(string.Concat(printed.Concat(notes.Select(note => note.Text)).Select(line => line + "\r\n")));
            fresh.Write(new LinePainter().Paint("[x] ", typed, typed.Length, fresh.Size));
            await _screen.UntilAsync(fresh.Content);
        }
    }

    private static PaintedRow Note(string text) => new(text, text.Length);

    private async Task PressAsync(string keys) => await _keyboard.Writer.WriteAsync(Encoding.UTF8.GetBytes(keys));

    private async Task ReadAsync()
    {
        try
        {
            await foreach (var line in _editor.ReadLinesAsync(History.InMemory(), _enough.Token)) await _lines.Writer.WriteAsync(line);
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
