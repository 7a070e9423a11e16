using DistRec.Models.MatrixFactorization;
using DistRec.Training.Compute;
using DistRec.Training.Coordination;
using DistRec.Training.Transfer;

namespace DistRec.Training.Partitions;

/// <summary>
/// One user partition under stochastic gradient descent: its ratings, its users' factors, and the visit of an item block.
/// Knows no actors. Not thread-safe: one call at a time.
/// </summary>
public sealed class MfPartition
{
    private readonly MfOptions _options;
    private readonly MfBlocks _blocks;
    private readonly RatingMatrix? _heldOut;
    private readonly int _firstUser;
    private readonly RatingUnits _units;
    private readonly RatingScale _scale;

    /// <param name="options">The model's settings.</param>
    /// <param name="data">The partition's ratings.</param>
    /// <param name="blockStarts">First item of each block, and the number of items last.</param>
    /// <param name="firstUser">Global index of the first user.</param>
    /// <param name="units">What ratings are to the arithmetic.</param>
    /// <param name="scale">The range of ratings.</param>
    public MfPartition(MfOptions options, RatingBlock data, int[] blockStarts, int firstUser, RatingUnits units, RatingScale scale)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(data);
        _options = options;
        _blocks = new MfBlocks(data.Training, blockStarts);
        _heldOut = data.HeldOut;
        _firstUser = firstUser;
        _units = units;
        _scale = scale;
        Tables = new UserTables(data.Training.RowCount, options.Rank);
    }

    /// <summary>p_u and b_u.</summary>
    public UserTables Tables { get; }

    /// <summary>Draws the first factors.</summary>
    public void Initialize() => Tables.Initialize(_firstUser, _options.InitialScale, _options.Seed);

    /// <summary>Visits every rating of one item block once.</summary>
    /// <param name="block">Which block.</param>
    /// <param name="items">Its factors and biases, updated in place.</param>
    /// <param name="learningRate">γ of the epoch.</param>
    /// <returns>Σ e², each e before its own update; not finite where the descent diverged.</returns>
    public double Visit(int block, FactorBlock items, double learningRate)
    {
        ArgumentNullException.ThrowIfNull(items);
        float rate = (float)learningRate;
        MfStep step = new(_units, rate, _options.Biases ? rate : 0, _options.Regularization, _options.BiasRegularization);
        return MfKernel.RunBlock(_blocks, block, step, Tables.Current.Factors, Tables.Current.Biases, items.Factors, items.Biases);
    }

    /// <summary>The rows of the item side that validation refers to, by block.</summary>
    public RowSet[] ValidatedRowsOf(IReadOnlyList<int> starts) => NeededRows.Of(starts, _heldOut);

    /// <summary>Number of ratings in one block.</summary>
    public long CountOf(int block) => _blocks.CountOf(block);

    /// <summary>Errors on the held-out ratings, given the item side.</summary>
    public Task<RoundSums> ValidateAsync(PartitionedFactors items, IComputePool pool, CancellationToken cancellationToken) =>
        HeldOutErrors.SumAsync(
            _heldOut, Tables.Current, items, new TableSection(0, Tables.Current.Factors.Rank), _units, _scale, pool, cancellationToken);
}
