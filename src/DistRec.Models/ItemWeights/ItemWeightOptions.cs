using DistRec.Models.Neighborhood;
using DistRec.Models.Settings;

namespace DistRec.Models.ItemWeights;

/// <summary>
/// Settings of a model that scores an item by a sum over the user's interactions, Σ_{j∈N(u)} w_ij: <c>item-knn</c>, <c>rp3beta</c>, <c>ease</c>. Interactions count alike,
/// whatever their ratings.
/// </summary>
public abstract record ItemWeightOptions : ModelOptions
{
    public override TrainingScheme Scheme => TrainingScheme.ParameterServer;

    public override int UsualEpochs => 1;

    public override bool IsImplicit => true;

    public override bool DropsZeros => true;

    public override bool MovesRows => false;

    public override (float Minimum, float Maximum)? ScoreRange => (float.MinValue, float.MaxValue);

    /// <summary>Weights of an item that are kept at most, those that are furthest from 0.</summary>
    public abstract int Neighbors { get; init; }

    public override int WidthOf(Side side) => side == Side.User ? 0 : NeighborLists!.Shape.Width;

    public override string? WhyUnused(string name) => name switch
    {
        JobSettings.Patience or JobSettings.Consistency or JobSettings.Clocks => $"{Kind} counts, and takes no steps",
        _ => base.WhyUnused(name),
    };

    /// <summary>The lists.</summary>
    protected NeighborShape Shape => new(NeighborForm.Total, Neighbors, Neighbors);

    protected override void CheckTogether(int epochs, Action<bool, string, string, object, string> check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check(epochs == 1, "epochs", $"1, since {Kind} counts once", epochs, "leave it out");
    }
}

/// <summary>Settings of <c>item-knn</c>: w_ij = n_ij / (√(n_i n_j) + λ), the cosine of who has the two items, shrunk (Deshpande, Karypis, "Item-based top-N recommendation algorithms", TOIS 2004).</summary>
public sealed record ItemKnnOptions : ItemWeightOptions
{
    public override string Kind => ModelKinds.ItemKnn;

    [Setting("Most weights of an item that are kept", Minimum = 1, Maximum = MaximumNeighbors, Advice = "50 to 200 are usual")]
    public override int Neighbors { get; init; } = 100;

    /// <summary>λ, at least 0.</summary>
    [Setting("What is added to the root of both items' counts", Minimum = 0, Advice = "10 is a good start")]
    public float Shrinkage { get; init; } = 10;

    public override ListSettings NeighborLists => new CoOccurrenceSettings(Shape, Shrinkage);
}

/// <summary>
/// Settings of <c>rp3beta</c>: w_ij = Σ_u (1/n_j)ᵅ (1/n_u)ᵅ / n_iᵝ over the users of both, a random walk of three steps from the user by way of an item j and another user,
/// against popularity (Paudel, Christoffel, Newell, Bernstein, "Updatable, accurate, diverse, and scalable recommendations for interactive applications", TiiS 2017).
/// </summary>
public sealed record Rp3betaOptions : ItemWeightOptions
{
    public override string Kind => ModelKinds.Rp3beta;

    [Setting("Most weights of an item that are kept", Minimum = 1, Maximum = MaximumNeighbors, Advice = "50 to 200 are usual")]
    public override int Neighbors { get; init; } = 100;

    /// <summary>α, from 0 to 2.</summary>
    [Setting("Power of the probabilities of a step", Minimum = 0, Maximum = 2, Advice = "1 is a plain random walk")]
    public float Exponent { get; init; } = 0.8f;

    /// <summary>β, from 0 to 2.</summary>
    [Setting("Power of an item's count that its scores are divided by", Minimum = 0, Maximum = 2, Advice = "0 leaves popular items in front")]
    public float PopularityExponent { get; init; } = 0.4f;

    public override ListSettings NeighborLists => new CoOccurrenceSettings(Shape, Exponent, PopularityExponent);
}

/// <summary>
/// Settings of <c>ease</c>: the weights that predict who has an item by who has the others best, with a ridge, in closed form: w_ij = −P_ij / P_ii with
/// P = (XᵀX + λI)⁻¹ (Steck, "Embarrassingly shallow autoencoders for sparse data", WWW 2019, equation 8).
/// </summary>
public sealed record EaseOptions : ItemWeightOptions
{
    public override string Kind => ModelKinds.Ease;

    [Setting("Most weights of an item that are kept, those furthest from 0", Minimum = 1, Maximum = MaximumNeighbors, Advice = "a few hundred lose next to nothing")]
    public override int Neighbors { get; init; } = 500;

    /// <summary>λ, above 0.</summary>
    [Setting("Lambda of the weights", Above = 0, Advice = "100 to 1000 are usual")]
    public float Regularization { get; init; } = 300;

    public override ListSettings NeighborLists => new EaseSettings(Shape, Regularization);
}
