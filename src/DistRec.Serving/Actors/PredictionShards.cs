using System.Collections.Immutable;
using System.Globalization;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using DistRec.Cluster.Api;
using DistRec.Cluster.Hosting;

namespace DistRec.Serving.Actors;

/// <summary>Tells where the partitions of users live.</summary>
/// <param name="cluster">This node.</param>
internal sealed class PredictionShards(ClusterNode cluster)
{
    private readonly IActorRef _region = cluster.Actors.Get<PredictionsKey>();

    /// <summary>The partitions of each node, by the node's id.</summary>
    public async Task<IReadOnlyDictionary<string, int[]>> ReadAsync(CancellationToken cancellationToken)
    {
        ClusterShardingStats? stats = await StatusReader.ShardsOfAsync(_region, cancellationToken).ConfigureAwait(false);
        (string Node, int[] Partitions)[] nodes = await Task.WhenAll((stats?.Regions ?? ImmutableDictionary<Address, ShardRegionStats>.Empty).Select(async region => (
            await StatusReader.IdOfAsync(cluster.ActorSystem, region.Key, cancellationToken).ConfigureAwait(false),
            region.Value.Stats.Where(shard => shard.Value > 0).Select(shard => int.Parse(shard.Key, CultureInfo.InvariantCulture)).Order().ToArray()))).ConfigureAwait(false);
        return nodes.ToDictionary(node => node.Node, node => node.Partitions, StringComparer.Ordinal);
    }
}
