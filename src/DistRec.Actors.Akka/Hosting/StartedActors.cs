using Akka.Actor;
using Akka.Cluster;
using Akka.DistributedData;
using AkkaCluster = Akka.Cluster.Cluster;

namespace DistRec.Actors.Akka.Hosting;

/// <summary>
/// The actors that were ever started in the cluster, replicated to every node: by it an actor that starts knows whether
/// one before it has lost its memory. Where that cannot be told, it is assumed: an actor that reports a loss too many does
/// no harm, one that keeps quiet about it does.
/// </summary>
internal static class StartedActors
{
    private static readonly GSetKey<string> Key = new("distrec-started-actors");
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Takes part in keeping them; every node has to.</summary>
    public static void Keep(ActorSystem system) => _ = DistributedData.Get(system).Replicator;

    /// <summary>Asks how many nodes can be asked; the answer is a <see cref="ReplicaCount"/>.</summary>
    public static void CountKeepers(ActorSystem system, IActorRef self) =>
        DistributedData.Get(system).Replicator.Tell(Dsl.GetReplicaCount, self);

    /// <summary>As <see cref="CountKeepers"/>, a moment later.</summary>
    public static void CountKeepersAgain(ActorSystem system, IActorRef self) =>
        system.Scheduler.ScheduleTellOnce(Moment, DistributedData.Get(system).Replicator, Dsl.GetReplicaCount, self);

    /// <summary>Whether all nodes of the cluster can be asked: a node that just joined may know of itself alone.</summary>
    public static bool AreKnown(ActorSystem system, ReplicaCount count) =>
        count.N >= AkkaCluster.Get(system).State.Members.Count(member => member.Status == MemberStatus.Up);

    /// <summary>Asks every node whether an actor was started before; the answer goes to <see cref="Read"/>.</summary>
    public static void Ask(ActorSystem system, IActorRef self) =>
        DistributedData.Get(system).Replicator.Tell(Dsl.Get(Key, new ReadAll(Patience)), self);

    /// <summary>Null for a message that is no answer.</summary>
    public static StartReason? Read(object message, ActorAddress address) => message switch
    {
        GetSuccess found when found.Key.Equals(Key) =>
            found.Get(Key).Contains(address.ToString()) ? StartReason.Relocation : StartReason.First,
        NotFound => StartReason.First,
        IGetResponse => StartReason.Relocation,
        _ => null,
    };

    /// <summary>Notes that an actor starts; the answer is an <see cref="IUpdateResponse"/>, whatever came of it.</summary>
    public static void Add(ActorSystem system, IActorRef self, ActorAddress address) =>
        DistributedData.Get(system).Replicator.Tell(
            Dsl.Update(Key, GSet<string>.Empty, new WriteMajority(Patience), set => set.Add(address.ToString())), self);
}
