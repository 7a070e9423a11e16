namespace DistRec.Training.Coordination;

/// <summary>
/// Which shards jobs that run at once live in: each in a range of its own, as low as there is room. Shards spread evenly over the workers,
/// so that jobs of a single partition run side by side on different ones, and the range of a job that has ended, whose worker is idle, is
/// the next one's.
/// </summary>
internal sealed class ShardRanges
{
    /// <summary>Shards of a region beyond which jobs share some: Akka.NET remembers every shard that there ever was.</summary>
    public const int Limit = 1024;

    private readonly Dictionary<string, (int First, int Count)> _ranges = new(StringComparer.Ordinal);

    /// <summary>Places a job, where it was placed before or where there is room.</summary>
    /// <returns>Its specification with <see cref="JobSpec.FirstShard"/>; the one that was given stays as it is.</returns>
    public JobSpec Place(JobSpec spec)
    {
        int count = JobLayout.PartitionsOf(spec);
        int first = spec.HasFirstShard ? spec.FirstShard : FirstFree(count);
        _ranges[spec.Job] = (first, count);
        JobSpec placed = spec.Clone();
        placed.FirstShard = first;
        return placed;
    }

    /// <summary>A job runs no longer.</summary>
    public void Free(string job) => _ranges.Remove(job);

    private int FirstFree(int count)
    {
        int first = 0;
        foreach ((int taken, int length) in _ranges.Values.OrderBy(range => range.First))
        {
            if (taken >= first + count)
            {
                break;
            }

            first = Math.Max(first, taken + length);
        }

        return first == 0 || first + count <= Limit ? first : 0;
    }
}
