using System.Runtime.CompilerServices;

namespace DistRec.Models;

/// <summary>Adds one row's ratings to its normal equation, without biases: x = q_i, y = r_ui − mean.</summary>
internal static unsafe class RatingGather
{
    /// <param name="columns">The row's columns, ascending.</param>
    /// <param name="values">Its ratings.</param>
    /// <param name="other">The other side. Read by address: the caller keeps it alive.</param>
    /// <param name="mean">What is taken off every rating.</param>
    /// <param name="equation">Of the same rank as the other side.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(ReadOnlySpan<int> columns, ReadOnlySpan<float> values, PartitionedFactors other, float mean, NormalEquation equation)
    {
        int stride = equation.Stride;
        int capacity = equation.TileCapacity;
        Span<float> targets = equation.Targets;
        OtherRows rows = new(other, stride);
        int filled = 0;
        float* tileRow = equation.TilePointer;
        for (int t = 0; t < columns.Length; t++)
        {
            rows.CopyTo(columns, t, tileRow);
            targets[filled] = values[t] - mean;
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
