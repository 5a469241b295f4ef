using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kabar.Scenarios.Running;

namespace Kabar.Scenarios;

/// <summary>Check, backup, restore and export, beside a running server and without one.</summary>
public sealed class MaintenanceScenarios
{
    private static readonly Dictionary<string, string> NoRate = new() { ["Limits__RequestsPerSecond"] = "0" };

    [Fact]
    public async Task A_backup_taken_under_load_is_whole_and_can_be_put_back()
    {
        using var data = await DataDirectory.WithSampleAccountsAsync();
        var copy = data.Beside("backup");
        string token;
        int before;
        await using (var server = await KabarProcess.StartAsync(data, NoRate))
        {
            await using var client = await server.ClientAsync("message-service");
            token = await client.LogInAsync("messi", "surabaya");
            using var stop = new CancellationTokenSource();
            var acknowledged = 0;
            var load = Task.Run(async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    (await client.AskAsync(string.Create(CultureInfo.InvariantCulture, $"send {token} messi {acknowledged}"))).ShouldBe(LineClient.Sent);
                    Interlocked.Increment(ref acknowledged);
                }
            });

            // 1. A copy in the middle of it: it holds at least what was acknowledged before it began.
            await Eventually.BecomesTrueAsync(() => Volatile.Read(ref acknowledged) >= 500 || load.IsCompleted, "there is something to copy");
            before = Volatile.Read(ref acknowledged);
            (await KabarCommand.RunAsync("backup", copy, "--data", data.Location)).ShouldHaveDone();
            await stop.CancelAsync();
            await load;

            // 2. It is not put back under a running server.
            var refused = await KabarCommand.RunAsync("restore", copy, "--data", data.Location);
            refused.ExitCode.ShouldBe(1);
            refused.Error.ShouldNotBeNullOrWhiteSpace();
            (await client.InboxAsync(token)).Count.ShouldBeGreaterThan(0);
            await server.StopAsync();
        }

        // 3. Put back where nobody holds the directory, it passes the check and serves: accounts, sessions, messages 0, 1, 2 …
        using var other = DataDirectory.Empty();
        (await KabarCommand.RunAsync("restore", copy, "--data", other.Location)).ShouldHaveDone();
        (await KabarCommand.RunAsync("restore", copy, "--data", data.Location)).ShouldHaveDone();
        foreach (var restored in (DataDirectory[])[other, data])
        {
            (await KabarCommand.RunAsync("check", "--data", restored.Location)).ShouldHaveDone();
            await using var server = await KabarProcess.StartAsync(restored, NoRate);
            await using var reader = await server.ClientAsync("message-service");
            var texts = (await reader.WholeInboxAsync(token)).Select(entry => entry.Text).ToList();
            texts.Count.ShouldBeGreaterThanOrEqualTo(before);
            texts.ShouldBe(Enumerable.Range(0, texts.Count).Select(number => number.ToString(CultureInfo.InvariantCulture)));
            await reader.LogInAsync("putri", "sandi-é😀");
            await server.StopAsync();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_export_is_JSON_Lines_and_holds_every_message(bool besideAServer)
    {
        using var data = await DataDirectory.WithSampleAccountsAsync();
        await using var server = await KabarProcess.StartAsync(data);
        await using var client = await server.ClientAsync("message-service");
        var token = await client.LogInAsync("messi", "surabaya");
        string[] texts = [.. Enumerable.Range(0, 100).Select(number => FormattableString.Invariant($"pesan-{number} \"é😀\\")), "dibaca", "belum dibaca"];
        foreach (var text in texts) (await client.AskAsync($"send {token} lineker {text}")).ShouldBe(LineClient.Sent);
        if (!besideAServer) await server.StopAsync();

        var export = (await KabarCommand.RunAsync("export", "--data", data.Location)).ShouldHaveDone();

        var lines = export.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var strings = lines.SelectMany(line => Strings(JsonNode.Parse(line))).ToList();
        strings.Where(texts.Contains).ShouldBe(texts);
        strings.ShouldNotContain(token);
        if (besideAServer) await server.StopAsync();
    }

    [Fact]
    public async Task A_check_finds_what_is_broken()
    {
        using var data = await DataDirectory.WithSampleAccountsAsync();
        (await KabarCommand.RunAsync("check", "--data", data.Location)).ShouldHaveDone();
        var largest = Directory.EnumerateFiles(data.Location).MaxBy(file => new FileInfo(file).Length) ?? "";
        var bytes = await File.ReadAllBytesAsync(largest);
        Array.Fill(bytes, (byte)0x55, 4096, bytes.Length - 4096);
        await File.WriteAllBytesAsync(largest, bytes);

        var check = await KabarCommand.RunAsync("check", "--data", data.Location);

        check.ExitCode.ShouldBe(1, check.Output + check.Error);
        (check.Output + check.Error).ShouldNotBeNullOrWhiteSpace();
    }

    private static IEnumerable<string> Strings(JsonNode? node) => node switch
    {
        JsonObject children => children.SelectMany(child => Strings(child.Value)),
        JsonArray children => children.SelectMany(Strings),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => [value.GetValue<string>()],
        _ => [],
    };
}
