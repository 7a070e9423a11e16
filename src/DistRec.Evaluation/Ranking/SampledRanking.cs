using DistRec.Data;
using DistRec.Models;
using DistRec.Models.Queries.Top;
using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Ranking;

/// <summary>Ranks each relevant item among items drawn from those that its user has no interaction with; a user's figures are the means over the own relevant items.</summary>
internal sealed class SampledRanking
{
    private readonly FactorModel _model;
    private readonly InteractionCounts _training;
    private readonly RatingMatrix _test;
    private readonly RelevantItems _relevant;
    private readonly RankingOptions _options;
    private readonly TopItems _top;
    private readonly int _drawn;
    private readonly int _itemCount;
    private readonly string[] _keys;
    private readonly double[] _values;
    private readonly long[] _places = new long[RankCurve.Steps + 1];

    public SampledRanking(FactorModel model, RatingMatrix training, RatingMatrix test, RelevantItems relevant, RankingOptions options, int drawn)
    {
        (_model, _test, _relevant, _options, _drawn, _itemCount) = (model, test, relevant, options, drawn, model.ItemBiases.Length);
        _training = InteractionCounts.Of(training);
        _top = new TopItems(model, _training.Items);
        _keys = RankingMetric.KeysOf(options.CutOffs, RankingMetric.OfPlaces, hasRankings: true);
        _values = new double[relevant.Users.Length * _keys.Length];
    }

    public UserRankings Run()
    {
        Parallel.For(
            0,
            _relevant.Users.Length,
            new ParallelOptions { MaxDegreeOfParallelism = _options.Threads },
            () => (Scores: new ItemScores(_top), Taken: new bool[_itemCount]),
            (index, _, own) =>
            {
                int user = _relevant.Users[index];
                own.Scores.Compute([TopRequest.For(_model, _training, user, 0)]);
                int free = _itemCount - Mark(user, own.Taken, isTaken: true);
                Rank(index, own.Scores.Of(0), own.Taken, free);
                Mark(user, own.Taken, isTaken: false);
                return own;
            },
            _ => { });
        return new UserRankings(_relevant.Users, _keys, _values, RankCurve.OfSteps(_places), ListFigures.None);
    }

    private void Rank(int index, ReadOnlySpan<float> scores, bool[] taken, int free)
    {
        int user = _relevant.Users[index];
        ReadOnlySpan<int> relevant = _relevant.ItemsOf(index);
        Span<double> figures = _values.AsSpan(index * _keys.Length, _keys.Length);
        double[] one = new double[RankingMetric.OfPlaces];
        foreach (int item in relevant)
        {
            int[] among = Draw(user, item, taken, free);
            float score = scores[item];
            int higher = 0, equalBefore = 0, equal = 0;
            foreach (int other in among)
            {
                higher += scores[other] > score ? 1 : 0;
                equal += scores[other] == score ? 1 : 0;
                equalBefore += scores[other] == score && other < item ? 1 : 0;
            }

            int place = higher + equalBefore;
            double percentile = among.Length == 0 ? 0 : (double)place / among.Length;
            double[] gains = new double[place + 1];
            gains[place] = 1;
            for (int cut = 0; cut < _options.CutOffs.Count; cut++)
            {
                ListMeasures.Measure(gains, [1.0], _options.CutOffs[cut], one);
                for (int column = 0; column < one.Length; column++)
                {
                    figures[(cut * one.Length) + column] += one[column] / relevant.Length;
                }
            }

            figures[^2] += (among.Length == 0 ? 1 : 1 - ((higher + (equal / 2.0)) / among.Length)) / relevant.Length;
            figures[^1] += percentile / relevant.Length;
            Interlocked.Increment(ref _places[RankCurve.StepOf(percentile)]);
        }
    }

    // Marks what a user has an interaction with; returns how many items that newly marks.
    private int Mark(int user, bool[] taken, bool isTaken)
    {
        int marked = 0;
        foreach (int item in (int[])[.. _training.Ratings.RowColumns(user), .. _test.RowColumns(user)])
        {
            if (item < taken.Length && taken[item] != isTaken)
            {
                taken[item] = isTaken;
                marked++;
            }
        }

        return marked;
    }

    // Different items, each equally likely; all there are where there are not enough.
    private int[] Draw(int user, int item, bool[] taken, int free)
    {
        if (free <= 2L * _drawn)
        {
            return Some(taken, user, item, free);
        }

        EntityRandom random = new(_options.Seed, RandomPurpose.Candidate, user, item);
        HashSet<int> drawn = new(_drawn);
        while (drawn.Count < _drawn)
        {
            int other = random.NextInt(_itemCount);
            if (!taken[other])
            {
                drawn.Add(other);
            }
        }

        return [.. drawn];
    }

    // The first ones of a shuffle of all that are free: drawing until enough are new would take long.
    private int[] Some(bool[] taken, int user, int item, int free)
    {
        int[] all = new int[free];
        for (int other = 0, next = 0; next < free; other++)
        {
            if (!taken[other])
            {
                all[next++] = other;
            }
        }

        EntityRandom random = new(_options.Seed, RandomPurpose.Candidate, user, item);
        int count = Math.Min(free, _drawn);
        for (int place = 0; place < count; place++)
        {
            int from = place + random.NextInt(free - place);
            (all[place], all[from]) = (all[from], all[place]);
        }

        return all[..count];
    }
}
