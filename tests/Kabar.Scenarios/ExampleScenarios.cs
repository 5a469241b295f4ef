using System.Diagnostics;
using System.Globalization;
using System.Text;
using Kabar.Scenarios.Federation;
using Kabar.Scenarios.Running;
using Kabar.Transcripts;

namespace Kabar.Scenarios;

/// <summary>The clients of <c>docs/examples</c>, as they stand there, talk to each other.</summary>
public sealed class ExampleScenarios
{
    [Fact]
    public async Task The_clients_in_Python_and_in_shell_talk_to_each_other_and_see_what_they_missed_once()
    {
        _ = Requires.Program("nc");
        using var data = await DataDirectory.WithSampleAccountsAsync();
        await using var server = await KabarProcess.StartAsync(data, [Plays.Native]);
        string[] messi = [Requires.Program("python3"), Example("python", "chat.py"), "messi", "surabaya", data.Beside("messi.at")];
        string[] lineker = [Requires.Program("sh"), Example("shell", "chat.sh"), "lineker", "surabaya", data.Beside("lineker.at")];

        await using (var python = ExampleClient.Start(server, messi))
        {
            await using var shell = ExampleClient.Start(server, lineker);
            await python.ShowsAsync("live");
            await shell.ShowsAsync("\"event\":\"live\"");
            await python.TypeAsync("lineker halo,  apa kabar? é 🐐");
            await shell.ShowsAsync("\"text\":\"halo,  apa kabar? é 🐐\"");
            await shell.TypeAsync("messi baik \\ \"sekali\"");
            await python.ShowsAsync("lineker -> messi: baik \\ \"sekali\"");
            await python.TypeAsync("siapa halo");
            await python.ShowsAsync("error: unknown_recipient");
            await python.EndAsync();
            await shell.TypeAsync("messi masih di sana?");
            await shell.ShowsAsync("\"text\":\"masih di sana?\"");
            await shell.EndAsync();
        }

        // What messi has missed, and nothing that he has seen.
        await using var again = ExampleClient.Start(server, messi);
        await again.ShowsAsync("live");
        await again.EndAsync();
        again.Lines.ShouldBe(["lineker -> messi: masih di sana?", "live"]);

        await using var shellAgain = ExampleClient.Start(server, lineker);
        await shellAgain.ShowsAsync("\"event\":\"live\"");
        await shellAgain.EndAsync();
        shellAgain.Lines.ShouldAllBe(line => line.StartsWith("{\"event\":\"live\"", StringComparison.Ordinal));
        await server.StopAsync();
    }

