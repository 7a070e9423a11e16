using System.Diagnostics;
using DistRec.Cluster.Client;
using DistRec.Contracts;
using DistRec.Training.Jobs;
using DistRec.Training.Protocol;
using DistRec.Training.Tests.Storage.S3;
using Xunit.Abstractions;

namespace DistRec.Processes.Tests;

/// <summary>Two coordinators that share a journal in PostgreSQL and a store that speaks S3.</summary>
[Collection(OwnClusterTests.Name)]
public sealed class FailoverTests(PostgresServer postgres, ITestOutputHelper output) : IClassFixture<PostgresServer>
{
    private static readonly TimeSpan LongestTakeOver = TimeSpan.FromSeconds(15);

    [SkippableFact]
    public async Task When_the_active_one_of_two_coordinators_is_killed_the_other_goes_on_with_its_job_and_the_first_comes_back_as_the_second()
    {
        Skip.If(postgres.Missing is not null, postgres.Missing);
        await using S3TestServer store = await S3TestServer.StartAsync();
        await using TestCluster cluster = await TestCluster.StartAsync(2, new ClusterSettings
        {
            Coordinators = 2,
            Journal = await postgres.CreateDatabaseAsync(),
            Store = $"s3://{S3TestServer.BucketName}/distrec?endpoint={store.Endpoint.GetLeftPart(UriPartial.Authority)}&region={S3TestServer.Region}&addressing=path",
            Variables = new Dictionary<string, string> { ["AWS_ACCESS_KEY_ID"] = S3TestServer.KeyId, ["AWS_SECRET_ACCESS_KEY"] = S3TestServer.Secret },
        });
        TrainingSettings settings = Jobs.LongestOf("als");
        string job = TestCluster.NewJob();
        Task<TimeSpan>? takeOver = null;
        TrainingOutcome outcome = await cluster.TrainAsync(
            Jobs.Data,
            settings,
            jobEvent =>
            {
                if (jobEvent.Epoch?.Epoch == 3)
                {
                    takeOver ??= KillAsync();
                }
            },
            job,
            coordinator: 1);
        TimeSpan took = await takeOver.ShouldNotBeNull();
        output.WriteLine($"from the kill of the active coordinator to the next epoch: {took.TotalSeconds:F1} s");
        took.ShouldBeLessThan(LongestTakeOver);
        await outcome.ShouldBeAsInOneProcessAsync(settings);
        outcome.Epochs.Select(epoch => epoch.Epoch).ShouldBe(Enumerable.Range(1, settings.Epochs));

        // Whoever formed the cluster joins the one that goes on, and forms no second one.
        await cluster.StartCoordinatorAsync(0);
        using ClusterClient client = cluster.Client();
        (await client.StatusAsync()).Nodes.Count(node => node.State == "up").ShouldBe(4);
        TrainingOutcome next = await cluster.TrainAsync(Jobs.Data, Jobs.Als);
        await next.ShouldBeAsInOneProcessAsync(Jobs.Als);

        // By the journal, which the other coordinator reads whatever its queue is doing.
        async Task<TimeSpan> KillAsync()
        {
            await cluster.KillCoordinatorAsync(0);
            long killed = Stopwatch.GetTimestamp();
            using ClusterClient other = cluster.Client(1);
            using PeriodicTimer often = new(TimeSpan.FromMilliseconds(100));
            do
            {
                await often.WaitForNextTickAsync();
            }
            while ((await other.EventsAsync(job, 0)).Events.SkipWhile(jobEvent => !IsTakenUp(jobEvent)).All(jobEvent => jobEvent.Epoch is null));
            return Stopwatch.GetElapsedTime(killed);
        }

        static bool IsTakenUp(JobEvent jobEvent) => jobEvent.Note?.Text.Contains("taken up again", StringComparison.Ordinal) is true;
    }
}
