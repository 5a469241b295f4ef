using System.Diagnostics;
using Kabar.Scenarios.Running;

namespace Kabar.Scenarios.Federation.Chaos;

/// <summary>
/// One run of a plan: realms in processes of their own, linked through proxies; everybody talks; the plan goes wrong step by step; then
/// everything is mended, and what is there is read back for the judge.
/// </summary>
internal sealed class ChaosRun : IAsyncDisposable
{
    private const string Group = "batak";
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(2);
    private static readonly (string Realm, string[] Users)[] People =
    [
        ("satu", ["messi", "henderson", "lineker"]),
        ("dua", ["james", "jantuar", "taeno"]),
        ("tiga", ["shafwa", "fadly", "afif"]),
    ];

    private readonly ChaosPlan _plan;
    private readonly Action<string> _log;
    private readonly List<RealmProcess> _realms = [];
    private readonly List<LinkProxy> _links = [];
    private readonly List<ChaosUser> _users = [];
    private readonly List<PrivateSender> _senders = [];
    private readonly List<GroupMember> _members = [];
    private LiveTalk? _live;
    private readonly List<RestoreWindow> _restores = [];
    private readonly Dictionary<int, int> _mendAt = [];
    private readonly ChaosPace _pace = new();
    private readonly Stopwatch _running = Stopwatch.StartNew();
    private Task _talk = Task.CompletedTask;
    private long _backupAt;

    private readonly CancellationTokenSource _over;

    private ChaosRun(ChaosPlan plan, TimeSpan within, Action<string> log)
    {
        _plan = plan;
        _log = log;
        _over = new CancellationTokenSource(within);
    }

    public Ledger Ledger { get; } = new();

    private string Where => $"KABAR_SEED={_plan.Seed}";

    public IReadOnlyList<ChaosUser> Users => _users;

    /// <summary>What may be gone with a restore.</summary>
    public IReadOnlyList<RestoreWindow> Restores => _restores;

    /// <summary>Runs it to its end, within <paramref name="within"/>. Before all is read back <paramref name="meddle"/> may break it.</summary>
    /// <returns>The verdict, and the table that tells it.</returns>
    public static async Task<(Verdict Verdict, string Table)> ExecuteAsync(
        ChaosPlan plan, TimeSpan within, Action<string> log, Func<ChaosRun, Task>? meddle = null)
    {
        await using var run = new ChaosRun(plan, within, log);
        await run.PrepareAsync();
        try
        {
            await run.SufferAsync(run._over.Token);
        }
        catch (OperationCanceledException) when (run._over.IsCancellationRequested)
        {
            Assert.Fail($"Not within {within.TotalSeconds} s, {run.Where}: everybody has said what he had to; {run.Ledger.Settled} of {plan.Messages} are sent.");
        }

        var unsettled = await run.MendAsync();
        if (meddle is not null) await meddle(run);
        var world = await run.ReadBackAsync();
        var verdict = Judge.Decide(run.Ledger, world);
        foreach (var fault in unsettled) verdict.Fault(fault);
        await run.CompareAsync(verdict);
        return (verdict, verdict.Table(plan.Seed, Counts(plan), run._running.Elapsed));
    }

    public async ValueTask DisposeAsync()
    {
        // Nobody talks on behind a run that has failed: the processes end, and with them what everybody waits for.
        await _over.CancelAsync();
        foreach (var link in _links) await link.DisposeAsync();
        foreach (var realm in _realms) await realm.DisposeAsync();
        await _talk.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        foreach (var member in _members) await member.DisposeAsync();
        foreach (var sender in _senders) await sender.DisposeAsync();
        if (_live is not null) await _live.DisposeAsync();
        _over.Dispose();
    }

    private static ChaosCounts Counts(ChaosPlan plan)
    {
        return new ChaosCounts(
            Of(ChaosKind.Kill), Of(ChaosKind.Cut), Of(ChaosKind.Delay), Of(ChaosKind.HalfOpen), Of(ChaosKind.Freeze), Of(ChaosKind.Restore));

        int Of(ChaosKind kind) => plan.Steps.Count(step => step.Kind == kind);
    }

