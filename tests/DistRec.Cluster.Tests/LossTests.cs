using DistRec.Training.Jobs;
using DistRec.Training.Protocol;

namespace DistRec.Cluster.Tests;

[Collection("processes, one cluster at a time")]
public sealed class LossTests
{
    /// <summary>Each of the first epochs of so many is disturbed.</summary>
    private const int Disturbed = 6;

    [Theory]
    [InlineData("als", 17)]
    [InlineData("mf", 29)]
    [InlineData("svd++", 31)]
    [InlineData("bpmf", 37)]
    [InlineData("fm by sampling", 43)]
    public async Task Some_worker_killed_at_epoch_after_epoch_and_replaced_costs_no_bit(string model, int seed)
    {
        TrainingSettings settings = Jobs.LongOf(model);
        await using TestCluster cluster = await TestCluster.StartAsync(3);
        Random random = new(seed);
        List<Task> replacements = [];
        (int epoch, int spared) = (0, 0);
        TrainingOutcome outcome = await cluster.TrainAsync(Jobs.Data, settings, happening =>
        {
            // What goes back comes by its epochs again; each is disturbed once, if anybody is left to be killed.
            if (epoch == Disturbed || happening.Epoch?.Epoch != epoch + 1)
            {
                return;
            }

            epoch++;
            if (cluster.Workers.Count > 0)
            {
                replacements.Add(ReplaceAsync(cluster, random.Next(cluster.Workers.Count)));
            }
            else
            {
                spared++;
            }
        });
        await Task.WhenAll(replacements);
        (replacements.Count + spared).ShouldBe(Disturbed);
        replacements.Count.ShouldBeGreaterThanOrEqualTo(3);
        outcome.State.ShouldBe(JobState.Completed, outcome.Reason);
        outcome.Notes.ShouldNotBeEmpty();
        Jobs.HashOf(outcome).ShouldBe(await Jobs.HashInOneProcessAsync(settings));
        TrainingOutcome undisturbed = await Jobs.InOneProcessAsync(settings);
        outcome.Epochs[^1].ValidationRmse.ShouldBe(undisturbed.Epochs[^1].ValidationRmse);

        static async Task ReplaceAsync(TestCluster cluster, int worker)
        {
            await cluster.KillWorkerAsync(worker);
            await cluster.StartWorkerAsync();
        }
    }

    [Theory]
    [InlineData("als", JobState.Loading)]
    [InlineData("als", JobState.Training)]
    [InlineData("als", JobState.Validating)]
    [InlineData("als", JobState.Checkpointing)]
    [InlineData("mf", JobState.Loading)]
    [InlineData("mf", JobState.Training)]
    [InlineData("mf", JobState.Validating)]
    [InlineData("svd++", JobState.Training)]
    [InlineData("svd++", JobState.Checkpointing)]
    [InlineData("bpmf", JobState.Training)]
    [InlineData("fm", JobState.Training)]
    [InlineData("fm by sampling", JobState.Checkpointing)]
    public async Task Two_workers_killed_at_once_in_any_phase_cost_no_bit(string model, JobState phase)
    {
        TrainingSettings settings = Jobs.LongOf(model);
        await using TestCluster cluster = await TestCluster.StartAsync(3);
        Task? kills = null;
        TrainingOutcome outcome = await cluster.TrainAsync(Jobs.Data, settings, happening =>
        {
            if (happening.State?.State == phase)
            {
                kills ??= Task.WhenAll(cluster.KillWorkerAsync(0), cluster.KillWorkerAsync(0));
            }
        });
        await kills.ShouldNotBeNull();
        outcome.State.ShouldBe(JobState.Completed, outcome.Reason);
        Jobs.HashOf(outcome).ShouldBe(await Jobs.HashInOneProcessAsync(settings));
    }

    [Fact]
    public async Task A_worker_frozen_past_the_detector_is_replaced_and_changes_nothing_when_it_thaws()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(2, new ClusterSettings { Detection = TimeSpan.FromSeconds(3) });
        bool frozen = false;
        TrainingSettings settings = Jobs.LongOf("als");
        TrainingOutcome outcome = await cluster.TrainAsync(Jobs.Data, settings, happening =>
        {
            if (happening.Epoch?.Epoch == 2)
            {
                cluster.Workers[1].Freeze();
                frozen = true;
            }
            else if (happening.Epoch?.Epoch == 4)
            {
                cluster.Workers[1].Thaw();
            }
        });
        frozen.ShouldBeTrue();
        outcome.State.ShouldBe(JobState.Completed, outcome.Reason);
        Jobs.HashOf(outcome).ShouldBe(await Jobs.HashInOneProcessAsync(settings));
    }

    [Fact]
    public async Task Workers_may_join_and_leave_while_a_job_runs()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(1);
        Task? joined = null;
        Task<int>? left = null;
        TrainingSettings settings = Jobs.LongOf("als");
        TrainingOutcome outcome = await cluster.TrainAsync(Jobs.Data, settings, happening =>
        {
            if (happening.Epoch?.Epoch == 1)
            {
                joined ??= cluster.StartWorkerAsync();
            }
            else if (happening.Epoch?.Epoch >= 3 && joined is { IsCompletedSuccessfully: true })
            {
                left ??= cluster.Workers[0].TerminateAsync();
            }
        });
        await joined.ShouldNotBeNull();
        (left is null ? 0 : await left).ShouldBe(0);
        outcome.State.ShouldBe(JobState.Completed, outcome.Reason);
        Jobs.HashOf(outcome).ShouldBe(await Jobs.HashInOneProcessAsync(settings));
    }
}
