using System.Diagnostics;
using DistRec.Cluster.Client;
using DistRec.Training.Jobs;
using DistRec.Training.Protocol;
using Xunit.Abstractions;

namespace DistRec.Processes.Tests;

[Collection(LossyProcessTests.Name)]
public sealed class LossTests(SharedCluster shared, ITestOutputHelper output)
{
    /// <summary>Each of the first epochs of so many is disturbed.</summary>
    private const int Disturbed = 6;

    // One or two seconds on a quiet machine. As long as failure detector and split-brain resolver wait at least is too long.
    private static readonly TimeSpan LongestRepair = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("als", 17)]
    [InlineData("mf", 29)]
    [InlineData("svd++", 31)]
    [InlineData("bpmf", 37)]
    [InlineData("fm by sampling", 43)]
    public Task Some_worker_killed_at_epoch_after_epoch_and_replaced_costs_no_bit(string model, int seed) => shared.UseAsync(3, async cluster =>
    {
        TrainingSettings settings = Jobs.LongOf(model);
        Random random = new(seed);
        List<Task> replacements = [];
        (int epoch, int spared) = (0, 0);
        TrainingOutcome outcome = await cluster.TrainAsync(Jobs.Data, settings, jobEvent =>
        {
            // What goes back comes by its epochs again; each is disturbed once, if anybody is left to be killed.
            if (epoch == Disturbed || jobEvent.Epoch?.Epoch != epoch + 1)
            {
                return;
            }

            epoch++;
            if (cluster.Workers.Count > 0)
            {
                replacements.Add(ReplaceAsync(random.Next(cluster.Workers.Count)));
            }
            else
            {
                spared++;
            }
        });
        await Task.WhenAll(replacements);
        (replacements.Count + spared).ShouldBe(Disturbed);
        replacements.Count.ShouldBeGreaterThanOrEqualTo(3);
        outcome.Notes.ShouldNotBeEmpty();
        await outcome.ShouldBeAsInOneProcessAsync(settings);
        TrainingOutcome undisturbed = await Jobs.InOneProcessAsync(settings);
        outcome.Epochs[^1].ValidationRmse.ShouldBe(undisturbed.Epochs[^1].ValidationRmse);

        async Task ReplaceAsync(int worker)
        {
            await cluster.KillWorkerAsync(worker);
            await cluster.StartWorkersAsync(1);
        }
    });

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
    public Task Two_of_three_workers_killed_at_once_in_any_phase_cost_no_bit(string model, JobState phase) => shared.UseAsync(3, async cluster =>
    {
        TrainingSettings settings = Jobs.LongOf(model);
        Task? kills = null;
        TrainingOutcome outcome = await cluster.TrainAsync(Jobs.Data, settings, jobEvent =>
        {
            if (jobEvent.State?.State == phase)
            {
                kills ??= Task.WhenAll(cluster.KillWorkerAsync(0), cluster.KillWorkerAsync(0));
            }
        });
        await kills.ShouldNotBeNull();
        await outcome.ShouldBeAsInOneProcessAsync(settings);
    });

    [Fact]
    public Task A_worker_killed_while_it_trains_costs_seconds() => shared.UseAsync(3, async cluster =>
    {
        List<(int Epoch, TimeSpan At)> epochs = [];
        Stopwatch watch = Stopwatch.StartNew();
        Task? kill = null;
        TimeSpan killed = default;
        TrainingSettings settings = Jobs.LongOf("als");
        TrainingOutcome outcome = await cluster.TrainAsync(Jobs.Data, settings, jobEvent =>
        {
            if (jobEvent.Epoch is { } epoch)
            {
                epochs.Add((epoch.Epoch, watch.Elapsed));
                if (epoch.Epoch == 2)
                {
                    killed = watch.Elapsed;
                    kill ??= cluster.KillWorkerAsync(0);
                }
            }
        });
        await kill.ShouldNotBeNull();
        outcome.Notes.ShouldNotBeEmpty();
        await outcome.ShouldBeAsInOneProcessAsync(settings);

        // An epoch that had nearly ended may still be reported, so the first after the gap is the one that counts.
        int at = Enumerable.Range(1, epochs.Count - 1).Where(i => epochs[i].At > killed).MaxBy(i => epochs[i].At - epochs[i - 1].At);
        TimeSpan repair = epochs[at].At - killed;
        output.WriteLine($"from the kill to the end of epoch {epochs[at].Epoch}: {repair.TotalSeconds:F1} s");
        repair.ShouldBeLessThan(LongestRepair);
    });

    [Fact]
    public Task All_workers_killed_and_replaced_by_new_ones_cost_no_bit() => shared.UseAsync(3, async cluster =>
    {
        TrainingSettings settings = Jobs.LongOf("als");
        Task? replaced = null;
        TrainingOutcome outcome = await cluster.TrainAsync(Jobs.Data, settings, jobEvent =>
        {
            if (jobEvent.Epoch?.Epoch == 3)
            {
                replaced ??= ReplaceAsync();
            }
        });
        await replaced.ShouldNotBeNull();
        await outcome.ShouldBeAsInOneProcessAsync(settings);

        async Task ReplaceAsync()
        {
            await Task.WhenAll(cluster.Workers.Select(_ => cluster.KillWorkerAsync(0)));
            await cluster.StartWorkersAsync(2);
        }
    });

    [Fact]
    public Task A_worker_frozen_for_too_long_is_replaced_changes_nothing_when_it_thaws_and_joins_anew() => shared.UseAsync(3, async cluster =>
    {
        TrainingSettings settings = Jobs.LongestOf("als");
        NodeProcess worker = cluster.Workers[1];
        int said = 0;
        TrainingOutcome outcome = await cluster.TrainAsync(Jobs.Data, settings, jobEvent =>
        {
            if (jobEvent.Epoch?.Epoch == 2)
            {
                said = worker.Lines;
                worker.Freeze();
            }
            else if (jobEvent.Note?.Text.Contains("started afresh", StringComparison.Ordinal) is true)
            {
                worker.Thaw();
            }
        });
        said.ShouldBeGreaterThan(0);
        outcome.Notes.ShouldNotBeEmpty();
        await outcome.ShouldBeAsInOneProcessAsync(settings);
        await worker.HeardAsync("the node starts again", said);
        await worker.ReadyAsync(said);
        using ClusterClient client = cluster.Client();
        (await client.StatusAsync()).Nodes.Count(node => node.State == "up").ShouldBe(4);
    });

    [Theory]
    [InlineData("als")]
    [InlineData("bpmf")]
    [InlineData("mf")]
    [InlineData("svd++")]
    public Task Workers_join_and_leave_in_good_order_while_a_job_runs_and_nothing_is_computed_twice(string model) => shared.UseAsync(1, async cluster =>
    {
        Task? joined = null;
        Task<int>? left = null;
        TrainingSettings settings = Jobs.LongestOf(model);
        TrainingOutcome outcome = await cluster.TrainAsync(Jobs.Data, settings, jobEvent =>
        {
            if (jobEvent.Epoch?.Epoch == 1)
            {
                joined ??= cluster.StartWorkersAsync(1);
            }
            else if (jobEvent.Epoch?.Epoch >= 3 && joined is { IsCompletedSuccessfully: true })
            {
                left ??= cluster.TerminateWorkerAsync(0);
            }
        });
        await joined.ShouldNotBeNull();
        (await left.ShouldNotBeNull()).ShouldBe(0);
        outcome.Notes.ShouldContain(note => note.StartsWith("moved to other nodes with their tables"));
        outcome.Notes.ShouldNotContain(note => note.Contains("afresh"));
        await outcome.ShouldBeAsInOneProcessAsync(settings);
    });
}
