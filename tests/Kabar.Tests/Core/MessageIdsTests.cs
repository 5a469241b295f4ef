using Kabar.Core;

namespace Kabar.Tests.Core;

public sealed class MessageIdsTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public void Ids_are_uuids_of_version_7_that_carry_the_clocks_millisecond()
    {
        var ids = new MessageIds(_clock);
        foreach (var step in new[] { 0, 1, 1, 1000, 86_400_000 })
        {
            _clock.Advance(TimeSpan.FromMilliseconds(step));
            var bytes = ids.Next().ToByteArray(bigEndian: true);
            (bytes[6] >> 4).ShouldBe(7);
            (bytes[8] >> 6).ShouldBe(2);
            MillisecondOf(bytes).ShouldBe(_clock.GetUtcNow().ToUnixTimeMilliseconds());
        }
    }

    [Fact]
    public void Ids_of_one_millisecond_are_unique_and_in_order_also_past_the_counters_end()
    {
        var ids = new MessageIds(_clock);

        var made = Enumerable.Range(0, 10_000).Select(_ => ids.Next()).ToArray();

        InOrder(made);
    }

    [Fact]
    public void Ids_stay_in_order_as_time_goes_on_behind_a_counter_that_has_overflowed()
    {
        var ids = new MessageIds(_clock);
        var made = new List<Guid>();
        for (var millisecond = 0; millisecond < 6; millisecond++)
        {
            for (var i = 0; i < (millisecond == 0 ? 9000 : 3); i++) made.Add(ids.Next());
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        InOrder(made);
    }

    [Fact]
    public void Ids_stay_in_order_when_the_clock_is_set_back()
    {
        var ids = new MessageIds(_clock);
        var made = new List<Guid> { ids.Next() };
        _clock.Set(TimeSpan.FromHours(-3));
        for (var i = 0; i < 20; i++)
        {
            made.Add(ids.Next());
            _clock.Advance(TimeSpan.FromMinutes(20));
        }

        InOrder(made);
    }

    [Fact]
    public async Task Ids_made_on_many_threads_are_unique()
    {
        var ids = new MessageIds(TimeProvider.System);
        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Enumerable.Range(0, 20_000).Select(_ => ids.Next()).ToArray())));
        foreach (var one in made) InOrder(one);
        made.SelectMany(one => one).Distinct().Count().ShouldBe(80_000);
    }

    private static void InOrder(IReadOnlyList<Guid> ids)
    {
        for (var i = 1; i < ids.Count; i++)
            ids[i].ToByteArray(bigEndian: true).AsSpan().SequenceCompareTo(ids[i - 1].ToByteArray(bigEndian: true)).ShouldBeGreaterThan(0);
    }

    private static long MillisecondOf(byte[] bytes) => bytes[..6].Aggregate(0L, (sum, part) => (sum << 8) | part);
}
