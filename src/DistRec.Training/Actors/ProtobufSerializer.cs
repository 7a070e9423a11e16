using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using Google.Protobuf;

namespace DistRec.Training.Actors;

/// <summary>
/// Writes messages as Protobuf, with short manifests, and messages on their way to an entity of a region in an envelope. Nothing else leaves a node.
/// </summary>
/// <typeparam name="TEnvelope">The envelope.</typeparam>
/// <param name="system">The node's.</param>
/// <param name="known">What it writes beside the envelope. Manifests are part of the wire format: a letter that is given is never given again.</param>
internal abstract class ProtobufSerializer<TEnvelope>(
    ExtendedActorSystem system, IReadOnlyDictionary<Type, (string Manifest, MessageParser Parser)> known) : SerializerWithStringManifest(system)
{
    private const string EnvelopeManifest = "P";

    private readonly Dictionary<string, MessageParser> _parsers =
        known.Values.ToDictionary(entry => entry.Manifest, entry => entry.Parser, StringComparer.Ordinal);

    public override string Manifest(object o) => o switch
    {
        TEnvelope => EnvelopeManifest,
        IMessage message when known.TryGetValue(message.GetType(), out (string Manifest, MessageParser) entry) => entry.Manifest,
        _ => throw Unknown(o.GetType().ToString()),
    };

    public override byte[] ToBinary(object obj) => obj switch
    {
        TEnvelope envelope => ToWire(envelope).ToByteArray(),
        IMessage message => message.ToByteArray(),
        _ => throw Unknown(obj.GetType().ToString()),
    };

    public override object FromBinary(byte[] bytes, string manifest) =>
        manifest == EnvelopeManifest ? FromWire(bytes)!
        : _parsers.TryGetValue(manifest, out MessageParser? parser) ? parser.ParseFrom(bytes)
        : throw Unknown($"manifest \"{manifest}\"");

    protected abstract IMessage ToWire(TEnvelope envelope);

    protected abstract TEnvelope FromWire(byte[] bytes);

    private SerializationException Unknown(string what) =>
        new($"expected a message that {GetType().Name} knows, found {what}; add it there, and run the same version on every node");
}
