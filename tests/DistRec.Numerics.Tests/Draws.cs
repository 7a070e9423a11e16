using DistRec.Numerics.Random;

namespace DistRec.Numerics.Tests;

/// <summary>Inputs of the tests: keyed draws, so that a failure repeats.</summary>
internal static class Draws
{
    /// <summary>Ranks on both sides of every lane and block boundary.</summary>
    public static TheoryData<int> Ranks => [.. Enumerable.Range(1, 33), 47, 48, 63, 64, 65, 96, 100, 128, 200];

    /// <summary>Standard normal draws.</summary>
    public static float[] Gaussians(int count, long key)
    {
        EntityRandom random = new(7, RandomPurpose.SyntheticRating, key);
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
        {
            value = (float)random.NextGaussian();
        }

        return values;
    }

    /// <summary>Observations of standard normal draws, [count][rank].</summary>
    public static float[][] Observations(int count, int rank, long key = 0) =>
        [.. Enumerable.Range(0, count).Select(t => Gaussians(rank, (key << 32) + t))];

    /// <summary>Rows as a table.</summary>
    public static FactorTable TableOf(float[][] rows, int rank)
    {
        FactorTable table = new(rows.Length, rank);
        for (int row = 0; row < rows.Length; row++)
        {
            rows[row].CopyTo(table.Row(row));
        }

        return table;
    }

    public static double[] ToDouble(this IEnumerable<float> values) => [.. values.Select(value => (double)value)];

    public static double[][] ToDouble(this IEnumerable<float[]> values) => [.. values.Select(row => row.ToDouble())];

    /// <summary>‖a − b‖ / ‖b‖, the error a solve is judged by.</summary>
    public static double RelativeError(ReadOnlySpan<float> found, double[] expected)
    {
        double difference = 0, norm = 0;
        for (int j = 0; j < expected.Length; j++)
        {
            difference += Math.Pow(found[j] - expected[j], 2);
            norm += expected[j] * expected[j];
        }

        return Math.Sqrt(difference / norm);
    }
}
