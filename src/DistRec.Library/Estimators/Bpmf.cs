namespace DistRec;

/// <summary><c>bpmf</c>: Bayesian matrix factorization, by Gibbs sampling.</summary>
public sealed record Bpmf() : Estimator("bpmf")
{
    /// <summary>Number of factors; 1 to 512 [32].</summary>
    public int? Rank { get; init; }

    /// <summary>1 over the variance of a rating around its prediction; a finite number above 0 [1.5].</summary>
    public float? Precision { get; init; }

    /// <summary>Epochs that are drawn but not averaged [15].</summary>
    public int? BurnIn { get; init; }

    /// <summary>How many rows at zero the prior of a side's mean counts as; a finite number above 0 [2].</summary>
    public float? PriorStrength { get; init; }

    /// <summary>Variance of a factor that the prior of a side's precision is centred at; a finite number above 0 [0.5].</summary>
    public float? PriorVariance { get; init; }

    /// <summary>Standard deviation of the initial factors times the root of the rank; a finite number above 0 [1].</summary>
    public float? InitialScale { get; init; }
}
