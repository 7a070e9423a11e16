using System.Runtime.Intrinsics;
using DistRec.Models.Baseline;
using DistRec.Models.Queries;

namespace DistRec.Models.Neighborhood;

/// <summary>
/// Finds the lists of neighbours: for each item the others that are most like it. All pairs of ratings of a user are visited once for each item of the
/// pair, users in their order, so that a list has the same bits whoever finds it; what has to be held at once is a row of sums, not a table of all pairs.
/// Safe for any number of threads.
/// </summary>
public sealed unsafe class NeighborSearch : IListSearch
{
    // Of fewer users than these nothing is said: one alone always correlates.
    private const int LeastInCommon = 2;

    private readonly NeighborSettings _settings;
    private readonly RatingMatrix _ratings;
    private readonly RatingUnits _units;
    private readonly float[] _values;
    private readonly Lazy<(double Products, double Squares)> _means;

    /// <param name="settings">How.</param>
    /// <param name="ratings">All training ratings, [users, items].</param>
    /// <param name="units">What ratings are to the model.</param>
    /// <param name="biases">The baselines; null to fit them to the ratings.</param>
    public NeighborSearch(NeighborSettings settings, RatingMatrix ratings, RatingUnits units, DampedBiases? biases = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(ratings);
        (_settings, _ratings, _units) = (settings, ratings, units);
        Biases = biases ?? DampedBiases.Fit(ratings, units, settings.Biases);
        _means = new Lazy<(double, double)>(Means);
        _values = new float[ratings.Columns.Length];
        for (int user = 0; user < ratings.RowCount; user++)
        {
            ReadOnlySpan<int> items = ratings.RowColumns(user);
            Span<float> own = _values.AsSpan((int)ratings.RowStarts[user], items.Length);
            float centre = CentreOf(user);
            for (int t = 0; t < items.Length; t++)
            {
                own[t] = ValueOf(ratings.RowValues(user)[t], centre, Biases.Items[items[t]]);
            }
        }
    }

    /// <summary>The baselines, b_u and b_i, in units of the tables.</summary>
    public DampedBiases Biases { get; }

    /// <inheritdoc/>
    public float[]? ItemBiases => Biases.Items;

    /// <inheritdoc/>
    public int ItemsAtOnce => 16;

    /// <inheritdoc/>
    public IListFinder CreateFinder() => new Finder(this);

    /// <summary>Makes what one thread needs for its searches.</summary>
    public FactorTable CreateSums() => new(_ratings.ColumnCount, FactorTable.Lanes);

    /// <summary>Finds the lists of some items.</summary>
    /// <param name="raters">The items' ratings, [items, users].</param>
    /// <param name="from">First of the items in <paramref name="raters"/>.</param>
    /// <param name="to">The one after the last.</param>
    /// <param name="firstItem">Index of the first item of <paramref name="raters"/>.</param>
    /// <param name="lists">Receives the lists, a row an item of <paramref name="raters"/>.</param>
    /// <param name="start">Where a list begins in a row.</param>
    /// <param name="sums">See <see cref="CreateSums"/>; zeros, and zeros again afterwards.</param>
    public void Find(RatingMatrix raters, int from, int to, int firstItem, FactorTable lists, int start, FactorTable sums)
    {
        ArgumentNullException.ThrowIfNull(raters);
        ArgumentNullException.ThrowIfNull(lists);
        ArgumentNullException.ThrowIfNull(sums);
        List<int> met = [];
        for (int row = from; row < to; row++)
        {
            int item = firstItem + row;
            foreach (int user in raters.RowColumns(row))
            {
                AddPairs(user, _values[_ratings.RowStarts[user] + _ratings.RowColumns(user).BinarySearch(item)], (double*)sums.Pointer, met);
            }

            Take(item, raters.RowLength(row), sums, met, lists.Row(row).Slice(start, _settings.Shape.Width));
        }
    }

    /// <inheritdoc/>
    public float[] ListOf(ReadOnlySpan<int> users, ReadOnlySpan<float> ratings, float itemBias)
    {
        FactorTable sums = CreateSums();
        List<int> met = [];
        for (int t = 0; t < users.Length; t++)
        {
            AddPairs(users[t], ValueOf(ratings[t], CentreOf(users[t]), itemBias), (double*)sums.Pointer, met);
        }

        float[] list = new float[_settings.Shape.Width];
        Take(-1, users.Length, sums, met, list);
        return list;
    }

    // n, Σx, Σy, Σxy, Σx², Σy² of the item's values x and another's y, over the users who rated both.
    private void AddPairs(int user, double x, double* sums, List<int> met)
    {
        ReadOnlySpan<int> rated = _ratings.RowColumns(user);
        ReadOnlySpan<float> values = _values.AsSpan((int)_ratings.RowStarts[user], rated.Length);
        Vector512<double> left = Vector512.Create(1, x, 1, x, x * x, 1, 0, 0);
        for (int t = 0; t < rated.Length; t++)
        {
            double* to = sums + (rated[t] * 8L);
            if (to[0] == 0)
            {
                met.Add(rated[t]);
            }

            double y = values[t];
            (Vector512.Load(to) + (left * Vector512.Create(1, 1, y, y, 1, y * y, 0, 0))).Store(to);
        }
    }

