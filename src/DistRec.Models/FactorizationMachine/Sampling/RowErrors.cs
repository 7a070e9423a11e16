using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DistRec.Numerics.Vectors;

namespace DistRec.Models.FactorizationMachine.Sampling;

/// <summary>How e of rows changes: e_r += A_b − q_out(r) Δq_b.</summary>
/// <param name="Block">Whose row b is; −1 where all rows change alike, by <paramref name="Constant"/>.</param>
/// <param name="Shifts">A by block row; null for zeros.</param>
/// <param name="Slopes">Δq by block row; null for weights.</param>
/// <param name="Sums">q of all blocks by block row, of the factor that moved.</param>
/// <param name="Constant">What all rows change by.</param>
internal readonly record struct ErrorChange(int Block, float[]? Shifts, float[]? Slopes, float[][] Sums, float Constant);

/// <summary>Which sums over rows are asked for.</summary>
/// <param name="Block">By the rows of which block; −1 for Σe and Σe² of all.</param>
/// <param name="Width">Numbers a block row: 1 for Σe; see <see cref="BlockSweep"/>.</param>
/// <param name="Sums">q of all blocks by block row, of the factor that will move.</param>
internal readonly record struct ErrorAsk(int Block, int Width, float[][] Sums);

/// <summary>e = y − ŷ of a worker's own rows.</summary>
internal sealed unsafe class RowErrors(FeatureRows rows)
{
    private const int Chunk = 1024;

    // Rows that share a block row one after the other are summed in registers from this mean length on.
    private const int ShortestRun = 4;

    private readonly FeatureRows _rows = rows;
    private readonly int[]?[] _runs = [.. rows.BlockRows.Select(RunsOf)];

    /// <summary>e, [rows].</summary>
    public float[] Values { get; } = new float[rows.Count];

    /// <summary>e anew from the parameters.</summary>
    /// <param name="blocks">What each block adds to predictions.</param>
    /// <param name="intercept">w₀.</param>
    /// <param name="stride">Floats of a vector q.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Reset(BlockTerms[] blocks, float intercept, int stride)
    {
        float* sum = stackalloc float[stride + FactorTable.Lanes];
        for (int row = 0; row < Values.Length; row++)
        {
            float* vector = blocks[0].Of(_rows.BlockRows[0][row], out float prediction);
            Vector512<float> products = Vector512<float>.Zero;
            for (int block = 1; block < blocks.Length; block++)
            {
                float* other = blocks[block].Of(_rows.BlockRows[block][row], out float number);
                prediction += number;
                bool isLast = block == blocks.Length - 1;
                for (int lane = 0; lane < stride; lane += FactorTable.Lanes)
                {
                    Vector512<float> one = Vector512.Load(vector + lane), two = Vector512.Load(other + lane);
                    products = Vector512.FusedMultiplyAdd(one, two, products);
                    if (!isLast)
                    {
                        (one + two).Store(sum + lane);
                    }
                }

                vector = sum;
            }

            Values[row] = _rows.Targets[row] - intercept - prediction - Lanes16.Sum(products);
        }

        GC.KeepAlive(blocks); // their tables are read by address
    }

    /// <summary>Changes e and sums over it in one pass.</summary>
    /// <param name="change">What moved since the pass before; null for nothing.</param>
    /// <param name="ask">What to sum; null for nothing.</param>
    /// <param name="totals">Receives the sums, zeros before.</param>
    public void Pass(ErrorChange? change, ErrorAsk? ask, Span<double> totals)
    {
        float* outside = stackalloc float[Chunk];
        fixed (float* all = Values)
        {
            for (int from = 0; from < Values.Length; from += Chunk)
            {
                int count = Math.Min(Chunk, Values.Length - from);
                if (change is { } moved)
                {
                    Change(moved, all + from, from, count, outside);
                }

                if (ask is { } asked)
                {
                    Sum(asked, all + from, from, count, outside, totals);
                }
            }
        }
    }

    private void Change(in ErrorChange change, float* errors, int from, int count, float* outside)
    {
        if (change.Block < 0)
        {
            ErrorLoops.AddScaled(errors, errors, count, change.Constant, 0);
            return;
        }

        if (change.Slopes is not null)
        {
            Outside(change.Sums, change.Block, from, count, outside);
        }

        int[]? runs = _runs[change.Block];
        fixed (int* rows = &_rows.BlockRows[change.Block][from])
        fixed (float* shifts = change.Shifts, slopes = change.Slopes)
        {
            if (runs is null)
            {
                ErrorLoops.AddScaled(errors, outside, rows, count, shifts, slopes);
                return;
            }

            int run = RunOf(runs, from);
            for (int at = 0, end; at < count; at = end)
            {
                end = Math.Min(runs[++run] - from, count);
                int row = rows[at];
                float shift = shifts is null ? 0 : shifts[row], slope = slopes is null ? 0 : slopes[row];
                ErrorLoops.AddScaled(errors + at, slopes is null ? errors + at : outside + at, end - at, shift, -slope);
            }
        }
    }

    private void Sum(in ErrorAsk ask, float* errors, int from, int count, float* outside, Span<double> totals)
    {
        if (ask.Block < 0)
        {
            ErrorLoops.Overall(errors, count, totals);
            return;
        }

        if (ask.Width > 1)
        {
            Outside(ask.Sums, ask.Block, from, count, outside);
        }

        int[]? runs = _runs[ask.Block];
        fixed (int* rows = &_rows.BlockRows[ask.Block][from])
        fixed (double* sums = totals)
        {
            if (runs is null)
            {
                ErrorLoops.Scatter(errors, outside, rows, count, sums, ask.Width);
                return;
            }

            int run = RunOf(runs, from);
            for (int at = 0, end; at < count; at = end)
            {
                end = Math.Min(runs[++run] - from, count);
                ErrorLoops.AddRun(errors + at, outside + at, end - at, sums + ((long)rows[at] * ask.Width), ask.Width);
            }
        }
    }

    // q_out of each row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Outside(float[][] sums, int except, int from, int count, float* outside)
    {
        bool isFirst = true;
        for (int block = 0; block < sums.Length; block++)
        {
            if (block == except)
            {
                continue;
            }

            int[]? runs = _runs[block];
            fixed (int* rows = &_rows.BlockRows[block][from])
            fixed (float* of = sums[block])
            {
                if (runs is not null)
                {
                    int run = RunOf(runs, from);
                    for (int at = 0, end; at < count; at = end)
                    {
                        end = Math.Min(runs[++run] - from, count);
                        ErrorLoops.Spread(outside + at, end - at, of[rows[at]], isFirst);
                    }
                }
                else if (isFirst)
                {
                    for (int i = 0; i < count; i++)
                    {
                        outside[i] = of[rows[i]];
                    }
                }
                else
                {
                    for (int i = 0; i < count; i++)
                    {
                        outside[i] += of[rows[i]];
                    }
                }
            }

            isFirst = false;
        }

        if (isFirst)
        {
            new Span<float>(outside, count).Clear();
        }
    }

    // The run that a row is in.
    private static int RunOf(int[] runs, int row)
    {
        int found = Array.BinarySearch(runs, row);
        return found < 0 ? ~found - 1 : found;
    }

    // Where runs of one block row begin, and the number of rows; null where they are short.
    private static int[]? RunsOf(int[] rows)
    {
        List<int> starts = [];
        for (int row = 0; row < rows.Length; row++)
        {
            if (row == 0 || rows[row] != rows[row - 1])
            {
                starts.Add(row);
            }
        }

        return starts.Count == 0 || rows.Length / starts.Count < ShortestRun ? null : [.. starts, rows.Length];
    }
}
