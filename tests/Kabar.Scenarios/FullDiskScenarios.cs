using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Kabar.Scenarios.Running;
using Kabar.Transcripts;

namespace Kabar.Scenarios;

/// <summary>A data directory on a file system of 8 MiB that somebody else has filled.</summary>
public sealed class FullDiskScenarios
{
    private const string Failed = """{"status": "ERROR", "message": "Gagal"}""";
    private static readonly Dictionary<string, string> NoRate = new() { ["Limits__RequestsPerSecond"] = "0" };

    [Fact]
    public async Task A_full_disk_refuses_what_must_be_written_and_loses_nothing()
    {
        Requires.Root();
        using var data = DataDirectory.Empty();
        using var disk = await SmallDisk.MountAsync(data.Location);
        await data.ImportSampleAccountsAsync();
        await using var server = await KabarProcess.StartAsync(data, NoRate);
        await using var client = await server.ClientAsync("message-service");
        var messi = await client.LogInAsync("messi", "surabaya");
        var lineker = await client.LogInAsync("lineker", "surabaya");
        var acknowledged = new List<string>();
        var refused = new List<string>();
        var shown = new List<string>();

        async Task<bool> SendAsync()
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"pesan {acknowledged.Count + refused.Count}");
            var reply = await client.AskAsync($"send {messi} lineker {text}");
            reply.ShouldBeOneOf(LineClient.Sent, Failed);
            (reply == Failed ? refused : acknowledged).Add(text);
            return reply == LineClient.Sent;
        }

        // 1. Some messages, then no room. What the store still has room for is acknowledged and counts.
        for (var i = 0; i < 20; i++) (await SendAsync()).ShouldBeTrue();
        disk.Fill();
        await Eventually.BecomesTrueAsync(async () => !await SendAsync(), "a send fails on a full disk");
        disk.Fill();
        await SendAsync();

        // 2. Reading goes on, although what was read cannot be marked.
        shown.AddRange((await client.InboxAsync(lineker)).Select(entry => entry.Text));
        shown.ShouldContain("pesan 0");
        (await client.AskAsync($"actives {messi}")).ShouldBe(
            """{"status": "OK", "active": [{"username": "messi", "nama": "Lionel Messi"}, {"username": "lineker", "nama": "Gary Lineker"}]}""");
        await using (var other = await server.ClientAsync("chat"))
            (await other.AskAsync($"listuser {messi}")).ShouldBe("""{"status": "OK", "listuseraktif": "messi lineker "}""");

        // 3. Room again, and it goes on by itself.
        disk.Empty();
        await Eventually.BecomesTrueAsync(SendAsync, "a send succeeds when there is room again");
        for (var i = 0; i < 20; i++) (await SendAsync()).ShouldBeTrue();

        // 4. Everything acknowledged is shown, nothing refused is.
        shown.AddRange((await client.WholeInboxAsync(lineker)).Select(entry => entry.Text));
        shown.Distinct().ShouldBe(acknowledged, ignoreOrder: true);
        await server.StopAsync();
        (await KabarCommand.RunAsync("check", "--data", data.Location)).ShouldHaveDone();
    }

    [Fact]
    public async Task A_server_that_starts_on_a_full_disk_loses_nothing()
    {
        Requires.Root();
        using var data = DataDirectory.Empty();
        using var disk = await SmallDisk.MountAsync(data.Location);
        await data.ImportSampleAccountsAsync();
        string token;
        await using (var before = await KabarProcess.StartAsync(data, NoRate))
        {
            await using var client = await before.ClientAsync("chat");
            token = await client.LogInAsync("messi", "surabaya");
            (await client.AskAsync($"send {token} messi sebelum penuh")).ShouldBe(LineClient.Sent);
            disk.Fill();
            await before.KillAsync();
        }

        disk.Empty();
        await using var after = await KabarProcess.StartAsync(data, NoRate);
        await using var reader = await after.ClientAsync("chat");
        (await reader.InboxAsync(token)).ShouldBe([new InboxEntry("messi", "sebelum penuh")]);
        await after.StopAsync();
        (await KabarCommand.RunAsync("check", "--data", data.Location)).ShouldHaveDone();
    }

    [Fact]
    public async Task A_full_disk_is_a_fault_to_bots_webhooks_and_browsers_and_nothing_secret_is_logged_of_it()
    {
        Requires.Root();
        using var data = DataDirectory.Empty();
        using var disk = await SmallDisk.MountAsync(data.Location);
        await data.ImportSampleAccountsAsync();
        (await KabarCommand.RunAsync("group", "create", "batak", "--owner", "messi", "--data", data.Location)).ShouldHaveDone();
        string[] create = ["token", "create", "--user", "messi", "--name", "bel", "--in", "#batak", "--data", data.Location];
        var hook = (await KabarCommand.RunAsync([.. create, "--hook"])).ShouldHaveDone().Output.Trim();
        var token = (await KabarCommand.RunAsync(create)).ShouldHaveDone().Output.Trim();
        await using var server = await KabarProcess.StartAsync(data, [Plays.Native], NoRate, http: true);
        using var http = new HttpClient { BaseAddress = server.Http };
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        const string text = "isi-pesan-7263";
        (string Path, string Body)[] requests =
        [
            ("/api/v1/messages", $$"""{"to":"#batak","text":"{{text}}"}"""),
            (hook, $$"""{"text":"{{text}}"}"""),
            ("/api/session", """{"username":"messi","password":"surabaya"}"""),
        ];

        // 1. Each is carried out; then, without room, each is told that it failed; then each is carried out again.
        foreach (var request in requests) (await PostAsync(request)).ShouldBe("200");
        foreach (var request in requests)
            await Eventually.BecomesTrueAsync(
                async () =>
                {
                    disk.Fill();
                    return await PostAsync(request) == "500 failed";
                },
                $"{request.Path[..8]} fails on a full disk");
        disk.Empty();
        foreach (var request in requests) await Eventually.BecomesTrueAsync(async () => await PostAsync(request) == "200", "there is room again");

        // 2. What the server says of it.
        await server.StopAsync();
        server.Log.ShouldContain("A request over HTTP failed.");
        foreach (var secret in new[] { hook.Split('/')[^1][6..], token[6..], text, "surabaya" }) server.Log.ShouldNotContain(secret);

        async Task<string> PostAsync((string Path, string Body) request)
        {
            using var body = new StringContent(request.Body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
            using var answer = await http.PostAsync(request.Path, body);
            if (answer.IsSuccessStatusCode) return "200";
            using var error = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            return $"{(int)answer.StatusCode} {error.RootElement.GetProperty("code").GetString()}";
        }
    }

    private sealed class SmallDisk : IDisposable
    {
        private readonly string _location;

        private SmallDisk(string location) => _location = location;

        private string Ballast => Path.Combine(_location, "ballast");

        public static async Task<SmallDisk> MountAsync(string location)
        {
            Directory.CreateDirectory(location);
            var mounted = await RunAsync(Requires.Program("mount"), "-t", "tmpfs", "-o", "size=8m,mode=0700", "kabar-scenario", location);
            Requires.That(mounted, "may not mount a tmpfs here");
            return new SmallDisk(location);
        }

        /// <summary>Takes the last byte there is.</summary>
        public void Fill()
        {
            using var ballast = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
            for (var size = 64 * 1024; size > 0; size /= 2)
            {
                try
                {
                    while (true) ballast.Write(new byte[size]);
                }
                catch (IOException)
                {
                    // Full for pieces of this size.
                }
            }
        }

        public void Empty() => File.Delete(Ballast);

        public void Dispose()
        {
            using var unmount = Process.Start(new ProcessStartInfo(Requires.Program("umount"), ["--lazy", _location]) { UseShellExecute = false });
            unmount?.WaitForExit();
        }

        private static async Task<bool> RunAsync(string program, params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true });
            if (process is null) return false;
            await Eventually.CompletesAsync(process.WaitForExitAsync(), program);
            return process.ExitCode == 0;
        }
    }
}
