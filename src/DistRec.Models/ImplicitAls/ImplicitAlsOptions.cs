namespace DistRec.Models.ImplicitAls;

/// <summary>
/// Settings of <c>als-implicit</c>: weighted least squares on preferences, 1 where there is any interaction and 0 elsewhere,
/// with confidence c ([HKV08]).
/// </summary>
public sealed record ImplicitAlsOptions
{
    /// <summary>Number of factors, k, 1 to 1,024.</summary>
    public int Rank { get; init; } = 64;

    /// <summary>λ of the factors, at least 0.</summary>
    public float Regularization { get; init; } = 30f;

    /// <summary>
    /// ν in λ·nᵛ, by which a row's λ grows with its number of interactions n: 0 the same λ for every row, 1 in proportion
    /// ([RKZA21], frequency-scaled regularization). From 0 to 1.
    /// </summary>
    public float RegularizationExponent { get; init; }

    /// <summary>α in c = 1 + α·r, above 0. Where there is no interaction, c = 1.</summary>
    public float Alpha { get; init; } = 2f;

    /// <summary>Whether ratings are confidences themselves, c = r, each at least 1; α is then not used.</summary>
    public bool ConfidenceGiven { get; init; }

    /// <summary>How rows are solved.</summary>
    public ImplicitMethod Method { get; init; } = ImplicitMethod.Exact;

    /// <summary>Steps of conjugate gradients for a row, 1 to 100.</summary>
    public int Steps { get; init; } = 3;

    /// <summary>Factors in a block, 1 to 1,024; multiples of 16 are fastest.</summary>
    public int BlockSize { get; init; } = 32;

    /// <summary>Standard deviation of the initial factors times √k.</summary>
    public float InitialScale { get; init; } = 0.1f;

    /// <summary>Keys every random draw.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>The confidence beyond that of no interaction, c − 1.</summary>
    public float WeightOf(float rating) => ConfidenceGiven ? rating - 1 : Alpha * rating;
}
