using DistRec.Numerics.Random;

namespace DistRec.Models;

/// <summary>Random factors to start from.</summary>
public static class InitialFactors
{
    /// <summary>Draws every factor from N(0, (scale/√k)²), keyed by the global row.</summary>
    /// <param name="table">Receives the draws, [rows, rank].</param>
    /// <param name="firstRow">Global index of the table's first row.</param>
    /// <param name="scale">Standard deviation times √k.</param>
    /// <param name="seed">The job's seed.</param>
    /// <param name="purpose">Whose factors they are.</param>
    /// <param name="rank">k: how many factors of a row are drawn, where not all of the table's.</param>
    public static void Draw(FactorTable table, int firstRow, float scale, ulong seed, RandomPurpose purpose, int? rank = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        int drawn = rank ?? table.Rank;
        double deviation = scale / Math.Sqrt(Math.Max(1, drawn));
        for (int row = 0; row < table.Rows; row++)
        {
            EntityRandom random = new(seed, purpose, firstRow + row);
            foreach (ref float factor in table.Row(row)[..drawn])
            {
                factor = (float)(random.NextGaussian() * deviation);
            }
        }
    }
}
