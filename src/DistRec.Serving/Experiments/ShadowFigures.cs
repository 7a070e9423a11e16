using DistRec.Models.Queries.Asking;
using DistRec.Serving.Telemetry;

namespace DistRec.Serving.Experiments;

/// <summary>How the answers of a shadow differ from those that users had. Sums, so that those of several nodes are added.</summary>
public sealed record ShadowFigures
{
    /// <summary>Nothing compared yet.</summary>
    public static ShadowFigures None { get; } = new();

    /// <summary>Answers that the shadow gave.</summary>
    public long Compared { get; init; }

    /// <summary>Of them, lists.</summary>
    public long Lists { get; init; }

    /// <summary>Σ over lists of the share of the user's items that the shadow's list has, too.</summary>
    public double Overlap { get; init; }

    /// <summary>Items that both predicted.</summary>
    public long Predictions { get; init; }

    /// <summary>Σ over them of |prediction of the shadow − prediction of the control|.</summary>
    public double Difference { get; init; }

    /// <summary>Questions that the shadow could not answer.</summary>
    public long Failures { get; init; }

    /// <summary>Questions that were left out, since too many waited.</summary>
    public long Dropped { get; init; }

    /// <summary>How many of the shadow's answers took how long, by the buckets of <see cref="LatencyWindow.BucketOf"/>.</summary>
    public IReadOnlyDictionary<int, long> Latencies { get; init; } = new Dictionary<int, long>();

    /// <summary>What one answer of the shadow comes to.</summary>
    /// <param name="control">What the user had.</param>
    /// <param name="shadow">What the shadow says to the same question.</param>
    /// <param name="latency">How long it took.</param>
    internal static ShadowFigures Of(object control, object shadow, TimeSpan latency)
    {
        ShadowFigures one = new()
        {
            Compared = 1,
            Latencies = new Dictionary<int, long> { [LatencyWindow.BucketOf((long)latency.TotalMicroseconds)] = 1 },
        };
        if (control is PredictAnswer shown && shadow is PredictAnswer other)
        {
            return one with { Predictions = 1, Difference = Math.Abs(other.Prediction - shown.Prediction) };
        }

        IReadOnlyList<RecommendedItem> items = ((RecommendAnswer)control).Items;
        double[] differences =
        [
            .. items.Join(((RecommendAnswer)shadow).Items, item => item.Item, item => item.Item, (one, other) => (double)Math.Abs(other.Prediction - one.Prediction)),
        ];
        return items.Count == 0 ? one : one with
        {
            Lists = 1,
            Overlap = (double)differences.Length / items.Count,
            Predictions = differences.Length,
            Difference = differences.Sum(),
        };
    }

    /// <summary>Both together.</summary>
    internal ShadowFigures Add(ShadowFigures other)
    {
        Dictionary<int, long> latencies = new(Latencies);
        foreach ((int bucket, long count) in other.Latencies)
        {
            latencies[bucket] = latencies.GetValueOrDefault(bucket) + count;
        }

        return new ShadowFigures
        {
            Compared = Compared + other.Compared,
            Lists = Lists + other.Lists,
            Overlap = Overlap + other.Overlap,
            Predictions = Predictions + other.Predictions,
            Difference = Difference + other.Difference,
            Failures = Failures + other.Failures,
            Dropped = Dropped + other.Dropped,
            Latencies = latencies,
        };
    }

    /// <summary>A quantile of the latencies; null where there are none.</summary>
    internal TimeSpan? Quantile(double share)
    {
        long[] counts = new long[Latencies.Count == 0 ? 0 : Latencies.Keys.Max() + 1];
        foreach ((int bucket, long count) in Latencies)
        {
            counts[bucket] = count;
        }

        return LatencyWindow.Quantile(counts, counts.Sum(), share);
    }
}
