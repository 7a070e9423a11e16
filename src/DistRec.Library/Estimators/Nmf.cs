namespace DistRec;

/// <summary><c>nmf</c>: factors that are nowhere negative, by coordinate descent.</summary>
public sealed record Nmf() : Estimator("nmf")
{
    /// <summary>Number of factors; 1 to 1024 [8].</summary>
    public int? Rank { get; init; }

    /// <summary>Lambda of the factors; a finite number of at least 0 [0.8].</summary>
    public float? Regularization { get; init; }

    /// <summary>Lambda of the biases; a finite number of at least 0 [1.5].</summary>
    public float? BiasRegularization { get; init; }

    /// <summary>How a row's lambda grows with its ratings: 1 weighted-lambda, 0 the same for all; 0 to 1 [0.5].</summary>
    public float? RegularizationExponent { get; init; }

    /// <summary>Passes of coordinate descent over a row's factors; 1 to 1000 [4].</summary>
    public int? Sweeps { get; init; }

    /// <summary>Standard deviation of the initial factors times the root of the rank; a finite number above 0 [1].</summary>
    public float? InitialScale { get; init; }
}
