using System.Net;
using DistRec.Cluster.Api;
using DistRec.Cluster.Client;
using DistRec.Training.Jobs;
using DistRec.Training.Protocol;

namespace DistRec.Processes.Tests;

[Collection(OwnClusterTests.Name)]
public sealed class FullDiskTests
{
    // Ratings, three versions of the items and the model take less than half of it.
    private const int DiskMegabytes = 16;

    private static readonly TrainingSettings Job = Jobs.LongOf("als");

    [SkippableFact]
    public async Task A_store_without_space_for_a_snapshot_ends_the_job_by_name_and_serves_the_next_one_when_there_is_space_again()
    {
        using SmallDisk disk = new(DiskMegabytes);
        await using TestCluster cluster = await TestCluster.StartAsync(2, new ClusterSettings { Store = Path.Combine(disk.Folder, "store") });
        TrainingOutcome outcome = await cluster.TrainAsync(Jobs.Data, Job, jobEvent =>
        {
            if (jobEvent.Epoch is not null)
            {
                // An older snapshot may have been removed meanwhile.
                disk.Fill();
            }
        });
        outcome.State.ShouldBe(JobState.Failed);
        outcome.Reason.ShouldContain("expected space on the disk, found it full");
        outcome.Reason.ShouldContain("free some space");

        disk.Free();
        TrainingOutcome next = await cluster.TrainAsync(Jobs.Data, Job);
        await next.ShouldBeAsInOneProcessAsync(Job);
    }

    [SkippableFact]
    public async Task A_store_with_space_for_snapshots_and_half_a_model_keeps_and_serves_nothing_of_the_model()
    {
        // Room for a few more versions of the items, 59 kB each, and for one of the four blocks of users, 588 kB each.
        const int Left = 1_000_000;
        using SmallDisk disk = new(DiskMegabytes);
        await using TestCluster cluster = await TestCluster.StartAsync(2, new ClusterSettings { Store = Path.Combine(disk.Folder, "store") });
        string job = TestCluster.NewJob();
        TrainingOutcome outcome = await cluster.TrainAsync(
            Jobs.ManyUsers(),
            Job,
            jobEvent =>
            {
                if (jobEvent.Epoch?.Epoch == 2)
                {
                    disk.Fill(Left);
                }
            },
            job);
        outcome.State.ShouldBe(JobState.Failed);
        outcome.Epochs.Count.ShouldBe(Job.Epochs);
        outcome.Reason.ShouldContain("/model/1/user-factors-");
        outcome.Reason.ShouldContain("found it full");

        using ClusterClient client = cluster.Client();
        (await client.JobAsync(job)).State.ShouldBe(JobStateNames.Of(JobState.Failed));
        (await Should.ThrowAsync<ClusterRefusedException>(() => client.ModelBlockAsync(job, "user-factors", 0))).Status.ShouldBe(HttpStatusCode.NotFound);
        Directory.Exists(Path.Combine(disk.Folder, "store", "jobs", job, "model")).ShouldBeFalse();
    }

    [SkippableFact]
    public async Task A_journal_without_space_holds_its_job_up_says_why_and_goes_on_when_there_is_space_again()
    {
        using SmallDisk disk = new(DiskMegabytes);
        await using TestCluster cluster = await TestCluster.StartAsync(2, new ClusterSettings { Journal = Path.Combine(disk.Folder, "jobs.db") });
        using ClusterClient client = cluster.Client();
        ClusterTrainingOptions patient = new() { Job = TestCluster.NewJob() };
        ClusterTraining impatient = new(client, patient with { GiveUpAfter = TimeSpan.FromSeconds(1) });
        JobSpec spec = await impatient.SubmitAsync(Jobs.Data, Job);
        ClusterLostException lost = await Should.ThrowAsync<ClusterLostException>(() => impatient.WatchAsync(new Progress(jobEvent =>
        {
            if (jobEvent.Epoch is not null)
            {
                disk.Fill();
            }
        })));
        lost.Message.ShouldContain("jobs.db: expected space for the job journal, found the disk full");
        lost.Message.ShouldContain("free some space");
        await cluster.Coordinator.HeardAsync("The jobs wait for their journal");

        disk.Free();
        using CancellationTokenSource late = new(TestCluster.Bound);
        TrainingOutcome outcome = await new ClusterTraining(client, patient).FollowAsync(spec, null, null, late.Token);
        await outcome.ShouldBeAsInOneProcessAsync(Job);
    }

    private sealed class Progress(Action<JobEvent> onEvent) : IProgress<JobEvent>
    {
        public void Report(JobEvent value) => onEvent(value);
    }
}
