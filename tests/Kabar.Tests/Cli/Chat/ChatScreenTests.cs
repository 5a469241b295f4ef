using System.IO.Pipelines;
using System.Text;
using Kabar.Cli.Chat;
using Kabar.Cli.Terminal;
using Kabar.Tests.Cli.Terminal;

namespace Kabar.Tests.Cli.Chat;

/// <summary>Ticks change where they stand, and nothing else does.</summary>
public sealed class ChatScreenTests : IAsyncDisposable
{
    private readonly Pipe _keyboard = new();
    private readonly FakeScreen _terminal = new(columns: 24, rows: 10);
    private readonly CancellationTokenSource _enough = new();
    private readonly ChatScreen _screen;
    private readonly Task _reading;

    public ChatScreenTests()
    {
        var editor = new LineEditor(_keyboard.Reader.AsStream(), _terminal, () => _terminal.Size, () => _terminal, new ManualClock()) { Completion = _ => ["dua", "tiga"] };
        _screen = new ChatScreen(editor, new ChatPaint(hasColours: true, ChatGlyphs.Unicode));
        _reading = ReadAsync(editor);
    }

    public async ValueTask DisposeAsync()
    {
        await _enough.CancelAsync();
        await _reading;
        await _terminal.DisposeAsync();
        _enough.Dispose();
    }

    [Fact]
    public async Task A_tick_is_repainted_above_whatever_has_come_since()
    {
        Show([Own(1, "halo dunia, apa kabar"), Own(2, "漢字漢字")], []);
        await PressAsync("sedang mengetik baris panjang");
        await _terminal.UntilAsync("  1 ✓  halo dunia, apa\n       kabar\n  2 ✓  漢字漢字\n> sedang mengetik baris\npanjang|");
        _screen.Show([], [Changed(1)], "> ", [ChatLine.Of("note")], isSecret: false);
        _terminal.Content.ShouldBe("  1 ✓✓ halo dunia, apa\n       kabar\n  2 ✓  漢字漢字\nnote\n> sedang mengetik baris\npanjang|");
        Show([ChatLine.Of("lagi")], [Changed(2)]);
        _terminal.Content.ShouldBe("  1 ✓✓ halo dunia, apa\n       kabar\n  2 ✓✓ 漢字漢字\nlagi\n> sedang mengetik baris\npanjang|");
    }

    [Fact]
    public async Task What_has_left_the_screen_stays_as_it_was()
    {
        Show([Own(1, "halo")], []);
        Show([.. Enumerable.Range(0, 12).Select(number => ChatLine.Of($"baris {number}"))], []);
        await PressAsync("x");
        await _terminal.UntilAsync("  1 ✓  halo\n" + string.Concat(Enumerable.Range(0, 12).Select(number => $"baris {number}\n")) + "> x|");
        Show([], [Changed(1)]);
        _terminal.Content.ShouldStartWith("  1 ✓  halo\n");
    }

    [Fact]
    public async Task After_a_change_of_the_window_or_a_list_of_choices_nobody_knows_where_it_stands()
    {
        Show([Own(1, "halo")], []);
        await PressAsync("\t");
        await _terminal.UntilAsync("  1 ✓  halo\ndua  tiga\n> |");
        await PressAsync("x");
        await _terminal.UntilAsync("  1 ✓  halo\ndua  tiga\n> x|");
        Show([], [Changed(1)]);
        _terminal.Content.ShouldBe("  1 ✓  halo\ndua  tiga\n> x|");
        Show([Own(2, "hai")], []);
        _terminal.Size = new ScreenSize(30, 10);
        Show([], [Changed(2)]);
        _terminal.Content.ShouldBe("  1 ✓  halo\ndua  tiga\n  2 ✓  hai\n> x|");
    }

    private static ChatLine Own(long position, string text) => new([new($"{position,3} "), new("✓  "), new(text)])
    {
        Indent = 7,
        TickColumn = 4,
        Place = new ChatPlace("lineker", position),
    };

    private static (ChatPlace, ChatSpan) Changed(long position) => (new ChatPlace("lineker", position), new ChatSpan("✓✓"));

    private void Show(IReadOnlyList<ChatLine> lines, IReadOnlyList<(ChatPlace, ChatSpan)> ticks) => _screen.Show(lines, ticks, "> ", [], isSecret: false);

    private async Task PressAsync(string keys) => await _keyboard.Writer.WriteAsync(Encoding.UTF8.GetBytes(keys));

    private async Task ReadAsync(LineEditor editor)
    {
        try
        {
            await foreach (var _ in editor.ReadLinesAsync(History.InMemory(), _enough.Token))
            {
                // Nothing is entered.
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
