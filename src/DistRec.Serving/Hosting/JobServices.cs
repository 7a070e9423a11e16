using DistRec.Cluster.Api;
using DistRec.Cluster.Client;
using DistRec.Cluster.Hosting;
using DistRec.Serving.Actors;
using DistRec.Serving.Api;
using DistRec.Serving.Events;
using DistRec.Serving.Items;
using DistRec.Serving.Jobs;
using DistRec.Serving.Registry;
using Microsoft.Extensions.Logging;

namespace DistRec.Serving.Hosting;

/// <summary>What a server trains models with, on the cluster that its node is in.</summary>
internal sealed class JobServices : IAsyncDisposable
{
    private const string FolderName = "jobs";

    /// <param name="options">The server's.</param>
    /// <param name="cluster">Its node.</param>
    /// <param name="events">What users did.</param>
    /// <param name="items">What was said of items.</param>
    /// <param name="trained">Takes every model.</param>
    /// <param name="loggers">Hear how jobs end.</param>
    public JobServices(ServerOptions options, ClusterNode cluster, IEventLog events, IItemDetails items, TrainedModels trained, ILoggerFactory loggers)
    {
        ClusterNodeOptions node = options.Cluster;
        Client = new ClusterClient(
            node.Coordinates ? [cluster.Address] : [.. node.Join.Select(one => AddressOf(one.Host, one.Port, node.Tls is not null))],
            node.Secret,
            new ClusterClientOptions { Tls = node.Tls, Time = options.Time });
        Jobs = new ServerJobs(
            Path.Combine(options.DataFolder, FolderName), options.Jobs ?? new NoSubmission(), Client, events, items, node.MaximumJobs, trained.TakeAsync, options.Time,
            loggers.CreateLogger<ServerJobs>());
        Desk = new JobDesk(Client, Jobs);
        Stream = new JobEventStream(Client, Desk, Jobs, options.Time);
    }

    /// <summary>Calls the coordinators.</summary>
    public ClusterClient Client { get; }

    /// <summary>The jobs of this server.</summary>
    public ServerJobs Jobs { get; }

    /// <summary>All jobs.</summary>
    public JobDesk Desk { get; }

    /// <summary>Tells of them.</summary>
    public JobEventStream Stream { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Jobs.DisposeAsync().ConfigureAwait(false);
        Client.Dispose();
    }

    private static Uri AddressOf(string host, int port, bool isSecure) => new UriBuilder(isSecure ? Uri.UriSchemeHttps : Uri.UriSchemeHttp, host, port).Uri;

    private sealed class NoSubmission : IJobSubmission
    {
        public JobOutline Read(JobRequest request, string modelFolder) =>
            throw ApiException.Conflict("the server takes no jobs", "expected a server that was started to train, found one that was not; submit to its cluster with distrec submit");

        public Task<JobEnd> RunAsync(JobRun run, CancellationToken cancellationToken) => throw new InvalidOperationException("no job was taken");
    }
}
