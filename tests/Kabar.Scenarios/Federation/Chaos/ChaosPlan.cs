namespace Kabar.Scenarios.Federation.Chaos;

internal enum ChaosKind
{
    Kill,
    Freeze,
    Backup,
    Restore,
    Cut,
    Delay,
    HalfOpen,
}

/// <summary>One thing that goes wrong: with the realm or the link of this number, after this part of a step's messages, for so long.</summary>
/// <remarks>What happens to a link lasts over the beginnings of <c>Steps</c> further steps, so that it meets what happens to a realm.</remarks>
internal sealed record ChaosStep(ChaosKind Kind, int Target, double After, TimeSpan For, int Steps);

/// <summary>How many realms, how much they say, and what happens to them. The same seed gives the same plan.</summary>
internal sealed record ChaosPlan(int Seed, int Realms, int Messages, bool HasGroup, IReadOnlyList<ChaosStep> Steps)
{
    public int Links => Realms * (Realms - 1) / 2;

    public static ChaosPlan From(int seed, bool isLong, int realms = 3, int? messages = null)
    {
        var random = new Random(seed);
        var rounds = isLong ? 3 : 1;
        var steps = new List<ChaosStep>();

        // 1. Every realm is killed and every link suffers everything, round by round. A realm alone has only kills to fear.
        for (var round = 0; round < (realms == 1 ? 5 : rounds); round++)
        {
            for (var realm = 0; realm < realms; realm++) steps.Add(Step(ChaosKind.Kill, realm, Seconds(0, 2)));
            for (var link = 0; link < realms * (realms - 1) / 2; link++)
            {
                foreach (var kind in (ChaosKind[])[ChaosKind.Cut, ChaosKind.Delay, ChaosKind.HalfOpen]) steps.Add(Step(kind, link, default));
            }
        }

        steps.Add(Step(ChaosKind.Freeze, random.Next(realms), isLong ? TimeSpan.FromMinutes(1) : Seconds(3, 5)));
        var order = steps.ToArray();
        random.Shuffle(order);

        // 2. A backup in the first half, put back in the second.
        steps = [.. order];
        var restored = random.Next(realms);
        steps.Insert(random.Next(steps.Count / 2, steps.Count + 1), Step(ChaosKind.Restore, restored, default));
        steps.Insert(random.Next(0, (steps.Count - 1) / 2), Step(ChaosKind.Backup, restored, default));
        return new ChaosPlan(seed, realms, messages ?? (isLong ? 20_000 : 2_000), HasGroup: realms > 1, steps);

        ChaosStep Step(ChaosKind kind, int target, TimeSpan time) => new(kind, target, 0.3 + 0.5 * random.NextDouble(), time, random.Next(1, 4));

        TimeSpan Seconds(double from, double to) => TimeSpan.FromSeconds(from + (to - from) * random.NextDouble());
    }
}
