using DistRec.Actors.Cluster.Standalone.Protocol;

namespace DistRec.Actors.Cluster.Standalone;

internal static class AddressMapping
{
    public static ActorAddress ToAddress(this Address address) => new(address.Kind, address.Shard);

    public static Address ToWire(this ActorAddress address) => new() { Kind = address.Kind, Shard = address.Shard };

    public static KindShape ToShape(this ActorKind kind) => new()
    {
        Name = kind.Name, ShardCount = kind.ShardCount, Role = kind.Role, MailboxCapacity = kind.MailboxCapacity,
    };
}
