using Kabar.Scenarios.Running;

namespace Kabar.Scenarios;

/// <summary><c>kabar chat</c> at terminals, against a running realm.</summary>
public sealed class ChatScenarios : IAsyncDisposable
{
    private const string Listener = "realm-chat";
    private readonly List<Terminal> _terminals = [];
    private readonly List<string> _homes = [];
    private DataDirectory? _data;
    private KabarProcess? _server;

    public async ValueTask DisposeAsync()
    {
        foreach (var terminal in _terminals) await terminal.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
        _data?.Dispose();
        foreach (var home in _homes) Directory.Delete(home, recursive: true);
    }

    [Fact]
    public async Task Two_windows_talk_and_see_what_becomes_of_what_they_say()
    {
        var (messi, lineker) = await TwoAsync();
        await messi.TypeAsync("halo lineker, apa kabar?");
        await ShowsAsync(lineker, "messi: halo lineker, apa kabar?");
        await ShowsAsync(messi, "  1 ✓✓ messi: halo lineker, apa kabar?");

        // Somebody types, and has said it.
        await lineker.WriteAsync("baik");
        await ShowsAsync(messi, "lineker is typing…");
        await lineker.PressAsync("Enter");
        await ShowsAsync(messi, "  2    lineker: baik");
        await messi.ShowsAsync(screen => !screen.Contains("typing", StringComparison.Ordinal), "nobody types");

        // Changed, reacted to, answered, deleted, each by its number.
        await messi.TypeAsync("/edit 1 halo lineker, apa kabarmu?");
        await ShowsAsync(lineker, "messi edited 1: halo lineker, apa kabarmu?");
        await lineker.TypeAsync("/react 1 thumbsup");
        await ShowsAsync(messi, "lineker reacts 👍 to 1 “halo lineker, apa kabarm…”");
        await messi.TypeAsync("/reply 2 syukurlah");
        await ShowsAsync(lineker, "messi: ↪ 2 “baik” syukurlah");
        await messi.TypeAsync("//bukan perintah");
        await ShowsAsync(lineker, "messi: /bukan perintah");
        await messi.TypeAsync("/delete 6");
        await ShowsAsync(lineker, "messi deleted 6");

        // Opened anew, it reads as it now is.
        await lineker.TypeAsync("/msg messi");
        await ShowsAsync(lineker, "messi: halo lineker, apa kabarmu? (edited)  👍");
        await lineker.TypeAsync("/quit");
        await lineker.ShowsAsync(screen => screen.Contains("exit 0", StringComparison.Ordinal), "it has left");
    }

    [Fact]
    public async Task A_group_and_an_unread_conversation_are_a_key_away()
    {
        var (messi, lineker) = await TwoAsync();
        await messi.TypeAsync("/create #batak");
        await ShowsAsync(messi, "[#batak]");
        await lineker.TypeAsync("/join #batak");
        await ShowsAsync(messi, "→ lineker joined");
        await messi.TypeAsync("/msg lineker");
        await ShowsAsync(messi, "[lineker]");
        await lineker.TypeAsync("halo gaes");
        await ShowsAsync(messi, "[lineker · #batak 1]");
        await messi.PressAsync("C-n");
        await ShowsAsync(messi, "lineker: halo gaes");
        await ShowsAsync(messi, "\n[#batak]");
        await lineker.WriteAsync("/mem");
        await lineker.PressAsync("Tab");
        await ShowsAsync(lineker, "[#batak] /members");
        await lineker.PressAsync("Enter");
        await ShowsAsync(lineker, "messi (Lionel Messi)  owner");
    }

    [Fact]
    public async Task A_window_may_change_while_somebody_types_and_others_speak()
    {
        var (messi, lineker) = await TwoAsync(columns: 80);
        const string Typed = "ini baris yang agak panjang, supaya ia harus dilipat di jendela yang sempit";
        await messi.WriteAsync(Typed);
        await ShowsAsync(messi, $"[lineker] {Typed[..60]}");
        foreach (var columns in (int[])[40, 25, 60, 100])
        {
            await messi.ResizeAsync(columns, 30);
            await lineker.TypeAsync($"lebar {columns}");
            await messi.ShowsAsync(screen => Joined(screen).Contains($"lineker:lebar{columns}", StringComparison.Ordinal), $"lebar {columns}");
            await messi.ShowsAsync(screen => Joined(screen).EndsWith(Joined($"[lineker] {Typed}"), StringComparison.Ordinal), "the whole line, at the end");
            Joined(await messi.ScreenAsync()).Split(Joined(Typed)).Length.ShouldBe(2, "it stands there once");
        }

        await messi.PressAsync("Enter");
        await lineker.ShowsAsync(screen => Joined(screen).Contains(Joined("messi: " + Typed), StringComparison.Ordinal), "what was typed");
    }

