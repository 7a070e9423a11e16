using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DistRec.Numerics.Vectors;

namespace DistRec.Numerics.Linear;

/// <summary>
/// Conjugate gradients for one entity's system A p = b with A = G + Σ_t w_t x_t x_tᵀ + λI, improving a p that is already
/// close: a few steps of O(n k) in place of the O(n k² + k³) of an exact solve.
/// </summary>
/// <remarks>
/// <para>Golub, Van Loan, "Matrix Computations", 4th ed., section 11.3; for ALS with the previous iteration's factors as the
/// start, Takács, Pilászy, Tikk, "Applications of the conjugate gradient method for implicit feedback collaborative
/// filtering", RecSys 2011. A is never formed: Σ w_t x_t (x_tᵀ d) takes two passes over each observation. In exact
/// arithmetic k steps reach the solution; two or three are what alternation needs.</para>
/// <para>Every sum has one order, so the bits depend neither on the width of the machine's vectors nor on what is solved
/// beside. One instance serves one thread; nothing is allocated after construction.</para>
/// </remarks>
public sealed unsafe class ConjugateGradient
{
    private const int Lanes = FactorTable.Lanes;

    // The names of Golub and Van Loan: x the iterate, r the residual b − A x, d the direction, and A d.
    private readonly FactorTable _iterate;
    private readonly FactorTable _residual;
    private readonly FactorTable _direction;
    private readonly FactorTable _image;
    private readonly Tile _tile = new();

