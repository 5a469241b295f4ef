namespace Kabar.Scenarios.Federation.Chaos;

public sealed class ChaosPlanScenarios
{
    [Fact]
    public void The_same_seed_gives_the_same_plan()
    {
        ChaosPlan.From(7, isLong: true).Steps.ShouldBe(ChaosPlan.From(7, isLong: true).Steps);
        ChaosPlan.From(7, isLong: true).Steps.ShouldNotBe(ChaosPlan.From(8, isLong: true).Steps);
    }

    [Fact]
    public void Every_realm_is_killed_every_link_suffers_everything_and_a_backup_comes_before_its_restore()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var plan = ChaosPlan.From(seed, isLong: false);
            foreach (var kind in (ChaosKind[])[ChaosKind.Kill, ChaosKind.Cut, ChaosKind.Delay, ChaosKind.HalfOpen])
                plan.Steps.Where(step => step.Kind == kind).Select(step => step.Target).Order().ShouldBe([0, 1, 2]);
            var kinds = plan.Steps.Select(step => step.Kind).ToList();
            kinds.IndexOf(ChaosKind.Backup).ShouldBeInRange(0, kinds.IndexOf(ChaosKind.Restore) - 1);
            plan.Steps.Single(step => step.Kind == ChaosKind.Backup).Target.ShouldBe(plan.Steps.Single(step => step.Kind == ChaosKind.Restore).Target);
        }
    }

    [Fact]
    public void A_stamp_is_found_in_a_stream_however_it_is_cut()
    {
        Stamp[] stamps = [new(1, "satu", "messi", IsSaid: true, 1), new(1, "satu", "messi", IsSaid: true, 12), new(1, "dua", "james", IsSaid: false, 3)];
        var stream = $"messi: {stamps[0]}messi telah bergabungmessi: {stamps[1]}\njames: {stamps[2]}";
        for (var size = 1; size < stream.Length; size++)
        {
            var rest = "";
            stream.Chunk(size).SelectMany(piece => Stamp.Take(ref rest, new string(piece))).ShouldBe(stamps);
        }
    }
}
