using DistRec.Actors;

namespace DistRec.Contracts;

/// <summary>A cluster whose nodes a test can lose, all in the test's process so that actors can tell it what they saw.</summary>
public abstract class ClusterUnderTest : IAsyncDisposable
{
    /// <summary>The node from which tests send; it hosts no actor while another is there, and is never lost.</summary>
    public abstract IActorSystem Outside { get; }

    /// <summary>The numbers of the nodes that host actors now.</summary>
    public abstract IReadOnlyList<int> Hosts { get; }

    /// <summary>Makes kinds known on every node there is and every one to come.</summary>
    /// <param name="kinds">Makes the kinds for the node of a number, so that its actors know where they live.</param>
    public abstract void Register(Func<int, IReadOnlyList<ActorKind>> kinds);

    /// <summary>Adds a node that may host actors, and returns its number.</summary>
    public abstract Task<int> AddAsync();

    /// <summary>Lets a node end as if its process had died.</summary>
    public abstract Task KillAsync(int node);

    /// <summary>Lets a node leave in good order.</summary>
    public abstract Task LeaveAsync(int node);

    public abstract ValueTask DisposeAsync();
}
