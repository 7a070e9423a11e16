using DistRec.Numerics.Linear;
using DistRec.Numerics.Random;

namespace DistRec.Cli.Bench;

/// <summary>
/// A drawn model to ask, of normal factors and biases: all items are about as long, so that none is left out for its length, which trained
/// models with items of few ratings allow.
/// </summary>
internal static class BenchModel
{
    private const ulong Seed = 11;
    private const double Deviation = 0.3;

    /// <summary>Draws a model whose users have rated some items each.</summary>
    /// <param name="shape">Users, items and factors.</param>
    /// <param name="seen">Ratings of each user.</param>
    public static SavedModel Draw(BenchShape shape, int seen)
    {
        FactorTable users = Table(shape.Users, shape.Rank, RandomPurpose.SyntheticUser, out float[] userBiases);
        FactorTable items = Table(shape.Items, shape.Rank, RandomPurpose.SyntheticItem, out float[] itemBiases);
        ModelDescription description = new()
        {
            Kind = ModelKinds.Als, DataName = "drawn", DataFingerprint = "", DistRecVersion = "", Created = DateTimeOffset.UnixEpoch,
        };
        return new SavedModel(
            new FactorModel(ModelKinds.Als, 3.5f, new RatingScale(0.5f, 5), userBiases, itemBiases, users, items),
            IdMap.Numbered(shape.Users),
            IdMap.Numbered(shape.Items),
            [],
            seen == 0 ? null : Ratings(shape, Math.Min(seen, shape.Items)),
            description);
    }

    private static FactorTable Table(int rows, int rank, RandomPurpose purpose, out float[] biases)
    {
        FactorTable table = new(rows, rank);
        float[] drawn = new float[rows];
        Parallel.For(0, rows, row =>
        {
            EntityRandom random = new(Seed, purpose, row);
            drawn[row] = (float)(Deviation * random.NextGaussian());
            foreach (ref float value in table.Row(row))
            {
                value = (float)(Deviation * random.NextGaussian());
            }
        });
        biases = drawn;
        return table;
    }

    // One item of each of equally long stretches; which one depends on the user.
    private static RatingMatrix Ratings(BenchShape shape, int seen)
    {
        int stretch = shape.Items / seen;
        int[] columns = new int[shape.Users * seen];
        for (int index = 0; index < columns.Length; index++)
        {
            columns[index] = ((index % seen) * stretch) + ((index / seen) % stretch);
        }

        float[] values = new float[columns.Length];
        Array.Fill(values, 4f);
        return new RatingMatrix(shape.Items, [.. Enumerable.Range(0, shape.Users + 1).Select(user => (long)user * seen)], columns, values);
    }
}
