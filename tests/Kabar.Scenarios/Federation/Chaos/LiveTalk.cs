using System.Text.Json.Nodes;
using Kabar.Scenarios.Running;
using static Kabar.Scenarios.Federation.NativeUser;

namespace Kabar.Scenarios.Federation.Chaos;

/// <summary>
/// One at each realm who speaks the native protocol: they write to each other and in a group of their own, and edit, delete and react to what was said. In the end all
/// must agree on how it reads.
/// </summary>
internal sealed class LiveTalk(IReadOnlyList<RealmProcess> realms, int seed, CancellationToken over) : IAsyncDisposable
{
    private const string Group = "toba";
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(1);
    private readonly List<LiveTalker> _talkers = [];

    /// <summary>Who they are: realms have an account of this name.</summary>
    public static string NameAt(string realm) => $"langsung-{realm}";

    /// <summary>Everybody in the group, in fair weather.</summary>
    public async Task PrepareAsync()
    {
        foreach (var realm in realms)
        {
            var isHome = _talkers.Count == 0;
            var others = realms.Where(other => other != realm).Select(other => $"{NameAt(other.Name)}@{other.Name}").ToArray();
            var talker = new LiveTalker(realm, NameAt(realm.Name), isHome ? $"#{Group}" : $"#{Group}@{realms[0].Name}", others, new Random(seed ^ (_talkers.Count + 100)), over);
            _talkers.Add(talker);
            await (await talker.UserAsync()).DoAsync(isHome ? "group create" : "group join", ("group", isHome ? Group : $"{Group}@{realms[0].Name}"));
        }
    }

    public Task TalkAsync(int count, ChaosPace pace, CancellationToken deadline) => Task.WhenAll(_talkers.Select(talker => talker.TalkAsync(count, pace, deadline)));

    /// <summary>What they do not agree on when they have had their time; and how many messages they have.</summary>
    public async Task<(IReadOnlyList<string> Faults, int Messages, int Revised)> CompareAsync()
    {
        List<string> faults = [];
        var (messages, revised) = (0, 0);
        var waiting = System.Diagnostics.Stopwatch.StartNew();
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                (faults, messages, revised) = await LookAsync();
                return faults.Count == 0 || waiting.Elapsed > Settling;
            },
            "they agree or have had their time",
            Settling + (2 * Eventually.Deadline));
        return (faults, messages, revised);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var talker in _talkers) await talker.DisposeAsync();
    }

    private async Task<(List<string> Faults, int Messages, int Revised)> LookAsync()
    {
        var faults = new List<string>();
        var (messages, revised) = (0, 0);

        // 1. The group: the same at the same positions.
        var groups = new List<string[]>();
        foreach (var talker in _talkers)
        {
            var user = await talker.UserAsync();
            var history = await user.HistoryAsync(talker.Group);
            groups.Add([.. history.Select(entry => $"{Number(entry, "position")} {Text(entry, "mid")} {user.Reading(entry)}")]);
            if (talker == _talkers[0]) Count(history);
        }

        foreach (var other in groups.Skip(1))
            faults.AddRange(groups[0].Except(other).Concat(other.Except(groups[0])).Select(line => $"not the same at all realms, in the group: {line}"));

        // 2. Between two: positions differ. What was deleted may be missing at a realm that was put back: it came back nowhere.
        for (var one = 0; one < _talkers.Count; one++)
        {
            for (var other = one + 1; other < _talkers.Count; other++)
            {
                var (mine, his) = (await ReadAsync(_talkers[one], _talkers[other]), await ReadAsync(_talkers[other], _talkers[one]));
                foreach (var id in mine.Keys.Union(his.Keys))
                {
                    var (here, there) = (mine.GetValueOrDefault(id), his.GetValueOrDefault(id));
                    if (here != there && (here ?? there)?.EndsWith(": -", StringComparison.Ordinal) != true) faults.Add($"not the same at both realms: {id} {here ?? "(missing)"} | {there ?? "(missing)"}");
                }
            }
        }

        return (faults, messages, revised);

        async Task<Dictionary<string, string>> ReadAsync(LiveTalker reader, LiveTalker other)
        {
            var user = await reader.UserAsync();
            var history = (await user.HistoryAsync(other.Address)).Where(entry => entry["failed"] is null).ToList();
            Count(history);
            return history.ToDictionary(entry => Text(entry, "mid")!, user.Reading); // each has one
        }

        void Count(IReadOnlyList<JsonObject> history)
        {
            messages += history.Count;
            revised += history.Count(entry => entry["edited"] is not null || entry["deleted"] is not null || entry["reactions"] is not null);
        }
    }
}

/// <summary>One of them, who connects again whenever that is needed.</summary>
internal sealed class LiveTalker(RealmProcess realm, string name, string group, IReadOnlyList<string> others, Random random, CancellationToken over) : IAsyncDisposable
{
    private NativeUser? _user;

    public string Address => $"{name}@{realm.Name}";

    /// <summary>The group, as it is called at his realm.</summary>
    public string Group => group;

    /// <summary>His connection, a new one when it has broken.</summary>
    public async Task<NativeUser> UserAsync()
    {
        while (true)
        {
            over.ThrowIfCancellationRequested();
            if (_user is { HasEnded: false } there) return there;
            if (_user is { } ended) await ended.DisposeAsync();
            _user = null;
            try
            {
                return _user = await NativeUser.ConnectAsync(realm, name, await realm.ConnectEventuallyAsync(ChaosUser.Patience, over), ChaosUser.Patience);
            }
            catch (IOException)
            {
                // It broke again.
            }
        }
    }

    public async Task TalkAsync(int count, ChaosPace pace, CancellationToken deadline)
    {
        for (var number = 1; number <= count; number++)
        {
            await pace.ReachAsync(number, deadline);
            var user = await UserAsync();
            try
            {
                // What is refused now (its home recovers, say) is not what this is about.
                var place = random.Next(2) == 0 ? group : others[random.Next(others.Count)];
                if (random.Next(2) == 0) await user.AskAsync("send", ("to", place), ("text", $"{name} {number}"), ("key", $"{name}-{number}"));
                else await ReviseAsync(user, place, number);
            }
            catch (IOException)
            {
                // Nobody knows whether it was done.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_user is not null) await _user.DisposeAsync();
    }

    // One of the last: an edit and now and then a deletion of his own, else a reaction.
    private async Task ReviseAsync(NativeUser user, string place, int number)
    {
        var page = await user.AskAsync("history", ("to", place), ("limit", 20));
        var said = (page["entries"]?.AsArray() ?? []).Select(entry => entry!.AsObject()).Where(entry => Is(entry, "message") && entry["deleted"] is null).ToList();
        if (said.Count == 0) return;
        var target = said[random.Next(said.Count)];
        var position = Number(target, "position");
        switch (random.Next(4))
        {
            case < 2 when Text(target, "from") == name:
                await user.AskAsync("edit", ("to", place), ("position", position), ("text", $"{name} {number} (lain)"));
                break;
            case 2 when Text(target, "from") == name:
                await user.AskAsync("delete", ("to", place), ("position", position));
                break;
            default:
                await user.AskAsync("react", ("to", place), ("position", position), ("emoji", random.Next(4) == 0 ? "" : $"{(char)('a' + random.Next(26))}"));
                break;
        }
    }
}
