namespace DistRec.Cluster.Blocks;

/// <summary>
/// Counts the drops of jobs on this node. A pull that waits comes as many requests, and a drop between two of them would be
/// missed, since a job's name may begin again: each "not yet" carries the count, and the next request brings it back.
/// </summary>
/// <example>The count is 4; a pull of job A waits and is told "not yet, 4". A is dropped: the count is 5, and A's drop was the
/// 5th. The pull comes again with 4, finds that A was dropped later than that, and ends.</example>
internal sealed class JobDrops
{
    // Requests of a pull follow each other closely: older drops are no longer asked about.
    private const int Remembered = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _last = new(StringComparer.Ordinal);
    private readonly Queue<(string Job, long Number)> _order = new();
    private long _count;

    public long Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    public void Add(string job)
    {
        lock (_gate)
        {
            _last[job] = ++_count;
            _order.Enqueue((job, _count));
            if (_order.Count > Remembered && _order.Dequeue() is var oldest && _last.GetValueOrDefault(oldest.Job) == oldest.Number)
            {
                _last.Remove(oldest.Job);
            }
        }
    }

    /// <summary>Whether the job was dropped after that many drops.</summary>
    public bool WasDroppedAfter(string job, long count)
    {
        lock (_gate)
        {
            return _last.TryGetValue(job, out long number) && number > count;
        }
    }
}
