using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DistRec.Numerics.Linear;

namespace DistRec.Models.ImplicitAls;

/// <summary>The interactions of one row side by side, for solvers that pass over them several times.</summary>
/// <param name="rank">Number of factors, k.</param>
internal sealed unsafe class GatheredRow(int rank)
{
    // They should stay in half of a common second-level cache; a row with more interactions is cheaper to solve exactly.
    private const int Bytes = 512 * 1024;
    private const int Lanes = FactorTable.Lanes;

    private readonly FactorTable _factors = new(CapacityFor(rank), rank);
    private readonly float[] _weights = new float[CapacityFor(rank)];
    private readonly float[] _scores = new float[CapacityFor(rank)];
    private readonly FactorTable _rightSide = new(1, rank);

    /// <summary>How many interactions fit.</summary>
    public static int CapacityFor(int rank) => Math.Max(64, Bytes / sizeof(float) / FactorTable.StrideOf(rank));

    /// <summary>Interactions gathered.</summary>
    public int Count { get; private set; }

    /// <summary>Factors of the other side, [count, stride].</summary>
    public float* Pointer => _factors.Pointer;

    /// <summary>c − 1, [count].</summary>
    public Span<float> Weights => _weights;

    /// <summary>Scratch for scores, [count].</summary>
    public Span<float> Scores => _scores;

    /// <summary>Σ c q, [stride].</summary>
    public Span<float> RightSide => _rightSide.Values;

    /// <summary>Σ c.</summary>
    public double ConfidenceSum { get; private set; }

    /// <summary>Factors of one interaction, [stride].</summary>
    public ReadOnlySpan<float> Factors(int index) => new(_factors.Pointer + (long)index * _factors.Stride, _factors.Stride);

    /// <summary>Copies what a row's interactions refer to, in their order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Gather(ReadOnlySpan<int> columns, ReadOnlySpan<float> values, PartitionedFactors other, ImplicitAlsOptions options)
    {
        int stride = _factors.Stride;
        OtherRows rows = new(other, stride);
        float* target = _factors.Pointer;
        float* rightSide = _rightSide.Pointer;
        _rightSide.Values.Clear();
        double confidences = 0;
        for (int t = 0; t < columns.Length; t++, target += stride)
        {
            rows.CopyTo(columns, t, target);
            float weight = options.WeightOf(values[t]);
            _weights[t] = weight;
            float confidence = 1 + weight;
            confidences += confidence;
            Vector512<float> c = Vector512.Create(confidence);
            for (int j = 0; j < stride; j += Lanes)
            {
                Vector512.FusedMultiplyAdd(c, Vector512.Load(target + j), Vector512.Load(rightSide + j)).Store(rightSide + j);
            }
        }

        Count = columns.Length;
        ConfidenceSum = confidences;
    }
}