    [Fact]
    public async Task The_bot_answers_each_message_once_and_survives_the_server_and_its_own_death_and_a_line_of_shell_says_something_too()
    {
        using var data = await DataDirectory.WithSampleAccountsAsync();
        var address = $"127.0.0.1:{FreePorts.Take()}";
        string[] listening = ["--listen", "127.0.0.1:0,dialect=kabar", "--http", address];
        var server = await KabarProcess.StartAsync(data, listening, 2);
        try
        {
            (await KabarCommand.RunAsync("group", "create", "batak", "--owner", "messi", "--data", data.Location)).ShouldHaveDone();
            await using (var link = await server.ConnectAsync(Plays.Native, CancellationToken.None))
            {
                await link.WriteAsync("auth lineker surabaya\ngroup join #batak\n"u8.ToArray());
                using var replies = new StreamReader(link);
                for (var i = 0; i < 2; i++) (await Eventually.CompletesAsync(replies.ReadLineAsync(), "there is a reply")).ShouldStartWith("""{"status":"OK",""");
            }

            using var lineker = new HttpClient { BaseAddress = new Uri($"http://{address}") };
            lineker.DefaultRequestHeaders.Authorization = new("Bearer", await TokenAsync(data, "--user", "lineker", "--name", "lineker"));
            string[] bot = [Requires.Program("python3"), Example("python", "bot.py"), $"http://{address}", "#batak", data.Beside("bot.at")];
            var secret = new Dictionary<string, string> { ["KABAR_TOKEN"] = await TokenAsync(data, "--user", "messi", "--name", "bot.py", "--in", "#batak") };

            // 1. It answers, and waits for a server that is away.
            await using (var running = ExampleClient.Start(bot, secret))
            {
                await running.ShowsAsync("ready");
                await SayAsync(lineker, "!dadu");
                await AnsweredAsync(lineker, "Dadu: ", 1);
                await server.DisposeAsync();
                await running.ShowsAsync("waiting");
                server = await KabarProcess.StartAsync(data, listening, 2);
                await SayAsync(lineker, "!waktu");
                await AnsweredAsync(lineker, "Sekarang ", 1);
            }

            // 2. It has died before it remembered that it had answered: it does not say it again.
            await File.WriteAllTextAsync(data.Beside("bot.at"), "0");
            await using (var again = ExampleClient.Start(bot, secret))
            {
                await SayAsync(lineker, "!dadu");
                await AnsweredAsync(lineker, "Dadu: ", 2);
            }

            (await SaidAsync(lineker)).Count(text => text.StartsWith("Sekarang ", StringComparison.Ordinal)).ShouldBe(1);

            // 3. The line of shell.
            _ = Requires.Program("curl");
            var hook = new Dictionary<string, string> { ["KABAR_HOOK"] = $"http://{address}{await TokenAsync(data, "--user", "messi", "--name", "Cadangan", "--in", "#batak", "--hook")}" };
            var readme = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "examples", "README.md"));
            var line = readme.Split("```sh\n")[1].Split("\n```")[0];
            await using (var shell = ExampleClient.Start([Requires.Program("sh"), "-c", line], hook)) await shell.EndAsync();
            (await SaidAsync(lineker))[^1].ShouldStartWith("cadangan selesai di ");
            await server.StopAsync();
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static async Task<string> TokenAsync(DataDirectory data, params string[] arguments) =>
        (await KabarCommand.RunAsync(["token", "create", .. arguments, "--data", data.Location])).ShouldHaveDone().Output.Trim();

    private static async Task SayAsync(HttpClient somebody, string text)
    {
        using var body = new StringContent($$"""{"to":"#batak","text":"{{text}}"}""", Encoding.UTF8, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        using var answer = await somebody.PostAsync("/api/v1/messages", body);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    private static async Task<string[]> SaidAsync(HttpClient reader)
    {
        using var page = System.Text.Json.JsonDocument.Parse(await reader.GetStringAsync("/api/v1/messages?in=%23batak"));
        return [.. page.RootElement.GetProperty("entries").EnumerateArray().Where(entry => entry.TryGetProperty("text", out _)).Select(entry => entry.GetProperty("text").GetString() ?? "")];
    }

    private static Task AnsweredAsync(HttpClient reader, string beginning, int times) => Eventually.BecomesTrueAsync(
        async () => (await SaidAsync(reader)).Count(text => text.StartsWith(beginning, StringComparison.Ordinal)) == times, $"\"{beginning}\" is said {times} times");

    private static string Example(string language, string file) => Path.Combine(AppContext.BaseDirectory, "examples", language, file);

    /// <summary>A running example, with somebody who types and reads.</summary>
    private sealed class ExampleClient : IAsyncDisposable
    {
        private readonly Process _process;
        private readonly List<string> _lines = [];
        private readonly Lock _lock = new();

        private ExampleClient(Process process) => _process = process;

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lock) return [.. _lines];
            }
        }

        /// <param name="server">Where it connects.</param>
        /// <param name="command">The program, the example, and what follows the host and the port.</param>
        public static ExampleClient Start(KabarProcess server, string[] command) =>
            Start([.. command[..2], "127.0.0.1", server.PortOf(Plays.Native).ToString(CultureInfo.InvariantCulture), .. command[2..]], new Dictionary<string, string>());

        /// <param name="command">The program and all its arguments.</param>
        /// <param name="environment">What it finds in its environment besides.</param>
        public static ExampleClient Start(string[] command, IReadOnlyDictionary<string, string> environment)
        {
            var start = new ProcessStartInfo(command[0], command[1..])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            };
            start.Environment["PYTHONIOENCODING"] = "utf-8";
            foreach (var (name, value) in environment) start.Environment[name] = value;
            var client = new ExampleClient(Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start."));
            client._process.OutputDataReceived += (_, line) => client.Take(line.Data);
            client._process.ErrorDataReceived += (_, line) => client.Take(line.Data);
            client._process.BeginOutputReadLine();
            client._process.BeginErrorReadLine();
            return client;
        }

        public async Task TypeAsync(string line)
        {
            await _process.StandardInput.WriteLineAsync(line);
            await _process.StandardInput.FlushAsync();
        }

        public async Task ShowsAsync(string text)
        {
            try
            {
                await Eventually.BecomesTrueAsync(() => Lines.Any(line => line.Contains(text, StringComparison.Ordinal)), $"it shows {text}");
            }
            catch (Exception)
            {
                Lines.ShouldContain(text);
                throw;
            }
        }

        /// <summary>Types no more, after which it ends.</summary>
        public async Task EndAsync()
        {
            _process.StandardInput.Close();
            await Eventually.CompletesAsync(_process.WaitForExitAsync(), "the example ends");
            _process.ExitCode.ShouldBe(0, string.Join('\n', Lines));
        }

        public async ValueTask DisposeAsync()
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        private void Take(string? line)
        {
            if (line is null) return;
            lock (_lock) _lines.Add(line);
        }
    }
}
