using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace DistRec.Actors.Akka.Messages;

/// <summary>
/// Stands where Akka.NET keeps its JSON serializer, which writes whatever has no other and reads any type that a sender
/// names: here both are refused, so that a forgotten serializer shows and no peer can choose the types a node makes.
/// </summary>
public sealed class RefusingSerializer : Serializer
{
    /// <summary>As Akka.NET calls it.</summary>
    /// <param name="system">The node's.</param>
    /// <param name="settings">Those of the JSON serializer, of no use here.</param>
    public RefusingSerializer(ExtendedActorSystem system, Config settings)
        : base(system) => ArgumentNullException.ThrowIfNull(settings);

    /// <summary>That of the JSON serializer, whose messages it is to refuse.</summary>
    public override int Identifier => 1;

    public override bool IncludeManifest => true;

    public override byte[] ToBinary(object obj) => throw new SerializationException(
        $"{obj?.GetType()} has no serializer of its own and does not leave this node; the engine sends Protobuf and nothing else.");

    public override object FromBinary(byte[] bytes, Type type) => throw new SerializationException(
        $"Another node sent a {type} as JSON, which is never read; run the same version of DistRec on every node.");
}