    private void Take(int item, int raters, FactorTable sums, List<int> met, Span<float> list)
    {
        Write(Best(item, (double*)sums.Pointer, met), list);
        if (_settings.Shape.HasProducts)
        {
            WriteProducts(item, raters, (double*)sums.Pointer, list);
        }

        foreach (int other in met)
        {
            sums.Row(other).Clear();
        }

        met.Clear();
        GC.KeepAlive(sums);
    }

    private ScoredItem[] Best(int item, double* sums, List<int> met)
    {
        BoundedTop top = new(_settings.Shape.Length);
        foreach (int other in met)
        {
            double* of = sums + (other * 8L);
            if (other != item && of[0] >= LeastInCommon)
            {
                // As it will be stored: who is more alike must not hang on what is rounded away.
                float similarity = (float)(of[0] / (of[0] + _settings.Shrinkage) * Correlation(of));
                if (similarity > 0)
                {
                    top.Offer(new ScoredItem(other, similarity));
                }
            }
        }

        return top.TakeSorted();
    }

    private double Correlation(double* of)
    {
        (double count, double products, double squares, double others, double least) = (of[0], of[3], of[4], of[5], 0);
        if (_settings.Similarity == SimilarityKind.Pearson)
        {
            products -= of[1] * of[2] / count;
            squares -= of[1] * of[1] / count;
            others -= of[2] * of[2] / count;

            // Of ratings that are all the same rounding alone is left.
            least = 1e-9 * count;
        }

        return squares > least && others > least ? Math.Clamp(products / Math.Sqrt(squares) / Math.Sqrt(others), -1, 1) : 0;
    }

    // Weights of sums are learned, and begin at 0.
    private void Write(ScoredItem[] best, Span<float> list)
    {
        NeighborShape shape = _settings.Shape;
        list.Clear();
        list[..shape.Length].Fill(-1);
        for (int place = 0; place < best.Length; place++)
        {
            list[place] = best[place].Item;
            list[shape.WeightsStart + place] = shape.Form == NeighborForm.Sum ? 0 : (float)best[place].Score;
        }
    }

    // Σ x y / n, drawn to the mean of all such products as if β users more had it; and Σ x² / n, drawn to the mean of all squares.
    private void WriteProducts(int item, int raters, double* sums, Span<float> list)
    {
        NeighborShape shape = _settings.Shape;
        double beta = _settings.ProductShrinkage, squares = item >= 0 ? sums[(item * 8L) + 4] : 0;
        for (int place = 0; place < shape.Length && list[place] >= 0; place++)
        {
            double* of = sums + ((int)list[place] * 8L);
            list[shape.ProductsStart + place] = (float)((of[3] + (beta * _means.Value.Products)) / (of[0] + beta));
        }

        list[shape.OwnProductStart] = (float)((squares + (beta * _means.Value.Squares)) / (raters + beta));
        list[shape.OwnProductStart + 1] = (float)_means.Value.Products;
    }

    // Of all pairs of a user's ratings: Σ_u ((Σ x)² − Σ x²) / Σ_u n_u (n_u − 1), and Σ x² / n.
    private (double Products, double Squares) Means()
    {
        double products = 0, pairs = 0, squares = 0;
        for (int user = 0; user < _ratings.RowCount; user++)
        {
            double sum = 0, own = 0;
            int count = _ratings.RowLength(user);
            foreach (float value in _values.AsSpan((int)_ratings.RowStarts[user], count))
            {
                sum += value;
                own += (double)value * value;
            }

            products += (sum * sum) - own;
            pairs += (double)count * (count - 1);
            squares += own;
        }

        return (pairs == 0 ? 0 : products / pairs, squares / Math.Max(1, _ratings.Count));
    }

    // What a user's ratings are taken from, beside what is the item's.
    private float CentreOf(int user)
    {
        switch (_settings.Similarity)
        {
            case SimilarityKind.PearsonBaseline:
                return Biases.Users[user];
            case SimilarityKind.Cosine:
                double sum = 0;
                foreach (float rating in _ratings.RowValues(user))
                {
                    sum += _units.TargetOf(rating);
                }

                return (float)(sum / Math.Max(1, _ratings.RowLength(user)));
            default:
                return 0;
        }
    }

    private float ValueOf(float rating, float centre, float itemBias) =>
        _units.TargetOf(rating) - centre - (_settings.Similarity == SimilarityKind.PearsonBaseline ? itemBias : 0);

    private sealed class Finder(NeighborSearch search) : IListFinder
    {
        private readonly FactorTable _sums = search.CreateSums();

        public void Find(RatingMatrix raters, int from, int to, int firstItem, FactorTable lists, int start) =>
            search.Find(raters, from, to, firstItem, lists, start, _sums);
    }
}
