using System.Numerics;

namespace DistRec.Models.Neighborhood;

/// <summary>
/// R(u) as lists of neighbours are looked through for it: a bit for each item, and what the rating of an item is off its baseline. Used again for one user after
/// another; safe for any number of readers between two calls of <see cref="Set"/>.
/// </summary>
public sealed class RatedItems
{
    private const int WordBits = 64;

    private readonly ulong[] _words;
    private readonly int[] _before;
    private int[] _items = [];
    private float[] _residuals = [];
    private int _count;

    /// <param name="itemCount">Items of the model.</param>
    public RatedItems(int itemCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(itemCount);
        _words = new ulong[(itemCount + WordBits - 1) / WordBits];
        _before = new int[_words.Length];
    }

    /// <summary>The ratings of a user of a model; null for a model without lists of neighbours.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ratings">Its training ratings, [users, items].</param>
    /// <param name="user">Index of the user.</param>
    public static RatedItems? Of(FactorModel model, RatingMatrix ratings, int user)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(ratings);
        return Of(model, ratings.RowColumns(user), ratings.RowValues(user), model.UserBiases[user]);
    }

    /// <summary>Likewise for a user who need not be in its tables.</summary>
    /// <param name="model">The model.</param>
    /// <param name="items">R(u), ascending.</param>
    /// <param name="ratings">The ratings.</param>
    /// <param name="userBias">b_u.</param>
    public static RatedItems? Of(FactorModel model, ReadOnlySpan<int> items, ReadOnlySpan<float> ratings, float userBias)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Neighbors is null)
        {
            return null;
        }

        RatedItems rated = new(model.ItemBiases.Length);
        Span<float> residuals = rated.Set(items);
        for (int t = 0; t < items.Length; t++)
        {
            residuals[t] = model.Units.TargetOf(ratings[t]) - userBias - model.ItemBiases[items[t]];
        }

        return rated;
    }

    /// <summary>Takes another user's ratings.</summary>
    /// <param name="items">R(u), ascending.</param>
    /// <returns>Receives r_uj − b_uj of each, in units of the tables, [|R(u)|].</returns>
    public Span<float> Set(ReadOnlySpan<int> items)
    {
        foreach (int item in _items.AsSpan(0, _count))
        {
            _words[item / WordBits] = 0;
        }

        if (_items.Length < items.Length)
        {
            (_items, _residuals) = (new int[items.Length], new float[items.Length]);
        }

        _count = items.Length;
        items.CopyTo(_items);
        for (int index = 0; index < items.Length; index++)
        {
            ref ulong word = ref _words[items[index] / WordBits];
            if (word == 0)
            {
                _before[items[index] / WordBits] = index;
            }

            word |= 1UL << (items[index] % WordBits);
        }

        return _residuals.AsSpan(0, _count);
    }

    /// <summary>R(u), ascending.</summary>
    public ReadOnlySpan<int> Items => _items.AsSpan(0, _count);

    /// <summary>1 where the user has rated an item, else 0.</summary>
    /// <param name="item">Index of the item, below the number of items.</param>
    public int Has(int item) => (int)(_words[item / WordBits] >> (item % WordBits)) & 1;

    /// <summary>r_uj − b_uj of an item that was rated.</summary>
    /// <param name="item">Index of the item.</param>
    public float ResidualOf(int item) =>
        _residuals[_before[item / WordBits] + BitOperations.PopCount(_words[item / WordBits] & ((1UL << (item % WordBits)) - 1))];
}
