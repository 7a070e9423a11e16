using System.Globalization;
using Akka.Actor;
using Akka.Cluster.Sharding;
using DistRec.Serving.Protocol;

namespace DistRec.Serving.Actors;

/// <summary>Names the region of predictions in the registry.</summary>
public sealed class PredictionsKey
{
    /// <summary>The region's name.</summary>
    public const string Region = "predictions";

    private PredictionsKey()
    {
    }
}

/// <summary>A partition of users is an entity, and a shard of its own: they spread evenly over the nodes that serve.</summary>
internal sealed class PredictionExtractor : IMessageExtractor
{
    public static PredictionExtractor Instance { get; } = new();

    public string? EntityId(object message) => ShardId(message);

    public object EntityMessage(object message) => message is PredictionEnvelope envelope ? envelope.Message : message;

    public string? ShardId(object message) => message is PredictionEnvelope envelope ? envelope.Partition.ToString(CultureInfo.InvariantCulture) : null;

    public string ShardId(string entityId, object? messageHint = null) => entityId;
}
