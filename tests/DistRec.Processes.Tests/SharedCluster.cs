namespace DistRec.Processes.Tests;

/// <summary>
/// One cluster for the tests that need nothing of their own of it, since to start processes takes longer than to use them. A test that fails
/// takes it down with it, and the next one gets a new one.
/// </summary>
public sealed class SharedCluster : IAsyncLifetime
{
    private TestCluster? _cluster;

    /// <summary>Lets a test use it, with so many workers.</summary>
    internal async Task UseAsync(int workers, Func<TestCluster, Task> test)
    {
        TestCluster? cluster = _cluster;
        _cluster = null;
        try
        {
            cluster ??= await TestCluster.StartAsync(0);
            int surplus = cluster.Workers.Count - workers;
            await Task.WhenAll(Enumerable.Range(0, Math.Max(surplus, 0)).Select(_ => cluster.TerminateWorkerAsync(0)));
            await cluster.StartWorkersAsync(Math.Max(-surplus, 0));
            await test(cluster);
            _cluster = cluster;
        }
        finally
        {
            if (_cluster is null && cluster is not null)
            {
                await cluster.DisposeAsync();
            }
        }
    }

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    async Task IAsyncLifetime.DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }
}

/// <summary>Tests that share a cluster, one at a time.</summary>
[CollectionDefinition(Name)]
public sealed class ProcessTests : ICollectionFixture<SharedCluster>
{
    public const string Name = "processes of one cluster";
}

/// <summary>Tests that kill workers of a cluster again and again: one that they share among themselves, beside the others, since they take as long as all of these.</summary>
[CollectionDefinition(Name)]
public sealed class LossyProcessTests : ICollectionFixture<SharedCluster>
{
    public const string Name = "processes of a cluster that loses some";
}

/// <summary>Tests that start a cluster of their own and mostly wait: one at a time beside those that share one.</summary>
[CollectionDefinition(Name)]
public sealed class OwnClusterTests
{
    public const string Name = "processes of a cluster a test";
}
