using System.Diagnostics;
using Kabar.Cli.Bench;

namespace Kabar.Tests.Cli.Bench;

public class LatencyHistogramTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.99)]
    [InlineData(0.999)]
    public void A_percentile_is_at_most_a_bucket_too_high(double part)
    {
        const int Count = 100_000;
        var histogram = new LatencyHistogram();
        for (var ticks = 1; ticks <= Count; ticks++) histogram.Record(ticks * 37L);

        var exact = Stopwatch.GetElapsedTime(0, (long)(Count * part) * 37);
        histogram.Percentile(part).ShouldBeInRange(exact, exact * 1.016);
    }

    [Fact]
    public void The_extremes_are_exact()
    {
        var histogram = new LatencyHistogram();
        histogram.Percentile(0.5).ShouldBe(TimeSpan.Zero);
        histogram.Record(-5);
        histogram.Record(long.MaxValue);

        histogram.Count.ShouldBe(2);
        histogram.Percentile(0.5).ShouldBe(TimeSpan.Zero);
        histogram.Longest.ShouldBe(Stopwatch.GetElapsedTime(0, long.MaxValue));
        histogram.Percentile(1).ShouldBe(histogram.Longest);
    }
}
