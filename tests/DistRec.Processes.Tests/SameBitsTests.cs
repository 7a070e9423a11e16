using DistRec.Training.Jobs;
using DistRec.Training.Protocol;

namespace DistRec.Processes.Tests;

[Collection(ProcessTests.Name)]
public sealed class SameBitsTests(SharedCluster shared)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public Task As_many_processes_as_there_are_make_the_model_of_one(int workers) => shared.UseAsync(workers, async cluster =>
    {
        // Under bsp a descent repeats exactly for the same partitions, wherever they live.
        foreach (string model in new[] { "als", "bpmf", "mf", "svd++", "fm", "fm by sampling" })
        {
            await SameAsync(cluster, Jobs.Of(model), Jobs.Of(model), model);
        }
    });

    [Fact]
    public Task Any_number_of_partitions_makes_the_model_of_one_process() => shared.UseAsync(2, async cluster =>
    {
        foreach (int partitions in new[] { 1, 2, 7 })
        {
            // A model of rows does not even depend on the number.
            await SameAsync(cluster, Jobs.Als with { Partitions = partitions }, Jobs.Als, $"als, {partitions}");
            TrainingSettings mf = Jobs.Mf with { Partitions = partitions };
            await SameAsync(cluster, mf, mf, $"mf, {partitions}");
        }
    });

    [Fact]
    public async Task Of_the_other_side_only_needed_rows_travel_and_each_of_them_once_to_a_node()
    {
        // A cluster whose shards have never moved.
        await using TestCluster cluster = await TestCluster.StartAsync(2);
        TrainingOutcome outcome = await cluster.TrainAsync(Jobs.Data, Jobs.Als);
        outcome.State.ShouldBe(JobState.Completed, outcome.Reason);
        foreach (EpochFinished epoch in outcome.Epochs)
        {
            epoch.NeededBytes.ShouldBeGreaterThan(0);
            ((double)epoch.ReceivedBytes).ShouldBeLessThanOrEqualTo(1.05 * epoch.NeededBytes);
        }
    }

    private static async Task SameAsync(TestCluster cluster, TrainingSettings settings, TrainingSettings alone, string what)
    {
        TrainingOutcome outcome = await cluster.TrainAsync(Jobs.Data, settings);
        outcome.State.ShouldBe(JobState.Completed, $"{what}: {outcome.Reason}");
        Jobs.HashOf(outcome).ShouldBe(await Jobs.HashInOneProcessAsync(alone), what);
    }
}
