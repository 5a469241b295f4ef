using System.Diagnostics;
using System.Numerics;

namespace Kabar.Cli.Bench;

/// <summary>
/// Counts durations in log-linear buckets: 64 to an octave, so that a percentile is at most 1.6% too high, in 30 KB however many are
/// recorded. Any number of threads may record at once.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int LinearBits = 6;
    private const int Linear = 1 << LinearBits;

    private readonly long[] _counts = new long[(64 - LinearBits) * Linear];
    private long _longest;

    /// <summary>How many were recorded.</summary>
    public long Count => _counts.Sum();

    /// <summary>The longest one, exactly.</summary>
    public TimeSpan Longest => Stopwatch.GetElapsedTime(0, Volatile.Read(ref _longest));

    /// <summary>Records a duration in units of <see cref="Stopwatch"/>.</summary>
    public void Record(long ticks)
    {
        ticks = Math.Max(0, ticks);
        Interlocked.Increment(ref _counts[BucketOf(ticks)]);
        for (var longest = Volatile.Read(ref _longest); ticks > longest;)
        {
            var seen = Interlocked.CompareExchange(ref _longest, ticks, longest);
            if (seen == longest) return;
            longest = seen;
        }
    }

    /// <summary>The duration that the given part of the recorded ones do not exceed; zero where none was recorded.</summary>
    /// <param name="part">From 0 to 1; 0.99 is the 99th percentile.</param>
    public TimeSpan Percentile(double part)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(part * Count));
        long passed = 0;
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            passed += _counts[bucket];
            if (passed >= wanted) return Stopwatch.GetElapsedTime(0, Math.Min(LargestOf(bucket), Volatile.Read(ref _longest)));
        }

        return TimeSpan.Zero;
    }

    private static int BucketOf(long ticks)
    {
        if (ticks < Linear) return (int)ticks;
        var shift = BitOperations.Log2((ulong)ticks) - LinearBits;
        return (shift * Linear) + (int)(ticks >> shift);
    }

    private static long LargestOf(int bucket)
    {
        if (bucket < Linear) return bucket;
        var shift = (bucket / Linear) - 1;
        return ((bucket - (shift * Linear) + 1L) << shift) - 1;
    }
}