    /// <summary>Realms, links, sessions, and everybody in the group, in fair weather.</summary>
    private async Task PrepareAsync()
    {
        foreach (var (name, usernames) in People.Take(_plan.Realms))
        {
            var realm = await RealmProcess.CreateAsync(name, [.. usernames, LiveTalk.NameAt(name)], linked: _plan.Links > 0);
            _realms.Add(realm);
            await realm.StartAsync();
            _users.AddRange(usernames.Select(username => new ChaosUser(realm, username, _over.Token)));
        }

        // Each realm dials one and is dialled by one, where there are three.
        foreach (var (host, guest) in ((int, int)[])[(0, 1), (1, 2), (2, 0)])
        {
            if (_links.Count == _plan.Links) break;
            var proxy = LinkProxy.To(_realms[host].LinkPort, seed: _plan.Seed);
            _links.Add(proxy);
            await _realms[guest].AcceptAsync(await _realms[host].InviteAsync(proxy.Address), _realms[host].Name);
        }

        foreach (var user in _users)
        {
            await user.TokenAsync();
            _senders.Add(new PrivateSender(user, OthersOf(user), Ledger, _pace, _plan.Seed, new Random(_plan.Seed ^ (_senders.Count + 1))));
        }

        if (!_plan.HasGroup) return;
        foreach (var user in _users)
        {
            var member = new GroupMember(user, Group, Ledger, _pace, _plan.Seed, asDocumentClient: _members.Count % 3 == 2);
            _members.Add(member);
            await member.EnterAsync();
        }

        _live = new LiveTalk(_realms, _plan.Seed, _over.Token);
        await _live.PrepareAsync();
    }

    /// <summary>Those at other realms three times each, those at his own once.</summary>
    private List<ChaosUser> OthersOf(ChaosUser user) =>
        [.. _users.Where(other => other != user).SelectMany(other => Enumerable.Repeat(other, other.Realm == user.Realm ? 1 : 3))];

    private async Task SufferAsync(CancellationToken deadline)
    {
        // 1. Everybody talks, each step's part at a time.
        var talkers = _senders.Count + _members.Count;
        var each = (_plan.Messages + talkers - 1) / talkers;
        _talk = Task.WhenAll(
            [.. _senders.Select(sender => sender.SendAsync(each, deadline)), .. _members.Select(member => member.TalkAsync(each, deadline)), .. _live is null ? (Task[])[] : [_live.TalkAsync(each, _pace, deadline)]]);

        // 2. In the middle of each part something goes wrong.
        for (var number = 0; number < _plan.Steps.Count; number++)
        {
            var step = _plan.Steps[number];
            foreach (var (link, _) in _mendAt.Where(mend => mend.Value <= number).ToList())
            {
                _links[link].Pass();
                _mendAt.Remove(link);
            }

            var before = Ledger.Settled;
            _pace.Release(each * (number + 1) / _plan.Steps.Count);
            var goal = before + (int)(step.After * _plan.Messages / _plan.Steps.Count);
            await LetPassAsync(() => Ledger.Settled >= goal, TimeSpan.FromSeconds(10), deadline);
            _log($"{_running.Elapsed.TotalSeconds:F1} s, {Ledger.Settled} sent: {step}");
            await HappensAsync(step, number, deadline);
        }

        // 3. The rest is said in fair weather.
        foreach (var link in _links) link.Pass();
        _pace.Release(each);
        await _talk.WaitAsync(deadline);
        Ledger.Settled.ShouldBe(each * talkers, Where);
    }

