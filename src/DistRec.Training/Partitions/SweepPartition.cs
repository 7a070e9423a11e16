using DistRec.Models.FactorizationMachine;
using DistRec.Models.FactorizationMachine.Sampling;
using DistRec.Training.Compute;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Transfer;

namespace DistRec.Training.Partitions;

/// <summary>
/// One worker's rows of a factorization machine that sweeps, and all its parameters. Knows no actors. Not thread-safe: one call at a
/// time.
/// </summary>
/// <remarks>Memory: 4 bytes for each of <see cref="FmShape.Width"/> + 1 numbers a feature in every worker. With 32 factors, and the mean over samples in 48,
/// that is 388 bytes a feature, where <c>als</c> has 132.</remarks>
public sealed class SweepPartition
{
    private readonly FmOptions _options;
    private readonly FeatureRows? _heldOut;
    private readonly FmSampler _sampler;
    private readonly FactorBlock _tables;
    private readonly FmParameters _parameters;
    private readonly Dictionary<int, double[]> _sums = [];
    private readonly Dictionary<(int Shard, int Turn), FactorBlock> _learned = [];
    private readonly int[] _starts;
    private readonly int _epochs;
    private readonly RatingUnits _units;
    private readonly RatingScale _scale;
    private int _epoch;

    /// <param name="options">The model's settings.</param>
    /// <param name="data">The worker's rows, over whole blocks.</param>
    /// <param name="starts">First row of each shard of the feature tables, and the number of rows last.</param>
    /// <param name="groupStarts">First feature of each group, and the number of features last.</param>
    /// <param name="firstRow">Global index of the first training row.</param>
    /// <param name="epochs">Epochs of the job: samples are kept evenly over them.</param>
    /// <param name="units">What targets are to the arithmetic.</param>
    /// <param name="scale">The range of targets.</param>
    public SweepPartition(
        FmOptions options, FeatureBlock data, IReadOnlyList<int> starts, IReadOnlyList<int> groupStarts, int firstRow, int epochs, RatingUnits units, RatingScale scale)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(starts);
        ArgumentNullException.ThrowIfNull(groupStarts);
        _options = options;
        _heldOut = data.HeldOut;
        _starts = [.. starts];
        _epochs = epochs;
        _units = units;
        _scale = scale;
        Count = data.Training.Count;
        _sampler = new FmSampler(options, JobSpecs.SpaceOf(groupStarts), FmPartition.InUnits(data.Training, units), firstRow);
        _tables = FactorBlock.Zeros(_starts[^1], FmShape.Of(options).Width);
        _parameters = new FmParameters(_tables.Factors, _tables.Biases, groupStarts[^1]);
        Tables = new UserTables(0, 0);
    }

    /// <summary>Of no rows: the model is made of the feature tables alone.</summary>
    public UserTables Tables { get; }

    /// <summary>Number of training rows.</summary>
    public long Count { get; }

    /// <summary>Sums that an epoch exchanges.</summary>
    public int Clocks => _sampler.Clocks;

    /// <summary>Every row of every shard.</summary>
    public RowSet[] AllRows() => [.. Enumerable.Range(0, _starts.Length - 1).Select(shard => RowSet.All(_starts[shard + 1] - _starts[shard]))];

    /// <summary>Takes the parameters and works out the errors of the own rows.</summary>
    public void Begin(PartitionedFactors tables, int epoch)
    {
        Take(tables);
        _epoch = epoch;
        _sampler.Begin(_parameters, epoch);
    }

    /// <summary>Local sufficient statistics. They stay as they are until those of the next clock are asked for.</summary>
    public double[] Statistics(int clock)
    {
        double[] sums = SumsBlock.Reused(_sums, _sampler.StatisticsLength(clock));
        _sampler.Statistics(clock, sums);
        return sums;
    }

    /// <summary>Moves the parameters of a clock.</summary>
    /// <param name="clock">The clock whose statistics were asked for last.</param>
    /// <param name="totals">The statistics of all workers.</param>
    public void Apply(int clock, double[] totals) => _sampler.Apply(clock, totals);

    /// <summary>Ends an epoch.</summary>
    /// <returns>Σe² over the rows of all workers before it, and whether the mean over samples is exact enough to end.</returns>
    public (double SquaredErrors, bool IsFlat) End(int epoch)
    {
        _sampler.EndEpoch(_parameters, epoch, _epochs);
        return (_sampler.SquaredErrors, _sampler.IsFlat);
    }

    /// <summary>
    /// A shard's range of what was learned, copied; good until the epoch after the next one, since until then the tables of an epoch are read by those who begin the
    /// next one from them. Two blocks take turns: new ones in every epoch would be gigabytes before they are collected.
    /// </summary>
    public FactorBlock Learned(int shard)
    {
        (int, int) turn = (shard, _epoch % 2);
        int first = _starts[shard], rows = _starts[shard + 1] - first;
        if (!_learned.TryGetValue(turn, out FactorBlock? block))
        {
            _learned[turn] = block = FactorBlock.Zeros(rows, _tables.Factors.Rank);
        }

        ParameterTable.Copy(_tables, first, block, 0, rows);
        return block;
    }

    /// <summary>Errors on the held-out rows, given the tables.</summary>
    public Task<RoundSums> ValidateAsync(PartitionedFactors tables, IComputePool pool, CancellationToken cancellationToken)
    {
        if (_heldOut is null)
        {
            return Task.FromResult(default(RoundSums));
        }

        Take(tables);
        return FmErrors.SumAsync(_options, _parameters, _heldOut, _units, _scale, pool, cancellationToken);
    }

    private void Take(PartitionedFactors tables)
    {
        ArgumentNullException.ThrowIfNull(tables);
        for (int shard = 0; shard < tables.Tables.Length; shard++)
        {
            ParameterTable.Copy(new FactorBlock(tables.Tables[shard], tables.Biases[shard]), 0, _tables, _starts[shard], _starts[shard + 1] - _starts[shard]);
        }
    }
}
