namespace DistRec.Models.FoldIn;

/// <summary>A user of whom a model has nothing but the interactions themselves.</summary>
internal sealed class NothingFitter : IRowFitter
{
    public RowFit Fit(RatingMatrix row, PartitionedFactors other) => new(0, []);
}
