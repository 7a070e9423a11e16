using DistRec.Numerics.Random;

namespace DistRec.Data;

/// <summary>Generates rating data of any size with planted parameters, straight into its final form.</summary>
public static class SyntheticRatings
{
    private const long TimeStream = 1; // ratings are iteration 0 of the same purpose
    private const long Earliest = 1_420_070_400; // 2015-01-01
    private const int ArrivalSeconds = 5 * 365 * 86_400;
    private const int StaySeconds = 365 * 86_400;
    private const int UsersPerTurn = 64;

    /// <summary>Generates ratings; all draws are keyed by the seed and the user, so the data is the same for any number of threads.</summary>
    /// <exception cref="InputException">Settings are out of range.</exception>
    public static SyntheticData Generate(
        SyntheticOptions options, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        long[] rowStarts = ActivityPlan.RowStarts(options);
        var planted = new PlantedRatings(options);
        var popularity = new ItemPopularity(options);
        int[] columns = GC.AllocateUninitializedArray<int>((int)options.RatingCount);
        float[] values = GC.AllocateUninitializedArray<float>((int)options.RatingCount);
        long[]? timestamps = options.Timestamps ? new long[options.RatingCount] : null;
        int next = 0;
        Workers.Run(options.Threads, _ =>
        {
            var sampler = new ItemSampler(popularity);
            for (int first; (first = Interlocked.Add(ref next, UsersPerTurn) - UsersPerTurn) < options.UserCount;)
            {
                cancellation.ThrowIfCancellationRequested();
                for (int user = first; user < Math.Min(first + UsersPerTurn, options.UserCount); user++)
                {
                    int start = (int)rowStarts[user];
                    int length = (int)rowStarts[user + 1] - start;
                    Rate(options, planted, sampler, user, columns.AsSpan(start, length), values.AsSpan(start, length));
                    if (timestamps is not null)
                    {
                        Date(options, user, timestamps.AsSpan(start, length));
                    }
                }

                progress?.Report((double)first / options.UserCount);
            }
        });
        string name = $"synthetic-{options.RatingCount}x{options.UserCount}x{options.ItemCount}-seed{options.Seed}";
        string?[]? titles = options.Titles ? [.. Enumerable.Range(0, options.ItemCount).Select(item => $"Item {item}")] : null;
        RatingData data = RatingData.Create(
            name,
            new RatingMatrix(options.ItemCount, rowStarts, columns, values, timestamps),
            IdMap.Numbered(options.UserCount),
            IdMap.Numbered(options.ItemCount),
            titles) with
        {
            Format = "synthetic",
        };
        return new SyntheticData(data, planted, options.Features ? SyntheticFeatures.Draw(options, planted) : null);
    }

    private static void Rate(
        SyntheticOptions options, PlantedRatings planted, ItemSampler sampler, int user, Span<int> items, Span<float> values)
    {
        var random = new EntityRandom(options.Seed, RandomPurpose.SyntheticRating, user);
        sampler.Sample(ref random, items);
        for (int index = 0; index < items.Length; index++)
        {
            double rating = planted.Score(user, items[index]) + options.NoiseDeviation * random.NextGaussian();
            values[index] = options.Rounded ? HalfStars.Round(rating) : (float)rating;
        }
    }

    /// <summary>A user arrives some day in five years and rates over one year.</summary>
    private static void Date(SyntheticOptions options, int user, Span<long> timestamps)
    {
        var random = new EntityRandom(options.Seed, RandomPurpose.SyntheticRating, user, TimeStream);
        long arrival = Earliest + random.NextInt(ArrivalSeconds);
        foreach (ref long timestamp in timestamps)
        {
            timestamp = arrival + random.NextInt(StaySeconds);
        }
    }
}
