using DistRec.Models.Neighborhood;
using DistRec.Models.Queries;

namespace DistRec.Models.ItemWeights;

/// <summary>A list of <see cref="NeighborForm.Total"/>: items by index, so that a user's interactions are met in their order.</summary>
internal static class ItemWeightList
{
    /// <summary>Writes a list.</summary>
    /// <param name="shape">Where its parts lie.</param>
    /// <param name="weights">Items and their weights, in any order; at most as many as the list has places.</param>
    /// <param name="list">Receives the list.</param>
    public static void Write(NeighborShape shape, ScoredItem[] weights, Span<float> list)
    {
        Array.Sort(weights, (one, other) => one.Item.CompareTo(other.Item));
        list.Clear();
        list[..shape.Length].Fill(-1);
        for (int place = 0; place < weights.Length; place++)
        {
            list[place] = weights[place].Item;
            list[shape.WeightsStart + place] = (float)weights[place].Score;
        }
    }
}
