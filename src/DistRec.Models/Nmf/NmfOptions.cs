namespace DistRec.Models.Nmf;

/// <summary>Settings of <c>nmf</c>: non-negative matrix factorization of the ratings that there are ([LS01]'s model, by alternation).</summary>
public sealed record NmfOptions
{
    /// <summary>Number of factors, k, 1 to 1,024.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>λ of the factors, at least 0.</summary>
    public float Regularization { get; init; } = 0.8f;

    /// <summary>α in λ·nᵅ, by which a row's λ grows with its number of ratings n, from 0 to 1.</summary>
    public float RegularizationExponent { get; init; } = 0.5f;

    /// <summary>Passes of coordinate descent over a row's factors in a half iteration, 1 to 1,000.</summary>
    public int Sweeps { get; init; } = 4;

    /// <summary>Standard deviation times √k of the normal draws whose magnitudes are the initial factors.</summary>
    public float InitialScale { get; init; } = 1f;

    /// <summary>Keys every random draw.</summary>
    public ulong Seed { get; init; } = 42;
}
