using System.Diagnostics;
using Kabar.Core;
using Kabar.Storage;
using Kabar.Storage.Sqlite;

namespace Kabar.Cli.Bench;

/// <summary>
/// Searching a realm's messages: a store is filled without a server before it, its index is made in one go, and then users look for all sorts of words, one after another.
/// </summary>
internal sealed class SearchLoad
{
    public const long DefaultMessages = 1_000_000;

    private const int Users = 200;
    private const int GroupCount = 20;
    private const int SearchesOfAKind = 500;
    private const int MostWanted = 50;
    private const int InFlight = 2_000;
    private const double PartInGroups = 0.3;
    private const int Seed = 7;

    private static readonly RealmName Here = RealmName.TryParse("bench", out var name) ? name : throw new UnreachableException("it is a name");
    private static readonly int[] Lengths = [2, 3, 4, 5, 6, 8, 10, 12, 15, 20];
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly BenchWords _words = new();
    private readonly Random _random = new(Seed);
    private readonly List<Account> _accounts = [];
    private readonly List<(GroupId Id, ConversationId Conversation, Address[] Members)> _groups = [];
    private long _messages;

    private SearchLoad()
    {
    }

    public static async Task<WorkloadResult> RunAsync(BenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder(options.Data);
        var data = Path.Combine(folder.Path, "data");
        using var held = DataDirectory.TryHold(data) ?? throw new CommandFault($"{data} is held by another process.");
        var load = new SearchLoad();
        var messages = load._messages = options.Count ?? DefaultMessages;

        progress($"search: {messages:N0} messages are put into a store");
        await using (var store = SqliteStore.Open(held.Database)) await load.FillAsync(store, messages, cancellationToken);

        progress("search: the index is made");
        var meter = Meter.Start(null);
        await using var searched = SqliteStore.Open(held.Database, searchIndex: held.SearchIndex);
        while (searched.UnsearchableMessages > 0) await Task.Delay(Look, cancellationToken);
        var indexing = meter.Read();

        progress("search: users look for words");
        var searches = new List<SearchKind>();
        foreach (var (kind, query) in load.Kinds()) searches.Add(await load.SearchAsync(searched, kind, query, cancellationToken));
        return new WorkloadResult
        {
            Workload = Workload.Search,
            Target = $"SQLite {SqliteStore.LibraryVersion}",
            Settings = $"{Users} users, {GroupCount} groups with {PartInGroups:P0} of what is said; data on {new DriveInfo(folder.Path).DriveFormat}",
            Search = new SearchFigures
            {
                Messages = messages,
                IndexingSeconds = Math.Round(indexing.Elapsed.TotalSeconds, 1),
                IndexingCpu = Math.Round(indexing.OwnCpu.TotalMicroseconds / messages, 2),
                DatabaseBytes = new FileInfo(held.Database).Length,
                IndexBytes = new FileInfo(held.SearchIndex).Length,
                Searches = searches,
            },
        };
    }

    private async Task FillAsync(SqliteStore store, long messages, CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow();
        for (var number = 0; number < Users; number++)
        {
            var account = new NewAccount(Username.Parse($"bench{number:D3}"), $"Bench {number}", [], "none", IsAdmin: false, now);
            _accounts.Add(await store.AddAccountAsync(account, cancellationToken) ?? throw new CommandFault("A new store has accounts already."));
        }

        for (var number = 0; number < GroupCount; number++) await MakeGroupAsync(store, number, now);

        var under = new Queue<ValueTask<Message>>();
        var saying = new Queue<ValueTask<Result<Message>>>();
        for (var sent = 0L; sent < messages; sent++)
        {
            if (under.Count + saying.Count >= InFlight)
            {
                cancellationToken.ThrowIfCancellationRequested();
                while (under.TryDequeue(out var message)) await message;
                while (saying.TryDequeue(out var entry)) await entry;
            }

            var text = MessageText.From(_words.Text(_random, Lengths[_random.Next(Lengths.Length)]));
            if (_random.NextDouble() < PartInGroups)
            {
                var (id, _, members) = _groups[_random.Next(_groups.Count)];
                saying.Enqueue(SayAsync(store, id, EntryKind.Said, members[_random.Next(members.Length)], text, now));
            }
            else
            {
                var (from, to) = (_random.Next(Users), _random.Next(Users));
                under.Enqueue(store.AppendAsync(new NewMessage(Guid.CreateVersion7(now), _accounts[from], _accounts[to], text, now)));
            }
        }

        foreach (var message in under) await message;
        foreach (var entry in saying) await entry;
    }

