using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DistRec.Models.Baseline;
using DistRec.Training.Databases;
using DistRec.Training.Jobs;
using DistRec.Training.Journal;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Cluster.Tests.Api;

/// <summary>What a coordinator looks at to tell of its jobs.</summary>
public sealed class JobListTests : IDisposable
{
    private const int Jobs = 20;
    private const int Epochs = 9;

    private readonly string _folder = Directory.CreateTempSubdirectory("distrec-list-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The list once went through every event of every job, for the last epoch of each.</summary>
    [Fact]
    public async Task Jobs_are_listed_without_a_look_at_their_events()
    {
        await WriteAndSpoilAsync();
        await using ClusterNode coordinator = await ClusterNode.StartAsync(
            SmallCluster.CoordinatorIn(_folder), NullLoggerFactory.Instance).Soon("the start");
        using HttpClient http = new() { BaseAddress = coordinator.Address };

        JsonElement[] listed = [.. (await AskAsync("jobs")).GetProperty("jobs").EnumerateArray()];

        listed.Select(job => job.GetProperty("id").GetString()).ShouldBe(Enumerable.Range(0, Jobs).Select(Id));
        listed.ShouldAllBe(job => job.GetProperty("state").GetString() == "completed" && job.GetProperty("epoch").GetInt32() == Epochs);
        (await AskAsync($"jobs/{Id(3)}")).GetProperty("epoch").GetInt32().ShouldBe(Epochs);
        (await AskAsync("cluster")).GetProperty("jobs").GetArrayLength().ShouldBe(0);

        // Whoever does want the events learns that they are no more to be read.
        using HttpResponseMessage events = await http.GetAsync(new Uri($"jobs/{Id(3)}/events", UriKind.Relative)).Soon();
        ((int)events.StatusCode).ShouldBeGreaterThanOrEqualTo((int)HttpStatusCode.InternalServerError);

        Task<JsonElement> AskAsync(string path) => http.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative)).Soon(path);
    }

    private static string Id(int job) => $"job-{job}";

    /// <summary>Writes jobs that have ended, and makes all their events unreadable.</summary>
    private async Task WriteAndSpoilAsync()
    {
        TrainingSettings settings = new() { Model = new BaselineOptions(), Epochs = Epochs, Partitions = 1 };
        await using JobJournal journal = await JobJournal.OpenAsync(SmallCluster.CoordinatorIn(_folder).Journal, TimeProvider.System);
        for (int job = 0; job < Jobs; job++)
        {
            await journal.EnqueueAsync(JobSpecs.Create(Id(job), TestRatings.Small, settings, null), "listed");
            for (int epoch = 1; epoch <= Epochs; epoch++)
            {
                await journal.AppendAsync(Id(job), new JobEvent { Sequence = epoch, Epoch = new EpochFinished { Epoch = epoch } });
            }

            await journal.AppendAsync(Id(job), new JobEvent { Sequence = Epochs + 1, State = new StateChanged { State = JobState.Completed } });
        }

        int spoilt = await journal.Database.RunAsync(
            DatabaseAccess.Write, statements => statements.ExecuteAsync("UPDATE events SET event = 'unreadable'"), CancellationToken.None);
        spoilt.ShouldBe(Jobs * (Epochs + 1));
    }
}
