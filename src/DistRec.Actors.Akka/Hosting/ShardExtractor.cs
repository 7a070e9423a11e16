using System.Globalization;
using Akka.Cluster.Sharding;
using DistRec.Actors.Akka.Messages;
using DistRec.Actors.Akka.Protocol;

namespace DistRec.Actors.Akka.Hosting;

/// <summary>One actor of ours is one entity, alone in its shard of Akka's: so each moves by itself.</summary>
internal sealed class ShardExtractor : IMessageExtractor
{
    public static ActorAddress AddressOf(ActorKind kind, string entityId) =>
        new(kind.Name, int.Parse(entityId, CultureInfo.InvariantCulture));

    public string? EntityId(object message) => (message switch
    {
        DeliveryEnvelope delivery => delivery.Shard,
        Withdraw withdraw => withdraw.Shard,
        Wake wake => wake.Shard,
        HostQuestion question => question.Shard,
        _ => (int?)null,
    })?.ToString(CultureInfo.InvariantCulture);

    public object EntityMessage(object message) => message;

    public string? ShardId(object message) => EntityId(message);

    public string ShardId(string entityId, object? messageHint = null) => entityId;
}
