using DistRec.Models.Settings;

namespace DistRec.Models.Als;

/// <summary>Settings of <c>als</c>: exact alternating least squares on explicit ratings ([ZWSP08]).</summary>
public sealed record AlsOptions : ModelOptions
{
    public override string Kind => ModelKinds.Als;

    public override TrainingScheme Scheme => TrainingScheme.Alternating;

    public override int FactorCount => Rank;

    public override int UsualEpochs => 15;

    public override int UsualPatience => 3;

    public override bool RemembersRows => false;

    /// <summary>Number of factors, k, 1 to 1,024.</summary>
    [Setting("Number of factors", Minimum = 1, Maximum = MaximumRank, Advice = "64 is a good start")]
    public int Rank { get; init; } = 64;

    /// <summary>λ of the factors, at least 0.</summary>
    [Setting("Lambda of the factors", Minimum = 0)]
    public float Regularization { get; init; } = 3f;

    /// <summary>λ of the biases, at least 0.</summary>
    [Setting("Lambda of the biases", Minimum = 0)]
    public float BiasRegularization { get; init; } = 2f;

    /// <summary>
    /// α in λ·nᵅ, by which a row's λ grows with its number of ratings n: 1 is the weighted-λ regularization of [ZWSP08],
    /// 0 the same λ for every row. From 0 to 1.
    /// </summary>
    [Setting(
        "How a row's lambda grows with its ratings: 1 weighted-lambda, 0 the same for all", Minimum = 0, Maximum = 1,
        Advice = "1 is weighted-λ, 0 the same λ for every row")]
    public float RegularizationExponent { get; init; } = 0.3f;

    /// <summary>Whether the prediction has b_u + b_i beside μ. Each bias is solved together with its row's factors.</summary>
    [Setting("Factors alone, without user and item biases", Name = "no-biases")]
    public bool Biases { get; init; } = true;

    /// <summary>Standard deviation of the initial item factors times √k.</summary>
    [Setting("Standard deviation of the initial factors times the root of the rank", Above = 0)]
    public float InitialScale { get; init; } = 0.1f;

    /// <summary>Keys every random draw.</summary>
    public ulong Seed { get; init; } = 42;

    public override ModelOptions SuitedTo(double ratingsAUser) => this with { Regularization = (float)(Regularization * (1 + (6 / ratingsAUser))) };

    public override IRowSolver CreateSolver() => new AlsSolver(this);
}
