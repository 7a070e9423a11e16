using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DistRec.Numerics.Vectors;

namespace DistRec.Numerics.Linear;

/// <summary>
/// A = UᵀU for a symmetric positive definite A given by its upper triangle, in place, and the triangular solves with U.
/// Right-looking in panels of 16 rows; a panel's update of the rest is <see cref="GramKernel"/>.
/// </summary>
/// <remarks>Golub, Van Loan, "Matrix Computations", 4th ed., section 4.2.6 (outer product form, by blocks).</remarks>
internal static unsafe class Cholesky
{
    private const int Lanes = FactorTable.Lanes;

    private const float HalfUnit = 5.9604645e-8f; // 2⁻²⁴, the relative error of one rounding

    /// <summary>
    /// The share of its diagonal element below which a pivot is nothing but the rounding of the sums before it: k float32
    /// half-units (Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed., theorem 10.7).
    /// </summary>
    public static float PivotTolerance(int stride) => stride * HalfUnit;

    /// <summary>Floats of scratch that <see cref="TryFactor"/> needs for a given stride.</summary>
    public static int ScratchLength(int stride) => Lanes * stride;

    /// <summary>Replaces upper(A) by U.</summary>
    /// <param name="a">A, [stride, stride] row-major; rows of the padding must hold a positive diagonal.</param>
    /// <param name="stride">Order of A, a multiple of 16.</param>
    /// <param name="inverseDiagonal">Receives 1/U_jj, [stride].</param>
    /// <param name="scratch">[<see cref="ScratchLength"/>], aligned as the tables are.</param>
    /// <returns>False where a pivot is rounding noise, negative or not finite: A is not numerically positive definite.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryFactor(float* a, int stride, float* inverseDiagonal, float* scratch)
    {
        int vectors = stride / Lanes;

        // Until 1/U_jj takes its place, the smallest pivot that counts as positive.
        float tolerance = PivotTolerance(stride);
        for (int j = 0; j < stride; j++)
        {
            inverseDiagonal[j] = tolerance * a[(long)j * stride + j];
        }

        for (int panel = 0; panel < vectors; panel++)
        {
            float* rows = a + (long)panel * Lanes * stride;
            if (!TryFactorPanel(rows, stride, panel, vectors, inverseDiagonal + panel * Lanes))
            {
                return false;
            }

            if (panel + 1 == vectors)
            {
                break;
            }

            for (int row = 0; row < Lanes; row++)
            {
                for (int vector = panel + 1; vector < vectors; vector++)
                {
                    int offset = row * stride + vector * Lanes;
                    (-Vector512.Load(rows + offset)).Store(scratch + offset);
                }
            }

            GramKernel.AddProduct(a, stride, scratch, rows, Lanes, panel + 1);
        }

        return true;
    }

    /// <summary>Solves UᵀU x = b in place, for one right side.</summary>
    public static void Solve(float* u, int stride, float* inverseDiagonal, float* x) =>
        Solve(u, stride, inverseDiagonal, x, x);

    /// <summary>Solves UᵀU x = b for two right sides at once, which hides the latency of one behind the other.</summary>
    /// <param name="u">U as <see cref="TryFactor"/> left it.</param>
    /// <param name="stride">Order of U, a multiple of 16.</param>
    /// <param name="inverseDiagonal">1/U_jj, [stride].</param>
    /// <param name="x">First right side, replaced by its solution, [stride].</param>
    /// <param name="y">Second right side, likewise; may be <paramref name="x"/> again.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Solve(float* u, int stride, float* inverseDiagonal, float* x, float* y)
    {
        bool two = x != y;

        // Uᵀ z = b, by rows of U: as soon as z_j is known, its row is taken off the rest. The lanes of the diagonal's own
        // vector up to j are known already and keep what they have.
        for (int j = 0; j < stride; j++)
        {
            float* row = u + (long)j * stride;
            int vector = j / Lanes * Lanes;
            float xj = x[j] * inverseDiagonal[j];
            float yj = y[j] * inverseDiagonal[j];
            Vector512<float> minusX = Vector512.Create(-xj);
            Vector512<float> minusY = Vector512.Create(-yj);
            Vector512<float> rest = Vector512.Load(row + vector) & LanesAfter(j - vector);
            while (true)
            {
                Vector512.FusedMultiplyAdd(minusX, rest, Vector512.Load(x + vector)).Store(x + vector);
                if (two)
                {
                    Vector512.FusedMultiplyAdd(minusY, rest, Vector512.Load(y + vector)).Store(y + vector);
                }

                vector += Lanes;
                if (vector >= stride)
                {
                    break;
                }

                rest = Vector512.Load(row + vector);
            }

            x[j] = xj;
            y[j] = yj;
        }

        // U x = z, from the last row up: a dot product with what is known.
        for (int j = stride - 1; j >= 0; j--)
        {
            float* row = u + (long)j * stride;
            int vector = j / Lanes * Lanes;
            Vector512<float> rest = Vector512.Load(row + vector) & LanesAfter(j - vector);
            Vector512<float> sumX = rest * Vector512.Load(x + vector);
            Vector512<float> sumY = rest * Vector512.Load(y + vector);
            for (vector += Lanes; vector < stride; vector += Lanes)
            {
                rest = Vector512.Load(row + vector);
                sumX = Vector512.FusedMultiplyAdd(rest, Vector512.Load(x + vector), sumX);
                sumY = Vector512.FusedMultiplyAdd(rest, Vector512.Load(y + vector), sumY);
            }

            float xj = (x[j] - Lanes16.Sum(sumX)) * inverseDiagonal[j];
            float yj = (y[j] - Lanes16.Sum(sumY)) * inverseDiagonal[j];
            x[j] = xj;
            y[j] = yj;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> LanesAfter(int lane) =>
        Vector512.GreaterThan(Vector512<float>.Indices, Vector512.Create((float)lane));

    // rows: the 16 rows of the panel; columns from the panel's own on.
    private static bool TryFactorPanel(float* rows, int stride, int panel, int vectors, float* inverseDiagonal)
    {
        float* diagonal = rows + panel * Lanes;
        for (int j = 0; j < Lanes; j++)
        {
            float* pivotRow = rows + j * stride;
            float pivot = diagonal[j * stride + j];
            if (!(pivot > inverseDiagonal[j]) || !(pivot > 0) || float.IsInfinity(pivot))
            {
                return false;
            }

            float inverse = 1 / MathF.Sqrt(pivot);
            inverseDiagonal[j] = inverse;
            Vector512<float> scale = Vector512.Create(inverse);
            for (int vector = panel; vector < vectors; vector++)
            {
                float* p = pivotRow + vector * Lanes;
                (Vector512.Load(p) * scale).Store(p);
            }

            for (int i = j + 1; i < Lanes; i++)
            {
                Vector512<float> factor = Vector512.Create(-diagonal[j * stride + i]);
                float* row = rows + i * stride;
                for (int vector = panel; vector < vectors; vector++)
                {
                    int offset = vector * Lanes;
                    Vector512.FusedMultiplyAdd(factor, Vector512.Load(pivotRow + offset), Vector512.Load(row + offset))
                        .Store(row + offset);
                }
            }
        }

        return true;
    }
}
