using DistRec.Models.Baseline;

namespace DistRec.Models.Neighborhood;

/// <summary>How lists of neighbours are found, items that are like each one.</summary>
/// <param name="Similarity">ρ_ij.</param>
/// <param name="Shrinkage">λ₂ in s_ij = n_ij / (n_ij + λ₂) · ρ_ij, where n_ij users rated both ([K08], equation 2).</param>
/// <param name="Shape">The lists.</param>
/// <param name="Biases">How the baselines are damped that ratings are taken from.</param>
/// <param name="ProductShrinkage">β: how many users in common a mean product is taken to have beside its own, at the mean of all products.</param>
public sealed record NeighborSettings(
    SimilarityKind Similarity, float Shrinkage, NeighborShape Shape, BaselineOptions Biases, float ProductShrinkage = 0) : ListSettings(Shape)
{
    public override BaselineOptions Biases { get; } = Biases;

    public override IListSearch CreateSearch(RatingMatrix ratings, RatingUnits units, int threads = 1, DampedBiases? biases = null) =>
        new NeighborSearch(this, ratings, units, biases);
}
