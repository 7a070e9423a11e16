using DistRec.Models.Neighborhood;
using DistRec.Models.Queries;

namespace DistRec.Models.ItemWeights;

/// <summary>
/// Finds the largest weights of items by who has both: all pairs of a user's items are visited once for each item of the pair, users in their order, and what is held at
/// once is a row of sums.
/// </summary>
internal sealed class CoOccurrenceSearch : IListSearch
{
    private readonly CoOccurrenceSettings _settings;
    private readonly RatingMatrix _ratings;
    private readonly int[] _counts;
    private readonly double[] _userWeights;

    /// <param name="settings">How.</param>
    /// <param name="ratings">All training ratings, [users, items].</param>
    public CoOccurrenceSearch(CoOccurrenceSettings settings, RatingMatrix ratings)
    {
        (_settings, _ratings) = (settings, ratings);
        InteractionCounts counts = InteractionCounts.Of(ratings);
        _counts = counts.Items;
        _userWeights = Array.ConvertAll(counts.Users, settings.UserWeight);
    }

    public float[]? ItemBiases => null;

    public int ItemsAtOnce => 16;

    public IListFinder CreateFinder() => new Finder(this);

    public float[] ListOf(ReadOnlySpan<int> users, ReadOnlySpan<float> ratings, float itemBias)
    {
        float[] list = new float[_settings.Shape.Width];
        new Finder(this).Find(-1, users, list);
        return list;
    }

    private sealed class Finder(CoOccurrenceSearch search) : IListFinder
    {
        private readonly double[] _sums = new double[search._counts.Length];
        private readonly List<int> _met = [];

        public void Find(RatingMatrix raters, int from, int to, int firstItem, FactorTable lists, int start)
        {
            for (int row = from; row < to; row++)
            {
                Find(firstItem + row, raters.RowColumns(row), lists.Row(row).Slice(start, search._settings.Shape.Width));
            }
        }

        public void Find(int item, ReadOnlySpan<int> users, Span<float> list)
        {
            foreach (int user in users)
            {
                double weight = search._userWeights[user];
                foreach (int other in search._ratings.RowColumns(user))
                {
                    if (_sums[other] == 0)
                    {
                        _met.Add(other);
                    }

                    _sums[other] += weight;
                }
            }

            BoundedTop top = new(search._settings.Shape.Length);
            foreach (int other in _met)
            {
                // As it will be stored: which is larger must not hang on what is rounded away.
                float weight = (float)search._settings.WeightOf(_sums[other], users.Length, search._counts[other]);
                _sums[other] = 0;
                if (other != item && weight > 0)
                {
                    top.Offer(new ScoredItem(other, weight));
                }
            }

            _met.Clear();
            ItemWeightList.Write(search._settings.Shape, top.TakeSorted(), list);
        }
    }
}
