using DistRec.Numerics.Linear;
using DistRec.Numerics.Random;

namespace DistRec.Benchmarks;

/// <summary>Inputs of the benchmarks, the same in every run.</summary>
internal static class Numbers
{
    /// <summary>Standard normal draws, [rows, rank].</summary>
    public static FactorTable Table(int rows, int rank, double deviation = 1)
    {
        FactorTable table = new(rows, rank);
        EntityRandom random = new(1, RandomPurpose.SyntheticItem, rows, rank);
        for (int row = 0; row < rows; row++)
        {
            foreach (ref float value in table.Row(row))
            {
                value = (float)(random.NextGaussian() * deviation);
            }
        }

        return table;
    }
}
