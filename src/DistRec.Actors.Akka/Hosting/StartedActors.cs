using Akka.Actor;
using Akka.DistributedData;

namespace DistRec.Actors.Akka.Hosting;

/// <summary>
/// The actors that were ever started in the cluster, replicated to every node: by it an actor that starts knows whether
/// one before it has lost its memory. Where that cannot be told, it is assumed: an actor that reports a loss too many does
/// no harm, one that keeps quiet about it does.
/// </summary>
internal static class StartedActors
{
    private static readonly GSetKey<string> Key = new("distrec-started-actors");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Takes part in keeping them; every node has to, so that a majority can answer.</summary>
    public static void Keep(ActorSystem system) => _ = DistributedData.Get(system).Replicator;

    /// <summary>Asks whether an actor was started before; the answer goes to <see cref="Read"/>.</summary>
    public static void Ask(ActorSystem system, IActorRef self) =>
        DistributedData.Get(system).Replicator.Tell(Dsl.Get(Key, new ReadMajority(Patience)), self);

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
