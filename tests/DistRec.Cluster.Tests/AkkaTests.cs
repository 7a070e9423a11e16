using System.Diagnostics;
using DistRec.Node.Hosting;
using DistRec.Training.Jobs;
using DistRec.Training.Protocol;
using Xunit.Abstractions;

namespace DistRec.Cluster.Tests;

/// <summary>The same trainings on Akka.NET, in builds that have it.</summary>
[Collection("processes, one cluster at a time")]
public sealed class AkkaTests(ITestOutputHelper output)
{
    // The target is 10 s on a quiet machine.
    private static readonly TimeSpan LongestRepair = TimeSpan.FromSeconds(30);

    [SkippableFact]
    public async Task Two_workers_on_akka_make_the_model_of_one_process()
    {
        SkipWithoutAkka();
        await using TestCluster cluster = await TestCluster.StartAsync(2, new ClusterSettings { Engine = NodeEngine.Akka });

        TrainingOutcome als = await cluster.TrainAsync(Jobs.Data, Jobs.Als);
        als.State.ShouldBe(JobState.Completed, als.Reason);
        Jobs.HashOf(als).ShouldBe(await Jobs.HashInOneProcessAsync(Jobs.Als));

        TrainingOutcome mf = await cluster.TrainAsync(Jobs.Data, Jobs.Mf);
        mf.State.ShouldBe(JobState.Completed, mf.Reason);
        Jobs.HashOf(mf).ShouldBe(await Jobs.HashInOneProcessAsync(Jobs.Mf));
    }

    [SkippableFact]
    public async Task A_worker_killed_while_it_trains_on_akka_costs_seconds_and_no_bit()
    {
        SkipWithoutAkka();
        await using TestCluster cluster = await TestCluster.StartAsync(2, new ClusterSettings { Engine = NodeEngine.Akka });
        List<(int Epoch, TimeSpan At)> epochs = [];
        Stopwatch watch = Stopwatch.StartNew();
        Task? kill = null;
        TimeSpan killed = default;
        TrainingSettings settings = Jobs.LongOf("als");
        TrainingOutcome outcome = await cluster.TrainAsync(Jobs.Data, settings, happening =>
        {
            if (happening.Epoch is { } epoch)
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
        outcome.State.ShouldBe(JobState.Completed, outcome.Reason);
        Jobs.HashOf(outcome).ShouldBe(await Jobs.HashInOneProcessAsync(settings));

        // An epoch that had nearly ended may still be reported, so the first after the gap is the one that counts.
        int at = Enumerable.Range(1, epochs.Count - 1).Where(i => epochs[i].At > killed).MaxBy(i => epochs[i].At - epochs[i - 1].At);
        TimeSpan repair = epochs[at].At - killed;
        output.WriteLine($"from the kill to the end of epoch {epochs[at].Epoch}: {repair.TotalSeconds:F1} s");
        repair.ShouldBeLessThan(LongestRepair);
    }

    [SkippableFact]
    public async Task Workers_may_join_and_leave_while_a_job_runs_on_akka()
    {
        SkipWithoutAkka();
        await using TestCluster cluster = await TestCluster.StartAsync(1, new ClusterSettings { Engine = NodeEngine.Akka });
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

    private static void SkipWithoutAkka() => Skip.IfNot(TrainingNode.Has(NodeEngine.Akka), "this build has no Akka.NET");
}
