using DistRec.Training.Jobs;
using DistRec.Training.Protocol;

namespace DistRec.Cluster.Tests;

[Collection("processes, one cluster at a time")]
public sealed class SameBitsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task As_many_processes_as_there_are_make_the_model_of_one(int workers)
    {
        await using TestCluster cluster = await TestCluster.StartAsync(workers);

        // Under bsp a descent repeats exactly for the same partitions, wherever they live.
        foreach (string model in new[] { "als", "bpmf", "mf", "svd++", "fm", "fm by sampling" })
        {
            TrainingOutcome outcome = await cluster.TrainAsync(Jobs.Data, Jobs.Of(model));
            outcome.State.ShouldBe(JobState.Completed, outcome.Reason);
            Jobs.HashOf(outcome).ShouldBe(await Jobs.HashInOneProcessAsync(Jobs.Of(model)), model);
        }
    }

    [Fact]
    public async Task Of_the_other_side_only_needed_rows_travel_and_each_of_them_once_to_a_node()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(2);
        TrainingOutcome outcome = await cluster.TrainAsync(Jobs.Data, Jobs.Als);
        foreach (EpochFinished epoch in outcome.Epochs)
        {
            epoch.NeededBytes.ShouldBeGreaterThan(0);
            ((double)epoch.ReceivedBytes).ShouldBeLessThanOrEqualTo(1.05 * epoch.NeededBytes);
        }
    }
}
