using DistRec.Numerics.Linear;
using DistRec.Training.Compute;
using DistRec.Training.Coordination;
using DistRec.Training.Transfer;

namespace DistRec.Training.Partitions;

/// <summary>
/// One partition of one side in an alternating model: its ratings, its rows of factors and what the rounds do to them.
/// Knows no actors; the bare loop of the benchmark calls it as the actor does. Not thread-safe: one call at a time.
/// </summary>
public sealed class AlternatingPartition
{
    private const int RowsPerSum = 512;

    private readonly Side _side;
    private readonly IRowSolver _solver;
    private readonly RatingMatrix _ratings;
    private readonly RatingMatrix? _heldOut;
    private readonly int _firstRow;
    private readonly RatingUnits _units;
    private readonly RatingScale _scale;
    private readonly int[] _chunks;
    private readonly RowLoss[] _losses;
    private IRowWorker[] _workers = [];
    private FactorBlock? _spare;
    private (long Version, RoundSums Sums)? _solvedFrom;
    private int _chunksDone;

    /// <param name="side">Which side the rows are of.</param>
    /// <param name="solver">The model.</param>
    /// <param name="data">The partition's ratings.</param>
    /// <param name="firstRow">Global index of the first row.</param>
    /// <param name="units">What ratings are to the arithmetic.</param>
    /// <param name="scale">The range of ratings.</param>
    public AlternatingPartition(Side side, IRowSolver solver, RatingBlock data, int firstRow, RatingUnits units, RatingScale scale)
    {
        ArgumentNullException.ThrowIfNull(solver);
        ArgumentNullException.ThrowIfNull(data);
        _side = side;
        _solver = solver;
        _ratings = data.Training;
        _heldOut = data.HeldOut;
        _firstRow = firstRow;
        _units = units;
        _scale = scale;
        _chunks = RowChunks.Of(_ratings);
        _losses = new RowLoss[_ratings.RowCount];
        Current = FactorBlock.Zeros(_ratings.RowCount, solver.Rank);
    }

    /// <summary>What the model needs beside the other side's rows.</summary>
    public RoundNeeds Needs => _solver.Needs;

    /// <summary>The columns that sums over a side are of, from the first on.</summary>
    public int MomentRank => _solver.MomentRank;

    /// <summary>The newest tables.</summary>
    public FactorBlock Current { get; private set; }

    /// <summary>Sums over <see cref="Current"/>, where the model asks for any; null until <see cref="SumAsync"/>.</summary>
    public MomentSums? Moments { get; private set; }

    /// <summary>The best tables so far; null where none were best.</summary>
    public FactorBlock? Best { get; private set; }

    /// <summary>Share of the running round's chunks that are done.</summary>
    public double Fraction => _chunks.Length <= 1 ? 1 : (double)Volatile.Read(ref _chunksDone) / (_chunks.Length - 1);

    /// <summary>Draws the first factors.</summary>
    public void Initialize()
    {
        Array.Clear(Current.Biases);
        _solver.Initialize(Current.Factors, _firstRow, _side);
        Moments = null;
        Best = null;
        _solvedFrom = null;
    }

    /// <summary>Takes tables from a checkpoint.</summary>
    public void Resume(FactorBlock current, FactorBlock? best)
    {
        Take(current);
        Best = best?.Copy();
    }

    /// <summary>Takes the newest tables from elsewhere. All earlier ones stay intact until the next change.</summary>
    public void Take(FactorBlock current)
    {
        ArgumentNullException.ThrowIfNull(current);
        Advance(current.Copy());
        _solvedFrom = null;
    }

    /// <summary>
    /// Lets the next tables be new ones. Whoever repeats something may have published the same version before, in tables that
    /// would now be written over, and somebody may be reading them.
    /// </summary>
    public void LeaveOldTables() => _spare = null;

    /// <summary>The rows of the other side that this partition's ratings refer to, by block.</summary>
    /// <param name="starts">First row of each block, and the number of rows last.</param>
    public RowSet[] NeededRowsOf(IReadOnlyList<int> starts) => NeededRows.Of(starts, _ratings, _heldOut);

    /// <summary>What solving came to, where the newest tables were solved from this very version of the other side.</summary>
    public RoundSums? SolvedFrom(long version) => _solvedFrom is { } solved && solved.Version == version ? solved.Sums : null;

