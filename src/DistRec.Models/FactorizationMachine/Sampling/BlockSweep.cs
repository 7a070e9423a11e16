using System.Runtime.CompilerServices;

namespace DistRec.Models.FactorizationMachine.Sampling;

/// <summary>
/// Moves the features of one block one by one, given sums over the rows of the learning problem by row of the block (models.md §3;
/// Rendle, "Scaling factorization machines to relational data", VLDB 2013). For one factor, with q_b = Σ_l x_bl v_l of block row b and
/// q_out(r) the same of all other blocks together, the slope of ŷ_r in v_j is h_r = x_bj (q_out(r) + g_b), g_b = q_b − x_bj v_j, so
/// Σh² and Σhe need of block row b no more than n, Σe, Σ q_out e, Σ q_out and Σ q_out².
/// </summary>
internal sealed class BlockSweep
{
    /// <summary>Numbers a block row where features meet: Σe, Σ q_out e, Σ q_out, Σ q_out².</summary>
    public const int FullWidth = 4;

    /// <summary>Numbers a block row of single features, where g = 0: Σ q_out e, Σ q_out².</summary>
    public const int SingleWidth = 2;

    private readonly BlockColumns _block;
    private readonly int[] _groups;
    // Of a block row whose features meet what MoveMeeting reads and writes, in one line of the cache: the four sums, n, q and A.
    private const int Line = 8, CountAt = 4, SumAt = 5, ShiftAt = 6;

    private readonly double[] _work;
    private readonly double[] _shifts;

    /// <param name="block">The block.</param>
    /// <param name="groupOf">Group of each feature of the space.</param>
    public BlockSweep(BlockColumns block, int[] groupOf)
    {
        _block = block;
        _groups = [.. block.Features.Select(feature => groupOf[feature])];
        _work = GC.AllocateArray<double>((block.IsSingle ? 1 : Line) * block.RowCount, pinned: true);
        _shifts = new double[block.RowCount];
        Counts = new double[block.RowCount];
        Shifts = new float[block.RowCount];
        Slopes = new float[block.RowCount];
    }

    /// <summary>Whether no row of the block has two features: a sweep of a factor then shifts nothing.</summary>
    public bool IsSingle => _block.IsSingle;

    /// <summary>n, rows of the learning problem by block row.</summary>
    public double[] Counts { get; }

    /// <summary>A: what the last sweep adds to e of a row, by block row; of no meaning after one that shifts nothing.</summary>
    public float[] Shifts { get; }

    /// <summary>Δq of the last sweep of a factor: e also moves by −q_out Δq.</summary>
    public float[] Slopes { get; }

    /// <summary>Adds Σx² over rows of the learning problem of each feature of the block.</summary>
    /// <param name="uses">[features of the space].</param>
    public void AddUses(double[] uses)
    {
        for (int index = 0; index < _groups.Length; index++)
        {
            for (int entry = _block.Starts[index]; entry < _block.Starts[index + 1]; entry++)
            {
                uses[_block.Features[index]] += (double)_block.Values[entry] * _block.Values[entry] * Counts[_block.Rows[entry]];
            }
        }
    }

    /// <summary>Moves w.</summary>
    /// <param name="errors">Σe by block row.</param>
    /// <param name="weights">w, [features of the space].</param>
    /// <param name="priors">λ and μ.</param>
    /// <param name="draw">The rule.</param>
    public void MoveWeights(ReadOnlySpan<double> errors, Span<float> weights, GroupPriors priors, ref ConditionalDraw draw)
    {
        Span<double> left = _work.AsSpan(0, _block.RowCount);
        errors.CopyTo(left);
        Array.Clear(_shifts);
        for (int index = 0; index < _groups.Length; index++)
        {
            ref float weight = ref weights[_block.Features[index]];
            int from = _block.Starts[index], to = _block.Starts[index + 1];
            double slopeSquares = 0, slopeErrors = 0;
            for (int entry = from; entry < to; entry++)
            {
                int row = _block.Rows[entry];
                double x = _block.Values[entry];
                slopeSquares += x * x * Counts[row];
                slopeErrors += x * left[row];
            }

            float moved = draw.Next(weight, slopeSquares, slopeErrors, priors.Precisions[_groups[index]], priors.Means[_groups[index]]);
            double change = (double)moved - weight;
            weight = moved;
            for (int entry = from; entry < to; entry++)
            {
                int row = _block.Rows[entry];
                double shift = _block.Values[entry] * change;
                left[row] -= shift * Counts[row];
                _shifts[row] -= shift;
            }
        }

        Store(_shifts, Shifts);
    }

