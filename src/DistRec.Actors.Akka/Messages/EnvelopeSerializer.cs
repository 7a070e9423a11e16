using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using DistRec.Actors.Akka.Protocol;
using Google.Protobuf;

namespace DistRec.Actors.Akka.Messages;

/// <summary>Writes everything that the engine sends between nodes as Protobuf; the manifest is the message's name.</summary>
internal sealed class EnvelopeSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Part of the wire format.</summary>
    private const int WireIdentifier = 7400;

    private static readonly Dictionary<string, MessageParser> Parsers = new MessageParser[]
    {
        Withdraw.Parser, Accepted.Parser, Undelivered.Parser, Resend.Parser, Moved.Parser, Leaving.Parser, AskFailed.Parser, Wake.Parser,
        HostQuestion.Parser, HostAnswer.Parser, FailureNotice.Parser, Introduction.Parser, TakenBack.Parser,
    }.ToDictionary(parser => parser.ParseFrom(ByteString.Empty).Descriptor.Name, StringComparer.Ordinal);

    /// <summary>All that it writes.</summary>
    public static IReadOnlyList<Type> Types { get; } =
        [typeof(DeliveryEnvelope), typeof(ReplyEnvelope), typeof(ReturnedEnvelope), .. Parsers.Values.Select(parser => parser.ParseFrom(ByteString.Empty).GetType())];

    public override int Identifier => WireIdentifier;

    public override string Manifest(object o) => o switch
    {
        DeliveryEnvelope => nameof(Protocol.Delivery),
        ReplyEnvelope => nameof(Reply),
        ReturnedEnvelope => nameof(Returned),
        IMessage message when Parsers.ContainsKey(message.Descriptor.Name) => message.Descriptor.Name,
        _ => throw new SerializationException($"The engine sends no {o.GetType()} between nodes; add it to {nameof(EnvelopeSerializer)}."),
    };

    public override byte[] ToBinary(object obj) => obj switch
    {
        DeliveryEnvelope delivery => delivery.ToWire().ToByteArray(),
        ReplyEnvelope reply => reply.ToWire().ToByteArray(),
        ReturnedEnvelope returned => returned.ToWire().ToByteArray(),
        IMessage message => message.ToByteArray(),
        _ => throw new SerializationException($"The engine sends no {obj.GetType()} between nodes; add it to {nameof(EnvelopeSerializer)}."),
    };

    public override object FromBinary(byte[] bytes, string manifest) => manifest switch
    {
        nameof(Protocol.Delivery) => DeliveryEnvelope.FromWire(Protocol.Delivery.Parser.ParseFrom(bytes)),
        nameof(Reply) => ReplyEnvelope.FromWire(Reply.Parser.ParseFrom(bytes)),
        nameof(Returned) => ReturnedEnvelope.FromWire(Returned.Parser.ParseFrom(bytes)),
        _ when Parsers.TryGetValue(manifest, out MessageParser? parser) => parser.ParseFrom(bytes),
        _ => throw new SerializationException(
            $"Another node sent a \"{manifest}\", which this version does not know; run the same version on every node."),
    };
}
