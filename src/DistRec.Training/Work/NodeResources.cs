using System.Security.Cryptography;
using DistRec.Training.Blocks;
using DistRec.Training.Compute;

namespace DistRec.Training.Work;

/// <summary>What the partitions of one node share.</summary>
/// <param name="Blocks">The node's block exchange.</param>
/// <param name="Compute">The threads that compute.</param>
internal sealed record NodeResources(IBlockExchange Blocks, IComputePool Compute)
{
    /// <summary>The other side's rows that came from other nodes.</summary>
    public SideReplicas Replicas { get; } = new();

    /// <summary>What finds lists of items.</summary>
    public SharedSearches Searches { get; } = new();

    /// <summary>Names an incarnation of a partition; no two anywhere are alike.</summary>
    public Func<ulong> NewIncarnation { get; init; } = () => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    // How many actors of each job live here.
    private readonly Dictionary<string, int> _actors = new(StringComparer.Ordinal);

    /// <summary>A job's coordinator or one of its partitions has come to live here; <see cref="Leave"/> is called when it goes.</summary>
    public void Enter(string job)
    {
        lock (_actors)
        {
            _actors[job] = _actors.GetValueOrDefault(job) + 1;
        }
    }

    /// <summary>An actor of a job has gone. What the job has here goes with the last one: whoever ends the job tells the nodes of its partitions alone.</summary>
    public void Leave(string job)
    {
        lock (_actors)
        {
            if (--_actors[job] > 0)
            {
                return;
            }

            _actors.Remove(job);
        }

        Blocks.DropJob(job);
        Replicas.Drop(job);
    }
}
