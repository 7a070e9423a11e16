using System.Text;
using System.Text.Json;
using DistRec.Data.Tests;

namespace DistRec.Cli.Tests;

public sealed class BanditTests : IDisposable
{
    private const string Header = "item_id,position,click,propensity_score";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public async Task The_Open_Bandit_sample_is_judged_as_a_plain_program_judges_it()
    {
        JsonElement json = await CommandLine.JsonAsync(
            "bandit", "evaluate", Path.Combine(RealData.Path("open-bandit"), "bts", "men"), "--reward-model", "arm", "--smoothing", "0",
            "--folds", "1", "--threshold", "5", "--shrinkage", "10", "--draws", "100");

        Dictionary<string, double> values = ValuesOf(json);
        foreach ((string name, double value) in new[]
        {
            ("dm", 0.003619024), ("ipw", 0.003008626), ("snipw", 0.003189423), ("dr", 0.002922733), ("sndr", 0.002880891),
            ("switchDr", 0.004058628), ("drOs", 0.003525083),
        })
        {
            values[name].ShouldBe(value, 1e-9, name);
        }

        json.GetProperty("rows").GetInt32().ShouldBe(10_000);
        json.GetProperty("arms").GetInt32().ShouldBe(34);
        json.GetProperty("contexts").GetInt32().ShouldBe(3);
        json.GetProperty("effectiveSampleSize").GetDouble().ShouldBe(656, 0.5);
        json.GetProperty("ofLog").GetProperty("value").GetDouble().ShouldBe(0.0069, 1e-12);
        json.GetProperty("replay").ValueKind.ShouldBe(JsonValueKind.Null);
        json.GetProperty("warnings")[0].GetString()!.ShouldContain("effective rows have a reward, fewer than 10");
    }

    [SkippableFact]
    public async Task The_policy_of_another_log_and_one_that_learns_are_judged_by_the_uniform_log()
    {
        string data = RealData.Path("open-bandit");
        string uniform = Path.Combine(data, "random", "men", "men.csv");

        JsonElement empirical = await CommandLine.JsonAsync(
            "bandit", "evaluate", uniform, "--policy", "empirical", "--policy-log", Path.Combine(data, "bts", "men"), "--draws", "0");
        JsonElement thompson = await CommandLine.JsonAsync("bandit", "evaluate", uniform, "--policy", "thompson");

        ValuesOf(empirical)["ipw"].ShouldBe(0.005656267, 1e-9);
        ValuesOf(empirical)["snipw"].ShouldBe(0.005739865, 1e-9);
        empirical.GetProperty("replay").GetProperty("matched").GetInt32().ShouldBeInRange(230, 360);
        thompson.GetProperty("estimates").GetArrayLength().ShouldBe(0);
        thompson.GetProperty("replay").GetProperty("matched").GetInt32().ShouldBeInRange(230, 360);
    }

