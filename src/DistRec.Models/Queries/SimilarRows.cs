using DistRec.Models.FoldIn;
using DistRec.Models.Neighborhood;
using DistRec.Models.Persistence;

namespace DistRec.Models.Queries;

/// <summary>An item like another, or a user.</summary>
/// <param name="Row">Its index.</param>
/// <param name="Id">Its id.</param>
/// <param name="Similarity">Cosine of the factors, from −1 to 1; s_ij of <c>knn</c>.</param>
public readonly record struct SimilarRow(int Row, string Id, double Similarity);

/// <summary>
/// Finds items, or users, whose factors point the same way: cos(q_i, q_j) = q_iᵀq_j / (|q_i| |q_j|), 0 where a vector is zero. Rows
/// without training ratings have no meaningful factors, unless features tell of them, and are left out. Items of <c>knn</c>, which has no factors, are those of the
/// item's list. Safe for any number of threads.
/// </summary>
public sealed class SimilarRows
{
    private readonly SavedModel _saved;
    private readonly string _name;
    private readonly IdMap _ids;
    private readonly int[]? _counts;
    private readonly FactorTable _factors;
    private readonly double[] _lengths;
    private readonly NeighborTables? _lists;

    /// <param name="saved">The model.</param>
    /// <param name="side">Whose rows are compared.</param>
    /// <exception cref="InputException">The model has no factors.</exception>
    public SimilarRows(SavedModel saved, Side side)
    {
        ArgumentNullException.ThrowIfNull(saved);
        _saved = saved;
        (_name, _ids, _counts) = side == Side.User ? ("user", saved.Users, saved.Counts?.Users) : ("item", saved.Items, saved.Counts?.Items);
        _lists = side == Side.Item && saved.Model.Neighbors is { Shape.Form: not NeighborForm.Sum } lists ? lists : null;
        _factors = (side == Side.User ? saved.Model.UserFactors : saved.Model.ItemFactors)
            ?? (_lists is null ? null : new FactorTable(saved.Items.Count, 0))
            ?? throw InputException.At(Place, $"a model with {_name} factors", $"a model \"{saved.Model.Kind}\" without", "train als or mf");
        _lengths = new double[_factors.Rows];
        for (int row = 0; row < _lengths.Length; row++)
        {
            _lengths[row] = LengthOf(_factors.Row(row));
        }
    }

    /// <summary>The n rows most similar to one, best first, without itself; ties by index.</summary>
    /// <param name="id">The item or user.</param>
    /// <param name="n">How many, at least 1; fewer come back where there are no more.</param>
    /// <param name="newItems">Items that were folded in, among which are some that are like it, and may be it; null for none.</param>
    /// <exception cref="InputException">It is unknown or had no training ratings, or <paramref name="n"/> is below 1.</exception>
    public IReadOnlyList<SimilarRow> Find(string id, int n, NewItems? newItems = null)
    {
        if (!_ids.TryGetIndex(id, out int row))
        {
            if (newItems?.Find(id) is { } item)
            {
                return _lists is null ? Find(item.Row.Factors.Span, item.Index, n, newItems) : FromList(item.Row.Neighbors.Span, n);
            }

            throw InputException.At(Place, $"the id of {Article} of the model", $"\"{id}\"", $"see {_name}s.ids in the model's folder");
        }

        return !IsCold(row)
            ? _lists is null ? Find(_factors.Row(row), row, n, newItems) : FromList(_lists.Lists.Row(row), n)
            : throw InputException.At(Place, $"{Article} with training ratings", $"\"{id}\", which has none", "train again once there are some");
    }

    /// <summary>The n users most similar to one who was folded into this model.</summary>
    /// <param name="user">The user.</param>
    /// <param name="row">The user's own index, which is left out; −1 for a new one.</param>
    /// <param name="n">How many, at least 1; fewer come back where there are no more.</param>
    /// <exception cref="InputException"><paramref name="n"/> is below 1.</exception>
    public IReadOnlyList<SimilarRow> Find(FoldedUser user, int row, int n)
    {
        ArgumentNullException.ThrowIfNull(user);
        return Find(user.Factors.Span, row, n, null);
    }

    /// <summary>Whether nothing is known to be like a row: no training ratings, and no features that tell of it.</summary>
    /// <param name="row">Its index; −1 for what nobody knows.</param>
    public bool IsCold(int row) => row < 0 || (_counts?[row] == 0 && !HasDirection(row));

