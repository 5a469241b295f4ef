using System.Diagnostics;
using System.Globalization;
using System.Text;
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
        public static ExampleClient Start(KabarProcess server, string[] command)
        {
            var port = server.PortOf(Plays.Native).ToString(CultureInfo.InvariantCulture);
            var start = new ProcessStartInfo(command[0], [command[1], "127.0.0.1", port, .. command[2..]])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            };
            start.Environment["PYTHONIOENCODING"] = "utf-8";
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
