using DistRec.Models.Persistence;

namespace DistRec.Models.Queries;

/// <summary>An item like another.</summary>
/// <param name="Item">Index of the item.</param>
/// <param name="ItemId">Its id.</param>
/// <param name="Title">Its title, where known.</param>
/// <param name="Similarity">Cosine of the factors, from −1 to 1.</param>
public readonly record struct SimilarItem(int Item, string ItemId, string? Title, double Similarity);

/// <summary>
/// Finds items whose factors point the same way: cos(q_i, q_j) = q_iᵀq_j / (|q_i| |q_j|), 0 where a vector is zero. Items
/// without training ratings have no meaningful factors, unless features tell of them, and are left out. Safe for any number of threads.
/// </summary>
public sealed class SimilarItems
{
    private readonly SavedModel _saved;
    private readonly FactorTable _factors;
    private readonly double[] _lengths;

    /// <param name="saved">The model.</param>
    /// <exception cref="InputException">The model has no factors.</exception>
    public SimilarItems(SavedModel saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        _saved = saved;
        _factors = saved.Model.ItemFactors
            ?? throw InputException.At("similar items", "a model with item factors", $"a model \"{saved.Model.Kind}\" without", "train als or mf");
        _lengths = new double[_factors.Rows];
        for (int item = 0; item < _lengths.Length; item++)
        {
            _lengths[item] = Math.Sqrt(FactorScore.Product(_factors.Row(item), _factors.Row(item)));
        }
    }

    /// <summary>The n items most similar to one, best first, without itself; ties by item index.</summary>
    /// <param name="itemId">The item.</param>
    /// <param name="n">How many, at least 1; fewer come back where there are no more.</param>
    /// <exception cref="InputException">The item is unknown or had no training ratings, or <paramref name="n"/> is below 1.</exception>
    public IReadOnlyList<SimilarItem> Find(string itemId, int n)
    {
        if (n < 1)
        {
            throw InputException.At("number of similar items", "at least 1", n.ToString(), "ask for one or more");
        }

        if (!_saved.Items.TryGetIndex(itemId, out int item))
        {
            throw InputException.At("similar items", "the id of an item of the model", $"\"{itemId}\"", "see items.ids in the model's folder");
        }

        if (IsCold(item))
        {
            throw InputException.At("similar items", "an item with training ratings", $"\"{itemId}\", which has none", "train again once it has been rated");
        }

        var top = new BoundedTop(Math.Min(n, _factors.Rows));
        for (int other = 0; other < _factors.Rows; other++)
        {
            if (other != item && !IsCold(other))
            {
                top.Offer(new ScoredItem(other, Cosine(item, other)));
            }
        }

        return
        [
            .. top.TakeSorted().Select(
                found => new SimilarItem(found.Item, _saved.Items[found.Item], _saved.TitleOf(found.Item), found.Score)),
        ];
    }

    /// <summary>Whether nothing is known to be like an item: no training ratings, and no features that tell of it.</summary>
    /// <param name="item">Index of the item; −1 for one nobody knows.</param>
    public bool IsCold(int item) =>
        item < 0 || (_saved.Counts?.Items[item] == 0 && !HasDirection(item));

    private bool HasDirection(int item) => _saved.Model.DescribesCold && _lengths[item] > 0;

    private double Cosine(int item, int other)
    {
        // Divided one by one: the product of two short lengths may vanish.
        double cosine = FactorScore.Product(_factors.Row(item), _factors.Row(other)) / _lengths[item] / _lengths[other];
        return double.IsNaN(cosine) || double.IsInfinity(cosine) ? 0 : Math.Clamp(cosine, -1, 1);
    }
}
