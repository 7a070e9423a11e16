namespace DistRec.Training.Coordination;

/// <summary>A worker may see a shard's table at a clock.</summary>
/// <param name="Worker">Who.</param>
/// <param name="Clock">The clock that it begins, from 0.</param>
public readonly record struct ClockGrant(int Worker, int Clock);

/// <summary>
/// Decides, on one shard of the parameter server, which worker may see the table at which clock, from whose changes have been
/// applied. A worker always sees its own changes; of the others it sees all but the last s clocks ([H13]): none missing
/// under <c>bsp</c>, at most s under <c>ssp:s</c>, any number under <c>asp</c>.
/// </summary>
/// <remarks>Under <c>bsp</c> the changes of a clock are applied together, in the workers' order, so that an epoch repeats exactly.</remarks>
public sealed class ClockLedger
{
    private readonly int _clocks;
    private readonly long _staleness;
    private readonly int[] _applied;
    private readonly int[] _granted;

    /// <param name="workers">Workers that push, at least 1.</param>
    /// <param name="clocks">Clocks of an epoch, at least 1.</param>
    /// <param name="consistency">How far workers may drift apart within an epoch.</param>
    public ClockLedger(int workers, int clocks, ConsistencyModel consistency)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(workers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clocks);
        _clocks = clocks;
        _staleness = consistency.IsFixedOrder ? 0 : consistency.MaximumLead;
        _applied = new int[workers];
        _granted = new int[workers];
        Array.Fill(_granted, -1);
    }

    /// <summary>Clocks that the fastest worker is ahead of the slowest.</summary>
    public int Lead => _applied.Max() - _applied.Min();

    /// <summary>Share of the epoch's changes that have been applied.</summary>
    public double Fraction => (double)_applied.Sum() / ((long)_applied.Length * _clocks);

    /// <summary>Notes that a worker's changes of its next clock have been applied.</summary>
    public void Apply(int worker)
    {
        if (_applied[worker] == _clocks)
        {
            throw new InvalidOperationException($"worker {worker} pushed more than {_clocks} clocks");
        }

        _applied[worker]++;
    }

    /// <summary>The clocks that may begin now and have not been granted before.</summary>
    public IReadOnlyList<ClockGrant> Grant()
    {
        List<ClockGrant> grants = [];
        int slowest = _applied.Min();
        for (int worker = 0; worker < _applied.Length; worker++)
        {
            int next = _applied[worker];
            if (next < _clocks && next > _granted[worker] && next - slowest <= _staleness)
            {
                _granted[worker] = next;
                grants.Add(new ClockGrant(worker, next));
            }
        }

        return grants;
    }
}
