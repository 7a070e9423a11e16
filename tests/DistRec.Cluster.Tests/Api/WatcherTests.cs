using Akka.Actor;
using DistRec.Cluster.Client;
using DistRec.Models.Baseline;
using DistRec.Training.Jobs;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Cluster.Tests.Api;

/// <summary>Those who follow a job over HTTP, and go away again.</summary>
public sealed class WatcherTests : IAsyncLifetime, IDisposable
{
    private const string Job = "waits-for-workers";
    private const int Watchers = 50;

    private readonly string _folder = Directory.CreateTempSubdirectory("distrec-watchers-").FullName;
    private ClusterNode _coordinator = null!;
    private ClusterClient _client = null!;

    public async Task InitializeAsync()
    {
        _coordinator = await ClusterNode.StartAsync(SmallCluster.CoordinatorIn(_folder), NullLoggerFactory.Instance);
        _client = new ClusterClient(_coordinator.Address, null);
    }

    public async Task DisposeAsync() => await _coordinator.DisposeAsync();

    public void Dispose()
    {
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Of_those_who_wait_for_news_of_a_job_that_has_none_and_go_away_nothing_is_kept()
    {
        long known = await RunWithoutWorkersAsync();
        Dictionary<string, WeakReference> waits = [];
        using HttpClient http = new() { BaseAddress = _coordinator.Address };
        using CancellationTokenSource goAway = new();
        Task[] watching = [.. Enumerable.Range(0, Watchers).Select(
            _ => http.GetStringAsync(Relative($"jobs/{Job}/events?after={known}"), goAway.Token))];
        await UntilAsync(() =>
        {
            Note(waits);
            return Task.FromResult(waits.Count >= Watchers);
        });
        await goAway.CancelAsync();
        await Task.WhenAll(watching).ContinueWith(_ => { }, TaskScheduler.Default).Soon("the end of the requests");

        // The request forgets its question at once, the job when the time to wait is over: no event has come meanwhile.
        await UntilAsync(async () =>
        {
            // An actor remembers whoever asked it last.
            await http.GetStringAsync(Relative("health/ready"));
            GC.Collect();
            return waits.Values.All(wait => !wait.IsAlive);
        });
        (await _client.JobAsync(Job).Soon()).State.ShouldBe("loading");
    }

    /// <summary>Submits a job that loads for as long as nobody works.</summary>
    /// <returns>Its last event.</returns>
    private async Task<long> RunWithoutWorkersAsync()
    {
        TrainingSettings settings = new() { Model = new BaselineOptions(), Epochs = 2, Partitions = 1 };
        await new ClusterTraining(_client, new ClusterTrainingOptions { Job = Job }).SubmitAsync(TestRatings.Small, settings).Soon("the submission");
        long known = 0;

        // It is said twice that the job loads: before it begins, and by its coordinator.
        int loads = 0;
        while (loads < 2)
        {
            foreach (JobEvent jobEvent in (await _client.EventsAsync(Job, known).Soon("the job's begin")).Events)
            {
                known = jobEvent.Sequence;
                loads += jobEvent.State?.State == JobState.Loading ? 1 : 0;
            }
        }

        return known;
    }

    /// <summary>Notes whoever waits for an answer on this node, by Akka.NET's own list of them.</summary>
    private void Note(Dictionary<string, WeakReference> waits)
    {
        object all = ((ExtendedActorSystem)_coordinator.ActorSystem).Provider.TempContainer;
        all.GetType().GetMethod("ForEachChild").ShouldNotBeNull().Invoke(
            all, [(Action<IInternalActorRef>)(waiting => waits.TryAdd(waiting.Path.ToString(), new WeakReference(waiting)))]);
    }

    private static Uri Relative(string path) => new(path, UriKind.Relative);

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using CancellationTokenSource bound = new(TimeSpan.FromSeconds(30));
        using PeriodicTimer often = new(TimeSpan.FromMilliseconds(50));
        while (!await holds())
        {
            await often.WaitForNextTickAsync(bound.Token);
        }
    }
}