    [Fact]
    public async Task Figures_warnings_and_what_was_chosen_are_printed()
    {
        CommandResult result = await CommandLine.RunAsync(
            "bandit", "evaluate", WriteLog("log.csv", 400), "--policy", "greedy", "--draws", "50", "--seed", "3");

        result.ExitCode.ShouldBe(0, result.Error);
        foreach (string name in new[]
        {
            "DM", "IPW", "SNIPW", "DR", "SNDR", "Switch-DR", "DRos", "replay", "the log's own policy", "effective sample size", "bootstrap",
        })
        {
            result.Output.ShouldContain(name);
        }

        result.Error.ShouldContain("note: the policy is learned 5 times");
        result.Error.ShouldContain("note: no item_context.csv beside log.csv");
        result.Error.ShouldContain("warning: standard errors of DM");
        result.Output.ShouldNotContain("NaN");
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_figures_for_any_number_of_threads()
    {
        string log = WriteLog("log.csv", 300);

        CommandResult one = await CommandLine.RunAsync("bandit", "evaluate", log, "--threads", "1", "--json");
        CommandResult many = await CommandLine.RunAsync("bandit", "evaluate", log, "--threads", "4", "--json");
        CommandResult other = await CommandLine.RunAsync("bandit", "evaluate", log, "--seed", "1", "--json");

        many.Output.ShouldBe(one.Output);
        other.Output.ShouldNotBe(one.Output);
    }

    [Fact]
    public async Task A_policy_that_chooses_what_the_log_never_shows_is_warned_of()
    {
        string log = WriteLog("men.csv", 200);
        File.WriteAllText(_folder["item_context.csv"], "item_id\n0\n1\n2\n3\n");

        JsonElement json = await CommandLine.JsonAsync("bandit", "evaluate", log, "--draws", "0");

        string[] warnings = [.. json.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!)];
        warnings.ShouldContain(warning => warning.StartsWith(
            "25% of the policy's choices are arms that the log never shows", StringComparison.Ordinal));
        warnings.ShouldContain(warning => warning.StartsWith("weights have a mean of", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Events_of_an_experiment_are_a_log()
    {
        string path = _folder.Write(
            "events.csv",
            "kind,user,item,answer,experiment,arm,propensity\n"
            + string.Concat(Enumerable.Range(0, 60).Select(row => $"impression,u{row},i,A{row},test,{(row % 2 == 0 ? "old" : "new")},0.5\n"))
            + string.Concat(Enumerable.Range(0, 60).Where(row => row % 10 is 1 or 3).Select(row => $"click,u{row},i,A{row},test,new,0.5\n")));

        JsonElement json = await CommandLine.JsonAsync("bandit", "evaluate", path, "--policy", "arm", "--arm", "new", "--goal", "click");

        ValuesOf(json)["snipw"].ShouldBe(12.0 / 30, 1e-12);
        json.GetProperty("replay").GetProperty("value").GetDouble().ShouldBe(12.0 / 30, 1e-12);
        json.GetProperty("ofLog").GetProperty("value").GetDouble().ShouldBe(12.0 / 60, 1e-12);
    }

    [Fact]
    public async Task Without_a_model_of_rewards_there_are_the_estimates_that_need_none()
    {
        JsonElement json = await CommandLine.JsonAsync(
            "bandit", "evaluate", WriteLog("log.csv", 100), "--reward-model", "none", "--largest-weight", "1.5");

        ValuesOf(json).Keys.ShouldBe(["ipw", "snipw"]);
        json.GetProperty("threshold").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("", "--log: expected a log to judge by, found nothing")]
    [InlineData("LOG --policy magic", "--policy: expected one of uniform, empirical, arm, greedy, softmax, thompson, epsilon-greedy, ucb, found \"magic\"")]
    [InlineData("LOG --policy empirical", "--policy-log: expected the log of the policy to judge, found nothing")]
    [InlineData("LOG --policy-log LOG", "--policy-log: expected no other log")]
    [InlineData("LOG --policy arm", "--arm: expected the arm that the policy chooses, found nothing")]
    [InlineData("LOG --policy arm --arm 9", "arm: expected one of the 3 arms")]
    [InlineData("LOG --arm 1", "--arm: expected --policy arm beside it, found \"1\"")]
    [InlineData("LOG --exploration 0.1", "--exploration: expected --policy greedy or epsilon-greedy beside it")]
    [InlineData("LOG --policy softmax", "--temperature: expected a number above 0, found nothing")]
    [InlineData("LOG --policy softmax --temperature 0", "--temperature: expected a number above 0, found \"0\"")]
    [InlineData("LOG --temperature 1", "--temperature: expected --policy softmax beside it")]
    [InlineData("LOG --policy ucb --draws 10", "--draws: expected nothing, for a policy that learns is judged by replay alone, found \"10\"")]
    [InlineData("LOG --reward-model none --threshold 3", "--threshold: expected a model of rewards, found \"3\"")]
    [InlineData("LOG --largest-weight 0", "--largest-weight: expected a number above 0, found \"0\"")]
    [InlineData("LOG --confidence 0", "--confidence: expected a number above 0 and below 1, found \"0\"")]
    [InlineData("LOG --draws 1", "--draws: expected at least 2, or 0 for none, found \"1\"")]
    [InlineData("LOG --folds 0", "--folds: expected a whole number from 1 to 1000, found \"0\"")]
    [InlineData("LOG --shrinkage -1", "--shrinkage: expected a number from 0 to")]
    [InlineData("LOG --context age", "log.csv:1: expected a column named age, found item_id, position, click, propensity_score")]
    [InlineData("LOG --experiment x", "log.csv: expected events, of which an experiment is looked at")]
    [InlineData("missing.csv", "expected a file, found none")]
    public async Task A_mistake_is_named(string arguments, string expected)
    {
        string log = WriteLog("log.csv", 60);

        IEnumerable<string> words = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word == "LOG" ? log : word);
        CommandResult result = await CommandLine.RunAsync(["bandit", "evaluate", .. words]);

        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
        result.Mistakes.ShouldContain(line => line.Contains(expected), result.Error);
    }

    [Fact]
    public async Task A_policy_that_learns_takes_the_log_of_a_uniform_one()
    {
        string log = _folder.Write("weighted.csv", $"{Header}\n0,1,0,0.25\n1,1,1,0.75\n");

        CommandResult result = await CommandLine.RunAsync("bandit", "evaluate", log, "--policy", "thompson");

        result.Mistake.ShouldContain("expected a log whose 2 arms were chosen uniformly, found propensities from 0.25 to 0.75");
    }

    [Fact]
    public async Task Simulated_policies_have_their_regret_in_a_table_and_on_a_page()
    {
        string page = _folder["regret.html"];

        CommandResult result = await CommandLine.RunAsync("bandit", "simulate", "--rounds", "300", "--runs", "3", "--out", page);

        result.ExitCode.ShouldBe(0, result.Error);
        foreach (string name in new[] { "thompson", "epsilon-greedy", "ucb", "uniform" })
        {
            result.Output.ShouldContain(name);
            File.ReadAllText(page).ShouldContain($"{name}, round 300: ");
        }
    }

    [Fact]
    public async Task The_usual_simulation_has_Thompson_sampling_lose_at_most_thirty()
    {
        JsonElement json = await CommandLine.JsonAsync("bandit", "simulate", "--policies", "thompson,uniform");

        JsonElement[] policies = [.. json.GetProperty("policies").EnumerateArray()];
        policies[0].GetProperty("final").GetProperty("mean").GetDouble().ShouldBeLessThanOrEqualTo(30);
        policies[1].GetProperty("final").GetProperty("mean").GetDouble().ShouldBe(800.0 / 3, 3);
        policies[0].GetProperty("final").GetProperty("count").GetInt32().ShouldBe(20);
        Directory.EnumerateFileSystemEntries(_folder.Path).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--rates 0.1,1.5", "--rates: expected rates from 0 to 1, found \"1.5\"; write them as 0.03,0.05,0.08")]
    [InlineData("--rates ,", "--rates: expected at least one rate, found none")]
    [InlineData("--policies thomson", "--policies: expected some of thompson, epsilon-greedy, ucb, uniform, found \"thomson\"; did you mean thompson?")]
    [InlineData("--policies ucb,ucb", "--policies: expected policies, each once")]
    [InlineData("--policies ucb --exploration 0.2", "--exploration: expected epsilon-greedy among the policies")]
    [InlineData("--rounds 0", "--rounds: expected a whole number from 1 to 10000000, found \"0\"")]
    public async Task A_simulation_that_cannot_be_is_refused(string options, string expected)
    {
        CommandResult result = await CommandLine.RunAsync(["bandit", "simulate", .. options.Split(' '), "--out", _folder["page.html"]]);

        result.ExitCode.ShouldBe(2);
        result.Mistakes.ShouldContain(line => line.StartsWith(expected, StringComparison.Ordinal), result.Error);
        Directory.EnumerateFileSystemEntries(_folder.Path).ShouldBeEmpty();
    }

    private static Dictionary<string, double> ValuesOf(JsonElement json) => json.GetProperty("estimates").EnumerateArray()
        .ToDictionary(estimate => estimate.GetProperty("estimator").GetString()!, estimate => estimate.GetProperty("value").GetDouble());

    // Three items in two positions, as often each; item 2 is clicked half of the time and the others a fifth.
    private string WriteLog(string name, int rows)
    {
        StringBuilder text = new($"{Header}\n");
        for (int row = 0; row < rows; row++)
        {
            int item = row % 3, turn = row / 3;
            text.Append($"{item},{1 + (turn % 2)},{((item == 2 ? turn % 2 : turn % 5) == 0 ? 1 : 0)},0.3333333333\n");
        }

        return _folder.Write(name, text.ToString());
    }
}
