using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DistRec.Numerics.Vectors;

namespace DistRec.Numerics.Linear;

/// <summary>
/// A = UᵀDU with a unit upper triangular U and a diagonal D, the Cholesky factorization without square roots, for a symmetric
/// positive definite A given by its upper triangle, in place; and the solves with it.
/// </summary>
/// <remarks>
/// <para>Golub, Van Loan, "Matrix Computations", 4th ed., section 4.1.2, by panels of 16 rows: each panel is factored row by
/// row from what the rows above it in the panel take off (left-looking, so that a row is stored once), and its part in
/// the rest is <see cref="GramKernel"/> (right-looking). What waits is the chain from one pivot to the next; a
/// panel's other columns are computed in its shadow.</para>
/// <para>Beside U, which is strictly above the diagonal, the blocks of 16 × 16 on the diagonal get its transpose below
/// the diagonal, so that the backward solve takes whole columns of U off. The diagonal itself is not kept: 1/D is apart.</para>
/// </remarks>
internal static unsafe class Cholesky
{
    private const int Lanes = FactorTable.Lanes;
    private const int MaxVectors = 4; // of columns that are carried together
    private const float HalfUnit = 5.9604645e-8f; // 2⁻²⁴, the relative error of one rounding

    /// <summary>
    /// The share of its diagonal element below which a pivot is nothing but the rounding of the sums before it: k float32
    /// half-units (Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed., theorem 10.7).
    /// </summary>
    public static float PivotTolerance(int stride) => stride * HalfUnit;

    /// <summary>Floats of scratch that <see cref="TryFactor"/> needs for a given stride.</summary>
    public static int ScratchLength(int stride) => Lanes * stride + Lanes * Lanes;

    /// <summary>Replaces upper(A) by U, and the lower triangles of the diagonal blocks by those of Uᵀ.</summary>
    /// <param name="a">A, [stride, stride] row-major, the diagonal blocks whole; rows of the padding must hold a positive diagonal.</param>
    /// <param name="stride">Order of A, a multiple of 16.</param>
    /// <param name="inverseDiagonal">Receives 1/D_j, [stride].</param>
    /// <param name="scratch">[<see cref="ScratchLength"/>], aligned as the tables are.</param>
    /// <returns>False where a pivot is rounding noise, negative or not finite: A is not numerically positive definite.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryFactor(float* a, int stride, float* inverseDiagonal, float* scratch)
    {
        int vectors = stride / Lanes;

        // Until 1/D_j takes its place, the smallest pivot that counts as positive.
        float tolerance = PivotTolerance(stride);
        for (int j = 0; j < stride; j++)
        {
            inverseDiagonal[j] = tolerance * a[(long)j * stride + j];
        }

        for (int panel = 0; panel < vectors; panel++)
        {
            float* rows = a + (long)panel * Lanes * stride;
            CholeskyPanel block = new(rows, scratch, scratch + Lanes * stride, stride, panel * Lanes, inverseDiagonal + panel * Lanes);
            int first = panel;
            int width = Math.Min(MaxVectors, vectors - first);
            bool factored = width switch
            {
                1 => block.TryFactorDiagonal<CholeskyPanel.One>(),
                2 => block.TryFactorDiagonal<CholeskyPanel.Two>(),
                3 => block.TryFactorDiagonal<CholeskyPanel.Three>(),
                _ => block.TryFactorDiagonal<CholeskyPanel.Four>(),
            };
            if (!factored)
            {
                return false;
            }

            for (first += width; first < vectors; first += width)
            {
                width = Math.Min(MaxVectors, vectors - first);
                switch (width)
                {
                    case 1: block.SolveColumns<CholeskyPanel.One>(first * Lanes); break;
                    case 2: block.SolveColumns<CholeskyPanel.Two>(first * Lanes); break;
                    case 3: block.SolveColumns<CholeskyPanel.Three>(first * Lanes); break;
                    default: block.SolveColumns<CholeskyPanel.Four>(first * Lanes); break;
                }
            }

            if (panel + 1 < vectors)
            {
                GramKernel.AddProduct(a, stride, scratch, rows, Lanes, panel + 1);
            }
        }

        return true;
    }

    /// <summary>Solves UᵀDU x = b in place, for one right side.</summary>
    public static void Solve(float* u, int stride, float* inverseDiagonal, float* x) =>
        Solve(u, stride, inverseDiagonal, x, x);

