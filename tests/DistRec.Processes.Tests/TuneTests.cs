using System.Diagnostics;
using System.Text.Json;
using DistRec.Cluster.Api;
using DistRec.Cluster.Client;
using DistRec.Training.Protocol;

namespace DistRec.Processes.Tests;

/// <summary><c>tune --cluster</c> in a process of its own, with two workers in theirs.</summary>
[Collection(ProcessTests.Name)]
public sealed class TuneTests(SharedCluster shared)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Fact]
    public Task A_killed_search_takes_its_jobs_up_again_and_repeats_nothing() => shared.UseAsync(2, async cluster =>
    {
        string folder = Directory.CreateTempSubdirectory("distrec-tune-").FullName;
        try
        {
            string log = Path.Combine(folder, "trials.jsonl");
            string[] search =
            [
                "tune", "--cluster", cluster.Coordinator.Address.GetLeftPart(UriPartial.Authority), "--ratings", "60000", "--users", "900", "--items", "600",
                "--model", "mf", "--tune", "rank=16,24,32,40,48,56", "--epochs", "60", "--patience", "0", "--out", folder,
            ];
            await KillWhenAsync(search, "trial 2/6: rank 24: ");
            int done = File.ReadAllText(log).Count(letter => letter == '\n');
            using ClusterClient client = cluster.Client();
            string[] left = [.. (await client.JobsAsync()).Where(job => job.Id.StartsWith("tune-", StringComparison.Ordinal)).Select(job => job.Id)];
            left.ShouldNotBeEmpty("nobody cancelled them");

            JsonElement result = await CommandProcess.JsonAsync(cluster, [.. search, "--quiet"]);

            result.GetProperty("state").GetString().ShouldBe("completed");
            result.GetProperty("doneBefore").GetInt32().ShouldBe(done);
            string[] lines = File.ReadAllLines(log);
            lines.Length.ShouldBe(7, "six trials and the best one fitted to all ratings");
            lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("key").GetString()).Distinct().Count().ShouldBe(7);
            (await client.JobsAsync()).ShouldNotContain(job => job.Id.StartsWith("tune-", StringComparison.Ordinal));
            string said = cluster.Coordinator.Log;
            left.ShouldAllBe(job => said.Split('\n').Count(line => line.Contains($"Job {job} (", StringComparison.Ordinal) && line.Contains("was submitted", StringComparison.Ordinal)) == 1);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    });

    [Fact]
    public Task Jobs_of_one_partition_train_on_different_workers() => shared.UseAsync(2, async cluster =>
    {
        string[] ids = [TestCluster.NewJob(), TestCluster.NewJob()];
        TaskCompletionSource<ClusterStatus> both = new(TaskCreationOptions.RunContinuationsAsynchronously);
        HashSet<string> training = [];
        using ClusterClient client = cluster.Client();
        using CancellationTokenSource enough = new(TestCluster.Bound);
        Task[] jobs = [.. ids.Select(id => new ClusterTraining(client, new ClusterTrainingOptions { Job = id }).RunAsync(
            Jobs.Data, Jobs.LongestOf("mf") with { Partitions = 1 }, new Listener(jobEvent =>
            {
                if (jobEvent.Epoch is null)
                {
                    return;
                }

                lock (training)
                {
                    if (training.Add(id) && training.Count == 2)
                    {
                        client.StatusAsync(enough.Token).ContinueWith(asked => both.TrySetResult(asked.Result), TaskScheduler.Default);
                    }
                }
            }), enough.Token))];

        ClusterStatus status = await both.Task.WaitAsync(TestCluster.Bound);

        NodeStatus[] workers = [.. status.Nodes.Where(node => node.Role == "worker")];
        foreach (string region in new[] { "user-factors", "parameters" })
        {
            workers.ShouldAllBe(worker => worker.Shards.Count(shard => shard.StartsWith(region, StringComparison.Ordinal)) == 1);
        }

        workers.Select(worker => string.Join(' ', worker.Shards.Select(shard => shard.Split('/')[1]).Distinct())).Order().ShouldBe(["0", "1"]);
        await enough.CancelAsync();
        await Task.WhenAll(jobs).WaitAsync(TestCluster.Bound);
    });

    private static async Task KillWhenAsync(string[] command, string words)
    {
        ProcessStartInfo info = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "distrec.dll"), .. command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string variable, string value) in TestCluster.WithSecret())
        {
            info.Environment[variable] = value;
        }

        using Process process = Process.Start(info)!;
        using CancellationTokenSource patience = new(Patience);
        try
        {
            while (await process.StandardError.ReadLineAsync(patience.Token) is { } line && !line.Contains(words, StringComparison.Ordinal))
            {
                // Trials are still to be done.
            }
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(patience.Token);
        }
    }

    private sealed class Listener(Action<JobEvent> onEvent) : IProgress<JobEvent>
    {
        public void Report(JobEvent value) => onEvent(value);
    }
}
