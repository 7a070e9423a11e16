using System.Numerics;

namespace DistRec.Serving.Telemetry;

/// <summary>
/// Latencies of the last minute, counted in buckets without a lock: each second has buckets of its own, eight to every doubling of the latency, so that
/// a quantile is told within 6 %. Safe for any number of threads.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class LatencyWindow(TimeProvider time)
{
    /// <summary>How far back it looks.</summary>
    public const int Seconds = 60;

    private const int StepBits = 3;
    private const int Slots = 64;

    // 2³⁶ µs are 19 hours.
    private const long LongestMicroseconds = (1L << 36) - 1;
    private static readonly int BucketCount = BucketOf(LongestMicroseconds) + 1;

    private readonly long _began = time.GetTimestamp();
    private readonly Second?[] _seconds = new Second?[Slots];

    /// <summary>Counts a latency, at the moment when it ends.</summary>
    public void Add(TimeSpan latency)
    {
        long microseconds = Math.Clamp((long)latency.TotalMicroseconds, 0, LongestMicroseconds);
        Interlocked.Increment(ref SecondOf(SecondNow()).Counts[BucketOf(microseconds)]);
    }

    /// <summary>What the last minute came to.</summary>
    public LatencyFigures Read()
    {
        long now = SecondNow();
        long[] counts = new long[BucketCount];
        foreach (Second second in _seconds.OfType<Second>().Where(second => second.Number > now - Seconds))
        {
            for (int bucket = 0; bucket < counts.Length; bucket++)
            {
                counts[bucket] += Volatile.Read(ref second.Counts[bucket]);
            }
        }

        long total = counts.Sum();
        double elapsed = Math.Clamp(time.GetElapsedTime(_began).TotalSeconds, 1, Seconds);
        return new LatencyFigures(total / elapsed, Quantile(counts, total, 0.5), Quantile(counts, total, 0.99));
    }

    /// <summary>The bucket of a latency: one a microsecond up to eight, and then eight to every doubling.</summary>
    internal static int BucketOf(long microseconds)
    {
        int doublings = Math.Max(0, BitOperations.Log2((ulong)microseconds | 1) - StepBits);
        return (doublings << StepBits) + (int)(microseconds >> doublings);
    }

    /// <summary>The middle of a bucket.</summary>
    internal static TimeSpan MiddleOf(int bucket)
    {
        int doublings = Math.Max(0, (bucket >> StepBits) - 1);
        double width = 1L << doublings;
        return TimeSpan.FromMicroseconds((bucket - (doublings << StepBits) + 0.5) * width);
    }

    /// <summary>The middle of the bucket that a share of all latencies do not pass; null where there are none.</summary>
    internal static TimeSpan? Quantile(long[] counts, long total, double share)
    {
        if (total == 0)
        {
            return null;
        }

        long rank = (long)Math.Ceiling(share * total);
        int bucket = 0;
        for (long passed = counts[0]; passed < rank; passed += counts[bucket])
        {
            bucket++;
        }

        return MiddleOf(bucket);
    }

    private long SecondNow() => (long)time.GetElapsedTime(_began).TotalSeconds;

    private Second SecondOf(long number)
    {
        ref Second? slot = ref _seconds[number % Slots];
        Second? found = Volatile.Read(ref slot);
        if (found?.Number == number)
        {
            return found;
        }

        Second made = new(number);
        Second? before = Interlocked.CompareExchange(ref slot, made, found);
        return ReferenceEquals(before, found) ? made : before!;
    }

    private sealed class Second(long number)
    {
        public long Number { get; } = number;

        public int[] Counts { get; } = new int[BucketCount];
    }
}

/// <summary>Latencies of a while.</summary>
/// <param name="PerSecond">How many a second.</param>
/// <param name="Median">Half took no longer; null where there were none.</param>
/// <param name="P99">99 of 100 took no longer; null where there were none.</param>
internal readonly record struct LatencyFigures(double PerSecond, TimeSpan? Median, TimeSpan? P99);
