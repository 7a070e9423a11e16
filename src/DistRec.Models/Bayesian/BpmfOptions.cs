namespace DistRec.Models.Bayesian;

/// <summary>Settings of <c>bpmf</c>: Bayesian probabilistic matrix factorization by Gibbs sampling ([SM08]).</summary>
public sealed record BpmfOptions
{
    /// <summary>Number of factors, k, 1 to 512.</summary>
    public int Rank { get; init; } = 32;

    /// <summary>α, the precision of a rating around its prediction: 1 over the noise's variance, above 0.</summary>
    public float Precision { get; init; } = 1.5f;

    /// <summary>Epochs that are drawn but not averaged, at least 0.</summary>
    public int BurnIn { get; init; } = 15;

    /// <summary>β₀, how many rows at zero the prior of a mean counts as, above 0.</summary>
    public float PriorStrength { get; init; } = 2f;

    /// <summary>Standard deviation of the initial factors times √k.</summary>
    public float InitialScale { get; init; } = 1f;

    /// <summary>Keys every random draw.</summary>
    public ulong Seed { get; init; } = 42;
}
