using DistRec.Models.Baseline;
using DistRec.Models.Neighborhood;
using DistRec.Numerics.Linear;

namespace DistRec.Models.ItemWeights;

/// <summary>How the weights of <c>ease</c> are found.</summary>
/// <param name="Shape">The lists.</param>
/// <param name="Regularization">λ.</param>
public sealed record EaseSettings(NeighborShape Shape, float Regularization) : ListSettings(Shape)
{
    // Items whose columns one thread solves for.
    private const int Finders = 2;

    public override long BytesFor(long items) => BlockedCholesky.BytesOf(items) + (Finders * items * BlockedCholesky.Block * sizeof(double));

    public override IListSearch CreateSearch(RatingMatrix ratings, RatingUnits units, int threads = 1, DampedBiases? biases = null) =>
        new EaseSearch(this, ratings, threads);
}
