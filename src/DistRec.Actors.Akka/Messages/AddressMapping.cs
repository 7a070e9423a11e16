using DistRec.Actors.Akka.Protocol;

namespace DistRec.Actors.Akka.Messages;

internal static class AddressMapping
{
    public static ActorAddress ToAddress(this ActorName address) => new(address.Kind, address.Shard);

    public static ActorName ToWire(this ActorAddress address) => new() { Kind = address.Kind, Shard = address.Shard };
}
