using DistRec.Models.Settings;

namespace DistRec.Models.ImplicitAls;

/// <summary>
/// Settings of <c>als-implicit</c>: weighted least squares on preferences, 1 where there is any interaction and 0 elsewhere,
/// with confidence c ([HKV08]).
/// </summary>
public sealed record ImplicitAlsOptions : ModelOptions
{
    public override string Kind => ModelKinds.ImplicitAls;

    public override TrainingScheme Scheme => TrainingScheme.Alternating;

    public override int FactorCount => Rank;

    public override int UsualEpochs => 15;

    public override bool IsImplicit => true;

    public override bool DropsZeros => true;

    public override bool RemembersRows => Method != ImplicitMethod.Exact;

    public override float MinimumRating => ConfidenceGiven ? 1 : 0;

    public override (string Expected, string Advice) RatingRule =>
        ($"{(ConfidenceGiven ? "confidences" : "ratings")} of at least {MinimumRating} for als-implicit",
        "a confidence below that of no interaction has no meaning here: leave such pairs out");

    /// <summary>How its rows can be solved, each by what it is called.</summary>
    public static IReadOnlyList<(string Label, ModelOptions Options)> Variants =>
    [
        (ModelKinds.ImplicitAls, new ImplicitAlsOptions()),
        ("als-implicit by cg", new ImplicitAlsOptions { Method = ImplicitMethod.ConjugateGradient }),
        ("als-implicit by blocks", new ImplicitAlsOptions { Method = ImplicitMethod.Blocks }),
    ];

    /// <summary>Number of factors, k, 1 to 1,024.</summary>
    [Setting("Number of factors", Minimum = 1, Maximum = MaximumRank, Advice = "64 is a good start")]
    public int Rank { get; init; } = 64;

    /// <summary>λ of the factors, at least 0.</summary>
    [Setting("Lambda of the factors", Minimum = 0)]
    public float Regularization { get; init; } = 30f;

    /// <summary>
    /// ν in λ·nᵛ, by which a row's λ grows with its number of interactions n: 0 the same λ for every row, 1 in proportion
    /// ([RKZA21], frequency-scaled regularization). From 0 to 1.
    /// </summary>
    [Setting(
        "How a row's lambda grows with its ratings: 1 weighted-lambda, 0 the same for all", Minimum = 0, Maximum = 1,
        Advice = "1 is weighted-λ, 0 the same λ for every row")]
    public float RegularizationExponent { get; init; }

    /// <summary>α in c = 1 + α·r, above 0. Where there is no interaction, c = 1.</summary>
    [Setting("How much a rating adds to the confidence of 1 that no interaction has", Above = 0)]
    public float Alpha { get; init; } = 2f;

    /// <summary>Whether ratings are confidences themselves, c = r, each at least 1; α is then not used.</summary>
    [Setting(
        "alpha: an interaction's confidence is 1 + alpha x rating; given: it is the rating", Name = "confidence", Words = ["alpha", "given"],
        Advice = "alpha is the default")]
    public bool ConfidenceGiven { get; init; }

    /// <summary>How rows are solved.</summary>
    [Setting("How a row is solved: exact, cg (conjugate gradients) or blocks (of factors)", Advice = "exact is the default")]
    public ImplicitMethod Method { get; init; } = ImplicitMethod.Exact;

    /// <summary>Steps of conjugate gradients for a row, 1 to 100.</summary>
    [Setting("Steps of conjugate gradients for a row", Minimum = 1, Maximum = 100, Advice = "3 is what alternation needs")]
    public int Steps { get; init; } = 3;

    /// <summary>Factors in a block, 1 to 1,024; multiples of 16 are fastest.</summary>
    [Setting("Factors in a block", Minimum = 1, Maximum = MaximumRank, Advice = "32 is a good start")]
    public int BlockSize { get; init; } = 32;

    /// <summary>Standard deviation of the initial factors times √k.</summary>
    [Setting("Standard deviation of the initial factors times the root of the rank", Above = 0)]
    public float InitialScale { get; init; } = 0.1f;

    /// <summary>Keys every random draw.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>The confidence beyond that of no interaction, c − 1.</summary>
    public float WeightOf(float rating) => ConfidenceGiven ? rating - 1 : Alpha * rating;

    /// <summary>c p of a pair by its <see cref="WeightOf"/>: the confidence where there is a preference, 0 where the rating is 0 ([HKV08], section 4).</summary>
    public float TargetOf(float weight) => weight > 0 || ConfidenceGiven ? 1 + weight : 0;

    public override IRowSolver CreateSolver() => new ImplicitAlsSolver(this);

    public override IRowSolver CreateFoldInSolver() => new ImplicitAlsSolver(this with { Method = ImplicitMethod.Exact });

    public override string? WhyUnused(string name) => name switch
    {
        "alpha" when ConfidenceGiven => "--confidence given says that ratings are confidences",
        "steps" when Method != ImplicitMethod.ConjugateGradient => "only --method cg takes steps",
        "block-size" when Method != ImplicitMethod.Blocks => "only --method blocks has blocks",
        _ => base.WhyUnused(name),
    };
}
