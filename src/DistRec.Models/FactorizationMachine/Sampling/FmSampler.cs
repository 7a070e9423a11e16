using DistRec.Numerics.Random;

namespace DistRec.Models.FactorizationMachine.Sampling;

/// <summary>
/// Factorization machines of order 2 by alternating least squares and by Gibbs sampling ([R12], algorithms 3 and 4) over relation blocks
/// (Rendle, "Scaling factorization machines to relational data", VLDB 2013). Each worker has all blocks and a copy of all parameters, and of
/// the rows of the learning problem its own; an epoch is a row of clocks, and in a clock workers exchange nothing but sums over their rows.
/// </summary>
/// <remarks>
/// <para>An epoch is <see cref="Begin"/>, then for every clock from 0 on <see cref="Statistics(int)"/>, the sum of what all workers gave, added
/// in one order, and <see cref="Apply"/> of it, then <see cref="EndEpoch"/>. All draws are keyed by epoch and clock and come after the
/// exchange, so workers that are given the same totals stay equal to the bit. Nothing but the parameters outlives an epoch: e is worked out
/// anew from them, and priors are drawn from what the sums and the parameters say.</para>
/// <para>Clock 0 moves w₀ (and draws the precision α of the noise); then comes one clock a block for w, then for each factor one clock a block.</para>
/// </remarks>
public sealed partial class FmSampler
{
    private readonly FmOptions _options;
    private readonly FmShape _shape;
    private readonly FeatureSpace _space;
    private readonly FeatureRows _rows;
    private readonly BlockSweep[] _sweeps;
    private readonly BlockTerms[] _terms;
    private readonly RowErrors _errors;
    private readonly GroupPriors _priors;
    private readonly float[] _weights;
    private readonly float[] _factors;
    private readonly float[][][] _sums;
    private readonly int[] _widths;
    private readonly PosteriorMean _mean;
    private readonly MeanProbes _probes;
    private readonly long _firstRow;
    private ErrorChange? _change;

    // Σe² of the own rows as the epoch began.
    private double _ofProbabilities;
    private int _clock;
    private bool _isSummed;
    private int _epoch;
    private double _count;

    /// <param name="options">The model's settings; order 2, learner ALS or MCMC.</param>
    /// <param name="space">The features.</param>
    /// <param name="rows">This worker's own rows, over the blocks that all workers share.</param>
    /// <param name="firstRow">Index of the first of them among the rows of all workers; keys the latent targets of labels.</param>
    /// <exception cref="ArgumentException">The settings ask for what sweeps cannot learn, or the blocks do not fit the features.</exception>
    public FmSampler(FmOptions options, FeatureSpace space, FeatureRows rows, long firstRow = 0)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(rows);
        if (!options.Sweeps || options.Order != 2 || options.Task == FmTask.Ranking)
        {
            throw new ArgumentException(
                $"expected als or mcmc, order 2 and a task other than ranking, found {options.Learner}, order {options.Order} and {options.Task}; learn the rest by sgd",
                nameof(options));
        }

        RequireRows(rows);
        _options = options;
        _shape = FmShape.Of(options);
        _space = space;
        _rows = rows;
        _firstRow = firstRow;
        int[] groups = space.GroupOfEach();
        BlockColumns[] columns = BlockColumns.Of(rows.Blocks, space.Count);
        _sweeps = [.. columns.Select(block => new BlockSweep(block, groups))];
        _terms = [.. rows.Blocks.Select(block => new BlockTerms(block, options.Rank, rows.Count))];
        _errors = new RowErrors(rows);
        _priors = new GroupPriors(space);
        _weights = new float[space.Count + 1];
        _factors = new float[options.Rank * space.Count];

        // Of the factor that moves, and of the one after it.
        _sums = [NewSums(), NewSums()];
        _widths = [.. columns.Select(block => columns.Length == 1 ? 1 : block.IsSingle ? BlockSweep.SingleWidth : BlockSweep.FullWidth)];
        _mean = new PosteriorMean(_shape, rows.Blocks, columns);
        _probes = new MeanProbes(_shape, rows.Blocks, options.Seed);

