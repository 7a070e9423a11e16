using DistRec.Actors;
using DistRec.Actors.Cluster;
using DistRec.Actors.Cluster.Blocks;

namespace DistRec.Node.Hosting.Engines;

/// <summary>What a training node needs of the engine that its actors live on. Disposing stops it.</summary>
internal interface INodeEngine : IAsyncDisposable
{
    IActorSystem System { get; }

    IClusterView Cluster { get; }

    HttpBlockExchange Blocks { get; }

    /// <summary>How other nodes reach this one's HTTP endpoints; known once it has started.</summary>
    Uri Address { get; }

    /// <summary>Completes when the cluster goes on without this node, which then can only start again.</summary>
    Task Removed { get; }

    /// <summary>Listens, joins the cluster, waiting for it if it is not there yet, and starts the actors.</summary>
    Task StartAsync(IReadOnlyList<ActorKind> kinds, CancellationToken cancellationToken);

    /// <summary>Hands this node's actors over to others.</summary>
    /// <exception cref="TimeoutException">They did not move away in time.</exception>
    Task LeaveAsync(CancellationToken cancellationToken);
}
