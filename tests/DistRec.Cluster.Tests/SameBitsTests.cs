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
        TrainingOutcome als = await cluster.TrainAsync(Jobs.Data, Jobs.Als);
        als.State.ShouldBe(JobState.Completed, als.Reason);
        Jobs.HashOf(als).ShouldBe(await Jobs.HashInOneProcessAsync(Jobs.Als));

        // Under bsp a run repeats exactly for the same partitions, wherever they live.
        TrainingOutcome mf = await cluster.TrainAsync(Jobs.Data, Jobs.Mf);
        mf.State.ShouldBe(JobState.Completed, mf.Reason);
        Jobs.HashOf(mf).ShouldBe(await Jobs.HashInOneProcessAsync(Jobs.Mf));
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
