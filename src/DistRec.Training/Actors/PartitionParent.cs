using Akka.Actor;

namespace DistRec.Training.Actors;

/// <summary>What a region is on a cluster, in one process: makes every partition when it is first sent to.</summary>
internal sealed class PartitionParent : ReceiveActor
{
    public PartitionParent(PartitionRegion region) => Receive<PartitionEnvelope>(envelope =>
    {
        string entity = PartitionExtractor.Instance.EntityId(envelope)!;
        IActorRef child = Context.Child(entity);
        (child.IsNobody() ? Context.ActorOf(region.EntityProps(entity), entity) : child).Forward(envelope.Message);
    });

    /// <summary>How one is made.</summary>
    public static Props Props(PartitionRegion region) => Akka.Actor.Props.Create(() => new PartitionParent(region));
}
