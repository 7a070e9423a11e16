using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DistRec.Models.Nmf;

/// <summary>
/// The row solve of non-negative matrix factorization: min Σ (t_ui − b_i − b − q_iᵀp)² + n_uᵅ (λ ‖p‖² + λ_b b²) over
/// p ≥ 0 and b, by coordinate descent from where the row was (Hsieh, Dhillon, "Fast coordinate descent methods with variable selection for non-negative matrix factorization", KDD 2011).
/// </summary>
/// <remarks>With G = Σ q_i q_iᵀ, h = Σ (t_ui − b_i) q_i and s = Σ q_i, a pass costs O(k²) beside the O(n k²) of G. Each step minimizes over one factor exactly,
/// so the loss never rises. A row's sums run in the order of its ratings; one instance serves one thread.</remarks>
public sealed unsafe class NmfKernel
{
    private const int Lanes = FactorTable.Lanes;

    private readonly NmfOptions _options;
    private readonly NormalEquation _equation;
    private readonly FactorTable _gradient;

    public NmfKernel(NmfOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _equation = new NormalEquation(options.Rank);
        _gradient = new FactorTable(1, options.Rank);
    }

    /// <summary>Solves rows [<paramref name="from"/>, <paramref name="to"/>) of one side.</summary>
    /// <param name="round">What from, with the rows as they were before.</param>
    /// <param name="from">First local row.</param>
    /// <param name="to">One past the last local row.</param>
    /// <param name="factors">Receives the factors, none of them negative, [rows of the partition, rank].</param>
    /// <param name="biases">Receives the biases, [rows of the partition].</param>
    /// <param name="losses">Receives each row's squared error and own penalty.</param>
    public void SolveRows(RowRound round, int from, int to, FactorTable factors, Span<float> biases, Span<RowLoss> losses)
    {
        ArgumentNullException.ThrowIfNull(round);
        ArgumentNullException.ThrowIfNull(factors);
        FactorTable previous = round.Previous ?? throw new ArgumentException("expected the rows as they were before", nameof(round));
        if (round.Other.Stride != _equation.Stride || factors.Stride != _equation.Stride)
        {
            throw new ArgumentException(
                $"expected factors for rank {_equation.Rank} on both sides, found strides of {factors.Stride} and {round.Other.Stride}", nameof(factors));
        }

        for (int row = from; row < to; row++)
        {
            Span<float> solution = factors.Values.Slice(row * factors.Stride, factors.Stride);
            int count = round.Ratings.RowLength(row);
            if (count == 0)
            {
                solution.Clear();
                biases[row] = 0;
                losses[row] = default;
                continue;
            }

            // Platforms differ in the last bits of Math.Pow; float32 drops them.
            float scale = (float)Math.Pow(count, _options.RegularizationExponent);
            float regularization = _options.Regularization * scale;
            float biasRegularization = _options.BiasRegularization * scale;
            _equation.Reset();
            RatingGather.Add(round.Ratings.RowColumns(row), round.Ratings.RowValues(row), round.Other, round.Units, _equation);
            Mirror(_equation.Gram);
            previous.Values.Slice(row * previous.Stride, previous.Stride).CopyTo(solution);
            fixed (float* p = solution)
            {
                biases[row] = Descend(p, regularization, biasRegularization);
            }

            losses[row] = LossOf(solution, biases[row], regularization, biasRegularization, row);
        }

        GC.KeepAlive(round); // its tables are read by address
    }

    // With g = h − G p − b s − λp and g_b = Σ y − sᵀp − (n + λ_b) b carried along: b += g_b / (n + λ_b), p_j += max(−p_j, g_j / (G_jj + λ)).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float Descend(float* p, float regularization, float biasRegularization)
    {
        int rank = _options.Rank;
        int stride = _equation.Stride;
        float* gram = _equation.Gram.Pointer;
        float* g = _gradient.Pointer;
        _gradient.Values.Clear();
        _equation.RightSide.CopyTo(_gradient.Row(0));
        ReadOnlySpan<float> sums = _equation.RegressorSum;
        double bias = 0, biasGradient = _equation.TargetSum, biasCurvature = _equation.Count + biasRegularization;
        for (int j = 0; j < rank; j++)
        {
            Take(g, p[j], gram + (long)j * stride, stride);
            g[j] -= regularization * p[j];
            biasGradient -= (double)sums[j] * p[j];
        }

        for (int sweep = 0; sweep < _options.Sweeps; sweep++)
        {
            float rise = (float)(biasGradient / biasCurvature);
            bias += rise;
            biasGradient -= biasCurvature * rise;
            for (int j = 0; j < rank; j++)
            {
                g[j] -= rise * sums[j];
            }

            for (int j = 0; j < rank; j++)
            {
                float curvature = gram[(long)j * stride + j] + regularization;
                float step = curvature > 0 ? MathF.Max(-p[j], g[j] / curvature) : -p[j];
                if (step != 0)
                {
                    p[j] += step;
                    Take(g, step, gram + (long)j * stride, stride);
                    g[j] -= regularization * step;
                    biasGradient -= (double)sums[j] * step;
                }
            }
        }

        return (float)bias;
    }

    // g −= factor · row
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Take(float* g, float factor, float* row, int stride)
    {
        Vector512<float> minus = Vector512.Create(-factor);
        for (int j = 0; j < stride; j += Lanes)
        {
            Vector512.FusedMultiplyAdd(minus, Vector512.Load(row + j), Vector512.Load(g + j)).Store(g + j);
        }
    }

    // Σ y² − 2 pᵀh − 2 b Σ y + pᵀG p + 2 b sᵀp + n b², where G p = h − g − b s − λp.
    private RowLoss LossOf(ReadOnlySpan<float> solution, float bias, float regularization, float biasRegularization, int row)
    {
        ReadOnlySpan<float> rightSide = _equation.RightSide;
        ReadOnlySpan<float> gradient = _gradient.Row(0);
        ReadOnlySpan<float> sums = _equation.RegressorSum;
        double across = 0, norm = 0, sum = _equation.TargetSquareSum;
        for (int j = 0; j < rightSide.Length; j++)
        {
            sum -= solution[j] * ((double)rightSide[j] + gradient[j]);
            across += (double)sums[j] * solution[j];
            norm += (double)solution[j] * solution[j];
        }

        sum += bias * (across - (2 * _equation.TargetSum) + ((double)_equation.Count * bias));
        double penalty = (regularization * norm) + ((double)biasRegularization * bias * bias);
        return double.IsFinite(sum) && double.IsFinite(penalty)
            ? new RowLoss(Math.Max(0, sum - (regularization * norm)), penalty)
            : throw new NumericalException(
                $"row {row}: its factors are no longer finite; the ratings or the factors they are built from are not finite or far too large; "
                + "check the ratings, or raise the regularization");
    }

    private static void Mirror(FactorTable gram)
    {
        int stride = gram.Stride;
        float* g = gram.Pointer;
        for (int i = 1; i < gram.Rank; i++)
        {
            for (int j = 0; j < i; j++)
            {
                g[(long)i * stride + j] = g[(long)j * stride + i];
            }
        }
    }
}
