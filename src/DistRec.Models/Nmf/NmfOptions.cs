using DistRec.Models.Settings;

namespace DistRec.Models.Nmf;

/// <summary>Settings of <c>nmf</c>: biases and factors that are never negative ([LS01]'s model, with the mean and biases of [KBV09], by alternation).</summary>
public sealed record NmfOptions : ModelOptions
{
    public override string Kind => ModelKinds.Nmf;

    public override TrainingScheme Scheme => TrainingScheme.Alternating;

    public override int FactorCount => Rank;

    public override int UsualEpochs => 60;

    public override int UsualPatience => 5;

    /// <summary>Number of factors, k, 1 to 1,024.</summary>
    [Setting("Number of factors", Minimum = 1, Maximum = MaximumRank, Advice = "64 is a good start")]
    public int Rank { get; init; } = 8;

    /// <summary>λ of the factors, at least 0.</summary>
    [Setting("Lambda of the factors", Minimum = 0)]
    public float Regularization { get; init; } = 0.8f;

    /// <summary>λ of the biases, at least 0.</summary>
    [Setting("Lambda of the biases", Minimum = 0)]
    public float BiasRegularization { get; init; } = 1.5f;

    /// <summary>α in λ·nᵅ, by which a row's λ grows with its number of ratings n, from 0 to 1.</summary>
    [Setting(
        "How a row's lambda grows with its ratings: 1 weighted-lambda, 0 the same for all", Minimum = 0, Maximum = 1,
        Advice = "1 is weighted-λ, 0 the same λ for every row")]
    public float RegularizationExponent { get; init; } = 0.5f;

    /// <summary>Passes of coordinate descent over a row's factors in a half iteration, 1 to 1,000.</summary>
    [Setting("Passes of coordinate descent over a row's factors", Minimum = 1, Maximum = 1000, Advice = "4 is what alternation needs")]
    public int Sweeps { get; init; } = 4;

    /// <summary>Standard deviation times √k of the normal draws whose magnitudes are the initial factors.</summary>
    [Setting("Standard deviation of the initial factors times the root of the rank", Above = 0)]
    public float InitialScale { get; init; } = 1f;

    /// <summary>Keys every random draw.</summary>
    public ulong Seed { get; init; } = 42;

    public override ModelOptions SuitedTo(double ratingsAUser) => this with
    {
        Regularization = (float)(Regularization * (1 + (6 / ratingsAUser))),
        BiasRegularization = (float)(BiasRegularization * (1 + (6 / Math.Pow(ratingsAUser, 3)))),
    };

    public override IRowSolver CreateSolver() => new NmfSolver(this);
}