    private async Task HappensAsync(ChaosStep step, int number, CancellationToken deadline)
    {
        switch (step.Kind)
        {
            case ChaosKind.Kill:
                await _realms[step.Target].KillAsync();
                await LetPassAsync(() => false, step.For, deadline);
                await _realms[step.Target].StartAsync();
                break;
            case ChaosKind.Freeze:
                _realms[step.Target].Server?.Freeze();
                await LetPassAsync(() => false, step.For, deadline);
                _realms[step.Target].Server?.Thaw();
                break;
            case ChaosKind.Backup:
                _backupAt = Ledger.Now;
                await _realms[step.Target].BackupAsync(_realms[step.Target].Beside("backup"));
                break;
            case ChaosKind.Restore:
                await _realms[step.Target].StopAsync();
                _restores.Add(new RestoreWindow(_realms[step.Target].Name, _backupAt, Ledger.Now));
                await _realms[step.Target].RestoreAsync(_realms[step.Target].Beside("backup"));
                await _realms[step.Target].StartAsync();
                break;
            case ChaosKind.Cut:
                _links[step.Target].Cut();
                _mendAt[step.Target] = number + step.Steps;
                break;
            case ChaosKind.Delay:
                _links[step.Target].Delay(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(200));
                _mendAt[step.Target] = number + step.Steps;
                break;
            case ChaosKind.HalfOpen:
                _links[step.Target].HalfOpen();
                _mendAt[step.Target] = number + step.Steps;
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>Until it is so, or so much time has passed: both are well, but not that somebody who talks has failed.</summary>
    private async Task LetPassAsync(Func<bool> condition, TimeSpan longest, CancellationToken deadline)
    {
        var waiting = Stopwatch.StartNew();
        await Eventually.BecomesTrueAsync(
            () => condition() || waiting.Elapsed >= longest || _talk.IsFaulted || deadline.IsCancellationRequested, "the step goes on", longest * 2 + Eventually.Deadline);
        deadline.ThrowIfCancellationRequested();
        if (_talk.IsFaulted) await _talk;
    }

    /// <summary>No fault is left; wait until no realm has anything for another and nothing moves any more.</summary>
    /// <returns>What has not come to rest. The judge looks at it all the same: what is there tells why.</returns>
    private async Task<IReadOnlyList<string>> MendAsync()
    {
        foreach (var member in _members) await member.StayAsync();
        if (_links.Count == 0) return [];

        var unsettled = new List<string>();
        IReadOnlyList<PeerState>[] states = [];
        var areIdle = await SettlesAsync(async () =>
        {
            states = await Task.WhenAll(_realms.Select(realm => realm.PeersAsync()));
            return states.All(peers => peers.Count == _realms.Count - 1 && peers.All(peer => peer.IsIdle));
        });
        for (var realm = 0; realm < states.Length; realm++)
        {
            var state = $"{_realms[realm].Name}: {string.Join("; ", states[realm])}";
            _log($"{_running.Elapsed.TotalSeconds:F1} s: {state}");
            if (!areIdle) unsettled.Add($"in fair weather, and not connected or not done after {Settling.TotalSeconds} s: {state}");
        }

        // Whether the histories are the same is for the judge; here they only have to stand still, a while where they differ.
        var before = "";
        var still = 0;
        var stand = await SettlesAsync(async () =>
        {
            var exports = await Task.WhenAll(_realms.Select(realm => realm.ExportAsync()));
            var heads = exports.Select(export => string.Join(',', export.History(Group).TakeLast(1).Select(entry => entry.Shared))).ToList();
            var now = string.Join(';', exports.Select(export => export.Messages.Count).Zip(heads));
            still = now == before ? still + 1 : 0;
            before = now;
            return still >= (heads.Distinct().Count() == 1 ? 1 : 20);
        });
        if (!stand) unsettled.Add($"something still moves after {Settling.TotalSeconds} s: {before}");
        return unsettled;
    }

    private static async Task<bool> SettlesAsync(Func<Task<bool>> condition)
    {
        var waiting = Stopwatch.StartNew();
        var isSo = false;
        await Eventually.BecomesTrueAsync(
            async () => (isSo = await condition()) || waiting.Elapsed > Settling, "it settles or has had its time", Settling + 2 * Eventually.Deadline);
        return isSo;
    }

    // What was edited, deleted and reacted to reads the same everywhere.
    private async Task CompareAsync(Verdict verdict)
    {
        if (_live is null) return;
        var (faults, messages, revised) = await _live.CompareAsync();
        foreach (var fault in faults) verdict.Fault(fault);
        verdict.Require(messages > 0 && revised > 0, "nothing was said or revised natively: it says nothing");
        (verdict.Live, verdict.Revised) = (messages, revised);
    }

    private async Task<World> ReadBackAsync()
    {
        var exports = new Dictionary<string, RealmExport>();
        foreach (var realm in _realms) exports[realm.Name] = await realm.ExportAsync();
        var inboxes = new Dictionary<string, IReadOnlyList<InboxEntry>>();
        foreach (var user in _users) inboxes[user.Address] = await user.WholeInboxAsync();
        return new World(exports, inboxes) { Group = _plan.HasGroup ? Group : null, Home = _realms[0].Name, Restores = _restores };
    }
}
