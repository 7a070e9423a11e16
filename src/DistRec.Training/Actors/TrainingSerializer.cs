using Akka.Actor;
using Google.Protobuf;

namespace DistRec.Training.Actors;

/// <summary>Writes all that training's actors send between nodes.</summary>
/// <param name="system">The node's.</param>
internal sealed class TrainingSerializer(ExtendedActorSystem system) : ProtobufSerializer<PartitionEnvelope>(system, Known)
{
    private static readonly Dictionary<Type, (string Manifest, MessageParser Parser)> Known = new()
    {
        [typeof(RoundReport)] = ("R", RoundReport.Parser),
        [typeof(RoundProgress)] = ("p", RoundProgress.Parser),
        [typeof(PartitionStarted)] = ("S", PartitionStarted.Parser),
        [typeof(PartitionLeaving)] = ("L", PartitionLeaving.Parser),
        [typeof(BlockVisited)] = ("V", BlockVisited.Parser),
        [typeof(JobsChanged)] = ("J", JobsChanged.Parser),
        [typeof(WatchJob)] = ("W", WatchJob.Parser),
        [typeof(JobEvents)] = ("E", JobEvents.Parser),
        [typeof(GetQueueStatus)] = ("q", GetQueueStatus.Parser),
        [typeof(QueueStatus)] = ("Q", QueueStatus.Parser),
        [typeof(GetNodeDescription)] = ("n", GetNodeDescription.Parser),
        [typeof(NodeDescription)] = ("N", NodeDescription.Parser),
    };

    /// <summary>All that it writes.</summary>
    public static IReadOnlyList<Type> Types { get; } = [typeof(PartitionEnvelope), .. Known.Keys];

    /// <summary>Part of the wire format.</summary>
    public override int Identifier => 7401;

    protected override IMessage ToWire(PartitionEnvelope envelope) => envelope.ToWire();

    protected override PartitionEnvelope FromWire(byte[] bytes) => PartitionEnvelope.FromWire(ToPartition.Parser.ParseFrom(bytes));
}
