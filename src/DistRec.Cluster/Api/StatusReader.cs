using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using DistRec.Cluster.Hosting;
using DistRec.Training.Actors;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Journal;
using DistRec.Training.Protocol;
using DistRec.Training.Storage;
using Microsoft.Extensions.Logging;
using AkkaCluster = Akka.Cluster.Cluster;

namespace DistRec.Cluster.Api;

/// <summary>
/// Puts together what a person wants to know of a cluster, from Akka.NET's own state of the cluster and of its shards, from what every node
/// says of itself, and from the journal.
/// </summary>
internal sealed class StatusReader(ActorSystem system, PartitionRegions regions, IJobJournal journal, IBlobStore store, int maximumJobs, ILogger logger)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(1);

    /// <summary>What is known of a job without its curve and model.</summary>
    public static JobSummary Summarize(JobEntry entry) => new(
        entry.Job,
        entry.Name,
        entry.Spec.ModelName,
        JobStateNames.Of(entry.State),
        entry.Reason,
        entry.Created,
        entry.Started,
        entry.HasEnded ? entry.Updated : null,
        entry.Spec.Epochs,
        entry.LastEpoch?.Epoch ?? 0,
        entry.LastEpoch is { } last && entry.Spec.ValidationRatings > 0 ? last.ValidationRmse : null);

    /// <summary>What the cluster does now.</summary>
    public async Task<ClusterStatus> ReadAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<JobEntry> pending = await journal.PendingAsync(cancellationToken).ConfigureAwait(false);
        ClusterEvent.CurrentClusterState state = AkkaCluster.Get(system).State;
        ILookup<Address, string> shards = (await ShardsAsync(cancellationToken).ConfigureAwait(false)).ToLookup(shard => shard.Node, shard => shard.Shard);
        NodeStatus[] nodes = await Task.WhenAll(state.Members
            .OrderBy(member => !member.HasRole(NodeRoles.Coordinator)).ThenBy(member => member, Member.AgeOrdering)
            .Select(member => DescribeAsync(member, state.Unreachable.Contains(member), [.. shards[member.Address]], cancellationToken))).ConfigureAwait(false);
        return new ClusterStatus(
            Release.Version, nodes, [.. pending.Select(Pending)],
            await StoredBytesAsync(cancellationToken).ConfigureAwait(false))
        {
            MaximumJobs = maximumJobs,
        };
    }

    private static PendingJob Pending(JobEntry entry) => new(
        Summarize(entry),
        entry.LastEpoch is { } epoch ? new EpochTraffic(epoch.Epoch, epoch.ReceivedBytes, epoch.NeededBytes, epoch.Seconds) : null);

    private async Task<NodeStatus> DescribeAsync(Member member, bool isUnreachable, IReadOnlyList<string> shards, CancellationToken cancellationToken)
    {
        NodeDescription? said = isUnreachable ? null : await AskAsync(system, member.Address, cancellationToken).ConfigureAwait(false);
        return new NodeStatus(
            said?.Id ?? NameOf(member.Address),
            member.UniqueAddress.Uid,
            string.Join(',', member.Roles.Order(StringComparer.Ordinal)),
            isUnreachable ? "unreachable" : member.Status.ToString().ToLowerInvariant(),
            said?.Address ?? member.Address.ToString(),
            said?.Threads ?? 0,
            said?.Version ?? "",
            shards,
            said?.ReceivedBytes,
            said?.SentBytes);
    }

    private async Task<IEnumerable<(Address Node, string Shard)>> ShardsAsync(CancellationToken cancellationToken)
    {
        (string Region, IActorRef Actor)[] all =
        [
            (JobLayout.UserRegion, regions.Users), (JobLayout.ItemRegion, regions.Items), (JobLayout.ParameterRegion, regions.Parameters),
        ];
        (string Region, ClusterShardingStats? Stats)[] stats = await Task.WhenAll(
            all.Select(async region => (region.Region, await ShardsOfAsync(region.Actor, cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);
        return
            from region in stats
            where region.Stats is not null
            from node in region.Stats.Regions
            from shard in node.Value.Stats
            where shard.Value > 0
            select (node.Key, $"{region.Region}/{shard.Key}");
    }

    /// <summary>What a node is called.</summary>
    internal static async Task<string> IdOfAsync(ActorSystem system, Address address, CancellationToken cancellationToken) =>
        (await AskAsync(system, address, cancellationToken).ConfigureAwait(false))?.Id ?? NameOf(address);

    /// <summary>Which nodes the shards of a region live on; null where nobody answers.</summary>
    internal static async Task<ClusterShardingStats?> ShardsOfAsync(IActorRef region, CancellationToken cancellationToken)
    {
        try
        {
            return await region.Ask<ClusterShardingStats>(new GetClusterShardingStats(AnswerTimeout), 2 * AnswerTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    private static string NameOf(Address address) => $"{address.Host}:{address.Port}";

    private static async Task<NodeDescription?> AskAsync(ActorSystem system, Address address, CancellationToken cancellationToken)
    {
        try
        {
            return await system.ActorSelection(new RootActorPath(address) / "user" / NodeMonitor.Name)
                .Ask<NodeDescription>(new GetNodeDescription { From = system.Name }, AnswerTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            // It starts, or is about to end.
            return null;
        }
    }

    // Whoever asks for the state of the cluster wants to see the rest of it above all when the store is down.
    private async Task<long?> StoredBytesAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await store.SizeAsync(StoredJob.AllFolder, cancellationToken).ConfigureAwait(false);
        }
        catch (BlobStoreException exception)
        {
            logger.LogWarning(exception, "The store does not tell how much it holds.");
            return null;
        }
    }
}