    /// <summary>Solves UᵀDU x = b for two right sides at once, which hides the latency of one behind the other.</summary>
    /// <param name="u">U as <see cref="TryFactor"/> left it.</param>
    /// <param name="stride">Order of U, a multiple of 16.</param>
    /// <param name="inverseDiagonal">1/D_j, [stride].</param>
    /// <param name="x">First right side, replaced by its solution, [stride].</param>
    /// <param name="y">Second right side, likewise; may be <paramref name="x"/> again.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Solve(float* u, int stride, float* inverseDiagonal, float* x, float* y)
    {
        // Uᵀ z = b, by blocks of 16: z_j takes its row of U off the lanes after j, then the block its rows off what follows.
        for (int block = 0; block < stride; block += Lanes)
        {
            float* rows = u + (long)block * stride;
            Vector512<float> zx = Vector512.Load(x + block);
            Vector512<float> zy = Vector512.Load(y + block);
            for (int j = 0; j < Lanes - 1; j++)
            {
                Vector512<float> after = Vector512.Load(rows + j * stride + block) & LanesAfter(j);
                zx = Vector512.FusedMultiplyAdd(Vector512.Create(-x[block + j]), after, zx);
                zy = Vector512.FusedMultiplyAdd(Vector512.Create(-y[block + j]), after, zy);
                zx.Store(x + block);
                zy.Store(y + block);
            }

            for (int vector = block + Lanes; vector < stride; vector += Lanes)
            {
                zx = Vector512.Load(x + vector);
                zy = Vector512.Load(y + vector);
                float* row = rows + vector;
                for (int j = 0; j < Lanes; j++, row += stride)
                {
                    Vector512<float> values = Vector512.Load(row);
                    zx = Vector512.FusedMultiplyAdd(Vector512.Create(-x[block + j]), values, zx);
                    zy = Vector512.FusedMultiplyAdd(Vector512.Create(-y[block + j]), values, zy);
                }

                zx.Store(x + vector);
                zy.Store(y + vector);
            }
        }

        // U x = D⁻¹z, from the last block up: each row of the block takes off what is known after it, then x_j its column of U
        // off the lanes before j.
        bool two = x != y;
        for (int block = stride - Lanes; block >= 0; block -= Lanes)
        {
            float* rows = u + (long)block * stride;
            Vector512<float> scale = Vector512.Load(inverseDiagonal + block);
            (Vector512.Load(x + block) * scale).Store(x + block);
            if (two)
            {
                (Vector512.Load(y + block) * scale).Store(y + block);
            }

            for (int j = 0; j < Lanes && block + Lanes < stride; j++)
            {
                float* row = rows + j * stride;
                Vector512<float> sumX = Vector512<float>.Zero;
                Vector512<float> sumY = Vector512<float>.Zero;
                for (int vector = block + Lanes; vector < stride; vector += Lanes)
                {
                    Vector512<float> values = Vector512.Load(row + vector);
                    sumX = Vector512.FusedMultiplyAdd(values, Vector512.Load(x + vector), sumX);
                    sumY = Vector512.FusedMultiplyAdd(values, Vector512.Load(y + vector), sumY);
                }

                float xj = x[block + j] - Lanes16.Sum(sumX);
                float yj = y[block + j] - Lanes16.Sum(sumY);
                x[block + j] = xj;
                y[block + j] = yj;
            }

            Vector512<float> zx = Vector512.Load(x + block);
            Vector512<float> zy = Vector512.Load(y + block);
            for (int j = Lanes - 1; j > 0; j--)
            {
                Vector512<float> before = Vector512.Load(rows + j * stride + block) & LanesBefore(j);
                zx = Vector512.FusedMultiplyAdd(Vector512.Create(-x[block + j]), before, zx);
                zy = Vector512.FusedMultiplyAdd(Vector512.Create(-y[block + j]), before, zy);
                zx.Store(x + block);
                zy.Store(y + block);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> LanesAfter(int lane) =>
        Vector512.GreaterThan(Vector512<float>.Indices, Vector512.Create((float)lane));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> LanesBefore(int lane) =>
        Vector512.LessThan(Vector512<float>.Indices, Vector512.Create((float)lane));
}
