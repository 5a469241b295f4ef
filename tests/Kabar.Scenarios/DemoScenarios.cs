using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Kabar.Scenarios.Running;

namespace Kabar.Scenarios;

/// <summary>What <c>kabar demo</c> prints is typed as printed, line by line, and does what it says.</summary>
public sealed partial class DemoScenarios
{
    [Fact]
    public async Task Every_line_of_the_walk_through_works_in_nc()
    {
        await using var demo = await DemoProcess.StartAsync();
        var output = demo.Output;
        await using var messi = await PlainTerminal.OpenAsync(Nc().Matches(output).Single(match => match.Groups["who"].Value == "messi"));
        await using var james = await PlainTerminal.OpenAsync(Nc().Matches(output).Single(match => match.Groups["who"].Value == "james"));

        foreach (var step in Steps(output))
        {
            var terminal = step.Who == "messi" ? messi : james;
            await WalkAsync(step.Who, step.Nc.Replace("TOKEN", terminal.Token, StringComparison.Ordinal), terminal.TypeAsync, () => Task.FromResult(terminal.Text));
        }

        messi.Text.ShouldContain("james: halo messi\n");
        james.Text.ShouldContain("messi: halo james, selamat datang!!!\n");
        await demo.InterruptAsync();
    }

    [Fact]
    public async Task Every_line_of_the_walk_through_works_in_the_shell()
    {
        _ = Requires.Program("tmux");
        await using var demo = await DemoProcess.StartAsync();
        var commands = Shell().Matches(demo.Output).ToDictionary(match => match.Groups["who"].Value, match => match.Groups["command"].Value);
        await using var messi = await Terminal.OpenAsync(commands["messi"]);
        await using var james = await Terminal.OpenAsync(commands["james"]);
        await messi.ShowsAsync(screen => screen.Contains("Command :", StringComparison.Ordinal), "a prompt");
        await james.ShowsAsync(screen => screen.Contains("Command :", StringComparison.Ordinal), "a prompt");

        foreach (var step in Steps(demo.Output))
        {
            var terminal = step.Who == "messi" ? messi : james;
            await WalkAsync(step.Who, step.Shell, terminal.TypeAsync, terminal.ScreenAsync);
        }

        (await messi.ScreenAsync()).ShouldContain("james: halo messi");
        (await james.ScreenAsync()).ShouldContain("messi: halo james, selamat datang!!!");
        await demo.InterruptAsync();
    }

    [Fact]
    public async Task Its_operators_commands_work_and_nothing_of_it_is_left()
    {
        await using var demo = await DemoProcess.StartAsync();
        var folders = PeerList().Matches(demo.Output).Select(match => match.Groups["folder"].Value).ToList();
        folders.Count.ShouldBe(2);
        foreach (var folder in folders)
        {
            var list = (await KabarCommand.RunAsync("peer", "list", "--data", folder)).ShouldHaveDone().Output;
            list.ShouldContain("connected");
        }

        await demo.InterruptAsync();
        folders.ShouldAllBe(folder => !Directory.Exists(Path.GetDirectoryName(folder)));
    }

    [Fact]
    public async Task The_pages_of_both_realms_are_there_and_their_users_log_in()
    {
        await using var demo = await DemoProcess.StartAsync();
        var pages = Page().Matches(demo.Output).ToDictionary(match => match.Groups["who"].Value, match => match.Groups["page"].Value);
        foreach (var (who, password) in new[] { ("messi", "surabaya"), ("james", "medan") })
        {
            using var browser = new HttpClient { BaseAddress = new Uri(pages[who]) };
            (await browser.GetStringAsync("")).ShouldContain("<title>Kabar</title>");
            using var body = new StringContent($$"""{"username":"{{who}}","password":"{{password}}"}""", Encoding.UTF8, "application/json");
            using var answer = await browser.PostAsync("api/session", body);
            (await answer.Content.ReadAsStringAsync()).ShouldContain($"\"user\":\"{who}\"");
        }

        await demo.InterruptAsync();
    }

