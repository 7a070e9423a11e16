using Akka.Actor;
using DistRec.Serving.Protocol;
using DistRec.Training.Actors;
using Google.Protobuf;

namespace DistRec.Serving.Actors;

/// <summary>Writes all that nodes that serve send each other.</summary>
/// <param name="system">The node's.</param>
internal sealed class ServingSerializer(ExtendedActorSystem system) : ProtobufSerializer<PredictionEnvelope>(system, Known)
{
    private static readonly Dictionary<Type, (string Manifest, MessageParser Parser)> Known = new()
    {
        [typeof(EventsStored)] = ("e", EventsStored.Parser),
        [typeof(UserAnswers)] = ("A", UserAnswers.Parser),
        [typeof(PartitionAwake)] = ("w", PartitionAwake.Parser),
        [typeof(LookAtExperiments)] = ("l", LookAtExperiments.Parser),
        [typeof(ExperimentsLooked)] = ("L", ExperimentsLooked.Parser),
    };

    /// <summary>All that it writes.</summary>
    public static IReadOnlyList<Type> Types { get; } = [typeof(PredictionEnvelope), .. Known.Keys];

    /// <summary>Part of the wire format.</summary>
    public override int Identifier => 7501;

    protected override IMessage ToWire(PredictionEnvelope envelope) => envelope.ToWire();

    protected override PredictionEnvelope FromWire(byte[] bytes) => PredictionEnvelope.FromWire(ToPredictions.Parser.ParseFrom(bytes));
}
