namespace DistRec;

/// <summary><c>neighborhood</c>: weights of the items that are most like one, learned for all users together.</summary>
public sealed record Neighborhood() : Estimator("neighborhood")
{
    /// <summary>Step of the biases in the first epoch; a finite number above 0 [0.01].</summary>
    public float? BiasLearningRate { get; init; }

    /// <summary>What the step is multiplied with after every epoch; above 0, at most 1 [0.97].</summary>
    public float? LearningRateDecay { get; init; }

    /// <summary>Lambda of the biases; a finite number of at least 0 [0.01].</summary>
    public float? BiasRegularization { get; init; }

    /// <summary>Step of the neighbours' weights in the first epoch; a finite number above 0 [0.005].</summary>
    public float? NeighborLearningRate { get; init; }

    /// <summary>Lambda of the neighbours' weights; a finite number of at least 0 [0.01].</summary>
    public float? NeighborRegularization { get; init; }

    /// <summary>How many items most like one have a weight; 1 to 10000 [100].</summary>
    public int? Neighbors { get; init; }

    /// <summary>How many users in common count as much as that there are any; a finite number of at least 0 [100].</summary>
    public float? Shrinkage { get; init; }
}