    /// <summary>Moves one factor of v.</summary>
    /// <param name="totals">By block row what <see cref="SingleWidth"/> or <see cref="FullWidth"/> says; Σe alone where there is no other block.</param>
    /// <param name="factor">v of this factor, [features of the space].</param>
    /// <param name="sums">q by block row.</param>
    /// <param name="priors">λ and μ.</param>
    /// <param name="draw">The rule.</param>
    public void MoveFactor(ReadOnlySpan<double> totals, Span<float> factor, float[] sums, GroupPriors priors, ref ConditionalDraw draw)
    {
        Array.Copy(sums, Slopes, sums.Length);
        if (IsSingle)
        {
            MoveSingle(totals, factor, sums, priors, ref draw);
        }
        else
        {
            MoveMeeting(totals, factor, sums, priors, ref draw);
        }

        for (int row = 0; row < sums.Length; row++)
        {
            Slopes[row] = sums[row] - Slopes[row];
        }
    }

    private void MoveSingle(ReadOnlySpan<double> totals, Span<float> factor, float[] sums, GroupPriors priors, ref ConditionalDraw draw)
    {
        bool isAlone = totals.Length != SingleWidth * _block.RowCount;
        for (int index = 0; index < _groups.Length; index++)
        {
            ref float value = ref factor[_block.Features[index]];
            int from = _block.Starts[index], to = _block.Starts[index + 1];
            double slopeSquares = 0, slopeErrors = 0;
            for (int entry = from; entry < to && !isAlone; entry++)
            {
                int row = _block.Rows[entry];
                double x = _block.Values[entry];
                slopeErrors += x * totals[SingleWidth * row];
                slopeSquares += x * x * totals[(SingleWidth * row) + 1];
            }

            value = draw.Next(value, slopeSquares, slopeErrors, priors.Precisions[_groups[index]], priors.Means[_groups[index]]);
            for (int entry = from; entry < to; entry++)
            {
                sums[_block.Rows[entry]] = _block.Values[entry] * value;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void MoveMeeting(ReadOnlySpan<double> totals, Span<float> factor, float[] sums, GroupPriors priors, ref ConditionalDraw draw)
    {
        Load(totals, sums);
        fixed (double* work = _work)
        fixed (int* rows = _block.Rows)
        fixed (float* values = _block.Values)
        {
            for (int index = 0; index < _groups.Length; index++)
            {
                ref float value = ref factor[_block.Features[index]];
                int from = _block.Starts[index], to = _block.Starts[index + 1];
                double slopeSquares = 0, slopeErrors = 0;
                for (int entry = from; entry < to; entry++)
                {
                    double* of = work + ((long)rows[entry] * Line);
                    double x = values[entry];
                    double g = of[SumAt] - (x * value);
                    slopeSquares += x * x * (of[3] + (g * ((2 * of[2]) + (g * of[CountAt]))));
                    slopeErrors += x * (of[1] + (g * of[0]));
                }

                // Sums of squares, but for what rounding leaves of them.
                slopeSquares = Math.Max(0, slopeSquares);
                float moved = draw.Next(value, slopeSquares, slopeErrors, priors.Precisions[_groups[index]], priors.Means[_groups[index]]);
                double change = (double)moved - value;
                for (int entry = from; entry < to; entry++)
                {
                    double* of = work + ((long)rows[entry] * Line);
                    double x = values[entry];
                    double g = of[SumAt] - (x * value), shift = x * change;
                    of[0] -= shift * (of[2] + (g * of[CountAt]));
                    of[1] -= shift * (of[3] + (g * of[2]));
                    of[SumAt] += shift;
                    of[ShiftAt] -= shift * g;
                }

                value = moved;
            }
        }

        for (int row = 0; row < sums.Length; row++)
        {
            sums[row] = (float)_work[(row * Line) + SumAt];
            Shifts[row] = (float)_work[(row * Line) + ShiftAt];
        }
    }

    private void Load(ReadOnlySpan<double> totals, float[] sums)
    {
        bool isAlone = totals.Length != FullWidth * sums.Length;
        for (int row = 0; row < sums.Length; row++)
        {
            Span<double> of = _work.AsSpan(row * Line, Line);
            of.Clear();
            if (isAlone)
            {
                of[0] = totals[row];
            }
            else
            {
                totals.Slice(row * FullWidth, FullWidth).CopyTo(of);
            }

            of[CountAt] = Counts[row];
            of[SumAt] = sums[row];
        }
    }

    private static void Store(double[] from, float[] to)
    {
        for (int row = 0; row < to.Length; row++)
        {
            to[row] = (float)from[row];
        }
    }
}
