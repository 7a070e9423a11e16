using System.Runtime.CompilerServices;

namespace DistRec.Models.ImplicitAls;

/// <summary>The interactions of one row, for solvers that pass over them several times: side by side where not too many.</summary>
/// <param name="options">The settings of the model.</param>
internal sealed unsafe class GatheredRow(ImplicitAlsOptions options) : IWeightedRows
{
    // About a second-level cache; larger copies are hardly read faster than the tables themselves.
    private const int MaxBytes = 2 * 1024 * 1024;
    private const int FirstCapacity = 1024;

    // Interactions whose places are looked up at a time.
    private const int Block = 256;

    private readonly FactorTable _sums = new(2, options.Rank);
    private FactorTable _factors = new(FirstCapacity, options.Rank);
    private float[] _weights = new float[FirstCapacity];
    private float[] _scores = new float[FirstCapacity];
    private RatingMatrix? _ratings;
    private PartitionedFactors? _other;
    private int _row;

    /// <summary>How many interactions fit side by side.</summary>
    public static int CapacityFor(int rank) => MaxBytes / sizeof(float) / FactorTable.StrideOf(rank);

    /// <summary>Interactions.</summary>
    public int Count { get; private set; }

    /// <summary>c − 1, [count]; of rows that fit alone.</summary>
    public Span<float> Weights => _weights;

    /// <summary>q_iᵀp of the row's factors p as they were, [count]; of rows that fit, for solvers by blocks alone.</summary>
    public Span<float> Scores => _scores;

    /// <summary>Σ c q, [rank].</summary>
    public Span<float> RightSide => _sums.Row(0);

    /// <summary>Σ (c − 1) q_i q_iᵀp of the row's factors p as they were, [rank].</summary>
    public Span<float> StartImage => _sums.Row(1);

    /// <summary>Σ c.</summary>
    public double ConfidenceSum { get; private set; }

    /// <summary>Whether the interactions stand side by side.</summary>
    private bool Fits => Count <= CapacityFor(options.Rank);

    /// <summary>Factors of one interaction, [stride]; of rows that fit alone.</summary>
    public ReadOnlySpan<float> Factors(int index) => new(_factors.Pointer + (long)index * _factors.Stride, _factors.Stride);

    /// <summary>Takes a row's interactions, in their order, and first sums on the way.</summary>
    /// <param name="ratings">Rows of interactions.</param>
    /// <param name="row">The local row.</param>
    /// <param name="other">The other side; it and the ratings are read until the next row is taken.</param>
    /// <param name="start">The row's factors as they were, [stride].</param>
    public void Gather(RatingMatrix ratings, int row, PartitionedFactors other, float* start)
    {
        (_ratings, _row, _other) = (ratings, row, other);
        Count = ratings.RowLength(row);
        ConfidenceSum = 0;
        _sums.Values.Clear();
        Reserve();
        Pass(start, _sums.Pointer + _sums.Stride, isFirst: true);
        if (Fits && options.Method == ImplicitMethod.Blocks)
        {
            fixed (float* scores = _scores)
            {
                RowProducts.Score(_factors.Pointer, _factors.Stride, Count, start, scores);
            }
        }
    }

    /// <summary>y += Σ (c − 1) q_i q_iᵀx.</summary>
    public void AddImage(float* x, float* y)
    {
        if (!Fits)
        {
            Pass(x, y, isFirst: false);
            return;
        }

        fixed (float* weights = _weights)
        {
            WeightedProducts.Add(_factors.Pointer, _factors.Stride, Count, weights, x, y);
        }
    }

    // Over the interactions where they are: y += Σ (c − 1) q qᵀx. The first one sums up c and c q, and copies what fits.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pass(float* x, float* y, bool isFirst)
    {
        ReadOnlySpan<int> columns = _ratings!.RowColumns(_row);
        ReadOnlySpan<float> values = _ratings.RowValues(_row);
        int stride = _factors.Stride;
        OtherRows rows = new(_other!, stride);
        float** sources = stackalloc float*[Block];
        float* weights = stackalloc float[Block];
        float* confidences = stackalloc float[Block];
        for (int from = 0; from < columns.Length; from += Block)
        {
            int count = Math.Min(Block, columns.Length - from);
            rows.Find(columns.Slice(from, count), sources);
            for (int t = 0; t < count; t++)
            {
                weights[t] = options.WeightOf(values[from + t]);
                confidences[t] = options.TargetOf(weights[t]);
            }

            if (!isFirst)
            {
                WeightedProducts.Add(sources, stride, count, weights, x, y);
                continue;
            }

            for (int t = 0; t < count; t++)
            {
                ConfidenceSum += confidences[t];
            }

            float* copy = null;
            if (Fits)
            {
                new ReadOnlySpan<float>(weights, count).CopyTo(_weights.AsSpan(from));
                copy = _factors.Pointer + ((long)from * stride);
            }

            WeightedProducts.Add(sources, stride, count, weights, x, y, confidences, _sums.Pointer, copy);
        }
    }

    private void Reserve()
    {
        if (Count > _factors.Rows && Fits)
        {
            int capacity = Math.Min(Math.Max(Count, 2 * _factors.Rows), CapacityFor(options.Rank));
            _factors = new FactorTable(capacity, options.Rank);
            _weights = new float[capacity];
            _scores = new float[capacity];
        }
    }
}
