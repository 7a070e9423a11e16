using System.Text.Json;

namespace DistRec.Cli.Tests;

public sealed class ReproducibilityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("als")]
    [InlineData("baseline")]
    public async Task An_alternating_model_has_the_same_bits_for_any_number_of_partitions_and_threads(string model)
    {
        HashSet<string> hashes = [];
        foreach (int partitions in new[] { 1, 2, 7 })
        {
            foreach (int threads in new[] { 1, 2 })
            {
                string[] rank = model == "als" ? ["--rank", "6"] : [];
                JsonElement json = await CommandLine.JsonAsync(
                    ["train", "--model", model, "--ratings", "4000", "--users", "120", "--items", "60", "--epochs", "4", .. rank,
                    "--partitions", $"{partitions}", "--threads", $"{threads}", "--quiet", "--out", _folder["model"]]);
                hashes.Add(json.GetProperty("modelSha256").GetString()!);
            }
        }

        hashes.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Descent_repeats_exactly_for_the_same_partitions_on_any_number_of_threads()
    {
        JsonElement one = await CommandLine.TrainSmallAsync(_folder["one"], "--partitions", "3", "--threads", "1");
        JsonElement two = await CommandLine.TrainSmallAsync(_folder["two"], "--partitions", "3", "--threads", "2");

        two.GetProperty("modelSha256").GetString().ShouldBe(one.GetProperty("modelSha256").GetString());
    }

    [Theory]
    [InlineData("als")]
    [InlineData("mf")]
    public async Task A_job_that_was_stopped_and_resumed_ends_in_the_model_of_one_that_was_not(string model)
    {
        // A checkpoint after every epoch holds the job until the watcher has taken it, so the request to stop meets a job that still runs.
        string[] job = ["train", "--model", model, "--ratings", "4000", "--users", "120", "--items", "60", "--rank", "6", "--epochs", "8", "--patience", "0", "--checkpoint-every", "1", "--json"];
        CommandResult whole = await CommandLine.RunAsync([.. job, "--out", _folder["whole"]]);
        CommandResult stopped = await StopAfterAsync("epoch 3/8", [.. job, "--out", _folder["stopped"]]);

        stopped.ExitCode.ShouldBe(130, stopped.Error);
        stopped.Error.ShouldContain("--resume");
        stopped.Json.GetProperty("state").GetString().ShouldBe("cancelled");
        File.Exists(stopped.Json.GetProperty("checkpointPath").GetString()).ShouldBeTrue();
        stopped.Json.GetProperty("modelPath").ValueKind.ShouldBe(JsonValueKind.Null);
        Directory.Exists(_folder["stopped"]).ShouldBeFalse();

        JsonElement checkpoint = await CommandLine.JsonAsync("inspect", _folder["stopped"] + ".work");
        checkpoint.GetProperty("path").GetString().ShouldBe(stopped.Json.GetProperty("checkpointPath").GetString());
        checkpoint.GetProperty("metadata").GetProperty("resume").GetProperty("epoch").GetInt32().ShouldBe(stopped.Json.GetProperty("epochs").GetInt32());

        CommandResult resumed = await CommandLine.RunAsync([.. job, "--out", _folder["stopped"], "--resume"]);
        resumed.ExitCode.ShouldBe(0, resumed.Error);
        resumed.Error.ShouldNotContain("epoch 1/8");
        resumed.Json.GetProperty("epochs").GetInt32().ShouldBe(8);
        Figures(resumed).ShouldBe(Figures(whole), "the curve is that of the whole job");
        resumed.Json.GetProperty("modelSha256").GetString().ShouldBe(whole.Json.GetProperty("modelSha256").GetString());
    }

    private static (int Epoch, double Validation)[] Figures(CommandResult result) =>
    [
        .. result.Json.GetProperty("curve").EnumerateArray()
            .Select(point => (point.GetProperty("epoch").GetInt32(), point.GetProperty("validationRmse").GetDouble())),
    ];

    [Fact]
    public async Task Resuming_with_another_split_is_refused()
    {
        string[] job = ["train", "--model", "als", "--ratings", "4000", "--users", "120", "--items", "60", "--rank", "6", "--epochs", "8", "--checkpoint-every", "1", "--out", _folder["model"]];
        CommandResult stopped = await StopAfterAsync("epoch 2/8", job);
        stopped.ExitCode.ShouldBe(130, stopped.Error);

        CommandResult resumed = await CommandLine.RunAsync([.. job, "--resume", "--test-ratio", "0.3"]);

        resumed.Mistake.ShouldContain("leave out --resume");
    }

    [Fact]
    public async Task Resuming_with_other_feedback_is_refused()
    {
        string[] job = ["train", "--model", "svd++", "--ratings", "4000", "--users", "120", "--items", "60", "--rank", "6", "--epochs", "8", "--patience", "0", "--checkpoint-every", "1", "--out", _folder["model"]];
        CommandResult stopped = await StopAfterAsync("epoch 2/8", [.. job, "--implicit-file", _folder.Write("pairs.csv", "1,2")]);
        stopped.ExitCode.ShouldBe(130, stopped.Error);

        CommandResult other = await CommandLine.RunAsync([.. job, "--resume", "--implicit-file", _folder.Write("others.csv", "1,2", "2,3")]);
        CommandResult none = await CommandLine.RunAsync([.. job, "--resume"]);
        CommandResult same = await CommandLine.RunAsync([.. job, "--resume", "--implicit-file", _folder.Write("renamed.csv", "user,item", "1,2")]);

        other.Mistake.ShouldContain("leave out --resume");
        none.ExitCode.ShouldBe(2);
        same.ExitCode.ShouldBe(0, same.Error);
    }

    [Fact]
    public async Task Resuming_without_a_checkpoint_is_refused()
    {
        CommandResult result = await CommandLine.RunAsync("train", "--ratings", "4000", "--users", "120", "--items", "60", "--out", _folder["model"], "--resume", "--quiet");

        result.Mistake.ShouldContain("leave out --resume");
    }

    // Asks the command to stop as soon as it writes a certain text, as a person at the keyboard would.
    private static async Task<CommandResult> StopAfterAsync(string text, string[] arguments)
    {
        using var stop = new CancellationTokenSource();
        var error = new WatchedWriter(text, stop.Cancel);
        CommandResult result = await CommandLine.RunAsync(host => host with { Error = error, Stop = stop.Token }, arguments);
        return result with { Error = error.ToString() };
    }

    private sealed class WatchedWriter(string text, Action action) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.StartsWith(text, StringComparison.Ordinal) == true)
            {
                action();
            }
        }

        public override Task WriteLineAsync(string? value)
        {
            WriteLine(value);
            return Task.CompletedTask;
        }
    }
}
