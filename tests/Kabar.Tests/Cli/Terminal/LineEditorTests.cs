using System.IO.Pipelines;
using System.Text;
using Kabar.Cli.Terminal;

namespace Kabar.Tests.Cli.Terminal;

public sealed class LineEditorTests : IDisposable
{
    private readonly Pipe _keyboard = new();
    private readonly FakeScreen _screen = new(columns: 20, rows: 10);
    private readonly ManualClock _clock = new();
    private readonly History _history = History.InMemory();
    private readonly RawMode _mode = new();
    private readonly LineEditor _editor;

    public LineEditorTests() => _editor = new LineEditor(_keyboard.Reader.AsStream(), _screen, () => _screen.Size, _mode.Enter, _clock);

    public void Dispose() => _screen.Dispose();

    [Fact]
    public async Task A_line_is_typed_and_read()
    {
        var reading = ReadAsync();
        await PressAsync("halo dunai\x14!");
        await _screen.UntilAsync("> halo dunia!|");
        await PressAsync("\r");
        (await reading).ShouldBe("halo dunia!");
        _screen.Content.ShouldBe("> halo dunia!\n|");
        _history[0].ShouldBe("halo dunia!");
        _mode.ShouldBe(new RawMode { Entered = 1, Left = 1 });
    }

    [Fact]
    public async Task What_is_written_meanwhile_appears_above_the_line()
    {
        var reading = ReadAsync();
        await PressAsync("sedang mengetik baris panjang\x01");
        await _screen.UntilAsync("> |sedang mengetik ba\nris panjang");
        _editor.WriteAbove("messi: halo\nlineker: \e[2Jini baris yang panjang");
        _screen.Content.ShouldBe("messi: halo\nlineker: \uFFFD[2Jini bar\nis yang panjang\n> |sedang mengetik ba\nris panjang");
        await PressAsync("!\r");
        (await reading).ShouldBe("!sedang mengetik baris panjang");
        _editor.WriteAbove("selesai");
        _screen.Content.ShouldEndWith("\n> !sedang mengetik b\naris panjang\nselesai\n|");
    }

    [Fact]
    public async Task Ctrl_d_on_an_empty_line_and_the_end_of_the_input_both_end()
    {
        var reading = ReadAsync();
        await PressAsync("\x04");
        (await reading).ShouldBeNull();
        reading = ReadAsync();
        await PressAsync("half");
        await _keyboard.Writer.CompleteAsync();
        (await reading).ShouldBeNull();
        _mode.ShouldBe(new RawMode { Entered = 2, Left = 2 });
    }

    [Fact]
    public async Task What_is_typed_ahead_belongs_to_the_next_line()
    {
        await PressAsync("satu\rdua\r");
        (await ReadAsync()).ShouldBe("satu");
        (await ReadAsync()).ShouldBe("dua");
    }

    [Fact]
    public async Task A_line_given_up_takes_nothing_of_the_next_one_and_leaves_the_screen_free()
    {
        using var enough = new CancellationTokenSource();
        var reading = _editor.ReadLineAsync("", _history, enough.Token).AsTask();
        await PressAsync("sisa");
        await _screen.UntilAsync("sisa|");
        await enough.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(reading);
        _screen.Content.ShouldBe("|");
        await PressAsync("inbox\r");
        (await ReadAsync()).ShouldBe("inbox");
    }

    [Fact]
    public async Task An_escape_followed_by_silence_is_the_key_itself()
    {
        _history.Add("inbox");
        var reading = ReadAsync();
        await PressAsync("\x12nb");
        await _screen.UntilAsync("(reverse-i-search)`n\nb': inbox|");
        await PressAsync("\e");
        await _clock.RunOutAsync();
        await _screen.UntilAsync("> inbox|");
        await PressAsync("\x7F\r");
        (await reading).ShouldBe("inbo");
    }

    [Fact]
    public async Task A_sequence_in_two_reads_is_one_key()
    {
        var reading = ReadAsync();
        await PressAsync("ab\e");
        await _screen.UntilAsync("> ab|");
        await PressAsync("[Dc\r");
        (await reading).ShouldBe("acb");
    }

    [Fact]
    public async Task Ctrl_l_leaves_the_line_alone_on_the_screen()
    {
        _editor.WriteAbove("lama");
        var reading = ReadAsync();
        await PressAsync("ab\f");
        await _screen.UntilAsync("> ab|");
        await PressAsync("\r");
        await reading;
    }

    [Fact]
    public async Task Tab_shows_what_there_is_to_choose()
    {
        _editor.Completion = _ => ["login", "logout"];
        var reading = ReadAsync();
        await PressAsync("log\t");
        await _screen.UntilAsync("login  logout\n> log|");
        await PressAsync("\r");
        await reading;
    }

    private Task<string?> ReadAsync() => _editor.ReadLineAsync("> ", _history, CancellationToken.None).AsTask();

    private async Task PressAsync(string keys) => await _keyboard.Writer.WriteAsync(Encoding.UTF8.GetBytes(keys));

    /// <summary>Counts instead of touching a terminal.</summary>
    private sealed record RawMode
    {
        public int Entered { get; set; }

        public int Left { get; set; }

        public IDisposable Enter()
        {
            Entered++;
            return new Scope(this);
        }

        private sealed class Scope(RawMode mode) : IDisposable
        {
            public void Dispose() => mode.Left++;
        }
    }
}
