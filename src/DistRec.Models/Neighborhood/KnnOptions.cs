using DistRec.Models.Baseline;
using DistRec.Models.Settings;

namespace DistRec.Models.Neighborhood;

/// <summary>
/// Settings of <c>knn</c>: r̂_ui = b_ui + Σ_{j∈Sᵏ(i;u)} s_ij (r_uj − b_uj) / (κ + Σ s_ij) ([K08], equation 3, where κ is 0), and of <c>knn-interpolated</c>, whose
/// weights <see cref="Interpolation"/> finds.
/// </summary>
public sealed record KnnOptions : ModelOptions
{
    private const int MostInterpolated = 500;

    public override string Kind => Interpolates ? ModelKinds.KnnInterpolated : ModelKinds.Knn;

    public override TrainingScheme Scheme => TrainingScheme.ParameterServer;

    public override int UsualEpochs => 1;

    public override bool HasTrainRmse => false;

    public override bool MovesRows => false;

    /// <summary><see cref="NeighborForm.Interpolation"/> for <c>knn-interpolated</c>, else <see cref="NeighborForm.Mean"/>.</summary>
    public NeighborForm Form { get; init; }

    /// <summary>ρ_ij.</summary>
    [Setting("What makes items alike")]
    public SimilarityKind Similarity { get; init; }

    /// <summary>k, at least 1.</summary>
    [Setting("How many rated items that are most like one make its prediction", Minimum = 1, Maximum = MaximumNeighbors, Advice = "20 to 50 are usual")]
    public int Neighbors { get; init; } = 30;

    /// <summary>How many items most like one are kept, of which predictions take those that the user has rated.</summary>
    [Setting("How many items most like one are kept to choose from", Minimum = 1, Maximum = MaximumNeighbors, Advice = "a few hundred are enough")]
    public int ListLength { get; init; } = 500;

    /// <summary>λ₂, at least 0.</summary>
    [Setting("How many users in common count as much as that there are any", Minimum = 0, Advice = "100 is usual")]
    public float Shrinkage { get; init; } = 100;

    /// <summary>κ, at least 0.</summary>
    [Setting("Weight of a neighbour at its baseline that predictions have besides", Minimum = 0, Advice = "0 leaves predictions to the least alike neighbour where there is no other")]
    public float Damping { get; init; } = 0.2f;

    /// <summary>β, at least 0.</summary>
    [Setting("How many users in common count as much as what all pairs of items have on average", Minimum = 0, Advice = "200 is a good start")]
    public float ProductShrinkage { get; init; } = 200;

    /// <summary>How many ratings at the mean a user's bias is damped with, at least 0.</summary>
    [Setting("Lambda of user biases", Minimum = 0)]
    public float UserRegularization { get; init; } = 5f;

    /// <summary>Likewise for an item's bias.</summary>
    [Setting("Lambda of item biases", Minimum = 0)]
    public float ItemRegularization { get; init; } = 3f;

    private bool Interpolates => Form == NeighborForm.Interpolation;

    public override NeighborSettings NeighborLists => new(
        Similarity,
        Shrinkage,
        new NeighborShape(Form, ListLength, Neighbors, Interpolates ? 0 : Damping),
        new BaselineOptions { UserRegularization = UserRegularization, ItemRegularization = ItemRegularization },
        ProductShrinkage);

    public override int WidthOf(Side side) => side == Side.User ? 0 : NeighborLists.Shape.Width;

    public override string? WhyUnused(string name) => name switch
    {
        JobSettings.Patience or JobSettings.Consistency or JobSettings.Clocks => $"{Kind} counts, and takes no steps",
        "similarity" or "damping" when Interpolates => $"{Kind} weighs by products of what ratings are off their baselines",
        "product-shrinkage" when !Interpolates => $"{Kind} weighs by what makes items alike",
        _ => base.WhyUnused(name),
    };

    protected override void CheckTogether(int epochs, Action<bool, string, string, object, string> check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check(epochs == 1, "epochs", $"1, since {Kind} counts once", epochs, "leave it out");
        check(!Interpolates || Neighbors <= MostInterpolated, "neighbors", $"at most {MostInterpolated} for {Kind}, which solves an equation of as many rows for every answer", Neighbors, "20 to 50 are usual");
        check(Neighbors <= ListLength, "neighbors", $"at most the list length, {ListLength}", Neighbors, "raise --list-length");
    }
}
