using System.Runtime.Intrinsics;
using DistRec.Data;
using DistRec.Numerics.Linear;
using DistRec.Numerics.Vectors;

namespace DistRec.Models.FactorizationMachine.Sampling;

/// <summary>
/// What one block adds to predictions: of its row b the vector q_b = Σ_l x_bl v_l and the number c_b = Σ_l w_l x_bl + ½(‖q_b‖² − Σ_l x_bl² ‖v_l‖²),
/// so that ŷ_r = w₀ + Σ_b c_b + Σ_{b&lt;b′} q_bᵀq_b′.
/// </summary>
internal sealed unsafe class BlockTerms
{
    private const int Lanes = FactorTable.Lanes;

    private readonly RatingMatrix _matrix;
    private readonly int _stride;
    private readonly bool _isStored;
    private readonly FactorTable _vectors;
    private readonly float[] _numbers;
    private FmParameters? _parameters;

    /// <param name="block">The block.</param>
    /// <param name="rank">k.</param>
    /// <param name="uses">Rows of the learning problem; where the block has as many, each is worked out when it is asked for.</param>
    public BlockTerms(RelationBlock block, int rank, int uses)
    {
        _matrix = block.Rows;
        _stride = FactorTable.StrideOf(rank);
        _isStored = _matrix.RowCount < uses;
        _vectors = new FactorTable(_isStored ? _matrix.RowCount : 1, rank);
        _numbers = new float[_vectors.Rows];
    }

    /// <summary>Takes new parameters.</summary>
    public void Set(FmParameters parameters)
    {
        _parameters = parameters;
        for (int row = 0; row < _matrix.RowCount && _isStored; row++)
        {
            Describe(row, row);
        }
    }

    /// <summary>q of a row, [stride], until the next call, and c.</summary>
    public float* Of(int row, out float number)
    {
        int place = _isStored ? row : 0;
        if (!_isStored)
        {
            Describe(row, place);
        }

        number = _numbers[place];
        return _vectors.Pointer + ((long)place * _stride);
    }

    private void Describe(int row, int place)
    {
        ReadOnlySpan<int> columns = _matrix.RowColumns(row);
        ReadOnlySpan<float> values = _matrix.RowValues(row);
        float* vector = _vectors.Pointer + ((long)place * _stride);
        float* factors = _parameters!.Factors.Pointer;
        int width = _parameters.Factors.Stride;
        double squares = 0;
        for (int lane = 0; lane < _stride; lane += Lanes)
        {
            Vector512<float> sum = Vector512<float>.Zero, square = Vector512<float>.Zero;
            for (int t = 0; t < columns.Length; t++)
            {
                Vector512<float> term = Vector512.Load(factors + ((long)columns[t] * width) + lane) * Vector512.Create(values[t]);
                sum += term;
                square = Vector512.FusedMultiplyAdd(term, term, square);
            }

            sum.Store(vector + lane);
            squares += columns.Length > 1 ? Lanes16.Sum((sum * sum) - square) : 0;
        }

        double number = squares / 2;
        for (int t = 0; t < columns.Length; t++)
        {
            number += (double)_parameters.Weights[columns[t]] * values[t];
        }

        _numbers[place] = (float)number;
        GC.KeepAlive(_parameters); // read by address
    }
}
