using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DistRec.Numerics.Linear;

/// <summary>16 rows of A while they become rows of U.</summary>
/// <param name="rows">The panel's rows, at column 0.</param>
/// <param name="minus">Receives −DU, the other factor of the panel's part in the rest, [16, stride].</param>
/// <param name="strict">Scratch for the diagonal block of U, zeros up to the diagonal, [16, 16].</param>
/// <param name="stride">Order of A.</param>
/// <param name="diagonal">First column of the diagonal block.</param>
/// <param name="inverseDiagonal">Least pivots on entry, 1/D_j on return, [16].</param>
internal readonly unsafe ref struct CholeskyPanel(float* rows, float* minus, float* strict, int stride, int diagonal, float* inverseDiagonal)
{
    private const int Lanes = FactorTable.Lanes;

    private readonly float* _rows = rows;
    private readonly float* _minus = minus;
    private readonly float* _strict = strict;
    private readonly int _stride = stride;
    private readonly int _diagonal = diagonal;
    private readonly float* _inverseDiagonal = inverseDiagonal;

    /// <summary>The diagonal block and up to three vectors of columns beside it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryFactorDiagonal<TWidth>()
        where TWidth : struct, IWidth
    {
        int stride = _stride;
        float* first = _rows + _diagonal;
        float* minus = _minus + _diagonal;
        float* strict = _strict;
        for (int i = 0; i < Lanes; i++)
        {
            float* row = first + i * stride;
            Vector512<float> s0 = Vector512.Load(row), s1 = default, s2 = default, s3 = default;
            if (TWidth.Vectors > 1) { s1 = Vector512.Load(row + Lanes); }
            if (TWidth.Vectors > 2) { s2 = Vector512.Load(row + 2 * Lanes); }
            if (TWidth.Vectors > 3) { s3 = Vector512.Load(row + 3 * Lanes); }

            // D_i U_i = A_i − Σ_{j<i} D_j U_ji U_j
            float* above = first;
            for (int j = 0; j < i; j++, above += stride)
            {
                Vector512<float> factor = Vector512.Create(minus[j * stride + i]);
                s0 = Vector512.FusedMultiplyAdd(factor, Vector512.Load(strict + j * Lanes), s0);
                if (TWidth.Vectors > 1) { s1 = Vector512.FusedMultiplyAdd(factor, Vector512.Load(above + Lanes), s1); }
                if (TWidth.Vectors > 2) { s2 = Vector512.FusedMultiplyAdd(factor, Vector512.Load(above + 2 * Lanes), s2); }
                if (TWidth.Vectors > 3) { s3 = Vector512.FusedMultiplyAdd(factor, Vector512.Load(above + 3 * Lanes), s3); }
            }

            float* minusRow = minus + i * stride;
            (-s0).Store(minusRow);
            if (TWidth.Vectors > 1) { (-s1).Store(minusRow + Lanes); }
            if (TWidth.Vectors > 2) { (-s2).Store(minusRow + 2 * Lanes); }
            if (TWidth.Vectors > 3) { (-s3).Store(minusRow + 3 * Lanes); }

            float pivot = -minusRow[i];
            if (!(pivot > _inverseDiagonal[i]) || !(pivot > 0) || float.IsInfinity(pivot))
            {
                return false;
            }

            // Lanes before i hold D_j U_ji, of which the transpose of U is made lane by lane.
            float inverse = 1 / pivot;
            _inverseDiagonal[i] = inverse;
            Vector512<float> scale = Vector512.Create(inverse);
            Vector512<float> after = Cholesky.LanesAfter(i);
            Vector512<float> upper = s0 * scale & after;
            upper.Store(strict + i * Lanes);
            Vector512.ConditionalSelect(after, upper, s0 * Vector512.Load(_inverseDiagonal)).Store(row);
            if (TWidth.Vectors > 1) { (s1 * scale).Store(row + Lanes); }
            if (TWidth.Vectors > 2) { (s2 * scale).Store(row + 2 * Lanes); }
            if (TWidth.Vectors > 3) { (s3 * scale).Store(row + 3 * Lanes); }
        }

        return true;
    }

    /// <summary>Up to four vectors of columns once the diagonal block is done: Uᵀ's triangular solve, and 1/D.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void SolveColumns<TWidth>(int column)
        where TWidth : struct, IWidth
    {
        int stride = _stride;
        float* first = _rows + column;
        float* factors = _minus + _diagonal;
        for (int i = 0; i < Lanes; i++)
        {
            float* row = first + i * stride;
            Vector512<float> s0 = Vector512.Load(row), s1 = default, s2 = default, s3 = default;
            if (TWidth.Vectors > 1) { s1 = Vector512.Load(row + Lanes); }
            if (TWidth.Vectors > 2) { s2 = Vector512.Load(row + 2 * Lanes); }
            if (TWidth.Vectors > 3) { s3 = Vector512.Load(row + 3 * Lanes); }

            float* above = first;
            for (int j = 0; j < i; j++, above += stride)
            {
                Vector512<float> factor = Vector512.Create(factors[j * stride + i]);
                s0 = Vector512.FusedMultiplyAdd(factor, Vector512.Load(above), s0);
                if (TWidth.Vectors > 1) { s1 = Vector512.FusedMultiplyAdd(factor, Vector512.Load(above + Lanes), s1); }
                if (TWidth.Vectors > 2) { s2 = Vector512.FusedMultiplyAdd(factor, Vector512.Load(above + 2 * Lanes), s2); }
                if (TWidth.Vectors > 3) { s3 = Vector512.FusedMultiplyAdd(factor, Vector512.Load(above + 3 * Lanes), s3); }
            }

            float* minusRow = _minus + i * stride + column;
            Vector512<float> scale = Vector512.Create(_inverseDiagonal[i]);
            (-s0).Store(minusRow);
            (s0 * scale).Store(row);
            if (TWidth.Vectors > 1) { (-s1).Store(minusRow + Lanes); (s1 * scale).Store(row + Lanes); }
            if (TWidth.Vectors > 2) { (-s2).Store(minusRow + 2 * Lanes); (s2 * scale).Store(row + 2 * Lanes); }
            if (TWidth.Vectors > 3) { (-s3).Store(minusRow + 3 * Lanes); (s3 * scale).Store(row + 3 * Lanes); }
        }
    }

    /// <summary>How many vectors of columns are carried together: a constant of each instantiation, so the branches on it vanish.</summary>
    internal interface IWidth
    {
        static abstract int Vectors { get; }
    }

    internal readonly struct One : IWidth { public static int Vectors => 1; }

    internal readonly struct Two : IWidth { public static int Vectors => 2; }

    internal readonly struct Three : IWidth { public static int Vectors => 3; }

    internal readonly struct Four : IWidth { public static int Vectors => 4; }
}
