using System.Runtime.CompilerServices;
using DistRec.Numerics.Vectors;

namespace DistRec.Models.ImplicitAls;

/// <summary>
/// The row solve of implicit ALS ([HKV08], section 4; models.md §4): (QᵀQ + Σ_{i∈N(u)} (c_ui − 1) q_i q_iᵀ + λ n_uᵛ I) p_u = Σ c_ui q_i,
/// and likewise for items. QᵀQ is a sum over the whole other side, so a row costs its interactions alone.
/// </summary>
/// <remarks>A row's sums run in the order of its interactions, which is the order of the other side's global index; nothing in a
/// row's result depends on which rows are solved beside it. One instance serves one thread.</remarks>
public sealed unsafe class ImplicitAlsKernel
{
    // Beyond it float32 no longer shows that a solution lowers the loss.
    private const float MaximumPivotRatio = 1e4f;

    // Of Σ c: below it the error is lost in the rounding of float32 sums.
    private const double LeastErrorShare = 0.01;

    // Below it that of the solution shows, too.
    private const double LeastShareOfSolution = 1e-4;

    private readonly ImplicitAlsOptions _options;
    private readonly NormalEquation _equation;
    private readonly GatheredRow? _gathered;
    private readonly ConjugateGradient? _gradient;
    private readonly NormalEquation[] _blockEquations = [];
    private PreciseRow? _precise;
    private readonly float[] _step;
    private readonly float[] _image;

    public ImplicitAlsKernel(ImplicitAlsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        int rank = options.Rank;
        _equation = new NormalEquation(rank);
        _step = new float[_equation.Stride];
        _image = new float[_equation.Stride];
        if (options.Method != ImplicitMethod.Exact)
        {
            _gathered = new GatheredRow(options);
        }

        if (options.Method == ImplicitMethod.ConjugateGradient)
        {
            _gradient = new ConjugateGradient(rank);
        }
        else if (options.Method == ImplicitMethod.Blocks)
        {
            _blockEquations = [.. Enumerable.Range(0, (rank + options.BlockSize - 1) / options.BlockSize)
                .Select(block => new NormalEquation(Math.Min(options.BlockSize, rank - block * options.BlockSize)))];
        }
    }

    /// <summary>Solves rows [<paramref name="from"/>, <paramref name="to"/>) of one side.</summary>
    /// <param name="round">What from; <see cref="RowRound.Shared"/> has QᵀQ.</param>
    /// <param name="from">First local row.</param>
    /// <param name="to">One past the last local row.</param>
    /// <param name="factors">Receives the factors, [rows of the partition, rank].</param>
    /// <param name="losses">
    /// Receives each row's Σ_i c_ui (preference − p_uᵀq_i)² over all items, those without interaction too, and its own penalty.
    /// </param>
    /// <returns>How many rows needed more than the asked regularization because their equation was singular.</returns>
    public int SolveRows(RowRound round, int from, int to, FactorTable factors, Span<RowLoss> losses)
    {
        ArgumentNullException.ThrowIfNull(round);
        ArgumentNullException.ThrowIfNull(factors);
        ImplicitShared shared = round.Shared as ImplicitShared
            ?? throw new ArgumentException("expected a round that was prepared", nameof(round));
        if (round.Other.Stride != _equation.Stride || factors.Stride != _equation.Stride)
        {
            throw new ArgumentException(
                $"expected factors for rank {_equation.Rank} on both sides, found strides of {factors.Stride} and {round.Other.Stride}", nameof(factors));
        }

        int singular = 0;
        for (int row = from; row < to; row++)
        {
            Span<float> solution = factors.Values.Slice(row * factors.Stride, factors.Stride);
            int count = round.Ratings.RowLength(row);
            if (count == 0)
            {
                solution.Clear();
                losses[row] = default;
                continue;
            }

            // Platforms differ in the last bits of Math.Pow; float32 drops them.
            double regularization = _options.Regularization * (double)(float)Math.Pow(count, _options.RegularizationExponent);
            if (_gathered is null || (_gradient is null && count > GatheredRow.CapacityFor(_options.Rank))
                || !TryImprove(round, row, shared, (float)regularization, solution, out losses[row]))
            {
                singular += SolveExactly(round, row, shared.Gram, regularization, solution, out losses[row]);
            }
        }

        GC.KeepAlive(round); // its tables are read by address
        return singular;
    }

    private int SolveExactly(RowRound round, int row, FactorTable gram, double regularization, Span<float> solution, out RowLoss loss)
    {
        _equation.Reset(gram);
        Gather(round.Ratings.RowColumns(row), round.Ratings.RowValues(row), round.Other);
        if (_equation.TrySolve((float)regularization, -1, solution, out _) && _equation.PivotRatio <= MaximumPivotRatio)
        {
            // A p = b, so the minimum is Σ c − pᵀb; the targets are c.
            double penalty = regularization * Dot.Double(solution, solution);
            double error = _equation.TargetSum - Dot.Double(solution[.._options.Rank], _equation.RightSide) - penalty;
            loss = error > LeastErrorShare * _equation.TargetSum
                ? new RowLoss(error, penalty)
                : PreciseRow.LossOf(_options, round, row, gram, regularization, solution);
            if (loss.SquaredError > LeastShareOfSolution * _equation.TargetSum)
            {
                return 0;
            }
        }

        _precise ??= new PreciseRow(_options);
        return _precise.Solve(round, row, gram, regularization, solution, out loss) ? 1 : 0;
    }

