using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DistRec.Numerics.Linear;

namespace DistRec.Numerics.Embedding;

/// <summary>
/// The forces of t-SNE by the algorithm of Barnes and Hut (van der Maaten, "Accelerating t-SNE using tree-based algorithms", JMLR 2014):
/// a square of a <see cref="QuadTree"/> whose side is shorter than θ times its distance repels as one heavy point in its mean; only near
/// neighbours attract. An iteration takes O(n log n) steps.
/// </summary>
/// <remarks>
/// Points that repel in a block are 16 neighbours on the tree's curve and walk over the tree together. A square is taken as a whole only
/// where it is far from all 16: what is left out is never more than each point alone would leave out.
/// </remarks>
public sealed unsafe class TreeForces : TsneForces
{
    /// <summary>Up to here, 1/√2, no square that a point is in is far from that point.</summary>
    public const double MaxTheta = 0.7;

    private readonly SparseAffinities _affinities;
    private readonly QuadTree _tree;
    private readonly float _inverseSquaredTheta;
    private FactorTable? _positions;

    /// <param name="affinities">p_ij.</param>
    /// <param name="theta">θ, 0 (all pairs) to <see cref="MaxTheta"/>.</param>
    public TreeForces(SparseAffinities affinities, double theta)
        : base(affinities?.Count ?? 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(theta);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(theta, MaxTheta);
        _affinities = affinities!;
        _tree = new QuadTree(Count);
        _inverseSquaredTheta = (float)(1 / (theta * theta));
    }

    public override void Begin(FactorTable positions)
    {
        _positions = positions;
        _tree.Build(positions);
    }

    public override void Compute(int block)
    {
        Repel(block);

        // Neighbours of points are anywhere in memory, but the lists of these stand in the order of the points.
        ReadOnlySpan<float> x = _positions!.Row(0), y = _positions.Row(1);
        for (int point = block * BlockSize; point < Math.Min((block + 1) * BlockSize, Count); point++)
        {
            Attract(point, x, y);
        }
    }

    public override double Divergence(int block, double kernelSum)
    {
        ReadOnlySpan<float> x = _positions!.Row(0), y = _positions.Row(1);
        double sum = 0;
        for (int point = block * BlockSize; point < Math.Min((block + 1) * BlockSize, Count); point++)
        {
            for (int pair = _affinities.RowStarts[point]; pair < _affinities.RowStarts[point + 1]; pair++)
            {
                int other = _affinities.Columns[pair];
                sum += Divergence(_affinities.Values[pair], (double)x[point] - x[other], (double)y[point] - y[other], kernelSum);
            }
        }

        return sum;
    }

    private void Attract(int point, ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        int start = _affinities.RowStarts[point], end = _affinities.RowStarts[point + 1];
        ReadOnlySpan<int> columns = _affinities.Columns.AsSpan(start, end - start);
        ReadOnlySpan<float> affinities = _affinities.Values.AsSpan(start, columns.Length);
        float ownX = x[point], ownY = y[point], sumX = 0, sumY = 0;
        for (int pair = 0; pair < columns.Length; pair++)
        {
            float dx = ownX - x[columns[pair]];
            float dy = ownY - y[columns[pair]];
            float pull = affinities[pair] / (1 + (dx * dx) + (dy * dy));
            sumX += pull * dx;
            sumY += pull * dy;
        }

        AttractionX[point] = sumX;
        AttractionY[point] = sumY;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Repel(int block)
    {
        int first = block * BlockSize;
        float* sortedX = _tree.Sorted.Pointer;
        float* sortedY = sortedX + _tree.Sorted.Stride;
        Vector512<float> one = Vector512<float>.One;
        Vector512<float> x = Vector512.Load(sortedX + first), y = Vector512.Load(sortedY + first);
        Vector512<int> lanes = Vector512<int>.Indices + Vector512.Create(first);
        Vector512<float> pushX = Vector512<float>.Zero, pushY = pushX, sum = pushX;
        ReadOnlySpan<QuadCell> cells = _tree.Cells;
        int next = 0;
        while (next < cells.Length)
        {
            ref readonly QuadCell cell = ref cells[next];
            Vector512<float> dx = x - Vector512.Create(cell.X), dy = y - Vector512.Create(cell.Y);
            Vector512<float> squared = Vector512.FusedMultiplyAdd(dx, dx, dy * dy);
            if (Vector512.GreaterThanAll(squared, Vector512.Create(cell.Side * cell.Side * _inverseSquaredTheta)))
            {
                Vector512<float> kernel = one / (one + squared);
                Vector512<float> kernels = kernel * Vector512.Create(cell.Mass);
                Vector512<float> push = kernels * kernel;
                pushX = Vector512.FusedMultiplyAdd(push, dx, pushX);
                pushY = Vector512.FusedMultiplyAdd(push, dy, pushY);
                sum += kernels;
                next = cell.Next;
                continue;
            }

            for (int j = cell.First; j < cell.End; j++)
            {
                dx = x - Vector512.Create(sortedX[j]);
                dy = y - Vector512.Create(sortedY[j]);
                Vector512<float> kernel = one / Vector512.FusedMultiplyAdd(dx, dx, Vector512.FusedMultiplyAdd(dy, dy, one));
                kernel = Vector512.AndNot(kernel, Vector512.Equals(lanes, Vector512.Create(j)).AsSingle()); // nobody repels itself
                Vector512<float> push = kernel * kernel;
                pushX = Vector512.FusedMultiplyAdd(push, dx, pushX);
                pushY = Vector512.FusedMultiplyAdd(push, dy, pushY);
                sum += kernel;
            }

            next++;
        }

        GC.KeepAlive(_tree); // it is read by address
        Span<float> repulsionX = RepulsionX, repulsionY = RepulsionY, kernelsOf = Kernels;
        ReadOnlySpan<int> points = _tree.Order[first..Math.Min(first + BlockSize, Count)];
        for (int lane = 0; lane < points.Length; lane++)
        {
            repulsionX[points[lane]] = pushX[lane];
            repulsionY[points[lane]] = pushY[lane];
            kernelsOf[points[lane]] = sum[lane];
        }
    }
}
