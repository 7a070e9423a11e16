using DistRec.Data;
using DistRec.Models;
using DistRec.Models.Queries;
using DistRec.Models.Queries.Top;

namespace DistRec.Evaluation.Ranking;

/// <summary>Ranks relevant items among all that a user has not seen.</summary>
internal sealed class FullRanking
{
    // Users that one thread ranks for at a time where only lists are found.
    private const int UsersAtOnce = 64;

    private readonly FactorModel _model;
    private readonly InteractionCounts _training;
    private readonly RelevantItems _relevant;
    private readonly RankingOptions _options;
    private readonly TopItems _top;
    private readonly ListStudy _study;
    private readonly int _itemCount;
    private readonly int _listFigures;
    private readonly string[] _keys;
    private readonly double[] _values;
    private readonly long[] _places = new long[RankCurve.Steps + 1];

    public FullRanking(FactorModel model, RatingMatrix training, RelevantItems relevant, RankingOptions options)
    {
        (_model, _relevant, _options, _itemCount) = (model, relevant, options, model.ItemBiases.Length);
        _training = InteractionCounts.Of(training);
        _top = new TopItems(model, _training.Items);
        _study = new ListStudy(_training, options, relevant.Users.Length);
        _listFigures = RankingMetric.OfLists.Count;
        _keys = RankingMetric.KeysOf(options.CutOffs, _listFigures, options.WholeRankings);
        _values = new double[relevant.Users.Length * _keys.Length];
    }

    public UserRankings Run()
    {
        int atOnce = _options.WholeRankings ? ItemScores.UsersAtOnce(_itemCount) : UsersAtOnce, chunks = (_relevant.Users.Length + atOnce - 1) / atOnce;
        Parallel.For(
            0,
            chunks,
            new ParallelOptions { MaxDegreeOfParallelism = _options.Threads },
            () => new Worker(_top, _itemCount),
            (chunk, _, worker) =>
            {
                int from = chunk * atOnce;
                Rank(from, Math.Min(from + atOnce, _relevant.Users.Length), worker);
                return worker;
            },
            worker =>
            {
                lock (_places)
                {
                    worker.AddTo(_places);
                    _study.Add(worker.Listed);
                }
            });
        return new UserRankings(_relevant.Users, _keys, _values, _options.WholeRankings ? RankCurve.OfSteps(_places) : null, _study.Figures(_itemCount));
    }

    private void Rank(int from, int to, Worker worker)
    {
        int longest = _options.CutOffs[^1];
        TopRequest[] requests = [.. _relevant.Users[from..to].Select(user => TopRequest.For(_model, _training, user, longest))];
        if (!_options.WholeRankings)
        {
            ScoredItem[][] lists = new ScoredItem[requests.Length][];
            _top.Rank(requests, lists);
            for (int index = from; index < to; index++)
            {
                MeasureList(index, lists[index - from], FiguresOf(index), worker);
            }

            return;
        }

        worker.Scores.Compute(requests);
        for (int index = from; index < to; index++)
        {
            MeasureList(index, worker.Scores.Best(index - from, longest), FiguresOf(index), worker);
            MeasureRanks(index, worker.Scores.Of(index - from), FiguresOf(index)[^2..], worker);
        }
    }

    private Span<double> FiguresOf(int index) => _values.AsSpan(index * _keys.Length, _keys.Length);

    private void MeasureList(int index, ScoredItem[] list, Span<double> figures, Worker worker)
    {
        ReadOnlySpan<int> relevant = _relevant.ItemsOf(index);
        ReadOnlySpan<double> gainsOfRelevant = _relevant.GainsOf(index);
        double[] ideal = gainsOfRelevant.ToArray();
        Array.Sort(ideal, (a, b) => b.CompareTo(a));
        double[] gains = new double[list.Length];
        for (int place = 0; place < list.Length; place++)
        {
            int at = relevant.BinarySearch(list[place].Item);
            gains[place] = at < 0 ? 0 : gainsOfRelevant[at];
        }

        ReadOnlySpan<int> seen = _training.Ratings.RowColumns(_relevant.Users[index]);
        for (int cut = 0; cut < _options.CutOffs.Count; cut++)
        {
            Span<double> own = figures.Slice(cut * _listFigures, _listFigures);
            ListMeasures.Measure(gains, ideal, _options.CutOffs[cut], own);
            _study.Measure(list, gains, seen, _options.CutOffs[cut], own[RankingMetric.OfPlaces..]);
        }

        _study.Keep(index, list, worker.Listed);
    }

    private void MeasureRanks(int index, ReadOnlySpan<float> scores, Span<double> figures, Worker worker)
    {
        ReadOnlySpan<int> relevant = _relevant.ItemsOf(index);
        int candidates = _itemCount - _training.Ratings.RowLength(_relevant.Users[index]);
        int others = candidates - relevant.Length;
        double inOrder = 0, percentiles = 0;
        worker.Ranks.Take(scores);
        foreach (int item in relevant)
        {
            CandidateRank rank = worker.Ranks.Of(scores, item);
            double percentile = candidates > 1 ? (double)rank.Place / (candidates - 1) : 0;
            percentiles += percentile;
            worker.Places[RankCurve.StepOf(percentile)]++;
            double ahead = rank.Higher + ((rank.EqualBefore + rank.EqualBehind) / 2.0);
            inOrder += others - ahead;
        }

        // Relevant items that are ahead of one another are no pairs of the figure: in each of their pairs one is, or both are by half.
        inOrder += relevant.Length * (relevant.Length - 1) / 2.0;
        figures[0] = others == 0 ? 1 : inOrder / ((double)relevant.Length * others);
        figures[1] = percentiles / relevant.Length;
    }

    // What one thread uses again and again.
    private sealed class Worker(TopItems top, int itemCount)
    {
        private ItemScores? _scores;

        public ItemScores Scores => _scores ??= new ItemScores(top);

        public CandidateRanks Ranks { get; } = new(itemCount);

        public long[] Places { get; } = new long[RankCurve.Steps + 1];

        public ListStudy.Counts Listed { get; } = new(itemCount);

        public void AddTo(long[] places)
        {
            for (int step = 0; step < places.Length; step++)
            {
                places[step] += Places[step];
            }
        }
    }
}