    private bool TryImprove(RowRound round, int row, ImplicitShared shared, float regularization, Span<float> solution, out RowLoss loss)
    {
        FactorTable previous = round.Previous ?? throw new ArgumentException("expected the rows as they were before", nameof(round));
        GatheredRow gathered = _gathered!;
        gathered.Gather(round.Ratings, row, round.Other, previous.Pointer + ((long)row * previous.Stride));
        previous.Values.Slice(row * previous.Stride, previous.Stride).CopyTo(solution);
        return _gradient is null
            ? TryImproveBlocks(shared, regularization, solution, out loss)
            : TryDescend(round, row, shared.Gram, regularization, solution, out loss);
    }

    private bool TryDescend(RowRound round, int row, FactorTable gram, float regularization, Span<float> solution, out RowLoss loss)
    {
        GatheredRow gathered = _gathered!;
        loss = default;
        if (!_gradient!.TryImprove(
            gram, gathered, regularization, gathered.RightSide, solution, _options.Steps, startImage: gathered.StartImage))
        {
            return false;
        }

        // Σ c − 2 pᵀb + pᵀA p with A p = b − r
        double penalty = regularization * Dot.Double(solution, solution);
        double total = gathered.ConfidenceSum - Dot.Double(solution[.._options.Rank], gathered.RightSide) - Dot.Double(solution[.._options.Rank], _gradient.Residual);
        loss = total - penalty > LeastErrorShare * gathered.ConfidenceSum
            ? new RowLoss(total - penalty, penalty)
            : PreciseRow.LossOf(_options, round, row, gram, regularization, solution);
        return true;
    }

    // [RKZA21], algorithm 3, for one row: with ŷ = q_iᵀp carried along, a Newton step on every block of factors.
    private bool TryImproveBlocks(ImplicitShared shared, float regularization, Span<float> solution, out RowLoss loss)
    {
        GatheredRow gathered = _gathered!;
        loss = default;
        Span<float> scores = gathered.Scores;
        for (int block = 0, first = 0; block < _blockEquations.Length; first += _blockEquations[block].Rank, block++)
        {
            NormalEquation equation = _blockEquations[block];
            equation.Reset(shared.Blocks[block]);
            GatherBlock(equation, first);

            // H δ = b − A p, on the block's factors
            for (int j = 0; j < equation.Rank; j++)
            {
                float image = Dot.Compute(shared.Gram.Row(first + j), solution[.._options.Rank]);
                equation.RightSide[j] -= image + regularization * solution[first + j];
            }

            Span<float> step = _step.AsSpan(0, equation.Stride);
            if (!equation.TrySolve(regularization, -1, step, out _) || equation.PivotRatio > MaximumPivotRatio)
            {
                return false;
            }

            ReadOnlySpan<float> change = step[..equation.Rank];
            for (int j = 0; j < change.Length; j++)
            {
                solution[first + j] += change[j];
            }

            for (int t = 0; t < gathered.Count; t++)
            {
                scores[t] += Dot.Compute(gathered.Factors(t).Slice(first, change.Length), change);
            }
        }

        loss = LossOf(shared.Gram, regularization, solution);
        return true;
    }

    private void GatherBlock(NormalEquation equation, int first)
    {
        GatheredRow gathered = _gathered!;
        int filled = 0;
        for (int t = 0; t < gathered.Count; t++)
        {
            gathered.Factors(t).Slice(first, equation.Rank).CopyTo(equation.TileRow(filled));
            float weight = gathered.Weights[t];
            equation.Weights[filled] = weight;
            equation.Targets[filled] = _options.TargetOf(weight) - weight * gathered.Scores[t];
            if (++filled == equation.TileCapacity)
            {
                equation.AddWeightedTile(filled);
                filled = 0;
            }
        }

        if (filled > 0)
        {
            equation.AddWeightedTile(filled);
        }
    }

    // Σ_{i∈N(u)} (c (1 − ŷ)² − ŷ²) + pᵀQᵀQ p
    private RowLoss LossOf(FactorTable gram, float regularization, ReadOnlySpan<float> solution)
    {
        double sum = 0;
        for (int t = 0; t < _gathered!.Count; t++)
        {
            double score = _gathered.Scores[t];
            double target = _options.TargetOf(_gathered.Weights[t]);
            sum += target * (1 - score) * (1 - score) - (target > 0 ? score * score : 0);
        }

        for (int j = 0; j < _options.Rank; j++)
        {
            _image[j] = Dot.Compute(gram.Row(j), solution[.._options.Rank]);
        }

        return new RowLoss(Math.Max(0, sum + Dot.Double(solution, _image)), regularization * Dot.Double(solution, solution));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gather(ReadOnlySpan<int> columns, ReadOnlySpan<float> values, PartitionedFactors other)
    {
        NormalEquation equation = _equation;
        int stride = equation.Stride;
        int capacity = equation.TileCapacity;
        Span<float> targets = equation.Targets;
        Span<float> weights = equation.Weights;
        OtherRows rows = new(other, stride);
        int filled = 0;
        float* tileRow = equation.TilePointer;
        for (int t = 0; t < columns.Length; t++)
        {
            rows.CopyTo(columns, t, tileRow);
            float weight = _options.WeightOf(values[t]);
            weights[filled] = weight;
            targets[filled] = _options.TargetOf(weight);
            tileRow += stride;
            if (++filled == capacity)
            {
                equation.AddWeightedTile(filled);
                filled = 0;
                tileRow = equation.TilePointer;
            }
        }

        if (filled > 0)
        {
            equation.AddWeightedTile(filled);
        }
    }
}