    [Fact]
    public async Task Two_hundred_pasted_lines_are_one_message_or_none()
    {
        var (messi, lineker) = await TwoAsync(columns: 80, rows: 24);
        var pasted = string.Join('\n', Enumerable.Range(1, 200).Select(number => $"baris {number}"));
        await messi.PasteAsync(pasted);
        await ShowsAsync(messi, "  baris 1\n  baris 2\n  baris 3\n  …\n  baris 200\n200 lines: Enter sends, Ctrl-C drops\n[lineker] [200 lines]");
        await messi.PressAsync("C-c");
        await messi.ShowsAsync(screen => screen.TrimEnd().EndsWith("[lineker]", StringComparison.Ordinal) && !screen.Contains("baris", StringComparison.Ordinal), "nothing is left of it");

        await messi.PasteAsync(pasted);
        await ShowsAsync(messi, "200 lines: Enter sends");
        await messi.PressAsync("Enter");
        await ShowsAsync(lineker, "baris 200");
        await messi.TypeAsync("sekian");
        await ShowsAsync(lineker, "  2    messi: sekian");
    }

    [Fact]
    public async Task A_realm_that_dies_while_somebody_types_gets_it_when_it_is_back()
    {
        var (messi, lineker) = await TwoAsync();
        await messi.WriteAsync("yang ini sedang di");
        var port = _server!.PortOf(Listener);
        await _server.KillAsync();
        await ShowsAsync(messi, "connection lost, connecting again");
        await ShowsAsync(messi, "[lineker] yang ini sedang di");
        await messi.WriteAsync("tulis");
        await messi.PressAsync("Enter");
        await messi.TypeAsync("dan yang ini juga");
        await ShowsAsync(messi, "◌  yang ini sedang ditulis\n◌  dan yang ini juga\n   not connected");
        await messi.WriteAsync("masih");

        await using var again = await KabarProcess.StartAsync(_data!, ["--listen", $"127.0.0.1:{port},dialect={Listener}"], listening: 1);
        await ShowsAsync(lineker, "  1    messi: yang ini sedang ditulis");
        await ShowsAsync(lineker, "  2    messi: dan yang ini juga");
        await ShowsAsync(messi, "  2 ✓✓ messi: dan yang ini juga");
        await ShowsAsync(messi, "connected again");
        await messi.ShowsAsync(screen => screen.TrimEnd().EndsWith("[lineker] masih", StringComparison.Ordinal), "what is being typed");
    }

    [Fact]
    public async Task Wide_characters_and_tricks_of_others_leave_the_screen_whole()
    {
        var (messi, lineker) = await TwoAsync(columns: 40);
        await messi.WriteAsync("漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字");
        await lineker.TypeAsync("한국어 😀 👨‍👩‍👧 日本語 ini panjang sekali dan harus dilipat");
        await messi.ShowsAsync(screen => Joined(screen).Contains("日本語inipanjangsekalidanharusdilipat", StringComparison.Ordinal), "the message");
        await messi.ShowsAsync(screen => Joined(screen).EndsWith("[lineker]" + string.Concat(Enumerable.Repeat("漢字", 10)), StringComparison.Ordinal), "the line");
        (await KabarCommand.RunWithInputAsync("lineker\nsurabaya\n/msg messi\na\e[2J\e]0;judul\ab\u202Ec\n", "chat", "--server", $"127.0.0.1:{_server!.PortOf(Listener)}")).ShouldHaveDone();
        await messi.ShowsAsync(screen => Joined(screen).Contains("lineker:a\uFFFD[2J\uFFFD]0;judul\uFFFDb\uFFFDc", StringComparison.Ordinal), "what cannot be seen is seen");
    }

    [Fact]
    public async Task Without_colours_there_is_none_and_a_read_message_is_told_by_its_tick()
    {
        _ = await StartAsync();
        var messi = await OpenAsync("messi", variables: "NO_COLOR=1");
        var lineker = await OpenAsync("lineker");
        await messi.TypeAsync("/msg lineker");
        await ShowsAsync(messi, "[lineker]");
        await messi.TypeAsync("halo");
        await ShowsAsync(messi, "messi: halo");
        await lineker.TypeAsync("/msg messi");
        await ShowsAsync(messi, "  1 ✔✔ messi: halo");
        (await messi.ColouredScreenAsync()).ShouldNotContain('\e');
        await ShowsAsync(lineker, "messi: halo");
        (await lineker.ColouredScreenAsync()).ShouldContain('\e');
    }

    [Fact]
    public async Task A_locale_without_unicode_gets_letters_and_bahasa_its_words()
    {
        _ = await StartAsync();
        var messi = await OpenAsync("messi", variables: "LANG=id_ID");
        await ShowsAsync(messi, "messi di ");
        await messi.TypeAsync("/msg messi");
        await ShowsAsync(messi, "[messi]");
        await messi.TypeAsync("catatan");
        await ShowsAsync(messi, "  1 s  messi: catatan");
        await messi.TypeAsync("/tidakada");
        await ShowsAsync(messi, "Tidak ada /tidakada");
    }

