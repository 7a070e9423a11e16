using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DistRec.Numerics.Linear;

/// <summary>
/// The inner loop of every exact solve: upper(G) += LᵀR for two tiles L, R of shape [depth, rank]. With L = R it is the
/// symmetric rank update of the normal equation; with L = −R a panel's part in the Cholesky factorization.
/// </summary>
/// <remarks>
/// Every element of G is one chain of fused multiply-adds in the order of the tile's rows, so its bits depend neither on
/// how the rows were cut into tiles nor on the width of the machine's vectors. Blocks of 8 rows × 2 vectors (or 16 × 1 beside
/// the diagonal) live in 16 registers while the tile passes through. Only vectors that touch the upper triangle are
/// computed; below the diagonal, G holds whatever the diagonal blocks leave there.
/// </remarks>
internal static unsafe class GramKernel
{
    private const int Lanes = FactorTable.Lanes;

    /// <summary>upper(G) += LᵀR, restricted to rows and columns from <paramref name="firstVector"/> × 16 on.</summary>
    /// <param name="gram">G, [rank, stride], row-major.</param>
    /// <param name="stride">Floats from row to row in G, L and R, a multiple of 16.</param>
    /// <param name="left">L, [depth, stride].</param>
    /// <param name="right">R, [depth, stride].</param>
    /// <param name="depth">Rows in the tiles.</param>
    /// <param name="firstVector">First 16-wide block row and column to update.</param>
    public static void AddProduct(float* gram, int stride, float* left, float* right, int depth, int firstVector = 0)
    {
        int vectors = stride / Lanes;
        int column = firstVector;
        for (; column + 1 < vectors; column += 2)
        {
            int wideRows = (column + 1) * Lanes;
            for (int row = firstVector * Lanes; row < wideRows; row += 8)
            {
                AddBlock8x2(gram + (long)row * stride + column * Lanes, stride, left + row, right + column * Lanes, depth);
            }

            AddBlock16x1(
                gram + (long)wideRows * stride + (column + 1) * Lanes, stride, left + wideRows, right + (column + 1) * Lanes, depth);
        }

        if (column < vectors)
        {
            for (int row = firstVector * Lanes; row <= column * Lanes; row += 16)
            {
                AddBlock16x1(gram + (long)row * stride + column * Lanes, stride, left + row, right + column * Lanes, depth);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddBlock8x2(float* gram, int stride, float* left, float* right, int depth)
    {
        float* g = gram;
        Vector512<float> a0 = Vector512.Load(g), b0 = Vector512.Load(g + Lanes);
        g += stride;
        Vector512<float> a1 = Vector512.Load(g), b1 = Vector512.Load(g + Lanes);
        g += stride;
        Vector512<float> a2 = Vector512.Load(g), b2 = Vector512.Load(g + Lanes);
        g += stride;
        Vector512<float> a3 = Vector512.Load(g), b3 = Vector512.Load(g + Lanes);
        g += stride;
        Vector512<float> a4 = Vector512.Load(g), b4 = Vector512.Load(g + Lanes);
        g += stride;
        Vector512<float> a5 = Vector512.Load(g), b5 = Vector512.Load(g + Lanes);
        g += stride;
        Vector512<float> a6 = Vector512.Load(g), b6 = Vector512.Load(g + Lanes);
        g += stride;
        Vector512<float> a7 = Vector512.Load(g), b7 = Vector512.Load(g + Lanes);

        for (int t = 0; t < depth; t++)
        {
            Vector512<float> x = Vector512.Load(right);
            Vector512<float> y = Vector512.Load(right + Lanes);
            Vector512<float> f = Vector512.Create(left[0]);
            a0 = Vector512.FusedMultiplyAdd(f, x, a0);
            b0 = Vector512.FusedMultiplyAdd(f, y, b0);
            f = Vector512.Create(left[1]);
            a1 = Vector512.FusedMultiplyAdd(f, x, a1);
            b1 = Vector512.FusedMultiplyAdd(f, y, b1);
            f = Vector512.Create(left[2]);
            a2 = Vector512.FusedMultiplyAdd(f, x, a2);
            b2 = Vector512.FusedMultiplyAdd(f, y, b2);
            f = Vector512.Create(left[3]);
            a3 = Vector512.FusedMultiplyAdd(f, x, a3);
            b3 = Vector512.FusedMultiplyAdd(f, y, b3);
            f = Vector512.Create(left[4]);
            a4 = Vector512.FusedMultiplyAdd(f, x, a4);
            b4 = Vector512.FusedMultiplyAdd(f, y, b4);
            f = Vector512.Create(left[5]);
            a5 = Vector512.FusedMultiplyAdd(f, x, a5);
            b5 = Vector512.FusedMultiplyAdd(f, y, b5);
            f = Vector512.Create(left[6]);
            a6 = Vector512.FusedMultiplyAdd(f, x, a6);
            b6 = Vector512.FusedMultiplyAdd(f, y, b6);
            f = Vector512.Create(left[7]);
            a7 = Vector512.FusedMultiplyAdd(f, x, a7);
            b7 = Vector512.FusedMultiplyAdd(f, y, b7);
            left += stride;
            right += stride;
        }

        g = gram;
        a0.Store(g);
        b0.Store(g + Lanes);
        g += stride;
        a1.Store(g);
        b1.Store(g + Lanes);
        g += stride;
        a2.Store(g);
        b2.Store(g + Lanes);
        g += stride;
        a3.Store(g);
        b3.Store(g + Lanes);
        g += stride;
        a4.Store(g);
        b4.Store(g + Lanes);
        g += stride;
        a5.Store(g);
        b5.Store(g + Lanes);
        g += stride;
        a6.Store(g);
        b6.Store(g + Lanes);
        g += stride;
        a7.Store(g);
        b7.Store(g + Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddBlock16x1(float* gram, int stride, float* left, float* right, int depth)
    {
        float* g = gram;
        float* h = gram + 8L * stride;
        Vector512<float> a0 = Vector512.Load(g), b0 = Vector512.Load(h);
        g += stride;
        h += stride;
        Vector512<float> a1 = Vector512.Load(g), b1 = Vector512.Load(h);
        g += stride;
        h += stride;
        Vector512<float> a2 = Vector512.Load(g), b2 = Vector512.Load(h);
        g += stride;
        h += stride;
        Vector512<float> a3 = Vector512.Load(g), b3 = Vector512.Load(h);
        g += stride;
        h += stride;
        Vector512<float> a4 = Vector512.Load(g), b4 = Vector512.Load(h);
        g += stride;
        h += stride;
        Vector512<float> a5 = Vector512.Load(g), b5 = Vector512.Load(h);
        g += stride;
        h += stride;
        Vector512<float> a6 = Vector512.Load(g), b6 = Vector512.Load(h);
        g += stride;
        h += stride;
        Vector512<float> a7 = Vector512.Load(g), b7 = Vector512.Load(h);

        for (int t = 0; t < depth; t++)
        {
            Vector512<float> x = Vector512.Load(right);
            a0 = Vector512.FusedMultiplyAdd(Vector512.Create(left[0]), x, a0);
            a1 = Vector512.FusedMultiplyAdd(Vector512.Create(left[1]), x, a1);
            a2 = Vector512.FusedMultiplyAdd(Vector512.Create(left[2]), x, a2);
            a3 = Vector512.FusedMultiplyAdd(Vector512.Create(left[3]), x, a3);
            a4 = Vector512.FusedMultiplyAdd(Vector512.Create(left[4]), x, a4);
            a5 = Vector512.FusedMultiplyAdd(Vector512.Create(left[5]), x, a5);
            a6 = Vector512.FusedMultiplyAdd(Vector512.Create(left[6]), x, a6);
            a7 = Vector512.FusedMultiplyAdd(Vector512.Create(left[7]), x, a7);
            b0 = Vector512.FusedMultiplyAdd(Vector512.Create(left[8]), x, b0);
            b1 = Vector512.FusedMultiplyAdd(Vector512.Create(left[9]), x, b1);
            b2 = Vector512.FusedMultiplyAdd(Vector512.Create(left[10]), x, b2);
            b3 = Vector512.FusedMultiplyAdd(Vector512.Create(left[11]), x, b3);
            b4 = Vector512.FusedMultiplyAdd(Vector512.Create(left[12]), x, b4);
            b5 = Vector512.FusedMultiplyAdd(Vector512.Create(left[13]), x, b5);
            b6 = Vector512.FusedMultiplyAdd(Vector512.Create(left[14]), x, b6);
            b7 = Vector512.FusedMultiplyAdd(Vector512.Create(left[15]), x, b7);
            left += stride;
            right += stride;
        }

        g = gram;
        h = gram + 8L * stride;
        a0.Store(g);
        b0.Store(h);
        g += stride;
        h += stride;
        a1.Store(g);
        b1.Store(h);
        g += stride;
        h += stride;
        a2.Store(g);
        b2.Store(h);
        g += stride;
        h += stride;
        a3.Store(g);
        b3.Store(h);
        g += stride;
        h += stride;
        a4.Store(g);
        b4.Store(h);
        g += stride;
        h += stride;
        a5.Store(g);
        b5.Store(h);
        g += stride;
        h += stride;
        a6.Store(g);
        b6.Store(h);
        g += stride;
        h += stride;
        a7.Store(g);
        b7.Store(h);
    }
}
