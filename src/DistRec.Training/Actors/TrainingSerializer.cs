using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using Google.Protobuf;

namespace DistRec.Training.Actors;

/// <summary>Writes all that training's actors send between nodes as Protobuf, with short manifests. Nothing else leaves a node.</summary>
/// <param name="system">The node's.</param>
internal sealed class TrainingSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string EnvelopeManifest = "P";

    // Manifests are part of the wire format: a letter that is given is never given again.
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

    private static readonly Dictionary<string, MessageParser> Parsers =
        Known.Values.ToDictionary(entry => entry.Manifest, entry => entry.Parser, StringComparer.Ordinal);

    /// <summary>All that it writes.</summary>
    public static IReadOnlyList<Type> Types { get; } = [typeof(PartitionEnvelope), .. Known.Keys];

    /// <summary>Part of the wire format.</summary>
    public override int Identifier => 7401;

    public override string Manifest(object o) => o switch
    {
        PartitionEnvelope => EnvelopeManifest,
        IMessage message when Known.TryGetValue(message.GetType(), out (string Manifest, MessageParser) known) => known.Manifest,
        _ => throw Unknown(o.GetType().ToString()),
    };

    public override byte[] ToBinary(object obj) => obj switch
    {
        PartitionEnvelope envelope => envelope.ToWire().ToByteArray(),
        IMessage message => message.ToByteArray(),
        _ => throw Unknown(obj.GetType().ToString()),
    };

    public override object FromBinary(byte[] bytes, string manifest) =>
        manifest == EnvelopeManifest ? PartitionEnvelope.FromWire(ToPartition.Parser.ParseFrom(bytes))
        : Parsers.TryGetValue(manifest, out MessageParser? parser) ? parser.ParseFrom(bytes)
        : throw Unknown($"manifest \"{manifest}\"");

    private static SerializationException Unknown(string what) =>
        new($"expected a message of training, found {what}; add it to {nameof(TrainingSerializer)}, and run the same version on every node");
}
