namespace DistRec.Models.Neighborhood;

/// <summary>What neighbours add to predictions for a partition's held-out ratings: one user after another, by one thread.</summary>
/// <param name="shape">Where the parts of a list lie.</param>
/// <param name="start">Where a list begins in an item's row.</param>
/// <param name="training">The partition's training ratings, columns global items.</param>
/// <param name="units">What ratings are to the arithmetic.</param>
/// <param name="items">The item side, with the rows that these ratings and the held-out ones refer to.</param>
public sealed class HeldOutNeighbors(NeighborShape shape, int start, RatingMatrix training, RatingUnits units, PartitionedFactors items) : IItemLists
{
    private readonly RatedItems _rated = new(items.Starts[^1]);

    /// <summary>Goes on to a user.</summary>
    /// <param name="row">The user's row.</param>
    /// <param name="userBias">b_u.</param>
    public void Begin(int row, float userBias)
    {
        ReadOnlySpan<int> rated = training.RowColumns(row);
        ReadOnlySpan<float> values = training.RowValues(row);
        Span<float> residuals = _rated.Set(rated);
        int partition = 0;
        for (int t = 0; t < rated.Length; t++)
        {
            while (rated[t] >= items.Starts[partition + 1])
            {
                partition++;
            }

            residuals[t] = units.TargetOf(values[t]) - userBias - items.Biases[partition][rated[t] - items.Starts[partition]];
        }
    }

    /// <summary>What the user's ratings add to the prediction of an item, in units of the tables.</summary>
    /// <param name="item">The item's row.</param>
    public float Of(ReadOnlySpan<float> item) => NeighborKernel.Score(shape, item.Slice(start, shape.Width), _rated, this);

    /// <inheritdoc/>
    public ReadOnlySpan<float> ListOf(int item) => items.FactorsOf(item).Slice(start, shape.Width);
}
