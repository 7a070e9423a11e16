using DistRec.Models.Baseline;
using DistRec.Models.Neighborhood;

namespace DistRec.Models.ItemWeights;

/// <summary>How weights follow from who has two items: w_ij = a_j Σ_u c_u b_i, or with the sum as n_ij, w_ij = n_ij / (√(n_i n_j) + λ).</summary>
public sealed record CoOccurrenceSettings : ListSettings
{
    /// <summary>Of <c>item-knn</c>.</summary>
    /// <param name="shape">The lists.</param>
    /// <param name="shrinkage">λ.</param>
    public CoOccurrenceSettings(NeighborShape shape, float shrinkage)
        : base(shape) => Shrinkage = shrinkage;

    /// <summary>Of <c>rp3beta</c>.</summary>
    /// <param name="shape">The lists.</param>
    /// <param name="exponent">α.</param>
    /// <param name="popularityExponent">β.</param>
    public CoOccurrenceSettings(NeighborShape shape, float exponent, float popularityExponent)
        : base(shape) => (IsWalk, Exponent, PopularityExponent) = (true, exponent, popularityExponent);

    /// <summary>Whether weights are probabilities of a walk, and no cosines.</summary>
    public bool IsWalk { get; }

    /// <summary>λ.</summary>
    public float Shrinkage { get; }

    /// <summary>α.</summary>
    public float Exponent { get; }

    /// <summary>β.</summary>
    public float PopularityExponent { get; }

    public override IListSearch CreateSearch(RatingMatrix ratings, RatingUnits units, int threads = 1, DampedBiases? biases = null) =>
        new CoOccurrenceSearch(this, ratings);

    /// <summary>What a user counts in a sum.</summary>
    /// <param name="items">n_u.</param>
    internal double UserWeight(int items) => IsWalk ? Math.Pow(items, -Exponent) : 1;

    /// <summary>w_ij.</summary>
    /// <param name="sum">Σ of what the users of both count.</param>
    /// <param name="own">n_i.</param>
    /// <param name="other">n_j.</param>
    internal double WeightOf(double sum, int own, int other) => IsWalk
        ? sum * Math.Pow(other, -Exponent) * Math.Pow(own, -PopularityExponent)
        : sum / (Math.Sqrt((double)own * other) + Shrinkage);
}
