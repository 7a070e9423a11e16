using DistRec.Models.ImplicitAls;

namespace DistRec;

/// <summary><c>als-implicit</c>: preferences from interactions without ratings, by weighted alternating least squares.</summary>
public sealed record AlsImplicit() : Estimator("als-implicit")
{
    /// <summary>Number of factors; 1 to 1024 [64].</summary>
    public int? Rank { get; init; }

    /// <summary>Lambda of the factors; a finite number of at least 0 [30].</summary>
    public float? Regularization { get; init; }

    /// <summary>How a row's lambda grows with its ratings: 1 weighted-lambda, 0 the same for all; 0 to 1 [0].</summary>
    public float? RegularizationExponent { get; init; }

    /// <summary>How much a rating adds to the confidence of 1 that no interaction has; a finite number above 0 [2].</summary>
    public float? Alpha { get; init; }

    /// <summary>alpha: an interaction's confidence is 1 + alpha x rating; given: it is the rating [false].</summary>
    public bool? ConfidenceGiven { get; init; }

    /// <summary>How a row is solved: exact, cg (conjugate gradients) or blocks (of factors) [Exact].</summary>
    public ImplicitMethod? Method { get; init; }

    /// <summary>Steps of conjugate gradients for a row; 1 to 100 [3].</summary>
    public int? Steps { get; init; }

    /// <summary>Factors in a block; 1 to 1024 [32].</summary>
    public int? BlockSize { get; init; }

    /// <summary>Standard deviation of the initial factors times the root of the rank; a finite number above 0 [0.1].</summary>
    public float? InitialScale { get; init; }
}
