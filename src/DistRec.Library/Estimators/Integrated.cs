namespace DistRec;

/// <summary><c>integrated</c>: svd++ with what the items most like one add.</summary>
public sealed record Integrated() : Estimator("integrated")
{
    /// <summary>Number of factors; 1 to 1024 [64].</summary>
    public int? Rank { get; init; }

    /// <summary>Step of the first epoch; a finite number above 0 [0.015].</summary>
    public float? LearningRate { get; init; }

    /// <summary>Step of the biases in the first epoch; a finite number above 0 [0.005].</summary>
    public float? BiasLearningRate { get; init; }

    /// <summary>Step of x and y in the first epoch; a finite number above 0 [0.002].</summary>
    public float? FeedbackLearningRate { get; init; }

    /// <summary>What the step is multiplied with after every epoch; above 0, at most 1 [0.97].</summary>
    public float? LearningRateDecay { get; init; }

    /// <summary>Lambda of the factors; a finite number of at least 0 [0.05].</summary>
    public float? Regularization { get; init; }

    /// <summary>Lambda of the biases; a finite number of at least 0 [0.01].</summary>
    public float? BiasRegularization { get; init; }

    /// <summary>Lambda of x and y; a finite number of at least 0 [0.001].</summary>
    public float? FeedbackRegularization { get; init; }

    /// <summary>Step of the neighbours' weights in the first epoch; a finite number above 0 [0.002].</summary>
    public float? NeighborLearningRate { get; init; }

    /// <summary>Lambda of the neighbours' weights; a finite number of at least 0 [0.01].</summary>
    public float? NeighborRegularization { get; init; }

    /// <summary>How many items most like one have a weight; 1 to 10000 [100].</summary>
    public int? Neighbors { get; init; }

    /// <summary>How many users in common count as much as that there are any; a finite number of at least 0 [100].</summary>
    public float? Shrinkage { get; init; }

    /// <summary>Standard deviation of the initial factors times the root of the rank; a finite number above 0 [0.1].</summary>
    public float? InitialScale { get; init; }
}
