using System.Diagnostics;
using Kabar.Client;
using Kabar.Scenarios.Running;

namespace Kabar.Scenarios.Client;

/// <summary>The example of the documents, run as a person would.</summary>
public sealed class BotScenarios
{
    [Fact]
    public async Task The_bot_answers_what_was_said_while_it_was_away_and_answers_once()
    {
        using var data = await DataDirectory.OfAsync("messi", "lineker");
        await using var server = await KabarProcess.StartAsync(data, ["kabar"]);
        var address = new Uri($"tcp://127.0.0.1:{server.PortOf("kabar")}");
        await using var messi = new KabarClient(new KabarClientOptions { Server = address });
        await messi.LogInAsync("messi", "surabaya");
        var place = data.Beside("bot.place");

        await using (await Bot.StartAsync(address, place))
        {
            await Eventually.BecomesTrueAsync(() => File.Exists(place), "the bot listens");
            await messi.SendAsync("lineker", "!gema satu");
            await AnswersAsync(messi, "satu");
        }

        await messi.SendAsync("lineker", "!gema dua");
        await messi.SendAsync("lineker", "halo");
        await using (await Bot.StartAsync(address, place)) await AnswersAsync(messi, "satu", "dua");

        // As if it had been killed before it wrote down how far it was.
        await File.WriteAllTextAsync(place, "0");
        await messi.SendAsync("lineker", "!gema tiga");
        await using (await Bot.StartAsync(address, place)) await AnswersAsync(messi, "satu", "dua", "tiga");
    }

    private static async Task AnswersAsync(KabarClient client, params string[] texts)
    {
        var answers = Array.Empty<string>();
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                var history = await client.HistoryAsync("lineker");
                answers = [.. history.Entries.Where(entry => entry is { Kind: "message", From: "lineker", Target: not null }).Select(entry => entry.Text)];
                return answers.Length >= texts.Length;
            },
            "the bot answers");
        answers.ShouldBe(texts);
    }

    private sealed class Bot(Process process) : IAsyncDisposable
    {
        public static async Task<Bot> StartAsync(Uri address, string place)
        {
            var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Bot.dll"), address.ToString(), place])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
            };
            start.Environment["BOT_USER"] = "lineker";
            start.Environment["BOT_PASSWORD"] = "surabaya";
            var bot = new Bot(Process.Start(start) ?? throw new InvalidOperationException("The bot did not start."));
            return await bot.ListensAsync();
        }

        public async ValueTask DisposeAsync()
        {
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        private async Task<Bot> ListensAsync()
        {
            try
            {
                (await Eventually.CompletesAsync(process.StandardOutput.ReadLineAsync(), "the bot listens")).ShouldBe("Gary Lineker listens at kabar.");
                return this;
            }
            catch
            {
                await DisposeAsync();
                throw;
            }
        }
    }
}
