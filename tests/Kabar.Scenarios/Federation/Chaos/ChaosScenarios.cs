using System.Globalization;
using Kabar.Scenarios.Running;

namespace Kabar.Scenarios.Federation.Chaos;

/// <summary>Everything at once: whatever happens to realms and links, nothing acknowledged is lost or doubled, and all see one group.</summary>
public sealed class ChaosScenarios(ITestOutputHelper log)
{
    private static bool IsLong => Environment.GetEnvironmentVariable("KABAR_LONG") == "1";

    private static TimeSpan Longest => IsLong ? TimeSpan.FromMinutes(30) : TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Nothing_is_lost_doubled_or_disordered_between_three_realms_that_crash_on_links_that_fail()
    {
        foreach (var seed in Seeds(many: 3)) await RunAsync(ChaosPlan.From(seed, IsLong));
    }

    /// <summary>The same harness on a realm without links: it has to be right about what has been proven otherwise.</summary>
    [Fact]
    public async Task Nothing_is_lost_doubled_or_disordered_within_one_realm_that_crashes()
    {
        foreach (var seed in Seeds(many: 3)) await RunAsync(ChaosPlan.From(seed, isLong: false, realms: 1, messages: IsLong ? 10_000 : 1_000));
    }

    /// <summary>What would be a broken promise, done by hand to a real run: somebody reads an inbox, somebody sends a text again.</summary>
    [Fact]
    public async Task A_lost_and_a_doubled_message_do_not_escape_the_harness()
    {
        var plan = ChaosPlan.From(Seeds(many: 1)[0], isLong: false, realms: 1, messages: 300);
        string lost = "", doubled = "";
        var (verdict, table) = await ChaosRun.ExecuteAsync(plan, Longest, log.WriteLine, async run =>
        {
            // The last of all that no restore can have taken, and the last of those to somebody else.
            var acknowledged = run.Ledger.Sendings
                .Where(sending => sending.Outcome == Outcome.Acknowledged && run.Restores.All(restore => sending.Answered < restore.From || sending.Begun > restore.To))
                .OrderBy(sending => sending.Begun)
                .ToList();
            var again = acknowledged[^1];
            var taken = acknowledged.Last(sending => sending.To != again.To);
            (doubled, lost) = (again.Stamp.ToString(), taken.Stamp.ToString());

            var sender = run.Users.Single(user => user.Address == again.Stamp.Address);
            var receiver = run.Users.Single(user => user.Address == again.To);
            await using var client = await sender.ConnectAsync();
            (await client.AskAsync($"send {await sender.TokenAsync()} {receiver.Name} {doubled}")).ShouldBe(LineClient.Sent);
            await run.Users.Single(user => user.Address == taken.To).WholeInboxAsync();
        });
        log.WriteLine(table);

        verdict.Doubled.ShouldBeGreaterThan(0);
        verdict.Faults.ShouldContain(fault => fault.StartsWith($"doubled: {doubled}", StringComparison.Ordinal));
        verdict.Faults.ShouldContain(fault => fault.StartsWith($"lost: {lost}", StringComparison.Ordinal));
    }

    private static IReadOnlyList<int> Seeds(int many)
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("KABAR_SEED"), CultureInfo.InvariantCulture, out var given)) return [given];
        return [.. Enumerable.Range(0, IsLong ? many : 1).Select(_ => Random.Shared.Next())];
    }

    private async Task RunAsync(ChaosPlan plan)
    {
        log.WriteLine($"KABAR_SEED={plan.Seed}, {plan.Realms} realms, {plan.Messages} messages, {plan.Steps.Count} steps");
        var (verdict, table) = await ChaosRun.ExecuteAsync(plan, Longest, log.WriteLine);
        log.WriteLine(table);
        await KeepAsync(plan, table + verdict.LostLines());

        verdict.Faults.ShouldBeEmpty($"KABAR_SEED={plan.Seed}\n{verdict.FaultLines()}");
        verdict.Acknowledged.ShouldBeGreaterThan(verdict.Sent / 2, "too little of what was sent was acknowledged to say anything");
    }

    /// <summary>Beside the reports of <c>test.sh</c>, where there is such a folder.</summary>
    private static async Task KeepAsync(ChaosPlan plan, string table)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var reports = Path.Combine(folder.FullName, "artifacts", "tests");
            if (!File.Exists(Path.Combine(folder.FullName, "Kabar.slnx")) || !Directory.Exists(reports)) continue;
            var name = string.Create(CultureInfo.InvariantCulture, $"chaos-{(plan.Realms == 1 ? "one-realm-" : "")}{plan.Seed}.txt");
            await File.WriteAllTextAsync(Path.Combine(reports, name), table);
        }
    }
}