    [Fact]
    public async Task In_a_pipe_lines_come_and_go_plainly()
    {
        var server = await StartAsync();
        var said = await KabarCommand.RunWithInputAsync("messi\nsurabaya\n/msg lineker\nhalo dari pipa\n/list\n", "chat", "--server", server);
        said.ShouldHaveDone().Output.ShouldContain("messi: halo dari pipa\n");
        said.Output.ShouldNotContain('\e');
        var wrong = await KabarCommand.RunWithInputAsync("messi\nsalah\n", "chat", "--server", server);
        (wrong.ExitCode, wrong.Output).ShouldBe((1, ""));
    }

    [Fact]
    public async Task A_program_sends_and_follows_what_comes_over_a_crash_of_the_realm()
    {
        var server = await StartAsync();
        var messi = await ShellAsync(server, "messi");
        var lineker = await ShellAsync(server, "lineker");
        await messi.TypeAsync("$K send lineker sebelum; echo status $?");
        await ShowsAsync(messi, "status 0");
        await lineker.TypeAsync("$K inbox --follow --json");
        await lineker.ShowsAsync(screen => Joined(screen).Contains("\"from\":\"messi\"", StringComparison.Ordinal) && screen.Contains("sebelum", StringComparison.Ordinal), "what was there");
        await messi.TypeAsync("$K send --json lineker sesudah");
        await ShowsAsync(messi, "{\"to\":\"lineker\",\"state\":\"accepted\",\"mid\":");
        await ShowsAsync(lineker, "sesudah");

        await _server!.KillAsync();
        await using var again = await KabarProcess.StartAsync(_data!, ["--listen", $"{server},dialect={Listener}"], listening: 1);
        await messi.TypeAsync("$K send siapa halo; echo status $?");
        await ShowsAsync(messi, "status 1");
        await messi.TypeAsync("$K send lineker terakhir");
        await ShowsAsync(lineker, "terakhir");
        var screen = Joined(await lineker.ScreenAsync());
        foreach (var text in (string[])["sebelum", "sesudah", "terakhir"]) screen.Split($"\"text\":\"{text}\"").Length.ShouldBe(2, text);
    }

    private static string Joined(string screen) => screen.Replace("\n", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);

    private static Task ShowsAsync(Terminal terminal, string text) => terminal.ShowsAsync(screen => screen.Contains(text, StringComparison.Ordinal), text);

    private async Task<string> StartAsync()
    {
        _ = Requires.Program("tmux");
        _data = await DataDirectory.WithSampleAccountsAsync();
        _server = await KabarProcess.StartAsync(_data, [Listener]);
        return $"127.0.0.1:{_server.PortOf(Listener)}";
    }

    // Both with the conversation open that they have with each other.
    private async Task<(Terminal Messi, Terminal Lineker)> TwoAsync(int columns = 100, int rows = 30)
    {
        _ = await StartAsync();
        var (messi, lineker) = (await OpenAsync("messi", columns: columns, rows: rows), await OpenAsync("lineker", columns: columns, rows: rows));
        await messi.TypeAsync("/msg lineker");
        await ShowsAsync(messi, "[lineker]");
        await lineker.TypeAsync("/msg messi");
        await ShowsAsync(lineker, "[messi]");
        return (messi, lineker);
    }

    // A shell in which somebody has logged in, and $K is kabar.
    private async Task<Terminal> ShellAsync(string server, string user)
    {
        var home = Directory.CreateTempSubdirectory("kabar-home-").FullName;
        _homes.Add(home);
        var terminal = await Terminal.OpenAsync($"env PS1='$ ' K={KabarCommand.Executable} XDG_CONFIG_HOME={home} sh", columns: 120);
        _terminals.Add(terminal);
        await terminal.TypeAsync($"echo surabaya | $K login --server {server} --username {user}");
        await ShowsAsync(terminal, $"username {user} logged in at");
        return terminal;
    }

    private async Task<Terminal> OpenAsync(string user, string variables = "", int columns = 100, int rows = 30)
    {
        var home = Directory.CreateTempSubdirectory("kabar-home-").FullName;
        _homes.Add(home);
        var terminal = await Terminal.OpenAsync(
            $"env LC_ALL= LANG=C.UTF-8 NO_COLOR= XDG_CONFIG_HOME={home} {variables} {KabarCommand.Executable} chat --server 127.0.0.1:{_server!.PortOf(Listener)} --user {user}; echo exit $?; read wait",
            columns, rows);
        _terminals.Add(terminal);
        await ShowsAsync(terminal, "Password:");
        await terminal.TypeAsync("surabaya");
        await ShowsAsync(terminal, "[kabar]");
        (await terminal.ScreenAsync()).ShouldNotContain("surabaya");
        return terminal;
    }
}
