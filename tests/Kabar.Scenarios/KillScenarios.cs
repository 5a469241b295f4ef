using System.Collections.Concurrent;
using System.Globalization;
using Kabar.Scenarios.Running;
using Kabar.Transcripts;

namespace Kabar.Scenarios;

/// <summary>The promise behind every <c>Message Sent</c>: kill the process at any moment and the message is there, once, in its place.</summary>
public sealed class KillScenarios(ITestOutputHelper log)
{
    private const int Connections = 64;
    private const int Window = 32;
    private static readonly string[] Senders = ["messi", "henderson", "james", "jantuar", "shafwa", "afif", "pelukis", "mamang"];
    private static readonly string[] Readers = ["lineker", "taeno", "fadly"];

    [Fact]
    public async Task What_was_acknowledged_survives_a_kill_once_and_in_order()
    {
        var rounds = Environment.GetEnvironmentVariable("KABAR_LONG") == "1" ? 50 : 3;
        var seed = int.TryParse(Environment.GetEnvironmentVariable("KABAR_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        log.WriteLine($"KABAR_SEED={seed}, {rounds} rounds");
        var random = new Random(seed);
        using var data = await DataDirectory.WithSampleAccountsAsync();
        var server = await StartAsync(data);
        try
        {
            var tokens = await LogInAsync(server);
            for (var round = 0; round < rounds; round++)
            {
                // 1. Load from all connections, until a random number of acknowledgements has been seen.
                var killAt = random.Next(1, 4000);
                var load = new Load(server, tokens, round);
                await Eventually.BecomesTrueAsync(() => load.Acknowledged >= killAt || server.HasExited, $"{killAt} messages are acknowledged in round {round}");

                // 2. The process is gone in the middle of it.
                server.HasExited.ShouldBeFalse(server.Log);
                await server.KillAsync();
                await server.DisposeAsync();
                await load.EndedAsync();

                // 3. The data are whole, and it starts again with the same sessions.
                (await KabarCommand.RunAsync("check", "--data", data.Location)).ShouldHaveDone();
                server = await StartAsync(data);

                // 4. Everything acknowledged is there, nothing twice, each connection's messages in their order.
                load.Judge(await ReadAsync(server, tokens), $"round {round}, KABAR_SEED={seed}");
                log.WriteLine($"round {round}: killed at {killAt}, {load.Acknowledged} acknowledged");
            }
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static Task<KabarProcess> StartAsync(DataDirectory data) => KabarProcess.StartAsync(data, new Dictionary<string, string>
    {
        ["Limits__RequestsPerSecond"] = "0",
        ["Limits__ConnectionsPerAddress"] = "0",
    });

    private static async Task<IReadOnlyDictionary<string, string>> LogInAsync(KabarProcess server)
    {
        await using var client = await server.ClientAsync("chat");
        var tokens = new Dictionary<string, string>();
        foreach (var username in Senders.Concat(Readers))
            tokens[username] = await client.LogInAsync(username, SampleAccounts.All.Single(account => account.Username == username).Password);
        return tokens;
    }

    private static async Task<IReadOnlyList<InboxEntry>> ReadAsync(KabarProcess server, IReadOnlyDictionary<string, string> tokens)
    {
        await using var client = await server.ClientAsync("thread-chat");
        var all = new List<InboxEntry>();
        foreach (var reader in Readers) all.AddRange(await client.WholeInboxAsync(tokens[reader]));
        return all;
    }

    /// <summary>Every connection sends numbered texts to one reader; even ones one at a time, odd ones a window ahead.</summary>
    private sealed class Load
    {
        private readonly ConcurrentDictionary<int, int> _acknowledged = new();
        private readonly int _round;
        private readonly Task _connections;
        private int _total;

        public Load(KabarProcess server, IReadOnlyDictionary<string, string> tokens, int round)
        {
            _round = round;
            _connections = Task.WhenAll(Enumerable.Range(0, Connections).Select(number => SendAsync(server, tokens, number)));
        }

        public int Acknowledged => Volatile.Read(ref _total);

        public async Task EndedAsync() => await Eventually.CompletesAsync(_connections, "every connection has noticed the end");

        public void Judge(IReadOnlyList<InboxEntry> found, string where)
        {
            var byConnection = found.Select(entry => (entry.Sender, Numbers: entry.Text.Split(' ')))
                .GroupBy(entry => int.Parse(entry.Numbers[1], CultureInfo.InvariantCulture))
                .ToDictionary(group => group.Key, group => group.ToList());
            for (var number = 0; number < Connections; number++)
            {
                var entries = byConnection.GetValueOrDefault(number, []);
                entries.ShouldAllBe(entry => entry.Sender == Senders[number % Senders.Length] && entry.Numbers[0] == Name(_round));

                // At least those acknowledged, perhaps some that were on their way, and 0, 1, 2 … without a gap: once each and in order.
                entries.Count.ShouldBeGreaterThanOrEqualTo(_acknowledged.GetValueOrDefault(number), $"connection {number}, {where}: acknowledged messages are lost");
                entries.Select(entry => int.Parse(entry.Numbers[2], CultureInfo.InvariantCulture))
                    .ShouldBe(Enumerable.Range(0, entries.Count), $"connection {number}, {where}");
            }
        }

        private static string Name(int round) => string.Create(CultureInfo.InvariantCulture, $"ronde-{round}");

        private async Task SendAsync(KabarProcess server, IReadOnlyDictionary<string, string> tokens, int number)
        {
            var dialect = Plays.Dialects[number % Plays.Dialects.Count];
            var verb = dialect == "layanan-chat" ? "chat" : "send";
            var start = $"{verb} {tokens[Senders[number % Senders.Length]]} {Readers[number % Readers.Length]} {Name(_round)} ";
            var window = number % 2 == 0 ? 1 : Window;
            try
            {
                await using var client = await server.ClientAsync(dialect);
                for (int sent = 0, answered = 0; ; answered++)
                {
                    for (; sent < answered + window; sent++)
                        await client.RequestAsync(string.Create(CultureInfo.InvariantCulture, $"{start}{number} {sent} ✓"));
                    if (await client.ReplyAsync() is not { } reply) return;

                    reply.ShouldBe(LineClient.Sent);
                    _acknowledged[number] = answered + 1;
                    Interlocked.Increment(ref _total);
                }
            }
            catch (Exception fault) when (fault is IOException or System.Net.Sockets.SocketException)
            {
                // That is what a killed server looks like from here.
            }
        }
    }
}
