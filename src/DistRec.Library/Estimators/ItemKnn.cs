namespace DistRec;

/// <summary><c>item-knn</c>: items that the same users have as those of the user.</summary>
public sealed record ItemKnn() : Estimator("item-knn")
{
    /// <summary>Most weights of an item that are kept; 1 to 10000 [100].</summary>
    public int? Neighbors { get; init; }

    /// <summary>What is added to the root of both items' counts; a finite number of at least 0 [10].</summary>
    public float? Shrinkage { get; init; }
}
