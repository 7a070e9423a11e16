using System.Diagnostics;
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
    public async Task A_training_on_a_full_disk_is_refused_by_name()
    {
        using SmallDisk disk = new(DiskMegabytes);
        disk.Fill(leaveBytes: 16 * 1024);
        (int code, _, string errors) = await CommandProcess.RunToEndAsync(null, Train(disk));

        code.ShouldBe(2, errors);
        errors.ShouldContain("journal.db: expected space for the job journal, found the disk full; nothing was written: free some space");
    }

    [SkippableFact]
    public async Task A_disk_that_is_full_before_a_training_ends_is_named()
    {
        using SmallDisk disk = new(DiskMegabytes);
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "distrec.dll"), .. Train(disk)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        while (await process.StandardError.ReadLineAsync() is { } line && !line.Contains("epoch 2/", StringComparison.Ordinal))
        {
            // Reads until its journal has begun.
        }

        disk.Fill();
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(120));
        await using CancellationTokenRegistration kill = patience.Token.Register(process.Kill);
        string errors = await process.StandardError.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);

        process.ExitCode.ShouldBe(1, errors);
        errors.ShouldContain("journal.db: expected space for the job journal, found the disk full; nothing was written: free some space");
        errors.ShouldNotContain("unexpected");
    }

    private static string[] Train(SmallDisk disk) =>
    [
        "train", "--ratings", "4000", "--users", "120", "--items", "60", "--model", "mf", "--epochs", "1000000", "--patience", "0",
        "--out", Path.Combine(disk.Folder, "model"),
    ];
}
