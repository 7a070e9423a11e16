using DistRec.Models.Neighborhood;
using DistRec.Models.Queries;
using DistRec.Numerics.Linear;

namespace DistRec.Models.ItemWeights;

/// <summary>Finds the weights of <c>ease</c>: factorizes XᵀX + λI once, [items, items] in float64, and solves for the columns of its inverse.</summary>
internal sealed class EaseSearch : IListSearch
{
    private readonly EaseSettings _settings;
    private readonly RatingMatrix _ratings;
    private readonly BlockedCholesky _system;

    /// <param name="settings">How.</param>
    /// <param name="ratings">All training ratings, [users, items].</param>
    /// <param name="threads">Threads.</param>
    /// <exception cref="NumericalException">λ is lost beside the counts.</exception>
    public EaseSearch(EaseSettings settings, RatingMatrix ratings, int threads)
    {
        (_settings, _ratings) = (settings, ratings);
        _system = new BlockedCholesky(ratings.ColumnCount);
        RatingMatrix raters = ratings.TransposeColumns(0, ratings.ColumnCount);
        Parallel.For(0, ratings.ColumnCount, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads) }, item =>
        {
            Span<double> row = _system.Row(item);
            foreach (int user in raters.RowColumns(item))
            {
                foreach (int other in ratings.RowColumns(user))
                {
                    if (other > item)
                    {
                        break;
                    }

                    row[other]++;
                }
            }

            row[item] += settings.Regularization;
        });
        if (!_system.Factor(threads))
        {
            throw new NumericalException($"ease: a lambda of {settings.Regularization} is lost beside the counts; raise --regularization");
        }
    }

    public float[]? ItemBiases => null;

    public int ItemsAtOnce => BlockedCholesky.Block;

    public IListFinder CreateFinder() => new Finder(this);

    // The ridge regression of who has the item on who has the others, as the column of an item that was among them.
    public float[] ListOf(ReadOnlySpan<int> users, ReadOnlySpan<float> ratings, float itemBias)
    {
        double[] x = new double[_system.Stride * BlockedCholesky.Block];
        foreach (int user in users)
        {
            foreach (int other in _ratings.RowColumns(user))
            {
                x[other * BlockedCholesky.Block]++;
            }
        }

        _system.Solve(x);
        float[] list = new float[_settings.Shape.Width];
        Write(x, 0, -1, 1, list);
        return list;
    }

    private void Write(double[] x, int column, int item, double scale, Span<float> list)
    {
        BoundedTop top = new(_settings.Shape.Length);
        for (int other = 0; other < _ratings.ColumnCount; other++)
        {
            float weight = (float)(x[(other * BlockedCholesky.Block) + column] * scale);
            if (other != item && weight != 0)
            {
                top.Offer(new ScoredItem(other, Math.Abs(weight)));
            }
        }

        ItemWeightList.Write(
            _settings.Shape,
            Array.ConvertAll(top.TakeSorted(), kept => new ScoredItem(kept.Item, x[(kept.Item * BlockedCholesky.Block) + column] * scale)),
            list);
    }

    private sealed class Finder(EaseSearch search) : IListFinder
    {
        private readonly double[] _x = new double[search._system.Stride * BlockedCholesky.Block];

        public void Find(RatingMatrix raters, int from, int to, int firstItem, FactorTable lists, int start)
        {
            for (int first = from; first < to; first += BlockedCholesky.Block)
            {
                int count = Math.Min(BlockedCholesky.Block, to - first);
                Array.Clear(_x);
                for (int column = 0; column < count; column++)
                {
                    _x[((firstItem + first + column) * BlockedCholesky.Block) + column] = 1;
                }

                search._system.Solve(_x, firstItem + first);
                for (int column = 0; column < count; column++)
                {
                    int item = firstItem + first + column;
                    double own = _x[(item * BlockedCholesky.Block) + column];
                    search.Write(_x, column, item, -1 / own, lists.Row(first + column).Slice(start, search._settings.Shape.Width));
                }
            }
        }
    }
}
