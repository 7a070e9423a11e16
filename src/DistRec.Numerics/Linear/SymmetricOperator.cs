using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DistRec.Numerics.Linear;

/// <summary>A = G + Σ_t w_t x_t x_tᵀ + λI as what it does to a vector.</summary>
/// <param name="gram">G, whole, [rank, stride], or null.</param>
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
    public void Apply(float* x, float* y)
    {
        ApplyWithoutRows(x, y);
        AddRows(x, y);
    }

    /// <summary>y = (G + λI) x.</summary>
    public void ApplyWithoutRows(float* x, float* y)
    {
        Vector512<float> lambda = Vector512.Create(_regularization);
        for (int j = 0; j < _stride; j += Lanes)
        {
            (lambda * Vector512.Load(x + j)).Store(y + j);
        }

        if (_gram is not null)
        {
            // G is symmetric: its rows are its columns.
            RowProducts.AddScaled(_gram, _stride, _rank, x, y);
        }
    }

    // y += Σ_t w_t (x_tᵀ x) x_t
    [SkipLocalsInit]
    private void AddRows(float* x, float* y)
    {
        int block = RowProducts.BlockOf(_stride);
        float* scores = stackalloc float[block];
        for (int from = 0; from < _count; from += block)
        {
            int count = Math.Min(block, _count - from);
            float* rows = _rows + ((long)from * _stride);
            RowProducts.Score(rows, _stride, count, x, scores);
            for (int t = 0; t < count && _weights is not null; t++)
            {
                scores[t] *= _weights[from + t];
            }

            RowProducts.AddScaled(rows, _stride, count, scores, y);
        }
    }
}
