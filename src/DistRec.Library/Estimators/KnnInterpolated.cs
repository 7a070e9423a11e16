namespace DistRec;

/// <summary><c>knn-interpolated</c>: the same with weights that fit each user's rated items together.</summary>
public sealed record KnnInterpolated() : Estimator("knn-interpolated")
{
    /// <summary>How many rated items that are most like one make its prediction; 1 to 10000 [30].</summary>
    public int? Neighbors { get; init; }

    /// <summary>How many items most like one are kept to choose from; 1 to 10000 [500].</summary>
    public int? ListLength { get; init; }

    /// <summary>How many users in common count as much as that there are any; a finite number of at least 0 [100].</summary>
    public float? Shrinkage { get; init; }

    /// <summary>How many users in common count as much as what all pairs of items have on average; a finite number of at least 0 [200].</summary>
    public float? ProductShrinkage { get; init; }

    /// <summary>Lambda of user biases; a finite number of at least 0 [5].</summary>
    public float? UserRegularization { get; init; }

    /// <summary>Lambda of item biases; a finite number of at least 0 [3].</summary>
    public float? ItemRegularization { get; init; }
}
