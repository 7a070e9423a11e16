using System.Runtime.CompilerServices;
using DistRec.Numerics.Linear;

namespace DistRec.Models.ImplicitAls;

/// <summary>The interactions of one row side by side, for solvers that pass over them several times.</summary>
/// <param name="rank">Number of factors, k.</param>
internal sealed unsafe class GatheredRow(int rank)
{
    // They should stay in half of a common second-level cache; a row with more interactions is cheaper to solve exactly.
    private const int Bytes = 512 * 1024;

    private readonly FactorTable _factors = new(CapacityFor(rank), rank);
    private readonly float[] _weights = new float[CapacityFor(rank)];
    private readonly float[] _scores = new float[CapacityFor(rank)];
    private readonly float[] _scales = new float[RowProducts.BlockOf(FactorTable.StrideOf(rank))];
    private readonly FactorTable _sums = new(2, rank);

    /// <summary>How many interactions fit.</summary>
    public static int CapacityFor(int rank) => Math.Max(64, Bytes / sizeof(float) / FactorTable.StrideOf(rank));

    /// <summary>Interactions gathered.</summary>
    public int Count { get; private set; }

    /// <summary>Factors of the other side, [count, stride].</summary>
    public float* Pointer => _factors.Pointer;

    /// <summary>c − 1, [count].</summary>
    public Span<float> Weights => _weights;

    /// <summary>q_iᵀp of the row's factors p as they were, [count].</summary>
    public Span<float> Scores => _scores;

    /// <summary>Σ c q, [rank].</summary>
    public Span<float> RightSide => _sums.Row(0);

    /// <summary>Σ (c − (c − 1) q_iᵀp) q: of the right side what the interactions leave with the factors as they were, [rank].</summary>
    public Span<float> Remainder => _sums.Row(1);

    /// <summary>Σ c.</summary>
    public double ConfidenceSum { get; private set; }

    /// <summary>Factors of one interaction, [stride].</summary>
    public ReadOnlySpan<float> Factors(int index) => new(_factors.Pointer + (long)index * _factors.Stride, _factors.Stride);

    /// <summary>Copies what a row's interactions refer to, in their order, and takes first sums while a block of them is at hand.</summary>
    /// <param name="columns">The row's columns, ascending; at most <see cref="CapacityFor"/>.</param>
    /// <param name="values">The row's ratings.</param>
    /// <param name="other">The other side.</param>
    /// <param name="options">What ratings weigh.</param>
    /// <param name="start">The row's factors as they were, [stride].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Gather(ReadOnlySpan<int> columns, ReadOnlySpan<float> values, PartitionedFactors other, ImplicitAlsOptions options, float* start)
    {
        int stride = _factors.Stride;
        OtherRows rows = new(other, stride);
        float* target = _factors.Pointer;
        float* remainder = _sums.Pointer + stride;
        _sums.Values.Clear();
        double confidences = 0;
        fixed (float* weights = _weights, scores = _scores, scales = _scales)
        {
            for (int from = 0; from < columns.Length; from += _scales.Length, target += (long)_scales.Length * stride)
            {
                int count = Math.Min(_scales.Length, columns.Length - from);
                for (int t = 0; t < count; t++)
                {
                    rows.CopyTo(columns, from + t, target + ((long)t * stride));
                    float weight = options.WeightOf(values[from + t]);
                    weights[from + t] = weight;
                    scales[t] = 1 + weight;
                    confidences += scales[t];
                }

                RowProducts.Score(target, stride, count, start, scores + from);
                RowProducts.AddScaled(target, stride, count, scales, _sums.Pointer);
                for (int t = 0; t < count; t++)
                {
                    scales[t] -= weights[from + t] * scores[from + t];
                }

                RowProducts.AddScaled(target, stride, count, scales, remainder);
            }
        }

        Count = columns.Length;
        ConfidenceSum = confidences;
    }
}
