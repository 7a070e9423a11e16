using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace DistRec.Actors.Akka.Tests;

/// <summary>
/// Akka.NET's serializer for whatever has none of its own. With every message on a node being serialized its own local
/// messages come here too; those of the engine must not.
/// </summary>
public sealed class WatchedJsonSerializer(ExtendedActorSystem system, Config config) : NewtonSoftJsonSerializer(system, config)
{
    /// <summary>The engine's types that were about to be written as JSON.</summary>
    public static ConcurrentBag<string> Engine { get; } = [];

    public override int Identifier => 7499;

    public override byte[] ToBinary(object obj)
    {
        if (obj.GetType().Assembly != typeof(ActorSystem).Assembly && obj.GetType().FullName!.StartsWith("DistRec.", StringComparison.Ordinal))
        {
            Engine.Add(obj.GetType().FullName!);
            throw new InvalidOperationException($"{obj.GetType()} has no serializer of its own");
        }

        return base.ToBinary(obj);
    }
}
