using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Kabar.Client;
using Kabar.Scenarios.Federation;
using Kabar.Scenarios.Running;

namespace Kabar.Scenarios.Client;

/// <summary>What the library promises, on connections that break all the time: what is sent is said once, what happens is told once and in order.</summary>
public sealed class ReconnectScenarios(ITestOutputHelper log)
{
    private const string Group = "#batak";

    private static readonly (string Name, string Password)[] Users = [("messi", "surabaya"), ("lineker", "surabaya"), ("james", "medan"), ("taeno", "tokyo")];

    private static bool IsLong => Environment.GetEnvironmentVariable("KABAR_LONG") == "1";

    [Fact]
    public async Task Everything_is_told_once_and_in_order_over_reconnects_at_random_moments()
    {
        var (messages, reconnects) = IsLong ? (50_000, 1_000) : (4_000, 60);
        var seed = int.TryParse(Environment.GetEnvironmentVariable("KABAR_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        log.WriteLine($"KABAR_SEED={seed}");

        using var data = await DataDirectory.OfAsync([.. Users.Select(user => user.Name)]);
        await using var server = await KabarProcess.StartAsync(data, ["kabar"], new Dictionary<string, string> { ["Limits__RequestsPerSecond"] = "0" }, http: true);
        await using var sides = new Sides();
        foreach (var (name, password) in Users)
        {
            // One sends and one listens: two sessions, as on two devices. Every other one listens over WebSocket.
            await sides.AddAsync("tcp", server.PortOf("kabar"), name, password, seed);
            if (sides.All.Count % 4 == 1) await sides.AddAsync("tcp", server.PortOf("kabar"), name, password, seed);
            else await sides.AddAsync("ws", server.Http!.Port, name, password, seed); // it was started with one
        }

        var senders = sides.All.Where((_, index) => index % 2 == 0).ToArray();
        var listeners = sides.All.Where((_, index) => index % 2 == 1).ToArray();
        await senders[0].Client.Groups.CreateAsync(Group);
        foreach (var sender in senders.Skip(1)) await sender.Client.Groups.JoinAsync(Group);

        var watch = Stopwatch.StartNew();
        using var enough = new CancellationTokenSource();
        var hearings = listeners.Select(listener => new Hearing(listener.Client, listener.Name)).ToArray();
        var listening = hearings.Select(hearing => hearing.RunAsync(enough.Token)).ToArray();
        await Task.WhenAll(hearings.Select(hearing => Eventually.CompletesAsync(hearing.Live, "the listeners listen")));

        var tally = new Tally(messages, reconnects);
        var sending = senders.Select((sender, index) => SendAsync(sender, index, tally)).ToArray();
        await BreakAsync(sides, tally, sending, new Random(seed));
        var sent = (await Task.WhenAll(sending)).SelectMany(own => own).ToArray();

        var sendingTook = watch.Elapsed;
        foreach (var hearing in hearings)
        {
            var due = sent.Count(message => message.Concerns(hearing.Name));
            await Eventually.BecomesTrueAsync(() => hearing.Count >= due || hearing.Fault is not null, $"{hearing.Name} has heard {due}, and not {hearing.Count}", TimeSpan.FromMinutes(IsLong ? 10 : 2));
        }

        await enough.CancelAsync();
        await Task.WhenAll(listening);

        log.WriteLine($"{sent.Length} messages, {sides.Reconnects} reconnects, {sides.Breaks} breaks, {hearings.Sum(hearing => hearing.Count)} events, "
            + $"{hearings.Sum(hearing => hearing.Lives)} listenings, {sent.Count(message => message.Tries > 1)} messages that met a break, sent in {sendingTook.TotalSeconds:0.0} s, heard in {watch.Elapsed.TotalSeconds:0.0} s");
        sent.Length.ShouldBeGreaterThanOrEqualTo(messages);
        sides.Reconnects.ShouldBeGreaterThanOrEqualTo(reconnects);
        foreach (var hearing in hearings) Judge(hearing, sent);
    }

    private static void Judge(Hearing hearing, IReadOnlyList<Sent> sent)
    {
        var who = $"what {hearing.Name} heard";
        hearing.Fault.ShouldBeNull(who);
        var heard = hearing.Entries.ToArray();

        // In the order of the places, each once.
        for (var i = 1; i < heard.Length; i++)
            (long.Parse(heard[i].At!, CultureInfo.InvariantCulture) > long.Parse(heard[i - 1].At!, CultureInfo.InvariantCulture)).ShouldBeTrue($"{who}: {heard[i]} after {heard[i - 1]}");

        // All that there was, as it was acknowledged, nothing twice and nothing else.
        var due = sent.Where(message => message.Concerns(hearing.Name)).ToDictionary(message => message.Text);
        foreach (var entry in heard)
        {
            due.Remove(entry.Text, out var message).ShouldBeTrue($"{who}: {entry.Text} was told twice, or was not sent");
            entry.From.ShouldBe(message!.From); // removed, so there was one
            (entry.Id, entry.Position, entry.At).ShouldBe((message.Posted.Id, message.Posted.Position ?? 0, message.Posted.At), who);
        }

        due.Keys.ShouldBeEmpty(who);

        // Each sender as he spoke; each conversation without a gap.
        foreach (var own in heard.GroupBy(entry => entry.From)) own.Select(entry => Sent.NumberOf(entry.Text)).ShouldBeInOrder(SortDirection.Ascending, who);
        foreach (var conversation in heard.GroupBy(entry => entry.Conversation))
        {
            var positions = conversation.Select(entry => entry.Position).ToArray();
            positions.ShouldBe(Enumerable.Range(0, positions.Length).Select(offset => positions[0] + offset), $"{who} with {conversation.Key}");
        }
    }

    /// <summary>Sends, some at a time, until there was enough of everything.</summary>
    private static async Task<IReadOnlyList<Sent>> SendAsync(Side sender, int index, Tally tally)
    {
        const int AtATime = 16;
        var all = new List<Sent>();
        var waiting = new Queue<Task<Sent>>();
        for (var number = 1; tally.Wants(); number++)
        {
            var to = number % 3 == 0 ? Group : Users[(index + number) % Users.Length].Name;
            waiting.Enqueue(PostAsync(sender, to, number, tally));
            if (waiting.Count == AtATime) all.Add(await waiting.Dequeue());
        }

        while (waiting.TryDequeue(out var last)) all.Add(await last);
        return all;
    }

    private static async Task<Sent> PostAsync(Side sender, string to, int number, Tally tally)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{sender.Name} {number}");
        var before = sender.Reconnects;
        var posted = await sender.Client.SendAsync(to, text);
        tally.Count();
        return new Sent(sender.Name, to, text, posted, 1 + sender.Reconnects - before);
    }

    /// <summary>Breaks one connection after another, as the messages flow.</summary>
    private static async Task BreakAsync(Sides sides, Tally tally, Task[] sending, Random random)
    {
        var done = Task.WhenAll(sending);
        while (!done.IsCompleted)
        {
            tally.Reconnects = sides.Reconnects;
            if (tally.Reconnects >= tally.LeastReconnects)
            {
                await done;
                return;
            }

            // As far apart as the messages that are left allow; when too few are, the senders go on.
            var apart = Math.Max(1, (tally.LeastMessages - tally.Acknowledged) / Math.Max(1, tally.LeastReconnects - tally.Reconnects));
            var next = tally.Acknowledged + random.Next(2 * apart);
            var waiting = Stopwatch.StartNew();
            while (tally.Acknowledged < next && !done.IsCompleted && waiting.Elapsed < TimeSpan.FromSeconds(1)) await Task.Delay(1);
            sides.All[random.Next(sides.All.Count)].Break();
        }

        await done;
    }

    private sealed record Sent(string From, string To, string Text, KabarPosted Posted, int Tries)
    {
        public static int NumberOf(string text) => int.Parse(text.Split(' ')[1], CultureInfo.InvariantCulture);

        public bool Concerns(string user) => To == Group || To == user || From == user;
    }

    private sealed class Tally(int messages, int reconnects)
    {
        private int _acknowledged;
        private int _begun;
        private int _reconnects;

        public int LeastMessages => messages;

        public int LeastReconnects => reconnects;

        public int Acknowledged => Volatile.Read(ref _acknowledged);

        public int Reconnects
        {
            get => Volatile.Read(ref _reconnects);
            set => Volatile.Write(ref _reconnects, value);
        }

        public bool Wants() => Interlocked.Increment(ref _begun) <= messages || Reconnects < reconnects;

        public void Count() => Interlocked.Increment(ref _acknowledged);
    }

    /// <summary>A client behind a network of its own.</summary>
    private sealed class Side(string name, LinkProxy network, KabarClient client) : IAsyncDisposable
    {
        private int _breaks;
        private int _reconnects;

        public string Name => name;

        public KabarClient Client => client;

        public int Breaks => Volatile.Read(ref _breaks);

        public int Reconnects => Volatile.Read(ref _reconnects);

        public void Break()
        {
            network.Cut();
            network.Pass();
        }

        public void Changed(Exception? reason) => Interlocked.Increment(ref reason is null ? ref _reconnects : ref _breaks);

        public async ValueTask DisposeAsync()
        {
            await client.DisposeAsync();
            await network.DisposeAsync();
        }
    }

    private sealed class Sides : IAsyncDisposable
    {
        private readonly List<Side> _all = [];

        public IReadOnlyList<Side> All => _all;

        public int Breaks => _all.Sum(side => side.Breaks);

        public int Reconnects => _all.Sum(side => side.Reconnects);

        public async Task AddAsync(string scheme, int port, string name, string password, int seed)
        {
            var network = LinkProxy.To(port, seed: seed);
            var client = new KabarClient(new KabarClientOptions
            {
                Server = new Uri($"{scheme}://{network.Address}{(scheme == "ws" ? "/ws" : "")}"),
                LongestRetry = TimeSpan.FromMilliseconds(20),
                EventsWaiting = 64,
            });
            var side = new Side(name, network, client);
            _all.Add(side);
            await client.LogInAsync(name, password);
            client.ConnectionChanged += side.Changed;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var side in _all) await side.DisposeAsync();
        }
    }

    /// <summary>What one is told. Now and then he asks something in between, as programs do.</summary>
    private sealed class Hearing(KabarClient client, string name)
    {
        private readonly ConcurrentQueue<KabarEntry> _entries = [];
        private readonly TaskCompletionSource _live = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => name;

        public Task Live => _live.Task;

        public int Lives { get; private set; }

        public Exception? Fault { get; private set; }

        public int Count => _entries.Count;

        public IEnumerable<KabarEntry> Entries => _entries;

        public async Task RunAsync(CancellationToken enough)
        {
            try
            {
                await foreach (var happened in client.ListenAsync(null, enough))
                {
                    if (happened is KabarLive)
                    {
                        Lives++;
                        _live.TrySetResult();
                    }

                    if (happened is not KabarEntry { Kind: "message" } entry) continue;
                    _entries.Enqueue(entry);
                    if (_entries.Count % 100 == 0) await client.ReadAsync(entry.Conversation, entry.Position, enough);
                }
            }
            catch (OperationCanceledException) when (enough.IsCancellationRequested)
            {
                // It has heard enough.
            }
            catch (Exception fault) when (fault is KabarException or IOException or InvalidOperationException)
            {
                Fault = fault;
                _live.TrySetResult();
            }
        }
    }
}
