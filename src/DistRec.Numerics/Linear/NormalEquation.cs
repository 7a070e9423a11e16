using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DistRec.Numerics.Linear;

/// <summary>
/// Accumulates and solves one entity's regularized least squares: (Σ x xᵀ + λI) p = Σ y x, optionally with an intercept
/// β fitted together with p, which is how ALS learns a bias exactly.
/// </summary>
/// <remarks>
/// <para>Worked example, rank 2, two observations x₁ = (1, 0), y₁ = 3 and x₂ = (1, 1), y₂ = 5, λ = 1, no intercept:
/// Gram = [[2, 1], [1, 1]], right side = (8, 5), so [[3, 1], [1, 2]] p = (8, 5) and p = (2.2, 1.4).</para>
/// <para>Observations arrive in tiles: fill <see cref="TileRow"/> and <see cref="Targets"/>, then <see cref="AddTile"/>.
/// Each sum is one chain in the order of arrival, so the result does not depend on where tiles end. One instance
/// serves one thread, for any number of entities: <see cref="Reset()"/> between them; nothing is allocated after construction.</para>
/// </remarks>
public sealed unsafe partial class NormalEquation
{
    private const int Lanes = FactorTable.Lanes;
    private const float RidgeMargin = 4;

    private readonly FactorTable _gram;
    private readonly FactorTable _tile;
    private readonly FactorTable _vectors;
    private readonly FactorTable _scratch;
    private readonly float[] _targets;
    private readonly float[] _weights;
    private FactorTable? _weighted;
    private bool _empty = true;

