namespace Kabar.Cli.Bench;

/// <summary>How many times as much something costs as something else of the same run; null where it is not known.</summary>
/// <param name="What">This, in a word.</param>
/// <param name="Than">What it is compared with.</param>
/// <param name="ServerCpu">The server's CPU, each.</param>
/// <param name="P99">The 99th percentile of the latencies.</param>
internal sealed record Comparison(string What, string Than, double? ServerCpu, double? P99)
{
    public static Comparison Of(string what, LoadFigures? load, string than, LoadFigures? yardstick) =>
        new(what, than, Times(load?.ServerCpu, yardstick?.ServerCpu), Times(load?.Latency.P99, yardstick?.Latency.P99));

    private static double? Times(double? one, double? other) => one is null || other is null or 0 ? null : Math.Round(one.Value / other.Value, 2);
}
