using System.Text.Json;

namespace DistRec.Cli.Tests;

public sealed class JobFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_job_file_sets_options_and_the_command_line_overrides_them()
    {
        string job = _folder.Write(
            "job.yaml", "# a small job", "model: als", "rank: 4", "ratings: 4000", "users: 120", "items: 60", "epochs: 9", "regularization-exponent: 1", "no-biases: true", $"out: {_folder["model"]}", "");

        JsonElement json = await CommandLine.JsonAsync("train", "--job", job, "--epochs", "2", "--quiet");

        json.GetProperty("model").GetString().ShouldBe("als");
        json.GetProperty("rank").GetInt32().ShouldBe(4);
        json.GetProperty("epochs").GetInt32().ShouldBe(2);
        json.GetProperty("settings").GetProperty("regularizationExponent").GetDouble().ShouldBe(1);
        json.GetProperty("settings").GetProperty("biases").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Mistakes_in_a_job_file_are_named_by_file_and_line_together_with_those_of_the_command_line()
    {
        string job = _folder.Write("job.yaml", "model: als", "", "rnak: 8", "rank: -1", "epochs:", "seed: 1", "seed: 2", "learning-rate: 0.1", "regularization: {nested: 1}", "json: true");

        CommandResult result = await CommandLine.RunAsync("train", "--job", job, "--patience", "-2", "--out", _folder["model"]);

        result.ExitCode.ShouldBe(2);
        string text = string.Join('\n', result.Mistakes);
        text.ShouldContain("job.yaml:3: rnak: expected an option of train, found an unknown one; did you mean rank?");
        text.ShouldContain("job.yaml:4: rank: expected 1 to 1024, found -1");
        text.ShouldContain("job.yaml:5: epochs: expected a value, found nothing");
        text.ShouldContain("job.yaml:7: seed: expected each option once, found it also in job.yaml:6: seed");
        text.ShouldContain("job.yaml:8: learning-rate: expected an option of als, found one of mf");
        text.ShouldContain("job.yaml:9: regularization: expected a value, found something nested");
        text.ShouldContain("job.yaml:10: json: expected an option of train, found an unknown one");
        text.ShouldContain("--patience: expected at least 0, found -2");
        result.Mistakes.Length.ShouldBe(8);
    }

    [Fact]
    public async Task A_list_of_columns_is_the_same_as_its_names_with_commas()
    {
        string data = _folder.Write("odd.txt", [.. Enumerable.Range(0, 60).Select(index => $"{index % 5 + 1};x;item{index / 10};user{index % 10}")]);
        string job = _folder.Write("job.yaml", $"data: {data}", "columns: [rating, '-', item, user]", "epochs: 1", "rank: 2", $"out: {_folder["model"]}");

        JsonElement json = await CommandLine.JsonAsync("train", "--job", job, "--quiet");

        json.GetProperty("users").GetInt32().ShouldBe(10);
        json.GetProperty("items").GetInt32().ShouldBe(6);
    }

    [Theory]
    [InlineData("- model: als", "job.yaml:1: expected one \"option: value\" a line")]
    [InlineData("model: [als", "job.yaml:")]
    [InlineData("model: \"als", "job.yaml:")]
    public async Task A_file_that_is_no_mapping_is_refused(string content, string expected)
    {
        string job = _folder.Write("job.yaml", content);

        (await CommandLine.RunAsync("train", "--job", job, "--out", _folder["model"])).Mistake.ShouldStartWith(expected);
    }

    [Fact]
    public async Task A_job_file_that_is_missing_is_named()
    {
        CommandResult result = await CommandLine.RunAsync("train", "--job", _folder["missing.yaml"], "--out", _folder["model"]);

        result.Mistake.ShouldContain("missing.yaml");
    }
}
