namespace DistRec.Actors.Cluster;

/// <summary>Tells which node an actor lives on. Engines implement it; the block exchange asks it. All members are thread-safe.</summary>
public interface IActorDirectory
{
    /// <summary>
    /// Counts up with every change of what this node knows about hosts; nodes that disagree compare it, to see who is behind.
    /// 0 where an engine has no such count.
    /// </summary>
    long TableVersion => 0;

    /// <summary>Whether the actor lives on this node, as far as this node knows. Never waits.</summary>
    bool IsHere(ActorAddress address);

    /// <summary>Waits until the actor has a host, and returns it; this node's own address if the actor lives here.</summary>
    /// <exception cref="UnknownActorException">No such kind was ever registered.</exception>
    ValueTask<ActorHost> FindAsync(ActorAddress address, CancellationToken cancellationToken);
}

/// <summary>The node that an actor lives on.</summary>
/// <param name="Address">Where the node's HTTP endpoints are, such as http://10.0.0.7:7400/.</param>
/// <param name="Moved">Fires when the actor's host changes or its node is given up; who waits for an answer from there asks again.</param>
public sealed record ActorHost(Uri Address, CancellationToken Moved);
