using Kabar.Server.Connections;

namespace Kabar.Tests.Server.Connections;

public sealed class RequestRateTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public void A_burst_passes_and_then_each_waits_for_its_share_of_a_second()
    {
        var rate = new RequestRate(perSecond: 100, burst: 10, _clock);
        for (var i = 0; i < 10; i++) rate.Take().ShouldBe(TimeSpan.Zero);

        for (var i = 0; i < 50; i++)
        {
            rate.Take().ShouldBe(TimeSpan.FromMilliseconds(10));
            _clock.Advance(TimeSpan.FromMilliseconds(10));
        }
    }

    [Fact]
    public void Sustained_it_is_what_was_set()
    {
        var rate = new RequestRate(perSecond: 100, burst: 10, _clock);
        var taken = 0;
        for (var ends = _clock.GetTimestamp() + TimeSpan.FromSeconds(60).Ticks; _clock.GetTimestamp() < ends; taken++) _clock.Advance(rate.Take());
        taken.ShouldBeInRange(6000, 6020);
    }

    [Fact]
    public void A_rate_of_zero_never_waits()
    {
        var rate = new RequestRate(perSecond: 0, burst: 0, _clock);
        for (var i = 0; i < 10_000; i++) rate.Take().ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void However_long_it_was_calm_no_more_than_a_burst_passes_at_once()
    {
        var rate = new RequestRate(perSecond: 100, burst: 10, _clock);
        _clock.Advance(TimeSpan.FromHours(1));

        var passed = 0;
        while (rate.Take() == TimeSpan.Zero) passed++;

        passed.ShouldBe(10);
    }
}
