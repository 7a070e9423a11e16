using DistRec.Cluster.Client;
using DistRec.Training.Jobs;
using DistRec.Training.Protocol;

namespace DistRec.Processes.Tests;

[Collection(OwnClusterTests.Name)]
public sealed class SlowLinkTests
{
    private const int BytesPerSecond = 1_000_000;

    /// <summary>What Akka.NET's failure detector puts up with, see reference.conf: pause and interval.</summary>
    private static readonly TimeSpan Detection = TimeSpan.FromSeconds(3.5);

    [Fact]
    public async Task Bulk_that_fills_a_slow_link_for_longer_than_the_detector_waits_keeps_no_heartbeat_back()
    {
        TrainingSettings settings = Jobs.Als with { Epochs = 2 };
        await using SlowLinks links = new(BytesPerSecond, TimeSpan.FromMilliseconds(20));
        await using TestCluster cluster = await TestCluster.StartAsync(2, new ClusterSettings { Places = links });
        using ClusterClient client = cluster.Client();
        long[] before = await IncarnationsAsync(client);
        TrainingOutcome outcome = await cluster.TrainAsync(Jobs.Data, settings);
        await outcome.ShouldBeAsInOneProcessAsync(settings);
        outcome.Notes.ShouldBeEmpty(cluster.Coordinator.Log);
        (await IncarnationsAsync(client)).ShouldBe(before);
        TimeSpan.FromSeconds(links.Carried / (double)BytesPerSecond).ShouldBeGreaterThan(1.5 * Detection, "the link was not kept busy for long enough");
    }

    private static async Task<long[]> IncarnationsAsync(ClusterClient client) =>
        [.. (await client.StatusAsync()).Nodes.Select(node => node.Incarnation)];
}
