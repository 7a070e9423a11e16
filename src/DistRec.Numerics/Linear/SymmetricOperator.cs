using System.Runtime.Intrinsics;

namespace DistRec.Numerics.Linear;

/// <summary>A = G + Σ_t w_t x_t x_tᵀ + λI as what it does to a vector.</summary>
/// <param name="gram">G, whole, [at least rank, rank], or null.</param>
/// <param name="rows">x_t and w_t, or null.</param>
/// <param name="regularization">λ.</param>
/// <param name="stride">Floats of a vector, a multiple of 16.</param>
internal readonly unsafe struct SymmetricOperator(FactorTable? gram, IWeightedRows? rows, float regularization, int stride)
{
    private const int Lanes = FactorTable.Lanes;

    private readonly FactorTable? _gram = gram;
    private readonly IWeightedRows? _rows = rows;
    private readonly float _regularization = regularization;
    private readonly int _stride = stride;

    /// <summary>y = A x.</summary>
    public void Apply(float* x, float* y)
    {
        ApplyWithoutRows(x, y);
        _rows?.AddImage(x, y);
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
            RowProducts.AddScaled(_gram.Pointer, _stride, _gram.Rank, x, y);
            GC.KeepAlive(_gram);
        }
    }
}
