using Akka.Actor;
using Akka.DistributedData;
using AkkaCluster = Akka.Cluster.Cluster;

namespace DistRec.Actors.Akka.Hosting;

/// <summary>
/// The actors that were ever started in the cluster, replicated to every node: by it an actor that starts knows whether
/// one before it has lost its memory. All answers go to the asking entity's <see cref="StartInquiry"/>.
/// </summary>
internal static class StartedActors
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static GSetKey<string> Key { get; } = new("distrec-started-actors");

    /// <summary>Takes part in keeping them; every node has to.</summary>
    public static void Keep(ActorSystem system) => _ = DistributedData.Get(system).Replicator;

    /// <summary>Asks how many members there are, and how many nodes keep the record.</summary>
    public static void Count(ActorSystem system, IActorRef self)
    {
        // From the source of all news of the cluster, so not older than what made this node start the actor.
        AkkaCluster.Get(system).SendCurrentClusterState(self);
        DistributedData.Get(system).Replicator.Tell(Dsl.GetReplicaCount, self);
    }

    /// <summary>As <see cref="Count"/>, a moment later.</summary>
    public static void CountAgain(ActorSystem system, IActorRef self) =>
        system.Scheduler.Advanced.ScheduleOnce(Moment, () => Count(system, self));

    /// <summary>Asks every node whether an actor was started before.</summary>
    public static void Ask(ActorSystem system, IActorRef self) =>
        DistributedData.Get(system).Replicator.Tell(Dsl.Get(Key, new ReadAll(Patience)), self);

    /// <summary>Notes that an actor starts, so that most nodes know.</summary>
    public static void Note(ActorSystem system, IActorRef self, ActorAddress address) =>
        DistributedData.Get(system).Replicator.Tell(
            Dsl.Update(Key, GSet<string>.Empty, new WriteMajority(Patience), set => set.Add(address.ToString())), self);
}
