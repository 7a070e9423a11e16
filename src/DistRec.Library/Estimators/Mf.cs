namespace DistRec;

/// <summary><c>mf</c>: matrix factorization with biases, by stochastic gradient descent.</summary>
public sealed record Mf() : Estimator("mf")
{
    /// <summary>Number of factors; 1 to 1024 [64].</summary>
    public int? Rank { get; init; }

    /// <summary>Step of the first epoch; a finite number above 0 [0.02].</summary>
    public float? LearningRate { get; init; }

    /// <summary>What the step is multiplied with after every epoch; above 0, at most 1 [0.95].</summary>
    public float? LearningRateDecay { get; init; }

    /// <summary>Lambda of the factors; a finite number of at least 0 [0.05].</summary>
    public float? Regularization { get; init; }

    /// <summary>Lambda of the biases; a finite number of at least 0 [0.01].</summary>
    public float? BiasRegularization { get; init; }

    /// <summary>False: factors alone, without user and item biases [true].</summary>
    public bool? Biases { get; init; }

    /// <summary>Standard deviation of the initial factors times the root of the rank; a finite number above 0 [0.1].</summary>
    public float? InitialScale { get; init; }
}
