namespace DistRec.Models.Neighborhood;

/// <summary>Where the lists of all items are that a prediction may need.</summary>
public interface IItemLists
{
    /// <summary>The list of an item, [<see cref="NeighborShape.Width"/>].</summary>
    ReadOnlySpan<float> ListOf(int item);
}
