using DistRec.Numerics.Random;
using DistRec.Numerics.Vectors;

namespace DistRec.Models.Bayesian;

/// <summary>The row draw of BPMF. One instance serves one thread.</summary>
public sealed class BpmfKernel
{
    private readonly BpmfOptions _options;
    private readonly NormalEquation _equation;
    private readonly float[] _noise;
    private readonly float[] _mean;
    private readonly float[] _draw;
    private readonly float _scale;

    public BpmfKernel(BpmfOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _equation = new NormalEquation(options.Rank);
        _noise = new float[options.Rank];
        _mean = new float[_equation.Stride];
        _draw = new float[_equation.Stride];
        _scale = (float)(1 / Math.Sqrt(options.Precision));
    }

    /// <summary>Draws rows [<paramref name="from"/>, <paramref name="to"/>) of one side; rows without ratings come from the prior.</summary>
    /// <param name="round">What from, with the rows as they were before, whose averages go on.</param>
    /// <param name="from">First local row.</param>
    /// <param name="to">One past the last local row.</param>
    /// <param name="factors">Receives draws and averages as <see cref="BpmfTables"/> lays them out.</param>
    /// <param name="losses">Receives each row's squared error at the mean of its posterior.</param>
    public void DrawRows(RowRound round, int from, int to, FactorTable factors, Span<RowLoss> losses)
    {
        ArgumentNullException.ThrowIfNull(round);
        ArgumentNullException.ThrowIfNull(factors);
        BpmfShared shared = round.Shared as BpmfShared ?? throw new ArgumentException("expected a round that was prepared", nameof(round));
        FactorTable previous = round.Previous ?? throw new ArgumentException("expected the rows as they were before", nameof(round));
        int width = BpmfTables.WidthOf(_options.Rank);
        if (round.Other.Stride != width || factors.Stride != width)
        {
            throw new ArgumentException(
                $"expected tables of {width} columns on both sides, found {factors.Stride} and {round.Other.Stride}", nameof(factors));
        }

        RandomPurpose purpose = round.Side == Side.User ? RandomPurpose.PosteriorUser : RandomPurpose.PosteriorItem;
        for (int row = from; row < to; row++)
        {
            _equation.Reset(shared.Matrix);
            RatingGather.Add(round.Ratings.RowColumns(row), round.Ratings.RowValues(row), round.Other, round.Units, _equation);
            Span<float> rightSide = _equation.RightSide;
            for (int j = 0; j < rightSide.Length; j++)
            {
                rightSide[j] += shared.RightSide[j];
            }

            EntityRandom random = new(_options.Seed, purpose, round.FirstRow + row, round.Epoch);
            for (int j = 0; j < _noise.Length; j++)
            {
                _noise[j] = (float)random.NextGaussian();
            }

            if (!_equation.TryDraw(_noise, _scale, _mean, _draw))
            {
                throw new NumericalException(
                    $"row {row}: its posterior's precision is not positive definite; the ratings or the factors it is built from are not finite "
                    + "or far too large; check the ratings, or lower the precision");
            }

            Average(previous.Row(row), factors.Row(row), round.Epoch - _options.BurnIn);
            losses[row] = new RowLoss(SquaredError(shared), 0);
        }

        GC.KeepAlive(round); // its tables are read by address
    }

    // The t-th draw that counts: x̄ += (x − x̄)/t. Until then, averages are of the newest draw alone.
    private void Average(ReadOnlySpan<float> before, Span<float> row, int t)
    {
        float share = t > 1 ? 1f / t : 1;
        int means = _equation.Stride, squares = 2 * _equation.Stride;
        _draw.CopyTo(row);
        for (int j = 0; j < _options.Rank; j++)
        {
            row[means + j] = before[means + j] + share * (_mean[j] - before[means + j]);
            row[squares + j] = before[squares + j] + share * (_draw[j] * _draw[j] - before[squares + j]);
        }
    }

    // At the mean m: Σ y² − 2 mᵀb + mᵀG m, where (G + Λ/α) m = b + Λμ/α.
    private double SquaredError(BpmfShared shared)
    {
        ReadOnlySpan<float> mean = _mean.AsSpan(0, _options.Rank);
        ReadOnlySpan<float> rightSide = _equation.RightSide;
        double sum = _equation.TargetSquareSum;
        for (int j = 0; j < mean.Length; j++)
        {
            sum += mean[j] * ((double)2 * shared.RightSide[j] - rightSide[j] - Dot.Compute(shared.Matrix.Row(j), mean));
        }

        return Math.Max(0, sum);
    }
}
