namespace DistRec.Training.Coordination;

/// <summary>A worker is to visit an item block that is published by its last holder.</summary>
/// <param name="Worker">Who visits.</param>
/// <param name="Block">What is visited.</param>
/// <param name="Holder">The worker that visited it last in this epoch, or −1 where it is still at its home shard.</param>
/// <param name="Version">How many visits the block has had in this epoch.</param>
/// <param name="Step">How many visits the worker makes before this one in this epoch.</param>
public readonly record struct BlockVisit(int Worker, int Block, int Holder, int Version, int Step);

/// <summary>
/// Decides which worker gets which item block next, so that in an epoch every worker visits every block exactly once and no
/// block is with two workers at a time. The result is serializable: it equals one thread doing the visits one after another.
/// </summary>
/// <remarks>
/// <para>Under <c>bsp</c> the order is the Latin square of DSGD ([G11]): worker w of W visits blocks in the ring order that
/// begins at w·B/W, and a block is visited in the order of those positions, so the epoch repeats exactly. Nobody waits for a
/// barrier between strata, only for the very block that comes next. Example with W = 2, B = 4: worker 0 visits 0 1 2 3, worker
/// 1 visits 2 3 0 1; block 2 goes to worker 1 first and to worker 0 in its third step.</para>
/// <para>Under <c>asp</c> (NOMAD) a worker takes any free block it has not visited; under <c>ssp:s</c> likewise, but only while it is at
/// most s visits ahead of the slowest worker ([H13]).</para>
/// </remarks>
public sealed class BlockSchedule
{
    // A worker that has its next block at hand need not wait for the coordinator between two visits.
    private const int VisitsAhead = 2;

    private readonly ConsistencyModel _consistency;
    private readonly bool[,] _visited;
    private readonly int[] _visits;
    private readonly int[] _versions;
    private readonly int[] _holders;
    private readonly bool[] _isLent;
    private readonly Queue<int>[] _granted;

    /// <param name="workers">W, at least 1.</param>
    /// <param name="blocks">B, at least W.</param>
    /// <param name="consistency">How far workers may drift apart within an epoch.</param>
    public BlockSchedule(int workers, int blocks, ConsistencyModel consistency)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(workers);
        ArgumentOutOfRangeException.ThrowIfLessThan(blocks, workers);
        Workers = workers;
        Blocks = blocks;
        _consistency = consistency;
        _visited = new bool[workers, blocks];
        _visits = new int[workers];
        _versions = new int[blocks];
        _holders = new int[blocks];
        _isLent = new bool[blocks];
        _granted = [.. Enumerable.Range(0, workers).Select(_ => new Queue<int>(VisitsAhead))];
        Begin();
    }

    public int Workers { get; }

    public int Blocks { get; }

    /// <summary>Whether every worker has visited every block.</summary>
    public bool IsDone => _visits.All(visits => visits == Blocks);

    /// <summary>Share of the epoch's visits that are over.</summary>
    public double Fraction => (double)_visits.Sum() / ((long)Workers * Blocks);

    /// <summary>Visits that the fastest worker is ahead of the slowest.</summary>
    public int Lead => _visits.Max() - _visits.Min();

    /// <summary>The visits that were granted and are not over, for those who may not have heard of them.</summary>
    public IReadOnlyList<BlockVisit> Outstanding =>
        [.. _granted.SelectMany((blocks, worker) => blocks.Select(
            (block, ahead) => new BlockVisit(worker, block, _holders[block], _versions[block], _visits[worker] + ahead)))];

    /// <summary>The worker that has a block after the epoch, or −1.</summary>
    public int HolderOf(int block) => _holders[block];

    /// <summary>How many visits a block has had in this epoch.</summary>
    public int VersionOf(int block) => _versions[block];

    /// <summary>Begins an epoch with all blocks at home.</summary>
    public void Begin()
    {
        Array.Clear(_visited);
        Array.Clear(_visits);
        Array.Clear(_versions);
        Array.Fill(_holders, -1);
        Array.Clear(_isLent);
        foreach (Queue<int> granted in _granted)
        {
            granted.Clear();
        }
    }

    /// <summary>
    /// Notes that a visit is over; a worker makes its visits in the order they were granted. A visit that was not granted, or is
    /// over already, changes nothing: reports may come twice.
    /// </summary>
    /// <returns>Whether the visit was the worker's current one.</returns>
    public bool Finish(int worker, int block)
    {
        if ((uint)worker >= (uint)Workers || !_granted[worker].TryPeek(out int current) || current != block)
        {
            return false;
        }

        _granted[worker].Dequeue();
        _isLent[block] = false;
        _holders[block] = worker;
        _versions[block]++;
        _visited[worker, block] = true;
        _visits[worker]++;
        return true;
    }

    /// <summary>
    /// Grants every visit that may begin now, and to each worker the one after it where that is free already.
    /// </summary>
    public IReadOnlyList<BlockVisit> Grant()
    {
        List<BlockVisit> granted = [];
        int slowest = _visits.Min();

        // Nobody gets a second block before everybody had the chance of a first one.
        for (int ahead = 0; ahead < VisitsAhead; ahead++)
        {
            for (int worker = 0; worker < Workers; worker++)
            {
                int begun = _visits[worker] + _granted[worker].Count;
                if (_granted[worker].Count > ahead || begun == Blocks || begun - slowest > _consistency.MaximumLead)
                {
                    continue;
                }

                int block = _consistency.IsFixedOrder ? NextInOrder(worker, begun) : NextFree(worker);
                if (block >= 0)
                {
                    _granted[worker].Enqueue(block);
                    _isLent[block] = true;
                    granted.Add(new BlockVisit(worker, block, _holders[block], _versions[block], begun));
                }
            }
        }

        return granted;
    }

    // First block of a worker's ring.
    private int StartOf(int worker) => (int)((long)worker * Blocks / Workers);

    private int NextFree(int worker)
    {
        for (int step = 0; step < Blocks; step++)
        {
            int block = (StartOf(worker) + step) % Blocks;
            if (!_visited[worker, block] && !_isLent[block])
            {
                return block;
            }
        }

        return -1;
    }

    private int NextInOrder(int worker, int mine)
    {
        int block = (StartOf(worker) + mine) % Blocks;
        if (_isLent[block])
        {
            return -1;
        }

        // Everyone who reaches the block at an earlier step of the ring goes first.
        for (int other = 0; other < Workers; other++)
        {
            int step = (block - StartOf(other) + Blocks) % Blocks;
            if (other != worker && step < mine && !_visited[other, block])
            {
                return -1;
            }
        }

        return block;
    }
}
