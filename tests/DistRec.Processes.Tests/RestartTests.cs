using DistRec.Training.Jobs;
using DistRec.Training.Protocol;

namespace DistRec.Processes.Tests;

[Collection(ProcessTests.Name)]
public sealed class RestartTests(SharedCluster shared)
{
    [Theory]
    [InlineData("als", false)]
    [InlineData("als", true)]
    [InlineData("mf", false)]
    [InlineData("mf", true)]
    public Task A_job_goes_on_when_its_coordinator_or_everything_was_killed_and_is_started_again(string model, bool everything) =>
        shared.UseAsync(2, async cluster =>
        {
            TrainingSettings settings = Jobs.LongestOf(model);
            string job = TestCluster.NewJob();
            Task? restart = null;
            TrainingOutcome outcome = await cluster.TrainAsync(Jobs.Data, settings, jobEvent =>
            {
                if (jobEvent.Epoch?.Epoch == 3)
                {
                    restart ??= everything ? cluster.RestartAllAsync() : cluster.RestartCoordinatorAsync();
                }
            }, job);
            await restart.ShouldNotBeNull();
            await outcome.ShouldBeAsInOneProcessAsync(settings);
            (await cluster.NotesAsync(job)).ShouldContain(note => note.Contains("taken up again"));
            outcome.Epochs.Select(epoch => epoch.Epoch).ShouldBe(Enumerable.Range(1, settings.Epochs));
        });
}
