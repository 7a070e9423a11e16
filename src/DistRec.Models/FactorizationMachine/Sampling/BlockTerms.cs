using System.Runtime.Intrinsics;
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
    private readonly bool _isPlain;
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
        _isPlain = IsPlain(_matrix);
        _isStored = _matrix.RowCount < uses && !_isPlain;
        _vectors = new FactorTable(_isStored ? _matrix.RowCount : 1, rank);
        _numbers = new float[_vectors.Rows];
    }

    /// <summary>Takes new parameters.</summary>
    public void Set(FmParameters parameters)
    {
        _parameters = parameters;
        for (int row = 0; row < _matrix.RowCount && _isStored; row++)
        {
            DescribeInto(row, row);
        }
    }

    /// <summary>q of a row, [stride], until the next call, and c.</summary>
    public float* Of(int row, out float number)
    {
        if (_isPlain)
        {
            // q is v, and c is w.
            int feature = _matrix.RowColumns(row)[0];
            number = _parameters!.Weights[feature];
            return _parameters.Factors.Pointer + ((long)feature * _parameters.Factors.Stride);
        }

        int place = _isStored ? row : 0;
        if (!_isStored)
        {
            DescribeInto(row, place);
        }

        number = _numbers[place];
        return _vectors.Pointer + ((long)place * _stride);
    }

    /// <summary>c of a row.</summary>
    /// <param name="columns">Its features.</param>
    /// <param name="values">x of them.</param>
    /// <param name="factors">v of feature 0.</param>
    /// <param name="width">Floats from one feature's v to the next one's.</param>
    /// <param name="stride">Floats of v.</param>
    /// <param name="weights">w of feature 0.</param>
    /// <param name="step">Floats from one feature's w to the next one's.</param>
    /// <param name="vector">Receives q, [stride]; null where it is not wanted.</param>
    public static double Describe(
        ReadOnlySpan<int> columns, ReadOnlySpan<float> values, float* factors, int width, int stride, float* weights, int step, float* vector)
    {
        double squares = 0;
        for (int lane = 0; lane < stride; lane += Lanes)
        {
            Vector512<float> sum = Vector512<float>.Zero, square = Vector512<float>.Zero;
            for (int t = 0; t < columns.Length; t++)
            {
                Vector512<float> term = Vector512.Load(factors + ((long)columns[t] * width) + lane) * Vector512.Create(values[t]);
                sum += term;
                square = Vector512.FusedMultiplyAdd(term, term, square);
            }

            if (vector is not null)
            {
                sum.Store(vector + lane);
            }

            // Of a single feature exactly 0.
            squares += columns.Length > 1 ? Lanes16.Sum((sum * sum) - square) : 0;
        }

        double number = squares / 2;
        for (int t = 0; t < columns.Length; t++)
        {
            number += (double)weights[(long)columns[t] * step] * values[t];
        }

        return number;
    }

    // Whether each row has one feature, of value 1.
    private static bool IsPlain(RatingMatrix matrix)
    {
        for (int row = 0; row < matrix.RowCount; row++)
        {
            if (matrix.RowLength(row) != 1 || matrix.RowValues(row)[0] != 1)
            {
                return false;
            }
        }

        return true;
    }

    private void DescribeInto(int row, int place)
    {
        FactorTable factors = _parameters!.Factors;
        fixed (float* weights = _parameters.Weights)
        {
            _numbers[place] = (float)Describe(
                _matrix.RowColumns(row), _matrix.RowValues(row), factors.Pointer, factors.Stride, _stride, weights, 1, _vectors.Pointer + ((long)place * _stride));
        }

        GC.KeepAlive(factors); // read by address
    }
}
