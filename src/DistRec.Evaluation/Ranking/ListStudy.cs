using DistRec.Models;
using DistRec.Models.Queries;

namespace DistRec.Evaluation.Ranking;

/// <summary>What users' lists are made of: how well known, how alike, and how many different items.</summary>
internal sealed class ListStudy
{
    // Users whose lists' pairs are looked at.
    private const int MostStudied = 1_000;

    private readonly InteractionCounts _training;
    private readonly IReadOnlyList<int> _cutOffs;
    private readonly int[] _ofPairs;
    private readonly int _threads;
    private readonly double[] _novelty;
    private readonly int[] _popularity;
    private readonly int _every;
    private readonly int[][] _kept;
    private readonly List<Counts> _counts = [];

    /// <param name="training">Training interactions.</param>
    /// <param name="options">Cut-offs and threads.</param>
    /// <param name="userCount">Users whose lists there will be.</param>
    public ListStudy(InteractionCounts training, RankingOptions options, int userCount)
    {
        (_training, _cutOffs, _threads) = (training, options.CutOffs, options.Threads);
        _ofPairs = [.. _cutOffs.Where(cutOff => cutOff > 1)];
        double users = Math.Max(1, training.Users.Count(count => count > 0));
        _novelty = Array.ConvertAll(training.Items, count => -Math.Log2(Math.Max(1, count) / users));
        _popularity = new int[training.Items.Length];
        foreach ((int item, int place) in Enumerable.Range(0, training.Items.Length).OrderByDescending(item => training.Items[item]).ThenBy(item => item).Select((item, place) => (item, place)))
        {
            _popularity[item] = place;
        }

        _every = Math.Max(1, (userCount + MostStudied - 1) / MostStudied);
        _kept = new int[(userCount + _every - 1) / _every][];
    }

    /// <summary>Novelty and serendipity of a list.</summary>
    /// <param name="list">The list, best first.</param>
    /// <param name="gains">Gain at each place, 0 where the item is not relevant.</param>
    /// <param name="seen">What the user has seen.</param>
    /// <param name="cutOff">K.</param>
    /// <param name="figures">Receives the two, [2].</param>
    public void Measure(ReadOnlySpan<ScoredItem> list, ReadOnlySpan<double> gains, ReadOnlySpan<int> seen, int cutOff, Span<double> figures)
    {
        int length = Math.Min(cutOff, list.Length), unexpected = 0;
        double novelty = 0;
        for (int place = 0; place < length; place++)
        {
            novelty += _novelty[list[place].Item];
            unexpected += gains[place] > 0 && PopularPlaceOf(list[place].Item, seen) >= cutOff ? 1 : 0;
        }

        figures[0] = length == 0 ? 0 : novelty / length;
        figures[1] = (double)unexpected / cutOff;
    }

    /// <summary>Counts a list's items, and keeps it where its pairs are to be looked at.</summary>
    /// <param name="index">Which user of all.</param>
    /// <param name="list">The list.</param>
    /// <param name="counts">A thread's counts.</param>
    public void Keep(int index, ScoredItem[] list, Counts counts)
    {
        for (int cut = 0, place = 0; cut < _cutOffs.Count; cut++)
        {
            for (; place < Math.Min(_cutOffs[cut], list.Length); place++)
            {
                counts.Of(cut)[list[place].Item]++;
            }
        }

        if (index % _every == 0)
        {
            _kept[index / _every] = Array.ConvertAll(list, scored => scored.Item);
        }
    }

    /// <summary>Adds the counts of a thread that is done.</summary>
    public void Add(Counts counts) => _counts.Add(counts);

