using DistRec.Training.Jobs;
using DistRec.Training.Protocol;

namespace DistRec.Cluster.Tests;

[Collection("processes, one cluster at a time")]
public sealed class LossTests
{
    [Fact]
    public async Task A_worker_killed_every_epoch_costs_no_bit()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(3);
        TaskCompletionSource<Task> last = new();
        int killed = 0;
        TrainingOutcome outcome = await cluster.TrainAsync(Jobs.Data, Jobs.Als, happening =>
        {
            if (happening.Epoch is not null && happening.Epoch.Epoch == killed + 1 && killed < 4)
            {
                killed++;
                ReplaceAsync(cluster).Forget();
            }
        });
        outcome.State.ShouldBe(JobState.Completed, outcome.Reason);
        killed.ShouldBe(4);
        outcome.Notes.ShouldNotBeEmpty();
        Jobs.HashOf(outcome).ShouldBe(await Jobs.HashInOneProcessAsync(Jobs.Als));

        static async Task ReplaceAsync(TestCluster cluster)
        {
            await cluster.KillWorkerAsync(0);
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
    public async Task Two_workers_killed_at_once_in_any_phase_cost_no_bit(string model, JobState phase)
    {
        TrainingSettings settings = model == "als" ? Jobs.Als : Jobs.Mf;
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

    [Theory]
    [InlineData("als")]
    [InlineData("mf")]
    public async Task A_seed_killed_and_started_again_goes_on_with_its_job(string model)
    {
        TrainingSettings settings = model == "als" ? Jobs.Als : Jobs.Mf;
        await using TestCluster cluster = await TestCluster.StartAsync(2);
        Task? restart = null;
        TrainingOutcome outcome = await cluster.TrainAsync(Jobs.Data, settings, happening =>
        {
            if (happening.Epoch?.Epoch == 3)
            {
                restart ??= cluster.RestartSeedAsync();
            }
        });
        await restart.ShouldNotBeNull();
        outcome.State.ShouldBe(JobState.Completed, outcome.Reason);
        outcome.Epochs.Select(epoch => epoch.Epoch).ShouldBe([1, 2, 3, 4, 5, 6]);
        Jobs.HashOf(outcome).ShouldBe(await Jobs.HashInOneProcessAsync(settings));
    }

    [Fact]
    public async Task A_worker_frozen_past_the_detector_is_replaced_and_changes_nothing_when_it_thaws()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(2);
        bool frozen = false;
        TrainingOutcome outcome = await cluster.TrainAsync(Jobs.Data, Jobs.Als, happening =>
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
        Jobs.HashOf(outcome).ShouldBe(await Jobs.HashInOneProcessAsync(Jobs.Als));
    }

    [Fact]
    public async Task Workers_may_join_and_leave_while_a_job_runs()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(1);
        Task? joined = null;
        Task<int>? left = null;
        TrainingOutcome outcome = await cluster.TrainAsync(Jobs.Data, Jobs.Als, happening =>
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
        Jobs.HashOf(outcome).ShouldBe(await Jobs.HashInOneProcessAsync(Jobs.Als));
    }
}