    /// <summary>Solves all rows, given the other side. The previous tables stay intact until the next call.</summary>
    /// <param name="sources">The other side, and what else the model needs.</param>
    /// <param name="version">Names the state of the other side.</param>
    /// <param name="pool">Threads.</param>
    /// <param name="cancellationToken">Ends it; the newest tables are then as before.</param>
    public async Task<RoundSums> SolveAsync(RowSources sources, long version, IComputePool pool, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(pool);
        EnsureWorkers(pool);
        FactorBlock target = Spare();
        RowRound round = new(_side, _ratings, sources.Other, _units)
        {
            FirstRow = _firstRow,
            Epoch = sources.Epoch,
            Previous = _solver.Needs.HasFlag(RoundNeeds.OwnRows) ? Current.Factors : null,
            OtherMoments = sources.OtherMoments,
            OwnMoments = sources.OwnMoments,
        };
        round = round with { Shared = _solver.Prepare(round) };
        long singular = 0;
        _chunksDone = 0;
        await pool.ForAsync(
            _chunks.Length - 1,
            (chunk, worker) =>
            {
                int count = _workers[worker].SolveRows(
                    round, _chunks[chunk], _chunks[chunk + 1], target.Factors, target.Biases, _losses);
                if (count > 0)
                {
                    Interlocked.Add(ref singular, count);
                }

                Interlocked.Increment(ref _chunksDone);
            },
            cancellationToken).ConfigureAwait(false);

        // Before the tables change: a round that is cut short leaves them as they were.
        MomentSums? moments = await MomentsOfAsync(target.Factors, pool, cancellationToken).ConfigureAwait(false);
        Advance(target);
        Moments = moments;
        ErrorSums errors = default;
        ReproducibleSum penalty = default;
        foreach (RowLoss loss in _losses)
        {
            errors = errors.Add(loss.SquaredError, 0, 0);
            penalty.Add(loss.Penalty);
        }

        RoundSums sums = new(errors.Add(0, 0, _ratings.Count), penalty, singular, false);
        _solvedFrom = (version, sums);
        return sums;
    }

    /// <summary>
    /// Goes back to the tables before the newest, where those were solved from one of these versions of the other side; otherwise they
    /// are what they should be.
    /// </summary>
    public void Revert(IReadOnlyCollection<long> undone)
    {
        ArgumentNullException.ThrowIfNull(undone);
        if (_solvedFrom is { } solved && undone.Contains(solved.Version))
        {
            (Current, _spare) = (_spare!, Current);
            _solvedFrom = null;
            Moments = null;
        }
    }

    /// <summary>Sums over the newest tables, where the model asks for any: all partitions' together are what <see cref="RowSources"/> takes.</summary>
    public async Task SumAsync(IComputePool pool, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pool);
        Moments ??= await MomentsOfAsync(Current.Factors, pool, cancellationToken).ConfigureAwait(false);
    }

    private async Task<MomentSums?> MomentsOfAsync(FactorTable table, IComputePool pool, CancellationToken cancellationToken)
    {
        if ((_solver.Needs & (RoundNeeds.OtherMoments | RoundNeeds.OwnMoments)) == 0)
        {
            return null;
        }

        MomentSums[] sums = [.. Enumerable.Range(0, pool.Width).Select(_ => new MomentSums(_solver.MomentRank))];
        await pool.ForAsync(
            (table.Rows + RowsPerSum - 1) / RowsPerSum,
            (chunk, worker) => sums[worker].Add(table, chunk * RowsPerSum, Math.Min(table.Rows, (chunk + 1) * RowsPerSum)),
            cancellationToken).ConfigureAwait(false);
        foreach (MomentSums other in sums.AsSpan(1))
        {
            sums[0].Merge(other);
        }

        return sums[0];
    }

    /// <summary>Errors on the held-out ratings, given the item side.</summary>
    public Task<RoundSums> ValidateAsync(PartitionedFactors items, IComputePool pool, CancellationToken cancellationToken) =>
        HeldOutErrors.SumAsync(_heldOut, Current, items, _solver.Score, _units, _scale, pool, cancellationToken);

    /// <summary>Remembers the current tables as the best.</summary>
    public void SaveBest()
    {
        Best ??= FactorBlock.Zeros(_ratings.RowCount, _solver.Rank);
        Best.CopyFrom(Current);
    }

    private FactorBlock Spare() => _spare ??= FactorBlock.Zeros(_ratings.RowCount, _solver.Rank);

    private void Advance(FactorBlock target)
    {
        _spare = Current;
        Current = target;
        Moments = null;
    }

    private void EnsureWorkers(IComputePool pool)
    {
        if (_workers.Length != pool.Width)
        {
            _workers = [.. Enumerable.Range(0, pool.Width).Select(_ => _solver.CreateWorker())];
        }
    }
}
