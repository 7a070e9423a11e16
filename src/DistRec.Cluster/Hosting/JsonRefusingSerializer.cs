using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace DistRec.Cluster.Hosting;

/// <summary>
/// Stands where Akka.NET keeps its JSON serializer, which makes objects of any type that a sender names. Nothing is written as
/// JSON under strict serialization; here nothing is read either, so that no peer can choose the types a node makes.
/// </summary>
public sealed class JsonRefusingSerializer : Serializer
{
    /// <summary>As Akka.NET calls it.</summary>
    /// <param name="system">The node's.</param>
    /// <param name="settings">Those of the JSON serializer, of no use here.</param>
    public JsonRefusingSerializer(ExtendedActorSystem system, Config settings)
        : base(system) => ArgumentNullException.ThrowIfNull(settings);

    /// <summary>That of the JSON serializer, whose messages it is to refuse.</summary>
    public override int Identifier => 1;

    /// <inheritdoc/>
    public override bool IncludeManifest => true;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => throw new SerializationException(
        $"{obj?.GetType()} has no serializer of its own and does not leave this node; bind its type to a serializer.");

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, Type type) => throw new SerializationException(
        $"Another node sent a {type} as JSON, which is never read; run the same version of DistRec on every node.");
}
