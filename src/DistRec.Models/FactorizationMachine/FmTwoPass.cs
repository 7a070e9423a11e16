using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DistRec.Numerics.Vectors;

namespace DistRec.Models.FactorizationMachine;

/// <summary>
/// Rows over two blocks of which most have one feature of each, such as a user and an item: ŷ = w₀ + w x + w′x′ + ⟨v, v′⟩ x x′, without the detour
/// over sums. Rows may come in any order: what a row needs is looked up, and asked for, some rows before its turn. Other rows go by <see cref="FmPass{TRule}"/>.
/// </summary>
internal readonly unsafe struct FmTwoPass<TRule>(TRule rule, FmPass<TRule> others, FmParameters parameters)
    where TRule : struct, IFmRule
{
    private const int Lanes = FactorTable.Lanes;

    // A power of two; as many rows as a second-level miss takes.
    private const int Ahead = 8;

    private readonly TRule _rule = rule;
    private readonly FmPass<TRule> _others = others;
    private readonly float* _table = parameters.Factors.Pointer;
    private readonly int _width = parameters.Factors.Stride;
    private readonly float[] _weights = parameters.Weights;
    private readonly int _intercept = parameters.Features;

    /// <summary>Visits rows.</summary>
    /// <param name="step">Rates.</param>
    /// <param name="stride">Floats of v.</param>
    /// <param name="rows">The rows, over two blocks.</param>
    /// <param name="from">First row.</param>
    /// <param name="to">The row after the last.</param>
    /// <param name="gather">Finds their features.</param>
    /// <returns>As <see cref="FmKernel.RunRows(FmShape, in FmStep, FeatureRows, int, int, FmParameters)"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double Visit(FmStep step, int stride, FeatureRows rows, int from, int to, FmGather gather)
    {
        int* features = stackalloc int[2 * Ahead];
        float* values = stackalloc float[2 * Ahead];
        for (int row = from; row < Math.Min(from + Ahead, to); row++)
        {
            LookUp(gather, row, features, values);
        }

        double measure = 0;
        float[] targets = rows.Targets;
        float[] weights = _weights;
        float intercept = weights[_intercept];
        for (int row = from; row < to; row++)
        {
            int place = 2 * (row & (Ahead - 1));
            int one = features[place], two = features[place + 1];
            float x = values[place], y = values[place + 1];
            if (row + Ahead < to)
            {
                LookUp(gather, row + Ahead, features, values);
            }

            if (one < 0)
            {
                weights[_intercept] = intercept;
                measure += VisitOther(step, gather, row, targets[row]);
                intercept = weights[_intercept];
                continue;
            }

            float* v = _table + ((long)one * _width);
            float* w = _table + ((long)two * _width);
            Vector512<float> product = Vector512<float>.Zero;
            for (int lane = 0; lane < stride; lane += Lanes)
            {
                product = Vector512.FusedMultiplyAdd(Vector512.Load(v + lane), Vector512.Load(w + lane), product);
            }

            // w₀, which every row moves, comes last: the rest of a row need not wait for the row before.
            float score = (weights[one] * x) + (weights[two] * y) + (x * y * Lanes16.Sum(product)) + intercept;
            float slope = FmLosses.Slope(step, score, targets[row], ref measure);
            intercept = _rule.MoveIntercept(_table + ((long)_intercept * _width), intercept, slope);
            weights[one] = _rule.MoveWeight(v, one, weights[one], slope * x);
            weights[two] = _rule.MoveWeight(w, two, weights[two], slope * y);
            Vector512<float> slopes = Vector512.Create(slope * x * y);
            for (int lane = 0; lane < stride; lane += Lanes)
            {
                Vector512<float> mine = Vector512.Load(v + lane), its = Vector512.Load(w + lane);
                _rule.Move(v, one, lane, mine, slopes * its).Store(v + lane);
                _rule.Move(w, two, lane, its, slopes * mine).Store(w + lane);
            }
        }

        weights[_intercept] = intercept;
        return measure;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void LookUp(FmGather gather, int row, int* features, float* values)
    {
        int place = 2 * (row & (Ahead - 1));
        if (!gather.TryTwo(row, features + place, values + place))
        {
            features[place] = -1;
            return;
        }

        if (Sse.IsSupported)
        {
            float* one = _table + ((long)features[place] * _width);
            float* two = _table + ((long)features[place + 1] * _width);
            for (int lane = 0; lane < _width; lane += Lanes)
            {
                Sse.Prefetch0(one + lane);
                Sse.Prefetch0(two + lane);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private double VisitOther(FmStep step, FmGather gather, int row, float target)
    {
        double measure = 0;
        int count = gather.Gather(row);
        fixed (int* features = gather.Features)
        fixed (float* values = gather.Values)
        {
            float slope = FmLosses.Slope(step, _others.Score(features, values, count), target, ref measure);
            _others.Move(features, values, count, slope);
        }

        return measure;
    }
}
