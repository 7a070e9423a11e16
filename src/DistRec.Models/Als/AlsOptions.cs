namespace DistRec.Models.Als;

/// <summary>Settings of <c>als</c>: exact alternating least squares on explicit ratings ([ZWSP08]).</summary>
public sealed record AlsOptions
{
    /// <summary>Number of factors, k, 1 to 1,024.</summary>
    public int Rank { get; init; } = 64;

    /// <summary>λ of the factors, at least 0.</summary>
    public float Regularization { get; init; } = 3f;

    /// <summary>λ of the biases, at least 0.</summary>
    public float BiasRegularization { get; init; } = 2f;

    /// <summary>
    /// α in λ·nᵅ, by which a row's λ grows with its number of ratings n: 1 is the weighted-λ regularization of [ZWSP08],
    /// 0 the same λ for every row. From 0 to 1.
    /// </summary>
    public float RegularizationExponent { get; init; } = 0.3f;

    /// <summary>Whether the prediction has b_u + b_i beside μ. Each bias is solved together with its row's factors.</summary>
    public bool Biases { get; init; } = true;

    /// <summary>Standard deviation of the initial item factors times √k.</summary>
    public float InitialScale { get; init; } = 0.1f;

    /// <summary>Keys every random draw.</summary>
    public ulong Seed { get; init; } = 42;
}
