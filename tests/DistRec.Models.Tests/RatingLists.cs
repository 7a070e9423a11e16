namespace DistRec.Models.Tests;

/// <summary>Ratings as the list of triples that the naive twins read, and as the matrix that the kernels read.</summary>
internal static class RatingLists
{
    /// <summary>Every pair of a user and an item with the given chance, rated by a formula; ordered by user, then item.</summary>
    public static List<Rating> Draw(int users, int items, double density, Func<int, int, double> rate, ulong seed = 1)
    {
        List<Rating> ratings = [];
        for (int user = 0; user < users; user++)
        {
            EntityRandom random = new(seed, RandomPurpose.SyntheticUser, user);
            for (int item = 0; item < items; item++)
            {
                if (random.NextDouble() < density)
                {
                    ratings.Add(new Rating(user, item, (float)rate(user, item)));
                }
            }
        }

        return ratings;
    }

    /// <summary>Standard normal ratings around a mean of 3: nothing to learn, everything to compute.</summary>
    public static List<Rating> Noise(int users, int items, double density, ulong seed = 1) =>
        Draw(users, items, density, (user, item) => 3 + new EntityRandom(seed, RandomPurpose.SyntheticRating, user, item).NextGaussian(), seed);

    /// <summary>μ + b_u + b_i + q_iᵀp_u of random parameters and a rank.</summary>
    public static Func<int, int, double> Planted(int rank, double mean = 3, double biasDeviation = 0.4, ulong seed = 1)
    {
        return (user, item) =>
        {
            EntityRandom p = new(seed, RandomPurpose.UserFactors, user, 1);
            EntityRandom q = new(seed, RandomPurpose.ItemFactors, item, 1);
            double rating = mean + biasDeviation * (p.NextGaussian() + q.NextGaussian());
            for (int f = 0; f < rank; f++)
            {
                rating += p.NextGaussian() * q.NextGaussian() / Math.Sqrt(rank);
            }

            return rating;
        };
    }

    /// <summary>The matrix by user, [users, items].</summary>
    public static RatingMatrix ToMatrix(this IReadOnlyCollection<Rating> ratings, int users, int items)
    {
        Rating[] ordered = [.. ratings.OrderBy(rating => rating.User).ThenBy(rating => rating.Item)];
        long[] starts = new long[users + 1];
        for (int user = 0; user < users; user++)
        {
            starts[user + 1] = starts[user] + ordered.Count(rating => rating.User == user);
        }

        return new RatingMatrix(items, starts, [.. ordered.Select(rating => rating.Item)], [.. ordered.Select(rating => (float)rating.Value)]);
    }

    /// <summary>A matrix as triples.</summary>
    public static List<Rating> ToList(this RatingMatrix matrix)
    {
        List<Rating> ratings = [];
        for (int row = 0; row < matrix.RowCount; row++)
        {
            for (int t = 0; t < matrix.RowLength(row); t++)
            {
                ratings.Add(new Rating(row, matrix.RowColumns(row)[t], matrix.RowValues(row)[t]));
            }
        }

        return ratings;
    }

    /// <summary>A table's rows in float64, without the padding.</summary>
    public static double[][] ToDouble(this FactorTable table) =>
        [.. Enumerable.Range(0, table.Rows).Select(row => table.Row(row).ToArray().Select(value => (double)value).ToArray())];

    /// <summary>‖a − b‖ / (‖b‖ + floor); infinite where a value is not a number, which compares as less than anything.</summary>
    public static double Distance(IEnumerable<double> found, IEnumerable<double> expected, double floor = 1e-3)
    {
        double difference = 0, norm = 0;
        foreach ((double a, double b) in found.Zip(expected))
        {
            difference += (a - b) * (a - b);
            norm += b * b;
        }

        return double.IsNaN(difference) ? double.PositiveInfinity : Math.Sqrt(difference) / (Math.Sqrt(norm) + floor);
    }
}
