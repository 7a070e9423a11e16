using DistRec.Training.Jobs;
using DistRec.Training.Protocol;

namespace DistRec.Cluster.Tests;

[Collection("processes, one cluster at a time")]
public sealed class RestartTests
{
    [Theory]
    [InlineData("als", false)]
    [InlineData("als", true)]
    [InlineData("mf", false)]
    [InlineData("mf", true)]
    public async Task A_job_goes_on_when_its_seed_or_everything_was_killed_and_is_started_again(string model, bool everything)
    {
        TrainingSettings settings = Jobs.LongOf(model);
        await using TestCluster cluster = await TestCluster.StartAsync(2);
        Task? restart = null;
        TrainingOutcome outcome = await cluster.TrainAsync(Jobs.Data, settings, happening =>
        {
            if (happening.Epoch?.Epoch == 3)
            {
                restart ??= everything ? cluster.RestartAllAsync() : cluster.RestartSeedAsync();
            }
        });
        await restart.ShouldNotBeNull();
        outcome.State.ShouldBe(JobState.Completed, outcome.Reason);
        outcome.Notes.ShouldContain(note => note.Contains("taken up again"));
        outcome.Epochs.Select(epoch => epoch.Epoch).ShouldBe(Enumerable.Range(1, settings.Epochs));
        Jobs.HashOf(outcome).ShouldBe(await Jobs.HashInOneProcessAsync(settings));
    }
}
