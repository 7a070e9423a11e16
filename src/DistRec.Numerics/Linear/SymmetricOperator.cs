using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DistRec.Numerics.Vectors;

namespace DistRec.Numerics.Linear;

/// <summary>A = G + Σ_t w_t x_t x_tᵀ + λI as what it does to a vector.</summary>
/// <param name="gram">G by its upper triangle, [rank, stride], or null.</param>
/// <param name="rank">Rows of G.</param>
/// <param name="rows">x_t, [count, stride].</param>
/// <param name="count">Number of observations.</param>
/// <param name="weights">w_t, [count], or null for ones.</param>
/// <param name="regularization">λ.</param>
/// <param name="stride">Floats from row to row, a multiple of 16.</param>
internal readonly unsafe struct SymmetricOperator(
    float* gram, int rank, float* rows, int count, float* weights, float regularization, int stride)
{
    private const int Lanes = FactorTable.Lanes;

    private readonly float* _gram = gram;
    private readonly int _rank = rank;
    private readonly float* _rows = rows;
    private readonly int _count = count;
    private readonly float* _weights = weights;
    private readonly float _regularization = regularization;
    private readonly int _stride = stride;

    /// <summary>y = A x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply(float* x, float* y)
    {
        Vector512<float> lambda = Vector512.Create(_regularization);
        for (int j = 0; j < _stride; j += Lanes)
        {
            (lambda * Vector512.Load(x + j)).Store(y + j);
        }

        if (_gram is not null)
        {
            AddGram(x, y);
        }

        AddRows(x, y);
    }

    // Row j of U serves twice while it is in registers: y_j += U_jj x_j + Σ_{i>j} U_ji x_i, and y_i += U_ji x_j for i > j.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddGram(float* x, float* y)
    {
        for (int j = 0; j < _rank; j++)
        {
            float* row = _gram + (long)j * _stride;
            int vector = j / Lanes * Lanes;
            Vector512<float> xj = Vector512.Create(x[j]);
            Vector512<float> rest = Vector512.Load(row + vector)
                & Vector512.GreaterThan(Vector512<float>.Indices, Vector512.Create((float)(j - vector)));
            Vector512<float> sum = Vector512<float>.Zero;
            while (true)
            {
                sum = Vector512.FusedMultiplyAdd(rest, Vector512.Load(x + vector), sum);
                Vector512.FusedMultiplyAdd(xj, rest, Vector512.Load(y + vector)).Store(y + vector);
                vector += Lanes;
                if (vector >= _stride)
                {
                    break;
                }

                rest = Vector512.Load(row + vector);
            }

            y[j] += MathF.FusedMultiplyAdd(row[j], x[j], Lanes16.Sum(sum));
        }
    }

    // y += Σ_t w_t (x_tᵀ x) x_t
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddRows(float* x, float* y)
    {
        float* row = _rows;
        for (int t = 0; t < _count; t++, row += _stride)
        {
            Vector512<float> sum = Vector512<float>.Zero;
            for (int j = 0; j < _stride; j += Lanes)
            {
                sum = Vector512.FusedMultiplyAdd(Vector512.Load(row + j), Vector512.Load(x + j), sum);
            }

            float product = Lanes16.Sum(sum);
            Vector512<float> scaled = Vector512.Create(_weights is null ? product : _weights[t] * product);
            for (int j = 0; j < _stride; j += Lanes)
            {
                Vector512.FusedMultiplyAdd(scaled, Vector512.Load(row + j), Vector512.Load(y + j)).Store(y + j);
            }
        }
    }
}
