namespace DistRec.Models;

/// <summary>What one partition's rows are solved from in one round.</summary>
/// <param name="Side">The side that the rows belong to.</param>
/// <param name="Ratings">The ratings of this side's partition: rows are local, columns the other side's global index.</param>
/// <param name="Other">The other side.</param>
/// <param name="Units">What ratings are to the solver.</param>
public sealed record RowRound(Side Side, RatingMatrix Ratings, PartitionedFactors Other, RatingUnits Units)
{
    /// <summary>Global index of the first row.</summary>
    public int FirstRow { get; init; }

    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; init; } = 1;

    /// <summary>The partition's own rows before the round, [rows, rank]; null where <see cref="RoundNeeds.OwnRows"/> was not asked for.</summary>
    public FactorTable? Previous { get; init; }

    /// <summary>Sums that a solver asked for.</summary>
    /// <param name="moments">One of those below.</param>
    /// <exception cref="NumericalException">They have left the range in which they have the same bits however they are grouped.</exception>
    public static MomentSums Require(MomentSums? moments)
    {
        ArgumentNullException.ThrowIfNull(moments);
        return moments.IsExact
            ? moments
            : throw new NumericalException(
                $"sums over {moments.Count} rows: expected finite factors below 2^20 and at most {MomentSums.MaximumCount} rows, found larger ones; "
                + "raise the regularization, or look for extreme values in the ratings");
    }

    /// <summary>Sums over the whole other side; null where they were not asked for.</summary>
    public MomentSums? OtherMoments { get; init; }

    /// <summary>Sums over the whole own side before the round; null where they were not asked for.</summary>
    public MomentSums? OwnMoments { get; init; }

    /// <summary>What <see cref="IRowSolver.Prepare"/> made for this round.</summary>
    public object? Shared { get; init; }
}
