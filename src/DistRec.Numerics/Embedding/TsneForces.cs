using DistRec.Numerics.Linear;

namespace DistRec.Numerics.Embedding;

/// <summary>
/// What draws each point of a t-SNE map and what pushes it away. With the kernel k_ij = 1 / (1 + |y_i − y_j|²), the map's similarities
/// q_ij = k_ij / Z and Z = Σ_{i≠j} k_ij, the gradient of KL(P‖Q) is 4 (Σ_j p_ij k_ij (y_i − y_j) − (1/Z) Σ_j k_ij² (y_i − y_j))
/// (van der Maaten, "Accelerating t-SNE using tree-based algorithms", JMLR 2014).
/// </summary>
/// <remarks>
/// Points are computed in blocks of 16; different blocks may be computed at a time, by any threads, and the result has the same bits.
/// </remarks>
public abstract class TsneForces
{
    /// <summary>Points in a block: the lanes of a vector.</summary>
    public const int BlockSize = FactorTable.Lanes;

    private readonly FactorTable _sums;

    /// <param name="count">Number of points, at least 1.</param>
    private protected TsneForces(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        _sums = new FactorTable(5, count);
    }

    /// <summary>Number of points, n.</summary>
    public int Count { get; }

    /// <summary>Number of blocks.</summary>
    public int BlockCount => (Count + BlockSize - 1) / BlockSize;

    /// <summary>First coordinate of Σ_j p_ij k_ij (y_i − y_j), [n].</summary>
    public Span<float> AttractionX => _sums.Row(0);

    /// <summary>Second coordinate, [n].</summary>
    public Span<float> AttractionY => _sums.Row(1);

    /// <summary>First coordinate of Σ_j k_ij² (y_i − y_j), [n].</summary>
    public Span<float> RepulsionX => _sums.Row(2);

    /// <summary>Second coordinate, [n].</summary>
    public Span<float> RepulsionY => _sums.Row(3);

    /// <summary>Σ_{j≠i} k_ij, [n].</summary>
    public Span<float> Kernels => _sums.Row(4);

    /// <summary>Z, once all blocks are computed; above 0 for any map of two points or more.</summary>
    public double KernelSum()
    {
        double sum = 0;
        foreach (float kernel in Kernels)
        {
            sum += kernel;
        }

        return Math.Max(sum, double.Epsilon);
    }

    /// <summary>Takes the positions of a step, which may not change until its blocks are computed.</summary>
    /// <param name="positions">First coordinates, then second ones, finite, [2, n].</param>
    public abstract void Begin(FactorTable positions);

    /// <summary>Computes the sums of a block's points.</summary>
    public abstract void Compute(int block);

    /// <summary>Σ_j p_ij ln(p_ij / q_ij) over the points of a block; over all of them it is KL(P‖Q).</summary>
    /// <param name="block">The block.</param>
    /// <param name="kernelSum">Z.</param>
    public abstract double Divergence(int block, double kernelSum);

    /// <summary>p ln(p / q) for points that are stated differences apart; 0 where p is.</summary>
    private protected static double Divergence(double affinity, double dx, double dy, double kernelSum) =>
        affinity > 0 ? affinity * Math.Log(affinity * kernelSum * (1 + (dx * dx) + (dy * dy))) : 0;
}
