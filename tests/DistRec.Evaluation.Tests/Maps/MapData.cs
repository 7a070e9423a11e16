using DistRec.Evaluation.Maps;
using DistRec.Numerics.Linear;
using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Tests.Maps;

/// <summary>Points to be mapped, and maps as the oracles take them.</summary>
internal static class MapData
{
    /// <summary>
    /// Normal clusters of deviation 1 whose centres are stated distances from the origin; point i is of cluster i modulo their number.
    /// </summary>
    public static FactorTable Clusters(int count, int rank, int clusters, double distance)
    {
        FactorTable rows = new(count, rank);
        for (int row = 0; row < count; row++)
        {
            double[] centre = Gaussians(rank, RandomPurpose.SyntheticUser, row % clusters);
            double length = Math.Sqrt(centre.Sum(value => value * value));
            double[] noise = Gaussians(rank, RandomPurpose.SyntheticItem, row);
            for (int j = 0; j < rank; j++)
            {
                rows.Row(row)[j] = (float)((centre[j] / length * distance) + noise[j]);
            }
        }

        return rows;
    }

    public static FactorTable Of(params float[][] rows)
    {
        FactorTable table = new(rows.Length, rows.Length == 0 ? 1 : rows[0].Length);
        for (int row = 0; row < rows.Length; row++)
        {
            rows[row].CopyTo(table.Row(row));
        }

        return table;
    }

    public static double[][] ToPoints(this FactorTable rows) =>
        [.. Enumerable.Range(0, rows.Rows).Select(row => rows.Row(row).ToArray().Select(value => (double)value).ToArray())];

    public static double[][] ToPoints(this TsneResult map)
    {
        FactorTable positions = map.Positions;
        return [.. Enumerable.Range(0, positions.Rank).Select(point => new double[] { positions.Row(0)[point], positions.Row(1)[point] })];
    }

    private static double[] Gaussians(int count, RandomPurpose purpose, int entity)
    {
        EntityRandom random = new(3, purpose, entity);
        double[] values = new double[count];
        for (int j = 0; j < count; j++)
        {
            values[j] = random.NextGaussian();
        }

        return values;
    }
}
