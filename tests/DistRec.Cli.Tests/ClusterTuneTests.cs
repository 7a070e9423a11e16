using System.Net;
using System.Text.Json;
using DistRec.Cluster.Client;
using DistRec.Cluster.Hosting;
using DistRec.Cluster.Security;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Cli.Tests;

/// <summary><c>tune --cluster</c>: trials as jobs of a cluster of two workers.</summary>
public sealed class ClusterTuneTests : LocalCluster, IAsyncLifetime
{
    private static readonly string[] Search = ["tune", "--ratings", "4000", "--users", "120", "--items", "60", "--tune", "rank=2,3,4,5,6,7", "--epochs", "6"];

    private ClusterNode? _second;

    async Task IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        Uri coordinator = new(Cluster);
        _second = await ClusterNode.StartAsync(
            new ClusterNodeOptions
            {
                Roles = [NodeRoles.Worker], Secret = ClusterSecret.FromText(Secret), Threads = 1, Join = [new DnsEndPoint(coordinator.Host, coordinator.Port)],
            },
            NullLoggerFactory.Instance);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await _second!.DisposeAsync();
        await DisposeAsync();
    }

    [Theory]
    [InlineData("als")]
    [InlineData("mf")]
    public async Task A_search_on_a_cluster_comes_to_what_it_comes_to_here_and_leaves_nothing_there(string model)
    {
        JsonElement here = await CommandLine.JsonAsync([.. Search, "--model", model, "--partitions", "1", "--quiet", "--out", Folder["here"]]);
        CommandResult there = await RunAsync(Search, "--model", model, "--json", "--out", Folder["there"]);

        there.ExitCode.ShouldBe(0, there.Error);
        Trials(there.Json).ShouldBe(Trials(here));
        FiguresOf(there.Json.GetProperty("final")).ShouldBe(FiguresOf(here.GetProperty("final")));
        Keys("there").ShouldBe(Keys("here"), ignoreOrder: true, "a trial is known whereever it trained");
        using ClusterClient client = new(new Uri(Cluster), ClusterSecret.FromText(Secret));
        (await client.JobsAsync()).ShouldBeEmpty();
        Directory.EnumerateFiles(Folder["store"], "*", SearchOption.AllDirectories).ShouldBeEmpty();

        string command = there.Json.GetProperty("command").GetString()!;
        command.ShouldStartWith("distrec submit --watch ");
        JsonElement trained = (await CommandLine.RunAsync(WithSecret, [.. command.Split(' ').Skip(1), "--quiet", "--json", "--out", Folder["model"]])).Json;
        trained.GetProperty("testRmse").GetDouble().ShouldBe(there.Json.GetProperty("final").GetProperty("figures").GetProperty("rmse").GetDouble());

        string[] Keys(string folder) =>
            [.. File.ReadAllLines(Folder[$"{folder}/trials.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("key").GetString()!)];
    }

    [Fact]
    public async Task Stopped_it_cancels_its_jobs_and_the_same_command_goes_on()
    {
        using CancellationTokenSource stop = new();
        string[] search = [.. Search, "--model", "mf", "--epochs", "400", "--patience", "0", "--cluster", Cluster, "--out", Folder["trials"]];
        string[] once = [.. search.Where((_, index) => index is < 9 or > 10)];
        CommandResult stopped = await CommandLine.RunAsync(
            host => WithSecret(host) with { Error = TextWriter.Synchronized(new StopWriter("trial 1/6: rank 2: ", stop)), Stop = stop.Token }, [.. once, "--json"]);

        stopped.ExitCode.ShouldBe(130);
        stopped.Json.GetProperty("state").GetString().ShouldBe("stopped");
        using ClusterClient client = new(new Uri(Cluster), ClusterSecret.FromText(Secret));
        (await client.JobsAsync()).ShouldBeEmpty("they were cancelled and removed");
        int done = File.ReadAllLines(Folder["trials/trials.jsonl"]).Length;
        done.ShouldBeInRange(1, 5);

        CommandResult finished = await CommandLine.RunAsync(WithSecret, [.. once, "--json"]);
        finished.ExitCode.ShouldBe(0, finished.Error);
        finished.Json.GetProperty("doneBefore").GetInt32().ShouldBe(done);
        File.ReadAllLines(Folder["trials/trials.jsonl"]).Length.ShouldBe(7);
    }

    [Fact]
    public async Task A_trial_whose_settings_diverge_is_told_and_the_others_go_on()
    {
        string[] search = ["tune", "--ratings", "4000", "--users", "120", "--items", "60", "--model", "mf", "--epochs", "3", "--partitions", "1", "--quiet", "--json"];
        string[] rates = ["--tune", "learning-rate=0.01,100000000", "--tune", "regularization=0.0001"];
        JsonElement here = (await CommandLine.RunAsync([.. search, .. rates, "--out", Folder["here"]])).Json;
        JsonElement there = (await RunAsync([.. search, .. rates], "--out", Folder["there"])).Json;

        there.GetProperty("state").GetString().ShouldBe("completed");
        Trials(there).ShouldBe(Trials(here));
        there.GetProperty("trials")[1].GetProperty("failure").GetString().ShouldBe(here.GetProperty("trials")[1].GetProperty("failure").GetString());
    }

    private static string[] Trials(JsonElement result) =>
        [.. result.GetProperty("trials").EnumerateArray().Select(trial => $"{trial.GetProperty("settings")} {trial.GetProperty("bestEpoch")} {FiguresOf(trial)}")];

    private static string FiguresOf(JsonElement trial) => trial.GetProperty("figures").ToString();
}
