namespace DistRec.Models.Neighborhood;

/// <summary>The lists of neighbours of a trained model.</summary>
/// <param name="Shape">Where their parts lie.</param>
/// <param name="Lists">A list an item, [items, <see cref="NeighborShape.Width"/>].</param>
public sealed record NeighborTables(NeighborShape Shape, FactorTable Lists) : IItemLists
{
    private readonly Lazy<WeightColumns?> _columns = new(() => Shape.Form == NeighborForm.Total ? new WeightColumns(Shape, Lists) : null);

    /// <summary>The lists by the item that speaks; null for other forms than sums of weights.</summary>
    public WeightColumns? Columns => _columns.Value;

    /// <summary>What a user's ratings add to the prediction of an item, in units of the tables.</summary>
    public float ScoreOf(int item, RatedItems rated) => NeighborKernel.Score(Shape, Lists.Row(item), rated, this);

    /// <summary>Weights of all neighbours that there are: two each where there are also those of having been rated at all.</summary>
    public long WeightCount => Enumerable.Range(0, Lists.Rows).Sum(NeighborsOf) * (Shape.HasImplicit ? 2 : 1);

    /// <inheritdoc/>
    public ReadOnlySpan<float> ListOf(int item) => Lists.Row(item);

    /// <summary>The parts of consecutive items' training tables.</summary>
    /// <param name="shape">Where the parts of a list lie.</param>
    /// <param name="items">The training tables.</param>
    /// <param name="start">Where a list begins in their rows.</param>
    public static NeighborTables Of(NeighborShape shape, IReadOnlyList<FactorTable> items, int start) => new(shape, new TableSection(start, shape.Width).Of(items));

    private long NeighborsOf(int item)
    {
        int end = Lists.Row(item)[..Shape.Length].IndexOf(-1f);
        return end < 0 ? Shape.Length : end;
    }
}