    /// <summary>The figures of all lists together.</summary>
    /// <param name="itemCount">Items of the model.</param>
    public ListFigures Figures(int itemCount)
    {
        List<(string, double)> ofCatalogue = [];
        long[] listed = new long[itemCount];
        for (int cut = 0; cut < _cutOffs.Count; cut++)
        {
            // Those of shorter lists are in the longer ones too.
            foreach (Counts counts in _counts)
            {
                int[] more = counts.Of(cut);
                for (int item = 0; item < itemCount; item++)
                {
                    listed[item] += more[item];
                }
            }

            ofCatalogue.Add((RankingMetric.Coverage.KeyAt(_cutOffs[cut]), (double)listed.Count(count => count > 0) / itemCount));
            ofCatalogue.Add((RankingMetric.Gini.KeyAt(_cutOffs[cut]), GiniOf(listed)));
        }

        return new ListFigures([.. _ofPairs.Select(RankingMetric.Diversity.KeyAt)], [.. Diversities().SelectMany(row => row)], ofCatalogue);
    }

    /// <summary>Gini's coefficient of counts: Σ (2 i − n − 1) x_i / (n Σ x) over them in ascending order, i from 1; 0 where all are 0.</summary>
    internal static double GiniOf(long[] counts)
    {
        long[] sorted = [.. counts.Order()];
        double sum = 0, weighted = 0;
        for (int index = 0; index < sorted.Length; index++)
        {
            sum += sorted[index];
            weighted += ((2.0 * (index + 1)) - sorted.Length - 1) * sorted[index];
        }

        return sum == 0 ? 0 : weighted / (sorted.Length * sum);
    }

    private int PopularPlaceOf(int item, ReadOnlySpan<int> seen)
    {
        int own = _popularity[item], place = own;
        foreach (int other in seen)
        {
            place -= _popularity[other] < own ? 1 : 0;
        }

        return place;
    }

    // Of v_i with 1/√n_i for each user who has item i: |Σ v|² is n and twice the cosines of all pairs.
    private double[][] Diversities()
    {
        int[][] lists = [.. _kept.Where(list => list.Length >= 2)];
        Dictionary<int, List<int>> raters = lists.SelectMany(list => list).Distinct().ToDictionary(item => item, _ => new List<int>());
        for (int user = 0; user < _training.Users.Length && raters.Count > 0; user++)
        {
            foreach (int item in _training.Ratings.RowColumns(user))
            {
                if (raters.TryGetValue(item, out List<int>? of))
                {
                    of.Add(user);
                }
            }
        }

        double[][] rows = new double[lists.Length][];
        Parallel.For(
            0,
            lists.Length,
            new ParallelOptions { MaxDegreeOfParallelism = _threads },
            () => new double[_training.Users.Length],
            (index, _, sums) =>
            {
                rows[index] = DiversityOf(lists[index], raters, sums);
                return sums;
            },
            _ => { });
        return rows;
    }

    private double[] DiversityOf(int[] list, Dictionary<int, List<int>> raters, double[] sums)
    {
        double[] figures = new double[_ofPairs.Length];
        double cosines = 0;
        for (int place = 0, cut = 0; place < list.Length; place++)
        {
            List<int> of = raters[list[place]];
            double share = of.Count == 0 ? 0 : 1 / Math.Sqrt(of.Count), product = 0;
            foreach (int user in of)
            {
                product += sums[user];
                sums[user] += share;
            }

            cosines += product * share;
            for (; cut < _ofPairs.Length && (place + 1 == _ofPairs[cut] || place + 1 == list.Length); cut++)
            {
                figures[cut] = 1 - (cosines / (place * (place + 1) / 2.0));
            }
        }

        foreach (int item in list)
        {
            foreach (int user in raters[item])
            {
                sums[user] = 0;
            }
        }

        return figures;
    }

    /// <summary>How often one thread has seen each item in lists: up to the first cut-off, and from each to the next.</summary>
    /// <param name="itemCount">Items of the model.</param>
    internal sealed class Counts(int itemCount)
    {
        private readonly List<int[]> _counts = [];

        public int[] Of(int cut)
        {
            while (_counts.Count <= cut)
            {
                _counts.Add(new int[itemCount]);
            }

            return _counts[cut];
        }
    }
}
