using DistRec.Cluster.Client;
using DistRec.Training.Journal;
using DistRec.Training.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Cluster.Tests;

public sealed class SweepTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("distrec-sweep-").FullName;

    private string Store => Path.Combine(_folder, "store");

    private string Journal => Path.Combine(_folder, "jobs.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(JobState.Completed)]
    [InlineData(JobState.Cancelled)]
    [InlineData(JobState.Failed)]
    public async Task A_coordinator_lost_between_the_end_of_a_job_and_its_clearing_clears_it_when_it_is_back(JobState end)
    {
        FolderBlobStore store = new(Store);
        string[] left = ["jobs/ended/data/user-factors-0", "jobs/ended/tables/7/tables/item-factors-0", "jobs/ended/snapshots/0", "jobs/ended/model/0/user-factors-0", "jobs/ended/model/1/user-factors-0", "jobs/uploading/data/user-factors-0"];
        foreach (string name in left)
        {
            await store.PutAsync(name, async (stream, stop) => await stream.WriteAsync(new byte[100], stop));
        }

        await using (JobJournal journal = await JobJournal.OpenAsync(Journal, TimeProvider.System))
        {
            await journal.EnqueueAsync(new JobSpec { Job = "ended", UserStarts = { 0, 5 }, Epochs = 1 }, "");
            await journal.AppendAsync("ended", new JobEvent { Sequence = 1, State = new StateChanged { State = end } });
        }

        await using ClusterNode coordinator = await ClusterNode.StartAsync(SmallCluster.CoordinatorIn(_folder), NullLoggerFactory.Instance);
        using ClusterClient client = new(coordinator.Address, null);
        using CancellationTokenSource bound = new(TimeSpan.FromMinutes(1));
        ClusterStatus status;
        do
        {
            status = await client.StatusAsync(bound.Token);
        }
        while (status.StoredBytes != 2 * (100 + 8));

        (await store.ListAsync("")).ShouldBe(["jobs/ended/model/0/user-factors-0", "jobs/uploading/data/user-factors-0"]);
    }
}
