using DistRec.Training.Blocks;
using DistRec.Training.Compute;
using DistRec.Training.Coordination;
using DistRec.Training.Transfer;

namespace DistRec.Training.Partitions;

/// <summary>
/// One worker's part of a model that is trained by pulling and pushing rows: its data, its users' tables, a working copy of the rows
/// that it needs, and a clock's descent. Knows no actors. Not thread-safe: one call at a time.
/// </summary>
public interface IPushPartition
{
    /// <summary>What the worker owns of its users; empty in models of features alone.</summary>
    UserTables Tables { get; }

    /// <summary>Number of training ratings.</summary>
    long Count { get; }

    /// <summary>Draws the first factors.</summary>
    void Initialize();

    /// <summary>Begins an epoch, from 1: what its clocks have may hang on it.</summary>
    void BeginEpoch(int epoch)
    {
    }

    /// <summary>The rows of every shard that predictions refer to.</summary>
    RowSet[] PredictedRows();

    /// <summary>The rows of a shard that a clock reads and changes.</summary>
    RowSet RowsOf(int clock, int shard);

    /// <summary>Takes a shard's rows for a clock.</summary>
    void Take(int clock, int shard, ParameterTable table);

    /// <summary>Visits every rating of a clock once.</summary>
    /// <param name="clock">Which clock; its rows have been taken.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="learningRate">γ of the epoch.</param>
    /// <returns>Σ e², each e before its own update; not finite where the descent diverged.</returns>
    double Descend(int clock, int epoch, double learningRate);

    /// <summary>
    /// What a clock changed of a shard's rows, or their gradients where shards take the steps. Good until the shard's rows are taken again.
    /// </summary>
    IBlock ChangesOf(int clock, int shard);

    /// <summary>Errors on the held-out ratings, given all rows that predictions refer to.</summary>
    Task<RoundSums> ValidateAsync(PartitionedFactors items, IComputePool pool, CancellationToken cancellationToken);

    /// <summary>The users' side of the model, given all rows that predictions refer to.</summary>
    Task<FactorBlock> ModelAsync(PartitionedFactors items, IComputePool pool, CancellationToken cancellationToken);
}
