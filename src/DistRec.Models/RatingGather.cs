using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DistRec.Models;

/// <summary>Adds one row's ratings to its normal equation: x = q_i, y = t_ui − b_i.</summary>
internal static unsafe class RatingGather
{
    private const int Lanes = FactorTable.Lanes;
    private const int PrefetchDistance = 6;

    /// <param name="columns">The row's columns, ascending.</param>
    /// <param name="values">Its ratings.</param>
    /// <param name="other">The other side. Read by address: the caller keeps it alive.</param>
    /// <param name="units">What ratings are to the solver: targets t.</param>
    /// <param name="equation">Of the rank of the other side, or of that of what its rows begin with.</param>
    /// <param name="biasColumn">The column of the other side's rows that b_i is in; −1 where it is among the biases.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(
        ReadOnlySpan<int> columns,
        ReadOnlySpan<float> values,
        PartitionedFactors other,
        in RatingUnits units,
        NormalEquation equation,
        int biasColumn = -1)
    {
        int stride = equation.Stride, width = other.Stride;
        int capacity = equation.TileCapacity;
        Span<float> targets = equation.Targets;
        int[] starts = other.Starts;
        int partition = -1;
        int first = 0, end = 0;
        float* table = null;
        float[] biases = [];
        int filled = 0;
        float* tileRow = equation.TilePointer;
        for (int t = 0; t < columns.Length; t++)
        {
            int column = columns[t];
            while (column >= end)
            {
                // Columns ascend, so the owning partition only ever moves forward.
                partition++;
                first = starts[partition];
                end = starts[partition + 1];
                table = other.Tables[partition].Pointer;
                biases = other.Biases[partition];
            }

            int ahead = t + PrefetchDistance;
            if (Sse.IsSupported && ahead < columns.Length && columns[ahead] < end)
            {
                float* next = table + ((long)(columns[ahead] - first) * width);
                for (int j = 0; j < stride; j += Lanes)
                {
                    Sse.Prefetch0(next + j);
                }
            }

            float* source = table + ((long)(column - first) * width);
            for (int j = 0; j < stride; j += Lanes)
            {
                Vector512.Load(source + j).Store(tileRow + j);
            }

            targets[filled] = units.TargetOf(values[t]) - (biasColumn < 0 ? biases[column - first] : source[biasColumn]);
            tileRow += stride;
            if (++filled == capacity)
            {
                equation.AddTile(filled);
                filled = 0;
                tileRow = equation.TilePointer;
            }
        }

        if (filled > 0)
        {
            equation.AddTile(filled);
        }
    }
}
