namespace DistRec.Models.Tests;

/// <summary>Small models with every feature that persistence and queries have to keep.</summary>
internal static class TestModels
{
    public static readonly DateTimeOffset Created = new(2026, 1, 31, 12, 30, 15, TimeSpan.FromHours(2));

    public static ModelDescription Describe(string kind, params KeyValuePair<string, object?>[] options) => new()
    {
        Kind = kind,
        Options = ModelDescription.OptionsOf(options),
        Metrics = new Dictionary<string, double> { ["validationRmse"] = 0.8512345678901234 },
        DataName = "made up",
        DataFingerprint = "abc123",
        DistRecVersion = "0.1.0",
        GitCommit = "f87b39a",
        Created = Created,
    };

    /// <summary>A random model; each user rated about half of the items, except that the last user and the last item have no ratings.</summary>
    public static SavedModel Random(int users = 7, int items = 9, int rank = 5, ulong seed = 1, string kind = "als", bool withRatings = true, bool withTimes = false)
    {
        RatingMatrix ratings = Ratings(users, items, seed, withTimes);
        FactorModel model = Model(users, items, rank, seed, kind);
        string?[] titles = [.. Enumerable.Range(0, items).Select(item => item % 3 == 2 ? null : $"Title {item}")];
        return new SavedModel(
            model,
            new IdMap(Enumerable.Range(0, users).Select(user => $"u{user}")),
            new IdMap(Enumerable.Range(0, items).Select(item => $"i{item}")),
            titles,
            withRatings ? ratings : null,
            Describe(kind, new("regularization", 0.1f), new("rank", rank)));
    }

    public static FactorModel Model(int users, int items, int rank, ulong seed, string kind)
    {
        var random = new EntityRandom(seed, RandomPurpose.SyntheticUser, 0);
        float[] userBiases = Vector(users, ref random);
        float[] itemBiases = Vector(items, ref random);
        FactorTable? userFactors = rank == 0 ? null : Table(users, rank, ref random);
        FactorTable? itemFactors = rank == 0 ? null : Table(items, rank, ref random);
        return new FactorModel(kind, 3.5f, new RatingScale(0.5f, 5), userBiases, itemBiases, userFactors, itemFactors);
    }

    public static RatingMatrix Ratings(int users, int items, ulong seed, bool withTimes = false)
    {
        var random = new EntityRandom(seed, RandomPurpose.SyntheticRating, 0);
        var starts = new List<long> { 0 };
        var columns = new List<int>();
        var values = new List<float>();
        for (int user = 0; user < users; user++)
        {
            for (int item = 0; item < items - 1 && user < users - 1; item++)
            {
                if (random.NextInt(2) == 0 || item == user % (items - 1))
                {
                    columns.Add(item);
                    values.Add(0.5f * (1 + random.NextInt(10)));
                }
            }

            starts.Add(columns.Count);
        }

        long[]? times = withTimes ? [.. Enumerable.Range(0, columns.Count).Select(index => 1_000_000_000L + index)] : null;
        return new RatingMatrix(items, [.. starts], [.. columns], [.. values], times);
    }

    public static SavedModel With(SavedModel saved, FactorModel model) =>
        new(model, saved.Users, saved.Items, saved.Titles, saved.Ratings, saved.Description);

    private static float[] Vector(int length, ref EntityRandom random)
    {
        float[] values = new float[length];
        for (int index = 0; index < length; index++)
        {
            values[index] = (float)(0.3 * random.NextGaussian());
        }

        return values;
    }

    private static FactorTable Table(int rows, int rank, ref EntityRandom random)
    {
        var table = new FactorTable(rows, rank);
        for (int row = 0; row < rows; row++)
        {
            Vector(rank, ref random).CopyTo(table.Row(row));
        }

        return table;
    }
}
