using DistRec.Models.Neighborhood;

namespace DistRec;

/// <summary><c>knn</c>: the user's ratings of the items that are most like one.</summary>
public sealed record Knn() : Estimator("knn")
{
    /// <summary>What makes items alike [PearsonBaseline].</summary>
    public SimilarityKind? Similarity { get; init; }

    /// <summary>How many rated items that are most like one make its prediction; 1 to 10000 [30].</summary>
    public int? Neighbors { get; init; }

    /// <summary>How many items most like one are kept to choose from; 1 to 10000 [500].</summary>
    public int? ListLength { get; init; }

    /// <summary>How many users in common count as much as that there are any; a finite number of at least 0 [100].</summary>
    public float? Shrinkage { get; init; }

    /// <summary>Weight of a neighbour at its baseline that predictions have besides; a finite number of at least 0 [0.2].</summary>
    public float? Damping { get; init; }

    /// <summary>Lambda of user biases; a finite number of at least 0 [5].</summary>
    public float? UserRegularization { get; init; }

    /// <summary>Lambda of item biases; a finite number of at least 0 [3].</summary>
    public float? ItemRegularization { get; init; }
}
