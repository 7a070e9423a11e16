using System.Text.Json;
using DistRec.Models.Persistence;

namespace DistRec.Cli.Tests;

public sealed class ClusterTests : LocalCluster
{
    [Theory]
    [InlineData("als")]
    [InlineData("mf")]
    public async Task Submitting_and_watching_ends_as_training_here_does(string model)
    {
        string[] job = [.. Small, "--model", model, "--rank", "6", "--partitions", "3"];

        JsonElement here = (await CommandLine.RunAsync(["train", .. job, "--json", "--out", Folder["here"]])).Json;
        CommandResult there = await RunAsync(["submit", .. job, "--json", "--watch", "--out", Folder["there"]]);

        there.ExitCode.ShouldBe(0, there.Error);
        there.Error.ShouldContain("epoch 4/4: train RMSE");
        there.Json.EnumerateObject().Select(property => property.Name).ShouldBe(here.EnumerateObject().Select(property => property.Name));
        foreach (string same in new[] { "modelSha256", "dataFingerprint", "trainRmse", "validationRmse", "testRmse", "testMae", "noiseFloorRmse", "bestEpoch", "state", "stopReason" })
        {
            there.Json.GetProperty(same).ToString().ShouldBe(here.GetProperty(same).ToString(), same);
        }

        there.Json.GetProperty("settings").GetProperty("partitions").GetInt32().ShouldBe(3);
        ModelFolder.Load(Folder["there"]).Description.ModelSha256.ShouldBe(here.GetProperty("modelSha256").GetString());
        File.Exists(Folder["there/report.html"]).ShouldBeTrue();
        Directory.Exists(Folder["there.work"]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_job_can_be_submitted_now_and_its_model_fetched_later()
    {
        CommandResult submitted = await RunAsync(["submit", .. Small, "--model", "baseline", "--name", "for later", "--out", Folder["model"]]);
        submitted.ExitCode.ShouldBe(0, submitted.Error);
        string watch = submitted.Output.Split('\n').Single(line => line.StartsWith("  distrec watch ", StringComparison.Ordinal)).Trim();
        watch.ShouldEndWith($" --cluster {Cluster} --out {Folder["model"]}");
        string job = watch.Split(' ')[2];

        CommandResult fetched = await RunAsync(watch.Split(' ')[1..3], "--json", "--out", Folder["model"]);

        fetched.ExitCode.ShouldBe(0, fetched.Error);
        JsonElement here = (await CommandLine.RunAsync(["train", .. Small, "--model", "baseline", "--json", "--out", Folder["here"]])).Json;
        fetched.Json.GetProperty("modelSha256").GetString().ShouldBe(here.GetProperty("modelSha256").GetString());
        fetched.Json.GetProperty("testRmse").GetDouble().ShouldBe(here.GetProperty("testRmse").GetDouble());
        JsonElement listed = (await RunAsync(["jobs"], "--json")).Json.GetProperty("jobs").EnumerateArray().Single();
        listed.GetProperty("id").GetString().ShouldBe(job);
        listed.GetProperty("name").GetString().ShouldBe("for later");
        listed.GetProperty("state").GetString().ShouldBe("completed");
        (await RunAsync(["jobs"])).Output.ShouldContain(job);
        JsonElement again = (await RunAsync(["watch", job], "--json", "--quiet")).Json;
        again.GetProperty("state").GetString().ShouldBe("completed");
        again.GetProperty("curve").GetArrayLength().ShouldBe(4);
        CommandResult late = await RunAsync(["cancel", job]);
        late.Mistake.ShouldContain("the job has ended");
        (await RunAsync(["watch", job], "--out", Folder["model"])).Mistakes.ShouldHaveSingleItem().ShouldContain("submitted.json, found nothing");
    }

    [Fact]
    public async Task Feedback_of_a_file_goes_with_the_job_and_is_looked_for_again_with_its_model()
    {
        string[] lines = ["user,item", .. Enumerable.Range(0, 50).Select(index => $"{index},{index}")];
        string pairs = Folder.Write("pairs.csv", lines);
        string[] job = [.. Small, "--model", "svd++", "--rank", "4", "--partitions", "3", "--implicit-file", pairs];
        JsonElement here = (await CommandLine.RunAsync(["train", .. job, "--json", "--out", Folder["here"]])).Json;
        JsonElement without = (await CommandLine.RunAsync(["train", .. job[..^2], "--json", "--out", Folder["without"]])).Json;
        JsonElement submitted = (await RunAsync(["submit", .. job, "--quiet", "--json", "--out", Folder["model"]])).Json;
        string[] watch = ["watch", submitted.GetProperty("job").GetString()!, "--json", "--out", Folder["model"]];

        Folder.Write("pairs.csv", "1,1");
        (await RunAsync(watch)).Mistakes.ShouldHaveSingleItem().ShouldContain("expected the data that job");
        Folder.Write("pairs.csv", lines);
        JsonElement there = (await RunAsync(watch)).Json;

        there.GetProperty("modelSha256").GetString().ShouldBe(here.GetProperty("modelSha256").GetString());
        here.GetProperty("modelSha256").GetString().ShouldNotBe(without.GetProperty("modelSha256").GetString());
    }

    // A job that nobody could name once stayed on the cluster for good: its submitter died between submitting it and saving its name.
    [Fact]
    public async Task What_a_job_is_found_by_is_saved_before_the_job_exists()
    {
        string blocked = Folder.Write("model.work", "a file where a folder has to be");

        CommandResult result = await RunAsync(["submit", .. Small, "--model", "baseline", "--quiet", "--out", blocked[..^".work".Length]]);

        result.ExitCode.ShouldNotBe(0);
        (await RunAsync(["jobs"], "--json")).Json.GetProperty("jobs").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_job_that_has_ended_is_removed_with_everything_that_is_stored_of_it()
    {
        await RunAsync(["submit", .. Small, "--model", "baseline", "--watch", "--quiet", "--out", Folder["model"]]);
        string job = (await RunAsync(["jobs"], "--json")).Json.GetProperty("jobs")[0].GetProperty("id").GetString()!;
        using (CancellationTokenSource bound = new(TimeSpan.FromMinutes(1)))
        {
            // Clients hear of a job's end before it is cleared away.
            while (Stored().Any(path => !path.Contains(Path.Combine(job, "model"), StringComparison.Ordinal)))
            {
                bound.Token.ThrowIfCancellationRequested();
                await RunAsync(["jobs"]);
            }
        }

        Stored().ShouldNotBeEmpty();
        (await RunAsync(["cluster", "status"], "--json")).Json.GetProperty("storedBytes").GetInt64()
            .ShouldBe(Stored().Sum(path => new FileInfo(path).Length));

        CommandResult removed = await RunAsync(["remove", job]);
        CommandResult again = await RunAsync(["remove", job], "--json");

        removed.ExitCode.ShouldBe(0, removed.Error);
        removed.Output.Trim().ShouldBe($"job {job} is removed");
        Stored().ShouldBeEmpty();
        (await RunAsync(["jobs"], "--json")).Json.GetProperty("jobs").GetArrayLength().ShouldBe(0);
        (await RunAsync(["cluster", "status"], "--json")).Json.GetProperty("storedBytes").GetInt64().ShouldBe(0);
        again.Mistake.ShouldContain("there is no such job");
        Directory.Exists(Folder["model"]).ShouldBeTrue();

        string[] Stored() => Directory.Exists(Folder["store/jobs"]) ? Directory.GetFiles(Folder["store/jobs"], "*", SearchOption.AllDirectories) : [];
    }

    [Fact]
    public async Task A_model_is_not_joined_with_data_that_changed_since()
    {
        string data = Folder.Write("ratings.csv", ["user,item,rating", .. Enumerable.Range(0, 300).Select(index => $"{index % 20},{index / 20},{index % 5 + 1}")]);
        JsonElement submitted = (await RunAsync(["submit", "--data", data, "--model", "baseline", "--quiet", "--json", "--out", Folder["model"]])).Json;
        File.AppendAllText(data, "7,99,3\n");

        CommandResult result = await RunAsync(["watch", submitted.GetProperty("job").GetString()!, "--out", Folder["model"]]);

        result.Mistake.ShouldContain("expected the data that job");
        Directory.Exists(Folder["model"]).ShouldBeFalse();
    }

    [Fact]
    public async Task Stopping_a_submission_that_is_watched_cancels_the_job()
    {
        using CancellationTokenSource stop = new();
        using StopWriter error = new("epoch 1/", stop);

        CommandResult result = await CommandLine.RunAsync(
            host => WithSecret(host) with { Error = TextWriter.Synchronized(error), Stop = stop.Token },
            ["submit", "--ratings", "4000", "--users", "120", "--items", "60", "--model", "mf", "--epochs", "100000", "--patience", "0", "--watch", "--cluster", Cluster, "--out", Folder["model"]]);

        result.ExitCode.ShouldBe(130);
        error.ToString().ShouldContain("was cancelled: submit it again");
        (await RunAsync(["jobs"], "--json")).Json.GetProperty("jobs")[0].GetProperty("state").GetString().ShouldBe("cancelled");
        Directory.Exists(Folder["model"]).ShouldBeFalse();
    }

    [Fact]
    public async Task Status_shows_nodes_to_people_and_to_scripts()
    {
        JsonElement json = (await RunAsync(["cluster", "status"], "--json")).Json;
        CommandResult text = await RunAsync(["cluster", "status"]);

        json.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("role").GetString()).ShouldBe(["coordinator", "worker"]);
        json.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("state").GetString()).ShouldBe(["up", "up"]);
        json.GetProperty("jobs").GetArrayLength().ShouldBe(0);
        text.ExitCode.ShouldBe(0, text.Error);
        text.Output.ShouldContain(Cluster);
        text.Output.ShouldContain("none waits or runs");
    }

    [Fact]
    public async Task A_wrong_secret_is_a_mistake()
    {
        CommandResult wrong = await CommandLine.RunAsync(host => host with { Variable = name => name == "DISTREC_SECRET" ? "not the cluster's secret" : null }, "jobs", "--cluster", Cluster);
        CommandResult none = await CommandLine.RunAsync("submit", "--watch", "--cluster", Cluster, "--out", Folder["model"]);

        wrong.Mistake.ShouldContain("expected the cluster's secret, found what it refuses");
        none.Mistake.ShouldContain("expected the cluster's secret, found none; give the file that it is in with --secret-file");
    }

    private static string[] Small => ["--ratings", "4000", "--users", "120", "--items", "60", "--epochs", "4"];
}
