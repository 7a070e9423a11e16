using System.Diagnostics;
using System.Text.Json;

namespace DistRec.Cli.Tests;

/// <summary><c>tune</c>: settings tried on ratings kept aside, the best ones tested once.</summary>
public sealed class TuneTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static readonly string[] Small = ["--ratings", "4000", "--users", "120", "--items", "60", "--model", "als"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_best_settings_of_a_grid_are_tested_as_training_with_them_does()
    {
        JsonElement result = await TuneAsync("--tune", "rank=2,4", "--tune", "regularization=1,8,200");

        JsonElement[] trials = [.. result.GetProperty("trials").EnumerateArray()];
        trials.Select(SettingsOf).Order().ShouldBe(["2 1", "2 200", "2 8", "4 1", "4 200", "4 8"]);
        double[] errors = [.. trials.Select(trial => Figure(trial, "rmse"))];
        errors.ShouldBe([.. errors.Order()], "the best one is first");
        errors.Distinct().Count().ShouldBeGreaterThan(3);
        result.GetProperty("judgedBy").GetString().ShouldBe("rmse");
        JsonElement best = result.GetProperty("final");
        SettingsOf(best).ShouldBe(SettingsOf(trials[0]));

        string[] command = result.GetProperty("command").GetString()!.Split(' ');
        JsonElement trained = await CommandLine.JsonAsync([.. command.Skip(1), "--quiet", "--out", _folder["model"]]);
        Figure(best, "rmse").ShouldBe(trained.GetProperty("testRmse").GetDouble());
    }

    [Fact]
    public async Task Test_ratings_have_no_say_in_what_is_chosen()
    {
        // The same training ratings, and test ratings of two kinds.
        string train = Write("train.csv", isTest: false, Rating);
        string test = Write("test.csv", isTest: true, Rating);
        string other = Write("other.csv", isTest: true, index => 1 + (index % 2 * 4));
        string[] model = ["--model", "als", "--epochs", "4", "--tune", "rank=1,2", "--tune", "regularization=0.5,30", "--quiet"];

        JsonElement one = await CommandLine.JsonAsync(["tune", "--train", train, "--test", test, .. model, "--out", _folder["one"]]);
        JsonElement two = await CommandLine.JsonAsync(["tune", "--train", train, "--test", other, .. model, "--out", _folder["two"]]);

        Trials(two).ShouldBe(Trials(one));
        Figure(two.GetProperty("final"), "rmse").ShouldNotBe(Figure(one.GetProperty("final"), "rmse"));

        static string[] Trials(JsonElement result) => [.. result.GetProperty("trials").EnumerateArray().Select(trial => $"{SettingsOf(trial)} {Figure(trial, "rmse"):R}")];
        string Write(string name, bool isTest, Func<int, int> rating) => _folder.Write(
            name, [.. Enumerable.Range(0, 1500).Where(index => index % 6 == 0 == isTest).Select(index => $"u{index % 50},i{index / 50},{rating(index)}")]);
        static int Rating(int index) => 1 + ((index % 50 * 3) + (index / 50 * 7) + (index * index % 3)) % 5;
    }

    [Fact]
    public async Task Trials_at_random_go_on_where_fewer_of_them_ended()
    {
        string[] space = ["--tune", "rank=2..8", "--tune", "regularization=0.5..50"];
        JsonElement three = await TuneAsync([.. space, "--trials", "3"]);
        JsonElement five = await TuneAsync([.. space, "--trials", "5", "--threads", "1", "--partitions", "3"]);

        three.GetProperty("doneBefore").GetInt32().ShouldBe(0);
        five.GetProperty("doneBefore").GetInt32().ShouldBe(3, "nor do threads and partitions make a trial another one");
        five.GetProperty("trials").GetArrayLength().ShouldBe(5);
        File.ReadAllLines(_folder["trials/trials.jsonl"]).Length.ShouldBeInRange(6, 7, "five trials, and the best one of each search fitted to all ratings");
        JsonElement seeded = await TuneAsync([.. space, "--trials", "3", "--seed", "7"]);
        seeded.GetProperty("doneBefore").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task What_partitions_change_is_another_trial()
    {
        string[] search = [.. Small.Select(text => text == "als" ? "mf" : text), "--epochs", "4", "--tune", "rank=2,3", "--quiet", "--out", _folder["trials"]];
        JsonElement one = await CommandLine.JsonAsync(["tune", .. search, "--partitions", "1"]);
        JsonElement three = await CommandLine.JsonAsync(["tune", .. search, "--partitions", "3"]);
        JsonElement again = await CommandLine.JsonAsync(["tune", .. search, "--partitions", "3", "--threads", "1"]);

        three.GetProperty("doneBefore").GetInt32().ShouldBe(0);
        Figure(three.GetProperty("trials")[0], "rmse").ShouldNotBe(Figure(one.GetProperty("trials")[0], "rmse"));
        again.GetProperty("doneBefore").GetInt32().ShouldBe(2, "threads change nothing");
    }

    [Fact]
    public async Task Halved_trials_begin_with_few_epochs_and_the_best_of_those_that_went_on_is_taken()
    {
        string[] search = ["--tune", "rank=1,2,3,4,5,6,7,8,9", "--epochs", "9", "--patience", "0", "--halving"];
        JsonElement result = await TuneAsync(search);

        JsonElement[] trials = [.. result.GetProperty("trials").EnumerateArray()];
        trials.Select(trial => trial.GetProperty("epochs").GetInt32()).ShouldBe([9, 3, 3, 1, 1, 1, 1, 1, 1]);
        SettingsOf(result.GetProperty("final")).ShouldBe(SettingsOf(trials[0]));
        result.GetProperty("final").GetProperty("epochs").GetInt32().ShouldBe(9);
        double[] last = [.. trials.Skip(3).Select(trial => Figure(trial, "rmse"))];
        last.ShouldBe([.. last.Order()]);
        string[] went = [.. File.ReadAllLines(_folder["trials/trials.jsonl"]).Take(9).Select(line => JsonDocument.Parse(line).RootElement)
            .OrderBy(trial => Figure(trial, "rmse")).Take(3).Select(SettingsOf).Order()];
        trials.Take(3).Select(SettingsOf).Order().ToArray().ShouldBeEquivalentTo(went, "the best third of the first round");
        (await TuneAsync(search)).GetProperty("doneBefore").GetInt32().ShouldBe(13);
    }

    [Fact]
    public async Task Another_split_or_setting_is_another_trial()
    {
        await TuneAsync("--tune", "rank=2");

        (await TuneAsync("--tune", "rank=2")).GetProperty("doneBefore").GetInt32().ShouldBe(1);
        (await TuneAsync("--tune", "rank=2", "--test-ratio", "0.3")).GetProperty("doneBefore").GetInt32().ShouldBe(0);
        (await TuneAsync("--tune", "rank=2", "--bias-regularization", "3")).GetProperty("doneBefore").GetInt32().ShouldBe(0);
        (await TuneAsync("--tune", "rank=2", "--validation-ratio", "0.2")).GetProperty("doneBefore").GetInt32().ShouldBe(0);

        // Once trials were known without how rankings are judged: figures at other cut-offs were not there.
        (await TuneAsync("--tune", "rank=2", "--k", "5")).GetProperty("doneBefore").GetInt32().ShouldBe(0);
        JsonElement other = await TuneAsync("--tune", "rank=2", "--k", "7");
        other.GetProperty("doneBefore").GetInt32().ShouldBe(0);
        other.GetProperty("judgedBy").GetString().ShouldBe("ndcg@7");
        (await TuneAsync("--tune", "rank=2", "--k", "7", "--threads", "2")).GetProperty("doneBefore").GetInt32().ShouldBe(1);
    }

    [SkippableFact]
    public async Task What_a_killed_search_has_done_is_not_repeated()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "processes are killed by a signal");
        string[] search = ["tune", .. Small, "--epochs", "4", "--tune", "rank=2,4,6,8,10,12", "--out", _folder["trials"]];
        using Process process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "distrec"), search) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        using CancellationTokenSource patience = new(Patience);
        try
        {
            while (await process.StandardError.ReadLineAsync(patience.Token) is { } line && !line.Contains("trial 3/6: training", StringComparison.Ordinal))
            {
                // Two trials are done.
            }
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(patience.Token);
        }

        int done = File.ReadAllText(_folder["trials/trials.jsonl"]).Count(letter => letter == '\n');
        JsonElement result = await CommandLine.JsonAsync([.. search, "--quiet"]);

        done.ShouldBeInRange(2, 6);
        result.GetProperty("doneBefore").GetInt32().ShouldBe(done);
        string[] lines = File.ReadAllLines(_folder["trials/trials.jsonl"]);
        lines.Length.ShouldBe(7, "six trials and the best one fitted to all ratings");
        lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("key").GetString()).Distinct().Count().ShouldBe(7);
    }

    [Theory]
    [InlineData("als")]
    [InlineData("mf")]
    public async Task Side_by_side_trials_come_to_the_same(string model)
    {
        string[] search = ["tune", .. Small.Select(text => text == "als" ? model : text), "--tune", "rank=2..8", "--trials", "7", "--epochs", "6", "--partitions", "3", "--halving", "--json"];
        JsonElement one = await CommandLine.JsonAsync([.. search[..^1], "--quiet", "--out", _folder["one"]]);
        CommandResult three = await CommandLine.RunAsync([.. search, "--parallel", "3", "--threads", "4", "--out", _folder["three"]]);

        three.ExitCode.ShouldBe(0, three.Error);
        Trials(three.Json).ShouldBe(Trials(one));
        Figure(three.Json.GetProperty("final"), "rmse").ShouldBe(Figure(one.GetProperty("final"), "rmse"));
        three.Error.ShouldContain("round 1/3, trials");
        three.Error.ShouldContain("round 1/3, trial 7/7: rank ");

        static string[] Trials(JsonElement result) => [.. result.GetProperty("trials").EnumerateArray().Select(trial => $"{SettingsOf(trial)} {trial.GetProperty("epochs")} {Figure(trial, "rmse"):R}")];
    }

    [Fact]
    public async Task Trials_that_come_to_the_same_settings_are_one_training()
    {
        JsonElement result = await TuneAsync("--tune", "regularization=2,2.0,2.00", "--parallel", "3");

        JsonElement[] trials = [.. result.GetProperty("trials").EnumerateArray()];
        trials.Select(SettingsOf).Order().ShouldBe(["2", "2.0", "2.00"]);
        trials.Select(trial => Figure(trial, "rmse")).Distinct().ShouldHaveSingleItem();
        File.ReadAllLines(_folder["trials/trials.jsonl"]).Length.ShouldBe(2, "and the one fitted to all ratings");
        result.GetProperty("doneBefore").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task The_pictures_of_a_search_are_beside_its_trials()
    {
        JsonElement result = await TuneAsync("--tune", "rank=2,4", "--tune", "regularization=1,8");

        string page = File.ReadAllText(result.GetProperty("report").GetString()!);
        Path.GetDirectoryName(result.GetProperty("report").GetString()).ShouldBe(Path.GetFullPath(_folder["trials"]));
        page.ShouldContain("RMSE by rank");
        page.ShouldContain("RMSE by regularization");
        page.ShouldContain("Best RMSE so far by trial");
    }

    [Fact]
    public async Task A_model_of_interactions_is_judged_by_its_rankings()
    {
        JsonElement result = await CommandLine.JsonAsync(
            ["tune", .. Small.Select(text => text == "als" ? "als-implicit" : text), "--epochs", "4", "--tune", "rank=2,6", "--quiet", "--out", _folder["trials"]]);

        result.GetProperty("judgedBy").GetString().ShouldBe("ndcg@10");
        double[] gains = [.. result.GetProperty("trials").EnumerateArray().Select(trial => Figure(trial, "ndcg@10"))];
        gains[0].ShouldBeGreaterThan(gains[1]);
        Figure(result.GetProperty("final"), "recall@10").ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Stopped_it_tells_the_trials_that_are_done_and_goes_on()
    {
        using CancellationTokenSource stop = new();
        string[] search = ["tune", .. Small, "--epochs", "4", "--tune", "rank=2,4,6", "--out", _folder["trials"]];
        CommandResult stopped = await CommandLine.RunAsync(
            host => host with { Error = new StopWriter("trial 2/3: training", stop), Stop = stop.Token }, [.. search, "--json"]);

        stopped.ExitCode.ShouldBe(130);
        stopped.Json.GetProperty("state").GetString().ShouldBe("stopped");
        stopped.Json.GetProperty("trials").GetArrayLength().ShouldBe(1);
        stopped.Json.GetProperty("final").ValueKind.ShouldBe(JsonValueKind.Null);
        CommandResult finished = await CommandLine.RunAsync(search);
        finished.ExitCode.ShouldBe(0, finished.Error);
        finished.Output.ShouldContain("train with");
        finished.Output.ShouldContain("3 of 3, judged by RMSE on ratings kept aside");
    }

    [Theory]
    [InlineData("", "--tune: expected settings to try, found nothing; write --tune rank=16,32,64")]
    [InlineData("--tune rank", "--tune: expected NAME=VALUES, found \"rank\"; write --tune rank=16,32,64 --tune regularization=0.01..1")]
    [InlineData("--tune rank=", "--tune: expected NAME=VALUES, found \"rank=\"; write --tune rank=16,32,64 --tune regularization=0.01..1")]
    [InlineData("--tune rnk=2", "--tune rnk: expected a setting of als that can be tried, found another one; did you mean rank?")]
    [InlineData("--tune rank=2 --tune rank=4", "--tune rank: expected each setting once, found it twice; write all of its values after one name")]
    [InlineData("--tune rank=4 --rank 3", "--rank: expected nothing, since --tune tries values of it, found \"3\"; leave it out")]
    [InlineData("--tune rank=0..4", "--tune rank: expected LOW..HIGH, whole numbers above 0, alone or a list, found \"0..4\"; write rank=8..64, or list values where 0 is one")]
    [InlineData("--tune regularization=2..1", "--tune regularization: expected LOW..HIGH above 0, alone, or a list, found \"2..1\"; write regularization=0.01..1, or list values where 0 is one")]
    [InlineData("--tune rank=4,0", "--tune rank: expected 1 to 1024, found 0; 64 is a good start")]
    [InlineData("--tune rank=4 --validation-ratio 0", "--validation-ratio: expected a share above 0 to judge trials by, found \"0\"; leave it out")]
    [InlineData("--tune epochs=2,4 --halving", "--halving: expected settings other than epochs to try, found --tune epochs; leave one of them out: it is epochs that halving saves")]
    [InlineData("--tune rank=4 --parallel 0", "--parallel: expected a whole number from 1 to 1000, found \"0\"; leave it out")]
    [InlineData("--tune rank=4 --reconnect-seconds 5", "--reconnect-seconds: expected nothing without --cluster, found \"5\"; give the cluster's address, or leave it out")]
    [InlineData("--tune rank=4 --cluster http://127.0.0.1:1 --threads 2", "--threads: expected nothing, since the job trains on a cluster, found \"2\"; leave it out: each node has as many as it was started with")]
    [InlineData("--tune rank=4 --cluster nowhere", "--cluster: expected the address of a cluster, found \"nowhere\"; give the address of a coordinator, such as http://10.0.0.1:7400")]
    [InlineData("--tune rank=4 --trials 0", "--trials: expected a whole number from 1 to 10000, found \"0\"; 20 is a start")]
    public async Task What_has_no_sense_is_refused(string arguments, string mistake)
    {
        CommandResult result = await CommandLine.RunAsync(["tune", "--model", "als", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--out", _folder["trials"]]);

        result.Mistake.ShouldBe(mistake);
        Directory.Exists(_folder["trials"]).ShouldBeFalse();
    }

    [Fact]
    public async Task The_folder_of_a_model_is_no_folder_of_trials()
    {
        await CommandLine.TrainSmallAsync(_folder["model"]);

        CommandResult result = await CommandLine.RunAsync(["tune", .. Small, "--tune", "rank=2", "--out", _folder["model"]]);

        result.Mistake.ShouldStartWith("--out: expected a folder of trials, or a path where nothing is, found a model at ");
    }

    private static string SettingsOf(JsonElement trial) => string.Join(' ', trial.GetProperty("settings").EnumerateObject().Select(setting => setting.Value.GetString()));

    private static double Figure(JsonElement trial, string name) => trial.GetProperty("figures").GetProperty(name).GetDouble();

    private Task<JsonElement> TuneAsync(params string[] search)
    {
        string[] epochs = search.Contains("--epochs") ? [] : ["--epochs", "4"];
        return CommandLine.JsonAsync(["tune", .. Small, .. search, .. epochs, "--quiet", "--out", _folder["trials"]]);
    }
}
