using System.Net;
using DistRec.Cluster.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Cluster.Tests;

/// <summary>A coordinator and a worker in the process of the tests, with everything that nodes have.</summary>
internal sealed class SmallCluster : IAsyncDisposable
{
    private SmallCluster(string folder, ClusterNode coordinator, ClusterNode worker, ClusterSecret? secret)
    {
        Folder = folder;
        Coordinator = coordinator;
        Worker = worker;
        Client = new ClusterClient(coordinator.Address, secret);
    }

    /// <summary>Where store and journal are.</summary>
    public string Folder { get; }

    public ClusterNode Coordinator { get; }

    public ClusterNode Worker { get; }

    public ClusterClient Client { get; }

    public static async Task<SmallCluster> StartAsync(ClusterSecret? secret = null)
    {
        string folder = Directory.CreateTempSubdirectory("distrec-cluster-").FullName;
        ClusterNode coordinator = await ClusterNode.StartAsync(CoordinatorIn(folder) with { Secret = secret }, NullLoggerFactory.Instance);
        ClusterNode worker = await ClusterNode.StartAsync(WorkerOf(coordinator) with { Secret = secret }, NullLoggerFactory.Instance);
        return new SmallCluster(folder, coordinator, worker, secret);
    }

    /// <summary>A coordinator with store and journal in a folder.</summary>
    public static ClusterNodeOptions CoordinatorIn(string folder) =>
        new() { Roles = [NodeRoles.Coordinator], Store = Path.Combine(folder, "store"), Journal = Path.Combine(folder, "jobs.db") };

    /// <summary>A worker that joins a coordinator's cluster.</summary>
    public static ClusterNodeOptions WorkerOf(ClusterNode coordinator) =>
        new() { Roles = [NodeRoles.Worker], Join = [new DnsEndPoint(coordinator.Address.Host, coordinator.Address.Port)], Threads = 2 };

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Worker.DisposeAsync();
        await Coordinator.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
