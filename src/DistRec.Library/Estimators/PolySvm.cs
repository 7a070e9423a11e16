using DistRec.Models.FactorizationMachine;

namespace DistRec;

/// <summary><c>poly-svm</c>: linear model over features and pairs of them, with the loss of support vectors.</summary>
public sealed record PolySvm() : FeatureEstimator("poly-svm")
{
    /// <summary>What is predicted: regression (the rating), classification (the probability of 1) or ranking (an order of items, from pairs) [Regression].</summary>
    public FmTask? Task { get; init; }

    /// <summary>Errors up to it cost nothing in regression; a finite number of at least 0 [0.1].</summary>
    public float? Insensitivity { get; init; }

    /// <summary>1: a weight for every feature; 2: also for every pair of features seen together [2].</summary>
    public int? Degree { get; init; }

    /// <summary>Step of the first epoch; a finite number above 0 [0.01].</summary>
    public float? LearningRate { get; init; }

    /// <summary>What the step is multiplied with after every epoch; above 0, at most 1 [1].</summary>
    public float? LearningRateDecay { get; init; }

    /// <summary>Lambda of single features' weights; a finite number of at least 0 [0.01].</summary>
    public float? WeightRegularization { get; init; }
}
