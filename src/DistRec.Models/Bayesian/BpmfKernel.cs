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
    private readonly float[] _turned;
    private readonly float _scale;

    public BpmfKernel(BpmfOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _equation = new NormalEquation(options.Rank);
        _noise = new float[options.Rank + 1];
        _mean = new float[_equation.Stride];
        _draw = new float[_equation.Stride];
        _turned = new float[_equation.Stride];
        _scale = (float)(1 / Math.Sqrt(options.Precision));
    }

    /// <summary>Draws rows [<paramref name="from"/>, <paramref name="to"/>) of one side; rows without ratings come from the prior.</summary>
    /// <param name="round">What from, with the rows as they were before, whose averages go on.</param>
    /// <param name="from">First local row.</param>
    /// <param name="to">One past the last local row.</param>
    /// <param name="factors">Receives draws and averages as <see cref="BpmfTables"/> lays them out.</param>
    /// <param name="biases">Receives the averages of biases.</param>
    /// <param name="losses">Receives each row's squared error at the mean of its posterior.</param>
    public void DrawRows(RowRound round, int from, int to, FactorTable factors, Span<float> biases, Span<RowLoss> losses)
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
            RatingGather.Add(
                round.Ratings.RowColumns(row), round.Ratings.RowValues(row), round.Other, round.Units, _equation, BpmfTables.DrawnBiasOf(_options.Rank));
            Accumulate.Add(_equation.RightSide, shared.RightSide.AsSpan(0, _options.Rank));
            Accumulate.Add(_equation.RegressorSum, shared.Border);
            EntityRandom random = new(_options.Seed, purpose, round.FirstRow + row, round.Epoch);
            for (int j = 0; j < _noise.Length; j++)
            {
                _noise[j] = (float)random.NextGaussian();
            }

            if (!_equation.TryDraw(_noise, _scale, shared.Corner, shared.RightSide[^1], _mean, _draw, out (float Mean, float Draw) bias))
            {
                throw new NumericalException(
                    $"row {row}: its posterior's precision is not positive definite; the ratings or the factors it is built from are not finite "
                    + "or far too large; check the ratings, or lower the precision");
            }

            losses[row] = new RowLoss(SquaredError(shared, bias.Mean), 0);
            biases[row] = Average(previous.Row(row), factors.Row(row), shared, bias, round.Epoch - _options.BurnIn);
        }

        GC.KeepAlive(round); // its tables are read by address
    }

    // The t-th draw that counts: x̄ += (x − x̄)/t. Until then, averages are of the newest draw alone. Returns that of the bias.
    private float Average(ReadOnlySpan<float> before, Span<float> row, BpmfShared shared, (float Mean, float Draw) bias, int t)
    {
        int rank = _options.Rank, means = BpmfTables.MeansOf(rank).First, variances = BpmfTables.VariancesOf(rank).First;
        float share = t > 1 ? 1f / t : 1;
        _draw.CopyTo(row);
        DrawBasis.Turn(shared.Basis!, _mean, _turned);
        for (int j = 0; j < rank; j++)
        {
            row[means + j] = Moved(before[means + j], _turned[j], share);
        }

        Accumulate.SubtractFrom(_mean, _draw);
        DrawBasis.Turn(shared.Basis!, _mean, _turned);
        for (int j = 0; j < rank; j++)
        {
            row[variances + j] = Moved(before[variances + j], _turned[j] * _turned[j], share);
        }

        int meanBias = BpmfTables.MeanBiasOf(rank), biasVariance = BpmfTables.BiasVarianceOf(rank);
        float level = bias.Draw - bias.Mean + Dot.Compute(_turned.AsSpan(0, rank), shared.Center);
        row[BpmfTables.DrawnBiasOf(rank)] = bias.Draw;
        row[biasVariance] = Moved(before[biasVariance], level * level, share);
        return row[meanBias] = Moved(before[meanBias], bias.Mean, share);
    }

    private static float Moved(float from, float to, float share) => from + (share * (to - from));

    // At the mean x = (m, β): Σ y² − xᵀb + 2 xᵀΛμ/α − xᵀ(Λ/α)x, where (G + Λ/α) x = b and b has Λμ/α in it.
    private double SquaredError(BpmfShared shared, double bias)
    {
        ReadOnlySpan<float> mean = _mean.AsSpan(0, _options.Rank);
        ReadOnlySpan<float> rightSide = _equation.RightSide;
        double prior = shared.RightSide[^1];
        double sum = _equation.TargetSquareSum + (bias * (prior - _equation.TargetSum - (bias * shared.Corner)));
        for (int j = 0; j < mean.Length; j++)
        {
            double byPrior = Dot.Compute(shared.Matrix.Row(j), mean) + (2 * bias * shared.Border[j]);
            sum += mean[j] * ((2.0 * shared.RightSide[j]) - rightSide[j] - byPrior);
        }

        return Math.Max(0, sum);
    }
}