    /// <param name="rank">Number of factors, k.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rank"/> is not positive.</exception>
    public NormalEquation(int rank)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rank);
        Rank = rank;
        Stride = FactorTable.StrideOf(rank);
        _gram = new FactorTable(Stride, rank);
        TileCapacity = Math.Clamp(16 * 1024 / (Stride * sizeof(float)), Lanes, 64);
        _tile = new FactorTable(TileCapacity, rank);
        _scratch = new FactorTable(1, Cholesky.ScratchLength(Stride));
        _vectors = new FactorTable(6, rank);
        _targets = new float[TileCapacity];
        _weights = new float[TileCapacity];
    }

    /// <summary>Number of factors, k.</summary>
    public int Rank { get; }

    /// <summary>Floats from one tile row to the next.</summary>
    public int Stride { get; }

    /// <summary>How many observations a tile holds.</summary>
    public int TileCapacity { get; }

    /// <summary>Number of observations since the last reset.</summary>
    public long Count { get; private set; }

    /// <summary>Σ y.</summary>
    public double TargetSum { get; private set; }

    /// <summary>Σ y².</summary>
    public double TargetSquareSum { get; private set; }

    /// <summary>
    /// The smallest λ that is sure to carry <see cref="TrySolve"/> over a Gram matrix of any rank, with a margin over what
    /// float32 takes for noise. Asked before solving.
    /// </summary>
    public float MinRegularization
    {
        get
        {
            float largest = 0;
            for (int j = 0; j < Rank && !_empty; j++)
            {
                largest = MathF.Max(largest, _gram.Values[j * Stride + j]);
            }

            return RidgeMargin * Cholesky.PivotTolerance(Stride) * largest;
        }
    }

    /// <summary>Likewise for λ_β.</summary>
    public float MinInterceptRegularization => RidgeMargin * Cholesky.PivotTolerance(Stride) * Count;

    /// <summary>
    /// Largest over smallest pivot of the last solve, a lower bound of the matrix' condition: a float32 solution loses about as many digits
    /// as it has.
    /// </summary>
    public float PivotRatio
    {
        get
        {
            float largest = 0, smallest = float.PositiveInfinity;
            foreach (float inverse in _vectors.Row(2)[..Rank])
            {
                largest = MathF.Max(largest, inverse);
                smallest = MathF.Min(smallest, inverse);
            }

            return largest / smallest;
        }
    }

    /// <summary>The targets of the tile being filled, [<see cref="TileCapacity"/>].</summary>
    public Span<float> Targets => _targets;

    /// <summary>The weights of the tile being filled, for <see cref="AddWeightedTile"/>, [<see cref="TileCapacity"/>].</summary>
    public Span<float> Weights => _weights;

    /// <summary>Σ x xᵀ, [rank, stride]; only the upper triangle is meaningful, and only until <see cref="TrySolve"/>.</summary>
    public FactorTable Gram => _gram;

    /// <summary>Σ y x, [rank].</summary>
    public Span<float> RightSide => _vectors.Row(0);

    /// <summary>Σ x, [rank].</summary>
    public Span<float> RegressorSum => _vectors.Row(1);

    /// <summary>The regressors of one observation of the tile being filled, [stride]; the padding must stay zero.</summary>
    public Span<float> TileRow(int index) => _tile.Values.Slice(index * Stride, Stride);

    /// <summary>Address of <see cref="TileRow"/>, for kernels that gather.</summary>
    public float* TilePointer => _tile.Pointer;

    /// <summary>Forgets all observations.</summary>
    public void Reset()
    {
        _empty = true;
        Count = 0;
        TargetSum = 0;
        TargetSquareSum = 0;
        _vectors.Values.Clear();
    }

    /// <summary>Forgets all observations and starts from a sum over others: G instead of 0.</summary>
    /// <param name="gram">G, [at least rank, rank], of which the upper triangle is read.</param>
    public void Reset(FactorTable gram)
    {
        ArgumentNullException.ThrowIfNull(gram);
        if (gram.Rank != Rank || gram.Rows < Rank)
        {
            throw new ArgumentException($"expected a table of [{Rank}, {Rank}] or more rows, found [{gram.Rows}, {gram.Rank}]", nameof(gram));
        }

        Reset();
        gram.Values[..(Rank * Stride)].CopyTo(_gram.Values);
        _gram.Values[(Rank * Stride)..].Clear();
        _empty = false;
    }

    /// <summary>
    /// Adds the first <paramref name="count"/> observations of the tile with their <see cref="Weights"/> in the matrix: Σ w x xᵀ. The
    /// right side is Σ y x as ever, so a weighted target is given as w y.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative or over <see cref="TileCapacity"/>.</exception>
    public void AddWeightedTile(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, TileCapacity);
        ClearGramIfEmpty();
        _weighted ??= new FactorTable(TileCapacity, Rank);
        float* tile = _tile.Pointer;
        float* weighted = _weighted.Pointer;
        for (int t = 0; t < count; t++)
        {
            Vector512<float> weight = Vector512.Create(_weights[t]);
            for (int j = t * Stride; j < (t + 1) * Stride; j += Lanes)
            {
                (weight * Vector512.Load(tile + j)).Store(weighted + j);
            }
        }

        GramKernel.AddProduct(_gram.Pointer, Stride, weighted, tile, count);
        AddRightSides(tile, count);
        Count += count;
    }

    /// <summary>Adds the first <paramref name="count"/> observations of the tile.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative or over <see cref="TileCapacity"/>.</exception>
    public void AddTile(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, TileCapacity);
        ClearGramIfEmpty();
        float* tile = _tile.Pointer;
        GramKernel.AddProduct(_gram.Pointer, Stride, tile, tile, count);
        AddRightSides(tile, count);
        Count += count;
    }

    /// <summary>
    /// Solves for p and, where <paramref name="interceptRegularization"/> is not negative, for the intercept β:
    /// (Σ x xᵀ + λI) p + β Σ x = Σ y x and Σ xᵀp + (n + λ_β) β = Σ y. Destroys the Gram matrix.
    /// </summary>
    /// <param name="regularization">λ, already scaled by the number of observations where the model wants that.</param>
    /// <param name="interceptRegularization">λ_β, or negative for no intercept.</param>
    /// <param name="solution">Receives p, [stride].</param>
    /// <param name="intercept">Receives β, or 0.</param>
    /// <returns>False where the matrix is not numerically positive definite or the result not finite; the solution is then untouched.</returns>
    public bool TrySolve(float regularization, float interceptRegularization, Span<float> solution, out float intercept)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(solution.Length, Stride, nameof(solution));
        intercept = 0;
        ClearGramIfEmpty();
        float* gram = _gram.Pointer;
        for (int j = 0; j < Stride; j++)
        {
            // Padding rows are all zero: any positive diagonal keeps their solution at zero.
            float* diagonal = gram + (long)j * Stride + j;
            *diagonal = j < Rank ? *diagonal + regularization : 1;
        }

        float* inverseDiagonal = _vectors.Pointer + 2 * Stride;
        if (!Cholesky.TryFactor(gram, Stride, inverseDiagonal, _scratch.Pointer))
        {
            return false;
        }

        float* x = _vectors.Pointer + 3 * Stride;
        _vectors.Values[..Stride].CopyTo(new Span<float>(x, Stride));
        if (interceptRegularization < 0)
        {
            Cholesky.Solve(gram, Stride, inverseDiagonal, x);
        }
        else if (!TryAddIntercept(gram, inverseDiagonal, interceptRegularization, x, out intercept))
        {
            return false;
        }

        ReadOnlySpan<float> result = _vectors.Values.Slice(3 * Stride, Stride);
        if (!IsFinite(result))
        {
            intercept = 0;
            return false;
        }

        result.CopyTo(solution);
        return true;
    }

    private bool TryAddIntercept(float* gram, float* inverseDiagonal, float interceptRegularization, float* x, out float intercept)
    {
        if (!TrySolveIntercept(gram, inverseDiagonal, interceptRegularization, 0, x, out double expected, out _))
        {
            intercept = 0;
            return false;
        }

        intercept = (float)expected;
        Subtract(intercept, x);
        return true;
    }

    // The Schur complement of the factor block M = UᵀDU: of x = b it makes M⁻¹b, and β = (Σy + r − sᵀM⁻¹b) / (n + λ_β − sᵀM⁻¹s). M⁻¹s is left in the
    // fifth vector, for p = M⁻¹b − β M⁻¹s.
    private bool TrySolveIntercept(
        float* gram, float* inverseDiagonal, double precision, double rightSide, float* x, out double intercept, out double complement)
    {
        float* sums = _vectors.Pointer + Stride;
        float* y = _vectors.Pointer + 4 * Stride;
        new ReadOnlySpan<float>(sums, Stride).CopyTo(new Span<float>(y, Stride));
        Cholesky.Solve(gram, Stride, inverseDiagonal, x, y);
        double diagonal = Count + precision;
        complement = diagonal - DotDouble(sums, y);
        intercept = (TargetSum + rightSide - DotDouble(sums, x)) / complement;
        return complement > Cholesky.PivotTolerance(Stride) * diagonal && float.IsFinite((float)intercept);
    }

    // x ← x − β M⁻¹s.
    private void Subtract(float beta, float* x)
    {
        float* y = _vectors.Pointer + 4 * Stride;
        Vector512<float> minusBeta = Vector512.Create(-beta);
        for (int j = 0; j < Stride; j += Lanes)
        {
            Vector512.FusedMultiplyAdd(minusBeta, Vector512.Load(y + j), Vector512.Load(x + j)).Store(x + j);
        }
    }

    /// <summary>
    /// The squared error and penalty that are left at the exact solution: Σ y² − pᵀ Σ y x − β Σ y. It needs neither the
    /// observations nor the matrix again; near zero it carries the rounding of Σ y².
    /// </summary>
    public double MinimumOf(ReadOnlySpan<float> solution, float intercept)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(solution.Length, Rank, nameof(solution));
        fixed (float* p = solution)
        {
            return Math.Max(0, TargetSquareSum - DotDouble(p, _vectors.Pointer) - intercept * TargetSum);
        }
    }

    private double DotDouble(float* a, float* b)
    {
        double sum = 0;
        for (int j = 0; j < Rank; j++)
        {
            sum += (double)a[j] * b[j];
        }

        return sum;
    }

    private static bool IsFinite(ReadOnlySpan<float> values)
    {
        // A non-finite value survives multiplication by zero as NaN.
        Vector512<float> sum = Vector512<float>.Zero;
        for (int j = 0; j + Lanes <= values.Length; j += Lanes)
        {
            sum += Vector512.Create(values.Slice(j, Lanes)) * Vector512<float>.Zero;
        }

        return sum == Vector512<float>.Zero;
    }

    private void ClearGramIfEmpty()
    {
        if (_empty)
        {
            _gram.Values.Clear();
            _empty = false;
        }
    }

    // b += Σ y x and s += Σ x: two more rows of the product, with the targets and with ones.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddRightSides(float* tile, int count)
    {
        double sum = 0, squares = 0;
        for (int t = 0; t < count; t++)
        {
            double y = _targets[t];
            sum += y;
            squares += y * y;
        }

        TargetSum += sum;
        TargetSquareSum += squares;

        float* rightSide = _vectors.Pointer;
        float* regressorSum = rightSide + Stride;
        fixed (float* targets = _targets)
        {
            for (int j = 0; j < Stride; j += Lanes)
            {
                Vector512<float> b = Vector512.Load(rightSide + j);
                Vector512<float> s = Vector512.Load(regressorSum + j);
                float* x = tile + j;
                for (int t = 0; t < count; t++, x += Stride)
                {
                    Vector512<float> value = Vector512.Load(x);
                    b = Vector512.FusedMultiplyAdd(Vector512.Create(targets[t]), value, b);
                    s += value;
                }

                b.Store(rightSide + j);
                s.Store(regressorSum + j);
            }
        }
    }
}
