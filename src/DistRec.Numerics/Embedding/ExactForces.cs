using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DistRec.Numerics.Linear;
using DistRec.Numerics.Vectors;

namespace DistRec.Numerics.Embedding;

/// <summary>The forces of t-SNE over all pairs: n² steps, and 4n² bytes of affinities.</summary>
public sealed unsafe class ExactForces : TsneForces
{
    private const int Lanes = FactorTable.Lanes;

    private readonly FactorTable _affinities;
    private FactorTable? _positions;

    /// <param name="affinities">p_ij, 0 on the diagonal, [n, n].</param>
    /// <exception cref="ArgumentException">The table is not square.</exception>
    public ExactForces(FactorTable affinities)
        : base(affinities?.Rows ?? 0)
    {
        if (affinities!.Rank != affinities.Rows)
        {
            throw new ArgumentException(
                $"expected as many columns as rows, found [{affinities.Rows}, {affinities.Rank}]", nameof(affinities));
        }

        _affinities = affinities;
    }

    public override void Begin(FactorTable positions) => _positions = positions;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Compute(int block)
    {
        FactorTable positions = _positions!;
        float* x = positions.Pointer;
        float* y = x + positions.Stride;
        int first = block * BlockSize;
        Vector512<float> one = Vector512<float>.One;
        Vector512<int> lanes = Vector512<int>.Indices;

        // Lanes behind the last point are at the origin, where nobody is.
        int last = positions.Stride - Lanes;
        Vector512<float> behind = Vector512.GreaterThanOrEqual(lanes + Vector512.Create(last), Vector512.Create(Count)).AsSingle();
        for (int point = first; point < Math.Min(first + BlockSize, Count); point++)
        {
            float* affinities = _affinities.Pointer + ((long)point * _affinities.Stride);
            Vector512<float> ownX = Vector512.Create(x[point]), ownY = Vector512.Create(y[point]);
            Vector512<float> itself = Vector512.Equals(lanes, Vector512.Create(point - first)).AsSingle();
            Vector512<float> pullX = Vector512<float>.Zero, pullY = pullX, pushX = pullX, pushY = pullX, sum = pullX;
            for (int j = 0; j <= last; j += Lanes)
            {
                Vector512<float> dx = ownX - Vector512.Load(x + j);
                Vector512<float> dy = ownY - Vector512.Load(y + j);
                Vector512<float> kernel = one / Vector512.FusedMultiplyAdd(dx, dx, Vector512.FusedMultiplyAdd(dy, dy, one));
                if (j == first)
                {
                    kernel = Vector512.AndNot(kernel, itself);
                }

                if (j == last)
                {
                    kernel = Vector512.AndNot(kernel, behind);
                }

                Vector512<float> pull = Vector512.Load(affinities + j) * kernel;
                Vector512<float> push = kernel * kernel;
                pullX = Vector512.FusedMultiplyAdd(pull, dx, pullX);
                pullY = Vector512.FusedMultiplyAdd(pull, dy, pullY);
                pushX = Vector512.FusedMultiplyAdd(push, dx, pushX);
                pushY = Vector512.FusedMultiplyAdd(push, dy, pushY);
                sum += kernel;
            }

            AttractionX[point] = Lanes16.Sum(pullX);
            AttractionY[point] = Lanes16.Sum(pullY);
            RepulsionX[point] = Lanes16.Sum(pushX);
            RepulsionY[point] = Lanes16.Sum(pushY);
            Kernels[point] = Lanes16.Sum(sum);
        }

        GC.KeepAlive(positions); // both are read by address
        GC.KeepAlive(_affinities);
    }

    public override double Divergence(int block, double kernelSum)
    {
        ReadOnlySpan<float> x = _positions!.Row(0), y = _positions.Row(1);
        double sum = 0;
        for (int point = block * BlockSize; point < Math.Min((block + 1) * BlockSize, Count); point++)
        {
            ReadOnlySpan<float> affinities = _affinities.Row(point);
            for (int other = 0; other < affinities.Length; other++)
            {
                sum += Divergence(affinities[other], (double)x[point] - x[other], (double)y[point] - y[other], kernelSum);
            }
        }

        return sum;
    }
}
