namespace DistRec;

/// <summary><c>als</c>: matrix factorization with biases, by exact alternating least squares.</summary>
public sealed record Als() : Estimator("als")
{
    /// <summary>Number of factors; 1 to 1024 [64].</summary>
    public int? Rank { get; init; }

    /// <summary>Lambda of the factors; a finite number of at least 0 [3].</summary>
    public float? Regularization { get; init; }

    /// <summary>Lambda of the biases; a finite number of at least 0 [2].</summary>
    public float? BiasRegularization { get; init; }

    /// <summary>How a row's lambda grows with its ratings: 1 weighted-lambda, 0 the same for all; 0 to 1 [0.3].</summary>
    public float? RegularizationExponent { get; init; }

    /// <summary>False: factors alone, without user and item biases [true].</summary>
    public bool? Biases { get; init; }

    /// <summary>Standard deviation of the initial factors times the root of the rank; a finite number above 0 [0.1].</summary>
    public float? InitialScale { get; init; }
}