    [Fact]
    public async Task A_port_that_is_taken_is_one_error()
    {
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();

        var result = await KabarCommand.RunAsync("demo", "--http", "127.0.0.1:0", "--http2", "127.0.0.1:0", "--listen", "127.0.0.1:0", "--listen2", taken.LocalEndpoint.ToString() ?? "");

        (result.ExitCode, result.Output).ShouldBe((1, ""));
        result.Error.ShouldStartWith("Cannot listen");
        result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1);
    }

    // Types a line and waits until it has done what it is for, on the screen of who has typed it.
    private static async Task WalkAsync(string who, string line, Func<string, Task> typeAsync, Func<Task<string>> screenAsync)
    {
        var awaited = line.Split(' ')[0] switch
        {
            "auth" => ["tokenid", "logged in, token"],
            "send" => ["Message Sent", "message sent to"],
            "group" => [$"{who} telah bergabung"],
            "exit" => ["Telah keluar dari grup batak"],
            "inbox" => ["\"msg\": \"Halo, apa kabar, James?\""],
            _ => (string[])[$"{who}: {line}"],
        };
        var before = Count(await screenAsync());
        await typeAsync(line);
        var screen = "";
        await Eventually.BecomesTrueAsync(async () => Count(screen = await screenAsync()) > before, $"{who} sees what came of '{line}'");

        // The next one is typed at a prompt.
        if (screen.Contains("Command ", StringComparison.Ordinal) && line == "exit")
            await Eventually.BecomesTrueAsync(async () => (await screenAsync()).TrimEnd().EndsWith(':'), "the prompt is back");

        int Count(string text) => awaited.Sum(words => text.Replace("\n", " ", StringComparison.Ordinal).Split(words).Length - 1);
    }

    private static IReadOnlyList<Step> Steps(string output)
    {
        var steps = Line().Matches(output[output.IndexOf("a) ", StringComparison.Ordinal)..]).Select(match => new Step(
            match.Groups["who"].Value, match.Groups["shell"].Value.Trim(), match.Groups["nc"].Value)).ToList();
        steps.Count.ShouldBe(14);
        return steps;
    }

    [GeneratedRegex("^  (?<who>messi|james)  (?<shell>.+?)  +(?<nc>\\S.*?)\r?$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Line();

    [GeneratedRegex("^  (?<who>messi|james)  nc (?<host>\\S+) (?<port>[0-9]+)\r?$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Nc();

    [GeneratedRegex("^  (?<who>messi|james)  (?<command>\\S+ shell --server \\S+)\r?$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Shell();

    [GeneratedRegex("^  (?<who>messi|james)  (?<page>http://\\S+/)\r?$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Page();

    [GeneratedRegex("peer list --data (?<folder>\\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PeerList();

    private sealed record Step(string Who, string Shell, string Nc);

    /// <summary>What <c>nc</c> is: lines out, whatever comes in.</summary>
    private sealed partial class PlainTerminal : IAsyncDisposable
    {
        private readonly NetworkStream _stream;
        private readonly StringBuilder _text = new();
        private readonly Task _reading;

        private PlainTerminal(NetworkStream stream)
        {
            _stream = stream;
            _reading = ReadAsync();
        }

        public string Text
        {
            get
            {
                lock (_text) return _text.ToString();
            }
        }

        public string Token => TokenId().Match(Text).Groups["token"].Value;

        public static async Task<PlainTerminal> OpenAsync(Match nc)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(nc.Groups["host"].Value, int.Parse(nc.Groups["port"].Value, CultureInfo.InvariantCulture));
            return new PlainTerminal(new NetworkStream(socket, ownsSocket: true));
        }

        public async Task TypeAsync(string line) => await _stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));

        public async ValueTask DisposeAsync()
        {
            await _stream.DisposeAsync();
            await _reading;
        }

        private async Task ReadAsync()
        {
            var buffer = new byte[4096];
            try
            {
                while (await _stream.ReadAsync(buffer) is > 0 and var read)
                    lock (_text) _text.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                // The terminal is closed.
            }
        }

        [GeneratedRegex("\"tokenid\": \"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
        private static partial Regex TokenId();
    }
}
