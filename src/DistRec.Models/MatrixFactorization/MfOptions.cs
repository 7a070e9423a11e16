namespace DistRec.Models.MatrixFactorization;

/// <summary>Settings of <c>mf</c>: biased matrix factorization by stochastic gradient descent ([KBV09]).</summary>
public sealed record MfOptions
{
    /// <summary>Number of factors, k, 1 to 1,024.</summary>
    public int Rank { get; init; } = 64;

    /// <summary>γ of the first epoch, above 0.</summary>
    public float LearningRate { get; init; } = 0.02f;

    /// <summary>What γ is multiplied with after every epoch, above 0 and at most 1.</summary>
    public float LearningRateDecay { get; init; } = 0.95f;

    /// <summary>λ of the factors, at least 0.</summary>
    public float Regularization { get; init; } = 0.05f;

    /// <summary>λ of the biases, at least 0.</summary>
    public float BiasRegularization { get; init; } = 0.01f;

    /// <summary>Whether the prediction has b_u + b_i beside μ.</summary>
    public bool Biases { get; init; } = true;

    /// <summary>Standard deviation of the initial factors times √k.</summary>
    public float InitialScale { get; init; } = 0.1f;

    /// <summary>Keys every random draw.</summary>
    public ulong Seed { get; init; } = 42;
}
