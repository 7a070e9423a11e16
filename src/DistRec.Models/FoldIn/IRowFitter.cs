namespace DistRec.Models.FoldIn;

/// <summary>Fits one row of a side to the other side. Safe for any number of threads.</summary>
internal interface IRowFitter
{
    /// <param name="row">One row of ratings, at least one of them, over the rows of <paramref name="other"/>.</param>
    /// <param name="other">The fixed side: the model's, and behind it rows that the model does not have.</param>
    RowFit Fit(RatingMatrix row, PartitionedFactors other);
}

/// <summary>What a fit finds for a user or an item.</summary>
/// <param name="Bias">b.</param>
/// <param name="Factors">p_u or q_i, [rank].</param>
/// <param name="Variances">Of the factors, or null.</param>
/// <param name="Neighbors">The items that are like an item, or null.</param>
internal readonly record struct RowFit(float Bias, float[] Factors, float[]? Variances = null, float[]? Neighbors = null);
