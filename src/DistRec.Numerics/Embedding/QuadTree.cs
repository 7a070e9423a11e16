using System.Runtime.CompilerServices;
using DistRec.Numerics.Linear;

namespace DistRec.Numerics.Embedding;

/// <summary>A square of a <see cref="QuadTree"/> and the points in it.</summary>
/// <param name="X">First coordinate of the points' mean.</param>
/// <param name="Y">Second coordinate of the points' mean.</param>
/// <param name="Mass">How many points there are, at least 1.</param>
/// <param name="Side">Length of the square's sides.</param>
/// <param name="Next">The cell that follows when those inside are left out.</param>
/// <param name="First">Of a leaf, where its points start in the tree's order.</param>
/// <param name="End">Of a leaf, where they end; 0 for a cell that has others inside.</param>
public readonly record struct QuadCell(float X, float Y, float Mass, float Side, int Next, int First, int End);

/// <summary>
/// Points of a plane in squares within squares. Points are sorted along a Z-order curve, on which each square is a range; cells stand
/// before those inside them, so that a walk over the tree is a loop: on to the next cell, or, where a cell will do for all in it, to <see
/// cref="QuadCell.Next"/>.
/// </summary>
/// <remarks>Squares are halved 16 times at most: points that are closer than 2⁻¹⁶ of the whole stay together in a leaf.</remarks>
public sealed class QuadTree
{
    /// <summary>A square of as many points or fewer is not divided.</summary>
    public const int LeafSize = 8;

    private const int Levels = 16;
    private const float SmallestExtent = 1e-30f; // its inverse is a number

    private readonly FactorTable _sorted;
    private readonly int[] _order;
    private readonly ulong[] _keys; // the place on the curve above the point's index
    private readonly QuadCell[] _cells;
    private int _cellCount;
    private float _extent;

    /// <param name="count">Number of points, n, at least 1.</param>
    public QuadTree(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        _sorted = new FactorTable(2, FactorTable.StrideOf(count));
        _order = new int[count];
        _keys = new ulong[count];
        _cells = new QuadCell[2 * count];
    }

    /// <summary>Number of points, n.</summary>
    public int Count { get; }

    /// <summary>Indices of the points in the tree's order, [n].</summary>
    public ReadOnlySpan<int> Order => _order;

    /// <summary>Coordinates in the tree's order, [2, n rounded up to whole vectors]; behind the last point stand copies of it.</summary>
    public FactorTable Sorted => _sorted;

    /// <summary>The cells, the square of all points first.</summary>
    public ReadOnlySpan<QuadCell> Cells => _cells.AsSpan(0, _cellCount);

    /// <summary>Sorts other positions of the points.</summary>
    /// <param name="positions">First coordinates, then second ones, finite, [2, n].</param>
    public void Build(FactorTable positions)
    {
        ArgumentNullException.ThrowIfNull(positions);
        ReadOnlySpan<float> x = positions.Row(0), y = positions.Row(1);
        (float left, float right) = RangeOf(x);
        (float bottom, float top) = RangeOf(y);
        _extent = Math.Max(right - left, top - bottom);
        float scale = _extent > SmallestExtent ? (1 << Levels) / _extent : 0;
        for (int point = 0; point < Count; point++)
        {
            ulong place = Spread(Coordinate((x[point] - left) * scale)) | (Spread(Coordinate((y[point] - bottom) * scale)) << 1);
            _keys[point] = (place << 32) | (uint)point;
        }

        Array.Sort(_keys);
        Span<float> sortedX = _sorted.Row(0), sortedY = _sorted.Row(1);
        for (int index = 0; index < sortedX.Length; index++)
        {
            int point = (int)(uint)_keys[Math.Min(index, Count - 1)];
            sortedX[index] = x[point];
            sortedY[index] = y[point];
            _order[Math.Min(index, Count - 1)] = point;
        }

        _cellCount = 0;
        AddCell(0, Count, 0);
    }

    // Adds the cell of some points, whose square is the whole halved level times, and those inside it.
    private (double X, double Y) AddCell(int first, int end, int level)
    {
        // While all points are in one quarter, the square is that quarter.
        while (level < Levels && end - first > LeafSize && Quarter(first, level) == Quarter(end - 1, level))
        {
            level++;
        }

        int cell = _cellCount++;
        bool isLeaf = end - first <= LeafSize || level == Levels;
        (double x, double y) = isLeaf ? SumOf(first, end) : AddQuarters(first, end, level);
        int mass = end - first;
        _cells[cell] = new QuadCell(
            (float)(x / mass), (float)(y / mass), mass, MathF.ScaleB(_extent, -level), _cellCount, first, isLeaf ? end : 0);
        return (x, y);
    }

    private (double X, double Y) AddQuarters(int first, int end, int level)
    {
        double x = 0, y = 0;
        while (first < end)
        {
            int next = EndOfQuarter(first, end, level);
            (double partX, double partY) = AddCell(first, next, level + 1);
            x += partX;
            y += partY;
            first = next;
        }

        return (x, y);
    }

    private (double X, double Y) SumOf(int first, int end)
    {
        ReadOnlySpan<float> sortedX = _sorted.Row(0), sortedY = _sorted.Row(1);
        double x = 0, y = 0;
        for (int index = first; index < end; index++)
        {
            x += sortedX[index];
            y += sortedY[index];
        }

        return (x, y);
    }

    private int Quarter(int index, int level) => (int)(_keys[index] >> (32 + (2 * (Levels - 1 - level)))) & 3;

    // The first of the points behind the quarter that the first one is in, by bisection.
    private int EndOfQuarter(int first, int end, int level)
    {
        int quarter = Quarter(first, level);
        int inside = first, outside = end;
        while (outside - inside > 1)
        {
            int middle = (inside + outside) / 2;
            (inside, outside) = Quarter(middle, level) == quarter ? (middle, outside) : (inside, middle);
        }

        return outside;
    }

    private static (float Minimum, float Maximum) RangeOf(ReadOnlySpan<float> values)
    {
        float minimum = values[0], maximum = values[0];
        foreach (float value in values)
        {
            minimum = Math.Min(minimum, value);
            maximum = Math.Max(maximum, value);
        }

        return (minimum, maximum);
    }

    private static uint Coordinate(float place) => (uint)Math.Min((int)place, (1 << Levels) - 1);

    // abcd… → 0a0b0c0d…
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Spread(uint value)
    {
        ulong bits = value;
        bits = (bits | (bits << 8)) & 0x00FF00FF;
        bits = (bits | (bits << 4)) & 0x0F0F0F0F;
        bits = (bits | (bits << 2)) & 0x33333333;
        return (bits | (bits << 1)) & 0x55555555;
    }
}
