using DistRec.Actors;
using DistRec.Actors.Cluster;
using DistRec.Actors.Cluster.Blocks;
using DistRec.Models;
using DistRec.Training.Actors;
using DistRec.Training.Jobs;
using DistRec.Training.Journal;
using DistRec.Training.Protocol;
using DistRec.Training.Storage;
using Microsoft.Extensions.Logging;

namespace DistRec.Node.Api;

/// <summary>Puts together what a person wants to know of a cluster: nodes, where the running job's partitions live, its epochs.</summary>
internal sealed class StatusReader(IClusterView cluster, IJobJournal journal, IBlobStore store, ILogger logger)
{
    public async Task<ClusterStatus> ReadAsync(CancellationToken cancellationToken)
    {
        JobEntry? running = await journal.NextAsync(cancellationToken).ConfigureAwait(false);
        EpochFinished? epoch = running is null ? null : await LastEpochAsync(running.Job, cancellationToken).ConfigureAwait(false);
        EpochTraffic? last = epoch is null ? null : new EpochTraffic(epoch.Epoch, epoch.ReceivedBytes, epoch.NeededBytes, epoch.Seconds);
        ILookup<long, string> shards = ShardsOf(running?.Spec).ToLookup(shard => shard.Node, shard => shard.Shard);
        string version = typeof(StatusReader).Assembly.GetName().Version!.ToString(3);
        NodeStatus[] nodes = [.. cluster.Nodes.OrderBy(node => node.Role != StandaloneOptions.SeedRole).ThenBy(node => node.Incarnation).Select(node =>
        {
            NodeTraffic? traffic = cluster.TrafficOf(node);
            return new NodeStatus(
                node.NodeId, node.Incarnation, node.Role, node.Address.ToString(), node.Threads, node.Version, [.. shards[node.Incarnation]],
                traffic?.ReceivedBytes, traffic?.SentBytes);
        })];
        long? stored = await StoredBytesAsync(cancellationToken).ConfigureAwait(false);
        return new ClusterStatus(version, cluster.TableVersion, nodes, running is null ? null : Summarize(running, epoch), last, stored);
    }

    public async Task<JobSummary> SummaryOfAsync(JobEntry entry, CancellationToken cancellationToken) =>
        Summarize(entry, await LastEpochAsync(entry.Job, cancellationToken).ConfigureAwait(false));

    private static JobSummary Summarize(JobEntry entry, EpochFinished? last) => new(
        entry.Job,
        entry.Name,
        entry.Spec.ModelName,
        JobStateWords.Of(entry.State),
        entry.Reason,
        entry.Created,
        entry.Started,
        entry.HasEnded ? entry.Updated : null,
        entry.Spec.Epochs,
        last?.Epoch ?? 0,
        last is not null && entry.Spec.ValidationRatings > 0 ? last.ValidationRmse : null);

    private async Task<EpochFinished?> LastEpochAsync(string job, CancellationToken cancellationToken) =>
        (await journal.EventsAsync(job, 0, cancellationToken).ConfigureAwait(false)).LastOrDefault(happening => happening.Epoch is not null)?.Epoch;

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

    private IEnumerable<(long Node, string Shard)> ShardsOf(JobSpec? spec)
    {
        for (int shard = 0; spec is not null && shard < spec.UserStarts.Count - 1; shard++)
        {
            foreach (Side side in new[] { Side.User, Side.Item })
            {
                ActorAddress address = new(Addresses.KindOf(side, spec), shard);
                if (cluster.HostOf(address) is { } host)
                {
                    yield return (host.Incarnation, address.ToString());
                }
            }
        }
    }
}
