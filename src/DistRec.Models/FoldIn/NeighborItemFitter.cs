namespace DistRec.Models.FoldIn;

/// <summary>
/// An item of <c>knn</c>: its bias is the damped mean that training takes, and its list is searched in the ratings of the model's users who rated it. Where these are
/// not at hand it has none, and answers by its bias.
/// </summary>
/// <param name="lists">Finds the list.</param>
/// <param name="bias">Finds the bias.</param>
internal sealed class NeighborItemFitter(NeighborLists lists, IRowFitter bias) : IRowFitter
{
    public RowFit Fit(RatingMatrix row, PartitionedFactors other)
    {
        RowFit fit = bias.Fit(row, other);
        return fit with { Neighbors = lists.Of(row.RowColumns(0), row.RowValues(0), fit.Bias) };
    }
}