    /// <summary>Cosine of two rows, from −1 to 1; 0 where nothing is known to be like one of them.</summary>
    /// <param name="row">A row, or the index of an item that was folded in.</param>
    /// <param name="other">Likewise.</param>
    /// <param name="newItems">Those items.</param>
    internal double CosineOf(int row, int other, NewItems newItems)
    {
        (ReadOnlyMemory<float> one, double oneLength) = DirectionOf(row, newItems);
        (ReadOnlyMemory<float> two, double twoLength) = DirectionOf(other, newItems);
        return Cosine(one.Span, oneLength, two.Span, twoLength);
    }

    /// <summary>
    /// Mean of the cosines of all pairs of rows: (|Σ u_i|² − Σ |u_i|²) / (n (n − 1)) with u_i = q_i / |q_i|, and 0 where nothing is known to be like i.
    /// </summary>
    /// <param name="rows">At least two, which may be indices of items that were folded in.</param>
    /// <param name="newItems">Those items.</param>
    internal double MeanCosineOf(ReadOnlySpan<int> rows, NewItems newItems)
    {
        double[] sum = new double[_factors.Rank];
        double own = 0;
        foreach (int row in rows)
        {
            (ReadOnlyMemory<float> factors, double length) = DirectionOf(row, newItems);
            if (length == 0)
            {
                continue;
            }

            for (int factor = 0; factor < sum.Length; factor++)
            {
                double share = factors.Span[factor] / length;
                sum[factor] += share;
                own += share * share;
            }
        }

        double whole = 0;
        foreach (double share in sum)
        {
            whole += share * share;
        }

        return (whole - own) / ((double)rows.Length * (rows.Length - 1));
    }

    private string Place => $"similar {_name}s";

    private string Article => _name == "user" ? "a user" : "an item";

    private List<SimilarRow> FromList(ReadOnlySpan<float> list, int n)
    {
        RequireSome(n);
        NeighborShape shape = _lists!.Shape;
        BoundedTop top = new(Math.Min(n, shape.Length));
        for (int place = 0; place < list.Length && place < shape.Length && list[place] >= 0; place++)
        {
            // An item may also speak against another one.
            if (list[shape.WeightsStart + place] > 0)
            {
                top.Offer(new ScoredItem((int)list[place], list[shape.WeightsStart + place]));
            }
        }

        return [.. top.TakeSorted().Select(found => new SimilarRow(found.Item, _ids[found.Item], found.Score))];
    }

    private void RequireSome(int n)
    {
        if (n < 1)
        {
            throw InputException.At($"number of {Place}", "at least 1", n.ToString(), "ask for one or more");
        }
    }

    private List<SimilarRow> Find(ReadOnlySpan<float> factors, int except, int n, NewItems? newItems)
    {
        RequireSome(n);
        double length = LengthOf(factors);
        newItems ??= NewItems.None;
        var top = new BoundedTop(Math.Min(n, _factors.Rows + newItems.All.Count));
        for (int other = 0; other < _factors.Rows; other++)
        {
            if (other != except && !IsCold(other))
            {
                top.Offer(new ScoredItem(other, Cosine(factors, length, _factors.Row(other), _lengths[other])));
            }
        }

        foreach (NewItem other in newItems.All)
        {
            if (other.Index != except)
            {
                top.Offer(new ScoredItem(other.Index, Cosine(factors, length, other.Row.Factors.Span, other.Length)));
            }
        }

        return
        [
            .. top.TakeSorted().Select(found => new SimilarRow(found.Item, newItems.TryGet(found.Item, out NewItem? item) ? item.Id : _ids[found.Item], found.Score)),
        ];
    }

    // Of what nothing is known to be like: no factors, of length 0.
    private (ReadOnlyMemory<float> Factors, double Length) DirectionOf(int row, NewItems newItems) =>
        newItems.TryGet(row, out NewItem? item) ? (item.Row.Factors, item.Length)
        : IsCold(row) ? default
        : (_factors.Memory.Slice(row * _factors.Stride, _factors.Rank), _lengths[row]);

    private bool HasDirection(int row) => _saved.Model.DescribesCold && _lengths[row] > 0;

    private static double Cosine(ReadOnlySpan<float> one, double oneLength, ReadOnlySpan<float> two, double twoLength)
    {
        if (oneLength == 0 || twoLength == 0)
        {
            return 0;
        }

        // Divided one by one: the product of two short lengths may vanish.
        double cosine = FactorScore.Product(one, two) / oneLength / twoLength;
        return double.IsNaN(cosine) || double.IsInfinity(cosine) ? 0 : Math.Clamp(cosine, -1, 1);
    }

    private static double LengthOf(ReadOnlySpan<float> factors) => Math.Sqrt(FactorScore.Product(factors, factors));
}
