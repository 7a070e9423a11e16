using System.Numerics;
using System.Runtime.Intrinsics;
using DistRec.Models.FactorizationMachine;
using DistRec.Models.Neighborhood;
using DistRec.Numerics.Quantization;

namespace DistRec.Models.Queries.Top;

/// <summary>The search for one request's best items. Used again for later requests; one thread's at a time.</summary>
/// <param name="items">What is ranked.</param>
internal sealed unsafe class TopSearch(TopItems items)
{
    private const int Lanes = FactorTable.Lanes;
    private const uint AllLanes = (1 << Lanes) - 1;

    // Where a filter leaves one item in so many, scoring each of them is cheaper than a pass over the codes.
    private const int SparseFilter = 64;

    private static readonly BoundedTop Nothing = new(0);

    private readonly QuantizedQuery _query = new(items.Model.Rank);
    private ItemFilter? _filter;
    private ReadOnlyMemory<int> _leaveOut;
    private ReadOnlyMemory<float> _factors;
    private float _bias;
    private RatedItems? _rated;
    private Answer _parts;
    private Answer _coldParts;
    private ScoreBound _bound;
    private BoundedTop _top = Nothing;
    private double _threshold;
    private bool _isDone;
    private double[]? _sums;

    /// <summary>How many items were scored for the request.</summary>
    public int Scored { get; private set; }

    /// <summary>Begins with a request: looks at the items whose parts are left out, or at all that a strict filter leaves.</summary>
    public void Start(in TopRequest request)
    {
        if (request.Filter is { } filter && filter.ItemCount != items.ItemCount)
        {
            throw new ArgumentException($"expected a filter of {items.ItemCount} items, found one of {filter.ItemCount}", nameof(request));
        }

        UserRow user = request.User;
        (_filter, _leaveOut, _factors, _bias, _rated) = (request.Filter, request.LeaveOut, user.Factors, user.Bias, user.Rated);
        (_parts, _coldParts) = (items.PartsOf(user, isCold: false), items.PartsOf(user, isCold: true));
        _top = new BoundedTop(Math.Min(request.N, items.ItemCount));
        (_threshold, Scored) = (double.NegativeInfinity, 0);

        // Codes tell nothing of what neighbours add, or layers make.
        _isDone = request.N == 0 || _rated is not null || items.Model.Layers is not null || _filter?.Count <= items.ItemCount / SparseFilter;
        if (!_isDone)
        {
            OfferCold();
            FactorModel model = items.Model;
            bool hasFactors = _parts == Answer.Known && model.ItemFactors is not null;
            _query.Encode(hasFactors ? _factors.Span : []);
            _bound = new ScoreBound(FactorScore.StartOf(_bias, _parts), model.Rank, _query);
        }
        else if (request.N > 0 && _rated is not null && _parts == Answer.Known && items.Model is { Neighbors.Columns: { } columns, ItemFactors: null })
        {
            OfferSums(columns, _rated);
        }
        else if (request.N > 0)
        {
            OfferEach(_filter?.Items() ?? Enumerable.Range(0, items.ItemCount));
        }
    }

    /// <summary>Goes on with some blocks of codes.</summary>
    /// <param name="firstBlock">The first of them.</param>
    /// <param name="endBlock">The one after the last.</param>
    /// <param name="estimates">Scratch, [128], aligned to 64 bytes.</param>
    public void Scan(int firstBlock, int endBlock, float* estimates)
    {
        for (int block = firstBlock; block < endBlock && !_isDone; block++)
        {
            ref readonly BlockBounds bounds = ref items.Rows.BoundsOf(block);
            double cut = _bound.CutIn(bounds, _threshold);
            if (_bound.ReachIn(bounds) < cut)
            {
                continue;
            }

            if (items.Rows.Estimate(block, _query, RoundedDown(cut), estimates) || !double.IsFinite(cut))
            {
                OfferCandidates(block, bounds, estimates);
            }
        }
    }

    /// <summary>Ends the search: the best items, best first.</summary>
    public ScoredItem[] Finish()
    {
        ScoredItem[] best = _top.TakeSorted();
        (_filter, _leaveOut, _factors, _rated, _top) = (null, default, default, null, Nothing);
        return best;
    }

    private void OfferEach(IEnumerable<int> all)
    {
        foreach (int item in all)
        {
            Offer(item, items.IsCold(item) ? _coldParts : _parts);
        }
    }

    private void OfferSums(WeightColumns columns, RatedItems rated)
    {
        double[] sums = _sums ??= new double[items.ItemCount];
        columns.Add(rated.Items, sums);
        foreach (int item in _filter?.Items() ?? Enumerable.Range(0, items.ItemCount))
        {
            if (items.IsCold(item))
            {
                Offer(item, _coldParts);
            }
            else
            {
                Offer(new ScoredItem(item, items.Model.Link.Apply(items.Model.Units.RatingOf(_bias + items.Model.ItemBiases[item] + (float)sums[item]))));
            }
        }
    }

    // They all have the same score, so the first of them are the best.
    private void OfferCold()
    {
        for (int index = 0; index < items.Cold.Length && !_top.IsFull; index++)
        {
            Offer(items.Cold[index], _coldParts);
        }
    }

    private void OfferCandidates(int block, in BlockBounds bounds, float* estimates)
    {
        int count = Math.Min(QuantizedRows.BlockRows, items.Rows.Count - (block * QuantizedRows.BlockRows));
        double threshold = double.NaN, cut = double.NaN;
        for (int first = 0; first < count; first += Lanes)
        {
            if (_threshold != threshold)
            {
                threshold = _threshold;
                cut = _bound.CutIn(bounds, threshold);
            }

            Vector512<float> least = Vector512.Create(RoundedDown(cut));
            ulong candidates = double.IsFinite(cut)
                ? Vector512.GreaterThanOrEqual(Vector512.Load(estimates + first), least).ExtractMostSignificantBits()
                : AllLanes;
            candidates &= AllLanes >> Math.Max(0, first + Lanes - count);
            for (; candidates != 0; candidates &= candidates - 1)
            {
                Offer(items.Rows.RowAt(block, first + BitOperations.TrailingZeroCount(candidates)), _parts);
            }
        }
    }

    private void Offer(int item, Answer parts)
    {
        if (_filter?.Contains(item) == false)
        {
            return;
        }

        Offer(new ScoredItem(item, FactorScore.Sum(items.Model, _bias, _factors.Span, item, parts, _rated)));
    }

    private void Offer(ScoredItem scored)
    {
        // Most candidates are not among the best in the end, so what is left out is looked up last.
        Scored++;
        if (!_top.Accepts(scored) || _leaveOut.Span.BinarySearch(scored.Item) >= 0)
        {
            return;
        }

        _top.Offer(scored);
        if (_top.IsFull && !_isDone)
        {
            _threshold = ThresholdOf(_top.Worst);
        }
    }

    // Sums below it give answers below the worst that is kept; equal ones may come before it by index.
    private double ThresholdOf(ScoredItem worst)
    {
        Answer parts = items.IsCold(worst.Item) ? _coldParts : _parts;
        double unlinked = FactorScore.Unlinked(items.Model, _bias, _factors.Span, worst.Item, parts);
        return items.Model.Units.StrictlyBelow(items.Model.Link.StrictlyBelow(unlinked));
    }

    private static float RoundedDown(double cut) => MathF.BitDecrement((float)cut);
}
