using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DistRec.Numerics.Linear;

/// <summary>
/// A = L Lᵀ of a large symmetric positive definite matrix in float64, by blocks, and solutions of A X = B (Golub, Van Loan, "Matrix computations", 4th edition, section
/// 4.2.6). Blocks on the diagonal are inverted, so that all the rest is products of blocks. The same bits for any number of threads.
/// </summary>
public sealed unsafe class BlockedCholesky
{
    /// <summary>Rows and columns of a block; as many right sides are solved for together.</summary>
    public const int Block = 64;

    private const int Lanes = 8;
    private const int BlockLength = Block * Block;

    // Pivots below such a share of what stood there are what rounding has left.
    private const double LeastPivot = 1e-12;

    private readonly double[] _lower;
    private readonly double[] _inverses;

    /// <param name="size">Rows of A, at least 1.</param>
    public BlockedCholesky(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        Size = size;
        Stride = (size + Block - 1) / Block * Block;
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)Stride * Stride, Array.MaxLength, nameof(size));
        _lower = GC.AllocateArray<double>(Stride * Stride, pinned: true);
        _inverses = GC.AllocateArray<double>(Stride * Block, pinned: true);
        for (int row = size; row < Stride; row++)
        {
            _lower[(row * Stride) + row] = 1;
        }
    }

    /// <summary>Rows of A.</summary>
    public int Size { get; }

    /// <summary>Rows with those that fill the last block, which are those of the identity.</summary>
    public int Stride { get; }

    /// <summary>Bytes of a matrix of so many rows.</summary>
    public static long BytesOf(long size) => (size + Block) * (size + (2 * Block)) * sizeof(double);

    /// <summary>A row of A up to its diagonal, to be filled before <see cref="Factor"/>, [row + 1].</summary>
    public Span<double> Row(int row) => _lower.AsSpan(row * Stride, row + 1);

    /// <summary>Makes L of A, in its place.</summary>
    /// <param name="threads">Threads.</param>
    /// <returns>False where A is not positive definite in float64; L is then of no use.</returns>
    public bool Factor(int threads)
    {
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Math.Max(1, threads) };
        int blocks = Stride / Block;
        double[] diagonal = [.. Enumerable.Range(0, Stride).Select(row => _lower[(row * Stride) + row])];
        double[] transposed = GC.AllocateArray<double>(Stride * Block, pinned: true);
        for (int k = 0; k < blocks; k++)
        {
            if (!FactorDiagonal(k, diagonal))
            {
                return false;
            }

            int pivot = k;
            Parallel.For(k + 1, blocks, parallel, i => SolvePanel(i, pivot, At(transposed, i * BlockLength)));
            Parallel.For(k + 1, blocks, parallel, j =>
            {
                for (int i = j; i < blocks; i++)
                {
                    Subtract(BlockAt(i, pivot), Stride, At(transposed, j * BlockLength), BlockAt(i, j), Stride);
                }
            });
        }

        return true;
    }

    /// <summary>Solves A X = B.</summary>
    /// <param name="x">B, and X in its place, [<see cref="Stride"/>, <see cref="Block"/>]; rows from <see cref="Size"/> are zeros.</param>
    /// <param name="firstRow">The first row of B that is not all zeros.</param>
    public void Solve(Span<double> x, int firstRow = 0)
    {
        if (x.Length != Stride * Block)
        {
            throw new ArgumentException($"expected {Stride * Block} values, found {x.Length}", nameof(x));
        }

        int blocks = Stride / Block, first = firstRow / Block;
        double* tile = stackalloc double[BlockLength];
        fixed (double* at = x)
        {
            for (int k = first; k < blocks; k++)
            {
                for (int c = first; c < k; c++)
                {
                    Subtract(BlockAt(k, c), Stride, at + ((long)c * BlockLength), at + ((long)k * BlockLength), Block);
                }

                Multiply(At(_inverses, k * BlockLength), at + ((long)k * BlockLength), tile);
            }

            double* turned = stackalloc double[BlockLength];
            for (int k = blocks - 1; k >= 0; k--)
            {
                for (int c = k + 1; c < blocks; c++)
                {
                    Transpose(BlockAt(c, k), Stride, turned);
                    Subtract(turned, Block, at + ((long)c * BlockLength), at + ((long)k * BlockLength), Block);
                }

                Transpose(At(_inverses, k * BlockLength), Block, turned);
                Multiply(turned, at + ((long)k * BlockLength), tile);
            }
        }
    }

    private static double* At(double[] pinned, int index) => (double*)Unsafe.AsPointer(ref pinned[index]);

    private double* BlockAt(int row, int column) => At(_lower, 0) + ((long)row * Block * Stride) + (column * Block);

    // L of the block on the diagonal, zeros above, and its inverse.
    private bool FactorDiagonal(int k, double[] diagonal)
    {
        double* a = BlockAt(k, k);
        double* inverse = At(_inverses, k * BlockLength);
        for (int row = 0; row < Block; row++)
        {
            for (int column = 0; column <= row; column++)
            {
                double sum = a[((long)row * Stride) + column];
                for (int c = 0; c < column; c++)
                {
                    sum -= a[((long)row * Stride) + c] * a[((long)column * Stride) + c];
                }

                if (row != column)
                {
                    a[((long)row * Stride) + column] = sum / a[((long)column * Stride) + column];
                }
                else if (sum > LeastPivot * diagonal[(k * Block) + row] && double.IsFinite(sum))
                {
                    a[((long)row * Stride) + row] = Math.Sqrt(sum);
                }
                else
                {
                    return false;
                }
            }
        }

        for (int column = 0; column < Block; column++)
        {
            for (int row = 0; row < Block; row++)
            {
                double sum = row == column ? 1 : 0;
                for (int c = column; c < row; c++)
                {
                    sum -= a[((long)row * Stride) + c] * inverse[(c * Block) + column];
                }

                inverse[(row * Block) + column] = row < column ? 0 : sum / a[((long)row * Stride) + row];
            }
        }

        return true;
    }

    // L_ik = A_ik (L_kk⁻¹)ᵀ, and its transpose for the products to come.
    private void SolvePanel(int i, int k, double* transposed)
    {
        double* turned = stackalloc double[BlockLength];
        double* product = stackalloc double[BlockLength];
        Transpose(At(_inverses, k * BlockLength), Block, turned);
        new Span<double>(product, BlockLength).Clear();
        double* own = BlockAt(i, k);
        Subtract(own, Stride, turned, product, Block);
        for (int row = 0; row < Block; row++)
        {
            for (int column = 0; column < Block; column++)
            {
                own[((long)row * Stride) + column] = -product[(row * Block) + column];
            }
        }

        Transpose(own, Stride, transposed);
    }

    // B = A B.
    private static void Multiply(double* a, double* b, double* tile)
    {
        Span<double> product = new(tile, BlockLength), own = new(b, BlockLength);
        product.Clear();
        Subtract(a, Block, b, tile, Block);
        for (int index = 0; index < BlockLength; index++)
        {
            own[index] = -product[index];
        }
    }

    private static void Transpose(double* from, int stride, double* to)
    {
        for (int row = 0; row < Block; row++)
        {
            for (int column = 0; column < Block; column++)
            {
                to[(column * Block) + row] = from[((long)row * stride) + column];
            }
        }
    }

    // C −= A B of blocks, B without gaps: four rows of C and two vectors of columns at a time, each sum in its order.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Subtract(double* a, int aStride, double* b, double* c, int cStride)
    {
        for (int row = 0; row < Block; row += 4)
        {
            double* a0 = a + ((long)row * aStride);
            double* a1 = a0 + aStride;
            double* a2 = a1 + aStride;
            double* a3 = a2 + aStride;
            for (int column = 0; column < Block; column += 2 * Lanes)
            {
                double* c0 = c + ((long)row * cStride) + column;
                double* c1 = c0 + cStride;
                double* c2 = c1 + cStride;
                double* c3 = c2 + cStride;
                Vector512<double> s00 = Vector512.Load(c0), s01 = Vector512.Load(c0 + Lanes), s10 = Vector512.Load(c1), s11 = Vector512.Load(c1 + Lanes);
                Vector512<double> s20 = Vector512.Load(c2), s21 = Vector512.Load(c2 + Lanes), s30 = Vector512.Load(c3), s31 = Vector512.Load(c3 + Lanes);
                double* of = b + column;
                for (int k = 0; k < Block; k++, of += Block)
                {
                    Vector512<double> b0 = Vector512.Load(of), b1 = Vector512.Load(of + Lanes);
                    Vector512<double> x = Vector512.Create(-a0[k]);
                    s00 = Vector512.FusedMultiplyAdd(x, b0, s00);
                    s01 = Vector512.FusedMultiplyAdd(x, b1, s01);
                    x = Vector512.Create(-a1[k]);
                    s10 = Vector512.FusedMultiplyAdd(x, b0, s10);
                    s11 = Vector512.FusedMultiplyAdd(x, b1, s11);
                    x = Vector512.Create(-a2[k]);
                    s20 = Vector512.FusedMultiplyAdd(x, b0, s20);
                    s21 = Vector512.FusedMultiplyAdd(x, b1, s21);
                    x = Vector512.Create(-a3[k]);
                    s30 = Vector512.FusedMultiplyAdd(x, b0, s30);
                    s31 = Vector512.FusedMultiplyAdd(x, b1, s31);
                }

                s00.Store(c0);
                s01.Store(c0 + Lanes);
                s10.Store(c1);
                s11.Store(c1 + Lanes);
                s20.Store(c2);
                s21.Store(c2 + Lanes);
                s30.Store(c3);
                s31.Store(c3 + Lanes);
            }
        }
    }
}