        float[][] NewSums() => [.. columns.Select(block => new float[block.RowCount])];
    }

    /// <summary>Clocks of an epoch.</summary>
    public int Clocks => 1 + (Blocks * (1 + _options.Rank));

    /// <summary>α of the epoch after clock 0, 1/variance of the noise; 1 with ALS and for classification.</summary>
    public double NoisePrecision { get; private set; }

    /// <summary>Σe² over the rows of all workers as the epoch began, after clock 0; of the probabilities for classification.</summary>
    public double SquaredErrors { get; private set; }

    /// <summary>Whether the mean over samples was, when the epoch ended, as exact as asked for.</summary>
    public bool IsFlat { get; private set; }

    private int Blocks => _sweeps.Length;

    private bool Samples => _options.Learner == FmLearner.Mcmc;

    // Whether the noise is drawn, and the likelihood raised to its power.
    private bool Tempers => Samples && _options.Task == FmTask.Regression;

    /// <summary>e of the own rows as the parameters are now, [rows].</summary>
    internal ReadOnlySpan<float> Errors
    {
        get
        {
            _errors.Pass(_change, null, []);
            _change = null;
            return _errors.Values;
        }
    }

    /// <summary>Takes the parameters and works out the errors of the own rows.</summary>
    /// <param name="parameters">As the epoch before left them, or as they were initialized.</param>
    /// <param name="epoch">1 and up; keys the epoch's draws.</param>
    public void Begin(FmParameters parameters, int epoch)
    {
        RequireShape(parameters);
        parameters.Weights.AsSpan(0, _weights.Length).CopyTo(_weights);
        for (int feature = 0; feature < _space.Count; feature++)
        {
            ReadOnlySpan<float> row = parameters.Factors.Row(feature);
            for (int factor = 0; factor < _options.Rank; factor++)
            {
                _factors[(factor * _space.Count) + feature] = row[factor];
            }
        }

        foreach (BlockTerms terms in _terms)
        {
            terms.Set(parameters);
        }

        _errors.Reset(_terms, _weights[^1], _shape.Stride);
        if (_options.Task == FmTask.Classification)
        {
            TakeLatentTargets(epoch);
        }

        _change = null;
        _clock = 0;
        _isSummed = false;
        _epoch = epoch;
    }

    /// <summary>Numbers that <see cref="Statistics(int)"/> of a clock gives.</summary>
    public int StatisticsLength(int clock)
    {
        (int factor, int block) = PlaceOf(clock);
        return block < 0 ? 3 + _sweeps.Sum(sweep => sweep.Counts.Length)
            : _sweeps[block].Counts.Length * (factor < 0 ? 1 : _widths[block]);
    }

    /// <summary>Sums over the own rows that the clock asks for, to be added number by number to those of the other workers.</summary>
    /// <exception cref="InvalidOperationException">It is another clock's turn.</exception>
    public double[] Statistics(int clock)
    {
        double[] totals = new double[StatisticsLength(clock)];
        Statistics(clock, totals);
        return totals;
    }

    /// <summary>The same without an allocation.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="totals">Receives the sums, [<see cref="StatisticsLength"/>].</param>
    public void Statistics(int clock, Span<double> totals)
    {
        RequireTurn(clock);
        (int factor, int block) = PlaceOf(clock);
        totals.Clear();
        if (block == 0 && factor >= 0)
        {
            SumBlocks(factor);
        }

        ErrorAsk ask = new(block, block < 0 || factor < 0 ? 1 : _widths[block], SumsOf(factor));
        _errors.Pass(_change, ask, totals);
        _change = null;
        _isSummed = true;
        if (block < 0)
        {
            CountRows(totals);

            // What the latent targets are off by says nothing to people, and nothing follows from it: their noise is known.
            totals[1] = _options.Task == FmTask.Classification ? _ofProbabilities : totals[1];
        }
    }

    /// <summary>Moves the parameters of the clock.</summary>
    /// <param name="clock">The clock whose statistics were asked for last.</param>
    /// <param name="totals">The statistics of all workers, added up; the same on every worker.</param>
    /// <exception cref="InvalidOperationException">It is another clock's turn.</exception>
    public void Apply(int clock, ReadOnlySpan<double> totals)
    {
        RequireTurn(clock);
        if (!_isSummed || totals.Length != StatisticsLength(clock))
        {
            throw new InvalidOperationException(
                $"clock {clock}: expected {StatisticsLength(clock)} totals after the statistics of the same clock, found {totals.Length}");
        }

        (int factor, int block) = PlaceOf(clock);
        if (block < 0)
        {
            MoveIntercept(totals);
        }
        else
        {
            MoveBlock(factor, block, totals);
        }

        _clock++;
        _isSummed = false;
    }

    /// <summary>Writes the parameters, and with MCMC brings the mean over samples up to them where the epoch counts (<see cref="SampleSchedule"/>).</summary>
    /// <param name="parameters">Receives them.</param>
    /// <param name="epoch">The epoch that ends, 1 to <paramref name="epochs"/>.</param>
    /// <param name="epochs">Epochs of the whole training.</param>
    /// <exception cref="InvalidOperationException">The epoch is not over.</exception>
    public void EndEpoch(FmParameters parameters, int epoch, int epochs)
    {
        RequireShape(parameters);
        if (_clock != Clocks || epoch != _epoch)
        {
            throw new InvalidOperationException($"expected the end of epoch {_epoch} after {Clocks} clocks, found epoch {epoch} after {_clock}");
        }

        _weights.CopyTo(parameters.Weights, 0);
        for (int feature = 0; feature < _space.Count; feature++)
        {
            Span<float> row = parameters.Factors.Row(feature);
            for (int factor = 0; factor < _options.Rank; factor++)
            {
                row[factor] = _factors[(factor * _space.Count) + feature];
            }
        }

        int place = Samples ? SampleSchedule.PlaceOf(_options, epochs, epoch) : 0;
        IsFlat = false;
        if (place > 0)
        {
            _mean.Add(parameters, _sweeps, place);
            IsFlat = _probes.IsFlat(
                parameters, [.. _sweeps.Select(sweep => sweep.Counts)], place, 1 / NoisePrecision, SquaredErrors, _options.MeanError);
        }
    }

    // e = z − ŷ in the place of y − ŷ.
    private void TakeLatentTargets(int epoch)
    {
        _ofProbabilities = 0;
        for (int row = 0; row < _rows.Count; row++)
        {
            bool isPositive = _rows.Targets[row] > 0;
            double prediction = (double)_rows.Targets[row] - _errors.Values[row];
            double error = (isPositive ? 1 : 0) - FmLink.Probit.Apply(prediction);
            _ofProbabilities += error * error;
            EntityRandom random = new(_options.Seed, RandomPurpose.LatentTarget, _firstRow + row, epoch);
            _errors.Values[row] = (float)(Samples ? LatentTargets.Draw(isPositive, prediction, ref random) : LatentTargets.Mean(isPositive, prediction));
        }
    }

    private void MoveIntercept(ReadOnlySpan<double> totals)
    {
        SquaredErrors = totals[1];
        _count = totals[2];
        int next = 3;
        foreach (BlockSweep sweep in _sweeps)
        {
            totals.Slice(next, sweep.Counts.Length).CopyTo(sweep.Counts);
            next += sweep.Counts.Length;
        }

        // α ~ Γ((α₀ + ρn)/2, (γ₀ + ρΣe²)/2), α₀ = γ₀ = 1; a probit's noise is 1 by definition.
        EntityRandom random = new(_options.Seed, RandomPurpose.FeaturePrior, 0, _epoch);
        NoisePrecision = Tempers
            ? random.NextGamma((1 + (_options.LikelihoodPower * _count)) / 2) / ((1 + (_options.LikelihoodPower * SquaredErrors)) / 2)
            : 1;
        float before = _weights[^1];
        ConditionalDraw draw = DrawOf(0);
        _weights[^1] = draw.Next(before, _count, totals[0], 0, 0);
        _change = new ErrorChange(-1, null, null, [], before - _weights[^1]);
    }

    private void MoveBlock(int factor, int block, ReadOnlySpan<double> totals)
    {
        Span<float> parameters = factor < 0 ? _weights.AsSpan(0, _space.Count) : FactorOf(factor);
        if (block == 0)
        {
            DrawPriors(factor, parameters);
        }

        ConditionalDraw draw = DrawOf(_clock);
        BlockSweep sweep = _sweeps[block];
        if (factor < 0)
        {
            sweep.MoveWeights(totals, parameters, _priors, ref draw);
        }
        else
        {
            sweep.MoveFactor(totals, parameters, SumsOf(factor)[block], _priors, ref draw);
        }

        bool isWeight = factor < 0;
        _change = new ErrorChange(block, isWeight || !sweep.IsSingle ? sweep.Shifts : null, isWeight ? null : sweep.Slopes, SumsOf(factor), 0);
    }

    private void DrawPriors(int factor, ReadOnlySpan<float> parameters)
    {
        // Before data have moved w from 0 it would say that λ is near the number of features, which a large group takes many epochs to forget.
        if (Samples && factor < 0 && !parameters.ContainsAnyExcept(0f))
        {
            _priors.Fix(1); // weights of about 1
        }
        else if (Samples)
        {
            EntityRandom random = new(_options.Seed, RandomPurpose.FeaturePrior, factor + 2, _epoch);
            (int rows, double variance) = factor < 0 ? (1, 1) : (_options.Rank + 1, 1 / Math.Sqrt(_options.Rank));
            _priors.Draw(parameters, rows, variance, ref random);
        }
        else
        {
            _priors.Fix(factor < 0 ? _options.WeightRegularization : _options.Regularization);
        }
    }

    private ConditionalDraw DrawOf(int clock) =>
        new(Samples, Tempers ? _options.LikelihoodPower * NoisePrecision : NoisePrecision, new EntityRandom(_options.Seed, RandomPurpose.PosteriorFeature, clock, _epoch));

    // q of every block for one factor.
    private void SumBlocks(int factor)
    {
        ReadOnlySpan<float> values = FactorOf(factor);
        for (int block = 0; block < Blocks; block++)
        {
            RatingMatrix matrix = _rows.Blocks[block].Rows;
            float[] sums = SumsOf(factor)[block];
            for (int row = 0; row < sums.Length; row++)
            {
                ReadOnlySpan<int> columns = matrix.RowColumns(row);
                ReadOnlySpan<float> x = matrix.RowValues(row);
                double sum = 0;
                for (int t = 0; t < columns.Length; t++)
                {
                    sum += (double)x[t] * values[columns[t]];
                }

                sums[row] = (float)sum;
            }
        }
    }

    private void CountRows(Span<double> totals)
    {
        totals[2] = _rows.Count;
        int start = 3;
        for (int block = 0; block < Blocks; block++)
        {
            foreach (int row in _rows.BlockRows[block])
            {
                totals[start + row]++;
            }

            start += _sweeps[block].Counts.Length;
        }
    }

    private Span<float> FactorOf(int factor) => _factors.AsSpan(factor * _space.Count, _space.Count);

    private float[][] SumsOf(int factor) => _sums[factor & 1];

    // Factor −1 is w; block −1 is the intercept.
    private (int Factor, int Block) PlaceOf(int clock) =>
        clock == 0 ? (-1, -1) : (((clock - 1) / Blocks) - 1, (clock - 1) % Blocks);
}
