using DistRec.Numerics.Random;

namespace DistRec.Training.Partitions;

/// <summary>
/// Puts a worker's rows into a random order: a descent that visits a user's rows one after the other ends every visit where the last of
/// them want it.
/// </summary>
internal static class RowShuffle
{
    /// <param name="rows">The rows.</param>
    /// <param name="seed">The job's seed.</param>
    /// <param name="firstRow">Global index of the first row: its key does not hang on the partition.</param>
    public static FeatureRows Of(FeatureRows rows, ulong seed, int firstRow)
    {
        int[] order = EntityOrder.Shuffle(rows.Count, seed, RandomPurpose.Order, firstRow);
        return new FeatureRows(Array.ConvertAll(order, row => rows.Targets[row]), rows.Blocks, [.. rows.BlockRows.Select(block => Array.ConvertAll(order, row => block[row]))]);
    }
}