    // The first user is in one group, the twentieth in all; so it begins again.
    private async Task MakeGroupAsync(SqliteStore store, int number, DateTimeOffset now)
    {
        var members = _accounts.Index().Where(account => number <= account.Index % GroupCount).Select(account => new Address(account.Item.Username)).ToArray();
        var id = new GroupId(Guid.CreateVersion7(now));
        var first = new NewEntry(Guid.CreateVersion7(now), EntryKind.Joined, members[0], "Bench", Subject: null, MessageText.From(""), now);
        await store.AddGroupAsync(id, GroupName.Parse($"bench-{number}"), isOpen: true, first, mostPerMaker: 0);
        foreach (var member in members.Skip(1)) await SayAsync(store, id, EntryKind.Joined, member, MessageText.From(""), now);
        var group = await store.FindGroupAsync(id, CancellationToken.None) ?? throw new UnreachableException("it was just made");
        _groups.Add((id, group.Conversation, members));
    }

    private static ValueTask<Result<Message>> SayAsync(SqliteStore store, GroupId group, EntryKind kind, Address from, MessageText text, DateTimeOffset now) =>
        store.ChangeGroupAsync(group, Here, null, (_, _) => new NewEntry(Guid.CreateVersion7(now), kind, from, "Bench", Subject: null, text, now));

    private IEnumerable<(string Kind, Func<string> Words)> Kinds() =>
    [
        ("a frequent word", () => Word(0, 50)),
        ("a common word", () => Word(100, 1_000)),
        ("a rare word", () => Word(10_000, BenchWords.Count)),
        ("two words", () => $"{Word(0, 200)} {Word(0, 200)}"),
        ("three words", () => $"{Word(0, 50)} {Word(0, 200)} {Word(100, 1_000)}"),
        ("a frequent and a rare word", () => $"{Word(0, 20)} {Word(5_000, BenchWords.Count)}"),
        ("two letters*", () => Beginning(2)),
        ("three letters*", () => Beginning(3)),
        ("four letters*", () => Beginning(4)),
        ("six letters*", () => Beginning(6)),
        ("a word and three letters*", () => $"{Word(0, 200)} {Beginning(3)}"),
        ("a word nobody has said", () => $"zzq{_random.Next(1_000)}"),
        ("words nobody has said together", () => $"{Word(50, 200)} {Word(50, 200)} {Word(50, 200)} {Word(50, 200)} {Word(50, 200)} {Word(50, 200)}"),
    ];

    private string Word(int from, int to) => _words[_random.Next(from, to)];

    private string Beginning(int letters)
    {
        while (true)
            if (_words.Next(_random) is { } word && word.Length > letters) return $"{word[..letters]}*";
    }

    private async Task<SearchKind> SearchAsync(SqliteStore store, string kind, Func<string> words, CancellationToken cancellationToken)
    {
        var (latencies, found, meter) = (new LatencyHistogram(), 0L, Meter.Start(null));
        for (var number = 0; number < SearchesOfAKind; number++)
        {
            // Every fourth search goes on from somewhere, every fifth is within a group.
            var (reader, query) = (_random.Next(Users), words());
            long? before = number % 4 == 3 ? _random.NextInt64(1, _messages) : null;
            ConversationId? within = number % 5 == 4 ? _groups[_random.Next((reader % GroupCount) + 1)].Conversation : null;
            var began = Stopwatch.GetTimestamp();
            var messages = await store.SearchAsync(_accounts[reader].Id, query, within, before, MostWanted, cancellationToken);
            latencies.Record(Stopwatch.GetTimestamp() - began);
            found += messages.Length;
        }

        return new SearchKind(kind, SearchesOfAKind, Math.Round((double)found / SearchesOfAKind, 1), LatencyFigures.Of(latencies),
            Math.Round(meter.Read().OwnCpu.TotalMicroseconds / SearchesOfAKind, 1));
    }
}
