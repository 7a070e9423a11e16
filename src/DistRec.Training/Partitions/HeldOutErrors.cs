using DistRec.Models.Neighborhood;
using DistRec.Models.Neural;
using DistRec.Training.Compute;
using DistRec.Training.Coordination;
using DistRec.Training.Transfer;

namespace DistRec.Training.Partitions;

/// <summary>Errors of a user partition on its held-out ratings, over the threads of the pool.</summary>
internal static class HeldOutErrors
{
    private const int RowsPerChunk = 1024;

    public static async Task<RoundSums> SumAsync(
        RatingMatrix? heldOut,
        FactorBlock users,
        PartitionedFactors items,
        TableSection section,
        RatingUnits units,
        RatingScale scale,
        IComputePool pool,
        CancellationToken cancellationToken,
        Func<HeldOutNeighbors>? neighbors = null,
        DenseLayers? layers = null)
    {
        if (heldOut is null)
        {
            return default;
        }

        int rows = heldOut.RowCount;
        ErrorSums[] sums = new ErrorSums[(rows + RowsPerChunk - 1) / RowsPerChunk];
        await pool.ForAsync(
            sums.Length,
            (chunk, _) => sums[chunk] = PartitionErrors.Compute(
                heldOut, users.Factors, users.Biases, items, section, units, scale,
                chunk * RowsPerChunk, Math.Min(rows, (chunk + 1) * RowsPerChunk), neighbors?.Invoke(), layers),
            cancellationToken).ConfigureAwait(false);
        return new RoundSums(sums.Aggregate(default(ErrorSums), (all, part) => all.Merge(part)), default, 0, false);
    }
}
