using DistRec.Numerics.Random;

namespace DistRec.Data;

/// <summary>How many items each generated user rates: log-normal, capped, at most every item once, and exactly as many as asked in all.</summary>
internal static class ActivityPlan
{
    private const long WeightStream = 1; // the users' planted parameters are iteration 0 of the same purpose

    /// <returns>[users + 1]: where each user's ratings start.</returns>
    public static long[] RowStarts(SyntheticOptions options)
    {
        double[] weights = new double[options.UserCount];
        for (int user = 0; user < weights.Length; user++)
        {
            var random = new EntityRandom(options.Seed, RandomPurpose.SyntheticUser, user, WeightStream);

            // The median of exp(σz) is 1.
            weights[user] = Math.Min(options.ActivityCap, Math.Exp(options.ActivitySigma * random.NextGaussian()));
        }

        int least = options.RatingCount >= options.UserCount ? 1 : 0;
        double low = 0;
        double high = 1;
        while (Total(high) < options.RatingCount)
        {
            low = high;
            high *= 2;
        }

        for (int step = 0; step < 100; step++)
        {
            double middle = (low + high) / 2;
            (low, high) = Total(middle) <= options.RatingCount ? (middle, high) : (low, middle);
        }

        // Rounding down leaves a few ratings over: one more for each of the first users that can take it.
        long left = options.RatingCount - Total(low);
        long[] starts = new long[options.UserCount + 1];
        for (int user = 0; user < weights.Length; user++)
        {
            starts[user + 1] = CountOf(weights[user], low);
        }

        while (left > 0)
        {
            for (int user = 1; user < starts.Length && left > 0; user++)
            {
                if (starts[user] < options.ItemCount)
                {
                    starts[user]++;
                    left--;
                }
            }
        }

        for (int user = 0; user < weights.Length; user++)
        {
            starts[user + 1] += starts[user];
        }

        return starts;

        long CountOf(double weight, double scale) => Math.Clamp((long)Math.Min(weight * scale, options.ItemCount), least, options.ItemCount);

        long Total(double scale) => weights.Sum(weight => CountOf(weight, scale));
    }
}
