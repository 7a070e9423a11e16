using System.Collections.Concurrent;

namespace DistRec.Training.Work;

/// <summary>The replicas of one node, by job and side.</summary>
internal sealed class SideReplicas
{
    private readonly ConcurrentDictionary<(string Job, Side Side), SideReplica> _replicas = new();

    /// <summary>The replica of a side, made when first asked for.</summary>
    /// <param name="job">The job.</param>
    /// <param name="side">The side.</param>
    /// <param name="starts">First row of each of the owners' blocks, and the number of rows last.</param>
    /// <param name="rank">Number of factors.</param>
    public SideReplica Of(string job, Side side, IReadOnlyList<int> starts, int rank) =>
        _replicas.AddOrUpdate(
            (job, side),
            _ => new SideReplica(starts, rank),
            (_, replica) => replica.HasShape(starts, rank) ? replica : new SideReplica(starts, rank));

    /// <summary>Frees the replicas of a job.</summary>
    public void Drop(string job)
    {
        foreach ((string Job, Side Side) key in _replicas.Keys.Where(key => key.Job == job))
        {
            _replicas.TryRemove(key, out _);
        }
    }
}
