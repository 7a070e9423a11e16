using DistRec.Data;

namespace DistRec.Evaluation.Metrics;

/// <summary>One bar of a histogram: how many values v have From ≤ v &lt; To; the last bar includes To, and From = To is a single value.</summary>
/// <param name="From">Lower end.</param>
/// <param name="To">Upper end.</param>
/// <param name="Count">How many values.</param>
public readonly record struct HistogramBar(double From, double To, long Count);

/// <summary>Counts of values in equal steps, or of each value where there are few different ones.</summary>
public static class Histogram
{
    private const int MaxSingleValues = 20;

    /// <summary>Counts ratings: one bar a value where there are at most 20 different ones, else twenty or so equal steps.</summary>
    public static IReadOnlyList<HistogramBar> OfRatings(RatingMatrix ratings)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        ReadOnlySpan<float> values = ratings.Values.AsSpan(0, checked((int)ratings.Count));
        var counts = new SortedDictionary<float, long>();
        float minimum = float.MaxValue;
        float maximum = float.MinValue;
        foreach (float value in values)
        {
            minimum = Math.Min(minimum, value);
            maximum = Math.Max(maximum, value);
            if (counts.Count <= MaxSingleValues)
            {
                counts[value] = counts.GetValueOrDefault(value) + 1;
            }
        }

        if (counts.Count <= MaxSingleValues)
        {
            return [.. counts.Select(entry => new HistogramBar(entry.Key, entry.Key, entry.Value))];
        }

        var steps = EqualSteps.Over(minimum, maximum);
        foreach (float value in values)
        {
            steps.Add(value);
        }

        return steps.ToBars();
    }
}
