using DistRec.Models.Baseline;

namespace DistRec.Models.Neighborhood;

/// <summary>How the lists of items of a model are found: what follows of its options.</summary>
/// <param name="Shape">The lists.</param>
public abstract record ListSettings(NeighborShape Shape)
{
    /// <summary>How the biases are damped that go with the lists; null for a model without biases.</summary>
    public virtual BaselineOptions? Biases => null;

    /// <summary>Bytes that finding the lists takes beside ratings and tables.</summary>
    /// <param name="items">Items.</param>
    public virtual long BytesFor(long items) => 0;

    /// <summary>Looks at all ratings, to find the lists of items then.</summary>
    /// <param name="ratings">All training ratings, [users, items].</param>
    /// <param name="units">What ratings are to the model.</param>
    /// <param name="threads">Threads that may work; nothing that is found hangs on them.</param>
    /// <param name="biases">The biases, where they are known.</param>
    public abstract IListSearch CreateSearch(RatingMatrix ratings, RatingUnits units, int threads = 1, DampedBiases? biases = null);
}

/// <summary>Finds lists of items by all training ratings. Safe for any number of threads; the same bits whoever finds a list.</summary>
public interface IListSearch
{
    /// <summary>b_i, [items]; null for a model without biases.</summary>
    float[]? ItemBiases { get; }

    /// <summary>How many items one call of a finder should have.</summary>
    int ItemsAtOnce { get; }

    /// <summary>Makes what one thread finds lists with.</summary>
    IListFinder CreateFinder();

    /// <summary>Finds the list of an item that is not among the ratings.</summary>
    /// <param name="users">Who has rated it, ascending.</param>
    /// <param name="ratings">Their ratings.</param>
    /// <param name="itemBias">b_i.</param>
    /// <returns>The list, [<see cref="NeighborShape.Width"/>].</returns>
    float[] ListOf(ReadOnlySpan<int> users, ReadOnlySpan<float> ratings, float itemBias);
}

/// <summary>Finds lists, one thread's at a time.</summary>
public interface IListFinder
{
    /// <summary>Finds the lists of some items.</summary>
    /// <param name="raters">The items' ratings, [items, users].</param>
    /// <param name="from">First of the items in <paramref name="raters"/>.</param>
    /// <param name="to">The one after the last.</param>
    /// <param name="firstItem">Index of the first item of <paramref name="raters"/>.</param>
    /// <param name="lists">Receives the lists, a row an item of <paramref name="raters"/>.</param>
    /// <param name="start">Where a list begins in a row.</param>
    void Find(RatingMatrix raters, int from, int to, int firstItem, FactorTable lists, int start);
}