    /// <param name="rank">Number of factors, k.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rank"/> is not positive.</exception>
    public ConjugateGradient(int rank)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rank);
        Rank = rank;
        Stride = FactorTable.StrideOf(rank);
        _iterate = new FactorTable(1, rank);
        _residual = new FactorTable(1, rank);
        _direction = new FactorTable(1, rank);
        _image = new FactorTable(1, rank);
    }

    /// <summary>Number of factors, k.</summary>
    public int Rank { get; }

    /// <summary>Floats from one observation to the next.</summary>
    public int Stride { get; }

    /// <summary>b − A p of the last result, as the steps carried it along, [rank].</summary>
    public ReadOnlySpan<float> Residual => _residual.Row(0);

    /// <summary>Improves p of (G + Σ_t w_t x_t x_tᵀ + λI) p = b without forming the sum, from rows that stand side by side.</summary>
    /// <param name="gram">G, whole, [at least rank, rank]; null for none.</param>
    /// <param name="rows">x_t, [count, stride], padding zero, such as <see cref="NormalEquation.TilePointer"/>.</param>
    /// <param name="count">Number of observations.</param>
    /// <param name="weights">w_t, at least 0, [at least count]; empty for ones.</param>
    /// <param name="regularization">λ.</param>
    /// <param name="rightSide">b, [at least rank].</param>
    /// <param name="solution">The start, replaced by the result, [at least rank].</param>
    /// <param name="steps">Most steps to take.</param>
    /// <param name="tolerance">Stops where ‖b − A p‖ is at most this share of ‖b‖.</param>
    /// <returns>False where A is not numerically positive definite or a number is not finite; p is then untouched.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit the rank.</exception>
    public bool TryImprove(
        FactorTable? gram,
        float* rows,
        int count,
        ReadOnlySpan<float> weights,
        float regularization,
        ReadOnlySpan<float> rightSide,
        Span<float> solution,
        int steps,
        float tolerance = 1e-6f)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (!weights.IsEmpty && weights.Length < count)
        {
            throw new ArgumentException($"expected a weight for each of {count} observations, found {weights.Length}", nameof(weights));
        }

        fixed (float* weightValues = weights)
        {
            _tile.Set(rows, Stride, count, weightValues);
            return TryImprove(gram, _tile, regularization, rightSide, solution, steps, tolerance);
        }
    }

    /// <summary>Improves p of (G + Σ_t w_t x_t x_tᵀ + λI) p = b without forming the sum, from rows wherever they are.</summary>
    /// <param name="gram">G, whole, [at least rank, rank]; null for none.</param>
    /// <param name="rows">What Σ_t w_t x_t x_tᵀ does to a vector; null for nothing.</param>
    /// <param name="regularization">λ.</param>
    /// <param name="rightSide">b, [at least rank].</param>
    /// <param name="solution">The start, replaced by the result, [at least rank].</param>
    /// <param name="steps">Most steps to take.</param>
    /// <param name="tolerance">Stops where ‖b − A p‖ is at most this share of ‖b‖.</param>
    /// <param name="startImage">Σ_t w_t x_t x_tᵀp of the start, [at least rank], where it is known already; empty where not.</param>
    /// <returns>False where A is not numerically positive definite or a number is not finite; p is then untouched.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit the rank.</exception>
    public bool TryImprove(
        FactorTable? gram,
        IWeightedRows? rows,
        float regularization,
        ReadOnlySpan<float> rightSide,
        Span<float> solution,
        int steps,
        float tolerance = 1e-6f,
        ReadOnlySpan<float> startImage = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        ArgumentOutOfRangeException.ThrowIfLessThan(rightSide.Length, Rank, nameof(rightSide));
        ArgumentOutOfRangeException.ThrowIfLessThan(solution.Length, Rank, nameof(solution));
        if (gram is not null && (gram.Rank != Rank || gram.Rows < Rank))
        {
            throw new ArgumentException($"expected a table of [{Rank}, {Rank}] or more rows, found [{gram.Rows}, {gram.Rank}]", nameof(gram));
        }

        solution[..Rank].CopyTo(_iterate.Row(0));
        rightSide[..Rank].CopyTo(_residual.Row(0));
        if (!TryIterate(new SymmetricOperator(gram, rows, regularization, Stride), steps, tolerance, startImage))
        {
            return false;
        }

        _iterate.Row(0).CopyTo(solution);
        return true;
    }

    private bool TryIterate(in SymmetricOperator matrix, int steps, float tolerance, ReadOnlySpan<float> startImage)
    {
        float* x = _iterate.Pointer;
        float* r = _residual.Pointer;
        float* d = _direction.Pointer;
        float* image = _image.Pointer;

        // r = b − A x, d = r
        float threshold = tolerance * tolerance * SumOfProducts(r, r);
        if (startImage.IsEmpty)
        {
            matrix.Apply(x, image);
        }
        else
        {
            startImage[..Rank].CopyTo(_direction.Row(0));
            matrix.ApplyWithoutRows(x, image);
            AddScaled(image, 1, d);
        }

        AddScaled(r, -1, image);
        _residual.Values.CopyTo(_direction.Values);
        float squaredResidual = SumOfProducts(r, r);
        for (int step = 0; step < steps && !(squaredResidual <= threshold); step++)
        {
            // α = rᵀr / dᵀA d, x += α d, r −= α A d
            matrix.Apply(d, image);
            float curvature = SumOfProducts(d, image);
            float length = squaredResidual / curvature;
            if (!(curvature > 0) || !float.IsFinite(length))
            {
                return false;
            }

            AddScaled(x, length, d);
            AddScaled(r, -length, image);

            // β = r'ᵀr' / rᵀr, d = r' + β d
            float next = SumOfProducts(r, r);
            Redirect(d, next / squaredResidual, r);
            squaredResidual = next;
        }

        return float.IsFinite(squaredResidual);
    }

    // aᵀb over the padded length, in the order of Dot.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float SumOfProducts(float* a, float* b)
    {
        Vector512<float> sum = Vector512<float>.Zero;
        for (int j = 0; j < Stride; j += Lanes)
        {
            sum = Vector512.FusedMultiplyAdd(Vector512.Load(a + j), Vector512.Load(b + j), sum);
        }

        return Lanes16.Sum(sum);
    }

    // a += factor · b
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddScaled(float* a, float factor, float* b)
    {
        Vector512<float> f = Vector512.Create(factor);
        for (int j = 0; j < Stride; j += Lanes)
        {
            Vector512.FusedMultiplyAdd(f, Vector512.Load(b + j), Vector512.Load(a + j)).Store(a + j);
        }
    }

    // d = r + factor · d
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Redirect(float* d, float factor, float* r)
    {
        Vector512<float> f = Vector512.Create(factor);
        for (int j = 0; j < Stride; j += Lanes)
        {
            Vector512.FusedMultiplyAdd(f, Vector512.Load(d + j), Vector512.Load(r + j)).Store(d + j);
        }
    }

    private sealed class Tile : IWeightedRows
    {
        private float* _rows;
        private int _stride;
        private int _count;
        private float* _weights;

        public void Set(float* rows, int stride, int count, float* weights)
        {
            _rows = rows;
            _stride = stride;
            _count = count;
            _weights = weights;
        }

        public void AddImage(float* x, float* y) => WeightedProducts.Add(_rows, _stride, _count, _weights, x, y);
    }
}
