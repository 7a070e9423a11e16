using DistRec.Numerics.Linear;

namespace DistRec.Training.Partitions;

/// <summary>What a partition's rows are solved from.</summary>
/// <param name="Other">The other side.</param>
public sealed record RowSources(PartitionedFactors Other)
{
    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; init; } = 1;

    /// <summary>Sums over the whole other side, where the model asks for them.</summary>
    public MomentSums? OtherMoments { get; init; }

    /// <summary>Sums over the whole own side before the round, where the model asks for them.</summary>
    public MomentSums? OwnMoments { get; init; }
}
