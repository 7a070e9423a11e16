using DistRec.Cluster.Api;
using DistRec.Cluster.Client;
using DistRec.Cluster.Hosting;
using DistRec.Models.Queries.Asking;
using DistRec.Serving.Actors;
using DistRec.Serving.Jobs;
using DistRec.Serving.Telemetry;
using DistRec.Serving.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DistRec.Serving.Api;

/// <summary>Tells what the server and its cluster do.</summary>
internal static class WatchEndpoints
{
    /// <summary>Maps them.</summary>
    /// <param name="routes">Under <c>/v1</c>.</param>
    /// <param name="client">Calls the cluster.</param>
    /// <param name="shards">Knows where users live.</param>
    /// <param name="node">What this node answers from.</param>
    /// <param name="desk">All jobs.</param>
    /// <param name="meter">Measures requests.</param>
    public static void Map(
        IEndpointRouteBuilder routes, ClusterClient client, PredictionShards shards, ServingNode node, JobDesk desk, RequestMeter meter)
    {
        routes.MapGet("/cluster", async Task<Ok<ClusterAnswer>> (CancellationToken cancellationToken) =>
        {
            Task<ClusterStatus> status = client.StatusAsync(cancellationToken);
            IReadOnlyDictionary<string, int[]> users = await shards.ReadAsync(cancellationToken).ConfigureAwait(false);
            return TypedResults.Ok(Describe(await status.ConfigureAwait(false), users, node.Partitions));
        }).WithName("Cluster").WithSummary("The nodes, and what lives on them");
        routes.MapGet("/overview", async Task<Ok<OverviewAnswer>> (CancellationToken cancellationToken) =>
            TypedResults.Ok(Describe(node, meter, await RunningAsync(desk, cancellationToken).ConfigureAwait(false))))
            .WithName("Overview").WithSummary("What the server is doing");
    }

    private static ClusterAnswer Describe(ClusterStatus status, IReadOnlyDictionary<string, int[]> users, int partitions) => new(
        status.Version,
        [.. status.Nodes.Select(node => new NodeAnswer(
            node.Id, node.Role, node.State, node.Address, node.Threads, node.Version,
            [.. node.Shards, .. users.GetValueOrDefault(node.Id, []).Select(partition => $"{PredictionsKey.Region}/{partition}")]))],
        new PartitionsAnswer(
            partitions, [.. users.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => new HostedPartitions(one.Key, one.Value.Length))]));

    private static OverviewAnswer Describe(ServingNode node, RequestMeter meter, int? running)
    {
        ServingModel? model = node.Models.Default;
        ModelDescription? about = model?.Saved.Description;
        LatencyFigures latencies = meter.LastMinute;
        return new OverviewAnswer(
            Release.Version,
            meter.Uptime.TotalSeconds,
            new RequestFigures(meter.Total, latencies.PerSecond, meter.Failed, latencies.Median?.TotalMilliseconds, latencies.P99?.TotalMilliseconds),
            about is null ? null : new ActiveModelAnswer(
                model!.Name, model.Version, about.Kind, about.Rank, model.Sha256, about.Metrics, about.DataName, about.UserCount, about.ItemCount, about.RatingCount,
                about.Created),
            about?.UserCount ?? 0,
            about?.ItemCount ?? 0,
            about?.RatingCount ?? 0,
            node.Hosted.Sum(partition => partition.CountRatings()),
            running);
    }

    // An overview is wanted above all when something is down.
    private static async Task<int?> RunningAsync(JobDesk desk, CancellationToken cancellationToken)
    {
        try
        {
            return (await desk.ListAsync(cancellationToken).ConfigureAwait(false)).Jobs.Count(job => !JobStateNames.HasEnded(job.State));
        }
        catch (ClusterException)
        {
            return null;
        }
    }
}
