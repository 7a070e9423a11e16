using System.Text;

namespace DistRec.Cli.Tests;

public sealed class MistakeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task All_mistakes_are_reported_together_each_with_place_expectation_finding_and_advice()
    {
        CommandResult result = await CommandLine.RunAsync(
            "train", "--model", "als", "--learning-rate", "0.1", "--rank", "-3", "--regularization", "NaN", "--test-ratio", "1.5", "--data", _folder["missing.csv"],
            "--split", "randm", "--bogus", "7", "--out", _folder["model"]);

        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
        string text = string.Join('\n', result.Mistakes);
        text.ShouldContain("--bogus: expected an option of train, found an unknown one; see distrec train --help");
        text.ShouldContain("--learning-rate: expected an option of als, found one of mf, svd++, asvd, nsvd, integrated, neumf-mf, mlp, fm, bpr and poly-svm; leave it out, or train --model mf");
        text.ShouldContain("--rank: expected 1 to 1024, found -3; 64 is a good start");
        text.ShouldContain("--regularization: expected a finite number of at least 0, found NaN; leave it out for the default");
        text.ShouldContain("--test-ratio: expected a share from 0 up to, but not including, 1, found \"1.5\"; 0.1 keeps a tenth aside, 0 nothing");
        text.ShouldContain("--split: expected one of random, per-user-last, leave-one-out, time, cold-users, cold-items, found \"randm\"; did you mean random?");
        text.ShouldContain($"--data: expected a file, a folder or the name of a data set, found nothing at \"{_folder["missing.csv"]}\"");
        result.Mistakes.Length.ShouldBe(7);
    }

    [Theory]
    [InlineData("baseline", "--rank", "8")]
    [InlineData("baseline", "--learning-rate", "0.1")]
    [InlineData("als", "--learning-rate-decay", "0.9")]
    [InlineData("als", "--consistency", "asp")]
    [InlineData("als", "--user-regularization", "3")]
    [InlineData("mf", "--regularization-exponent", "1")]
    [InlineData("mf", "--item-regularization", "1")]
    [InlineData("als", "--alpha", "2")]
    [InlineData("als-implicit", "--validation-ratio", "0.1")]
    [InlineData("als-implicit", "--patience", "2")]
    [InlineData("als-implicit", "--bias-regularization", "2")]
    public async Task An_option_of_another_model_is_refused(string model, string option, string value)
    {
        CommandResult result = await CommandLine.RunAsync("train", "--model", model, option, value, "--out", _folder["model"]);

        result.Mistake.ShouldStartWith($"{option}: expected an option of {model}");
        Directory.EnumerateFileSystemEntries(_folder.Path).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--learning-rte 0.1", "did you mean --learning-rate?")]
    [InlineData("--rank", "--rank: expected one N, found nothing")]
    [InlineData("--rank 4 --rank 8", "--rank: expected one N, found \"4\" and \"8\"")]
    [InlineData("--rank eight", "--rank: expected a whole number, found \"eight\"")]
    [InlineData("--epochs 0", "--epochs: expected at least 1, found 0")]
    [InlineData("--threads 0", "--threads: expected 1 to 1024, found 0")]
    [InlineData("--partitions 0", "--partitions: expected 1 to 4096, found 0")]
    [InlineData("--learning-rate -1", "--learning-rate: expected a finite number above 0, found -1")]
    [InlineData("--learning-rate infinity", "--learning-rate: expected a finite number above 0")]
    [InlineData("--learning-rate-decay 2", "--learning-rate-decay: expected above 0, at most 1, found 2")]
    [InlineData("--seed -1", "--seed: expected a whole number of at least 0, found \"-1\"")]
    [InlineData("--fold 6/5", "--fold: expected F/K")]
    [InlineData("--fold 1/5 --test-ratio 0.2", "--test-ratio: expected nothing, since --fold says which ratings are the test")]
    [InlineData("--k 5 --test-ratio 0", "--k: expected nothing, since there is no test part to rank")]
    [InlineData("--consistency ssp", "--consistency: expected bsp, ssp:s or asp")]
    [InlineData("--model magic", "--model: expected one of bpmf, mf, als, als-implicit, ease, rp3beta, item-knn, top-popular, nmf, svd++, asvd, nsvd, neighborhood, integrated, knn, knn-interpolated, neumf-mf, mlp, fm, bpr, poly-svm, baseline, found \"magic\"")]
    [InlineData("--columns user,item,rating", "--columns: expected ratings to read")]
    [InlineData("--train x.csv", "--test: expected the test ratings beside --train")]
    [InlineData("stray", "distrec train: expected options that start with --, found \"stray\"")]
    [InlineData("--ratings 10 --users 0", "--users: expected a whole number of at least 1")]
    public async Task A_wrong_option_is_named(string options, string expected)
    {
        CommandResult result = await CommandLine.RunAsync(["train", .. options.Split(' '), "--out", _folder["model"]]);

        result.ExitCode.ShouldBe(2);
        result.Mistakes.ShouldContain(line => line.Contains(expected), result.Error);
        result.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task More_partitions_than_users_or_items_are_refused()
    {
        CommandResult result = await CommandLine.RunAsync(
            "train", "--ratings", "100", "--users", "20", "--items", "10", "--partitions", "11", "--quiet", "--out", _folder["model"]);

        result.Mistake.ShouldStartWith("--partitions: expected at most the 10 rows of the smaller side, found 11");
    }

    [Theory]
    [InlineData("user,item,rating\n1,1,5\n1,2,4\n2,1", "", "ratings.csv:4")] // ends in the middle of a line
    [InlineData("user,item,rating\n1,1,5\n1::2::4\n2,1,3\n", "", "ratings.csv:3")] // two layouts in one file
    [InlineData("", "", "ratings.csv")]
    [InlineData("user,item,rating\n", "", "ratings.csv")]
    [InlineData("user,item,rating\n1,1,5\n1,2,NaN\n2,1,3\n", "", "ratings.csv:3")]
    [InlineData("user,item,rating\n1,1,5\n1,2,inf\n2,1,3\n", "", "ratings.csv:3")]
    [InlineData("user,item,rating\n1,1,5\n1,2,five\n2,1,3\n", "", "ratings.csv:3")]
    [InlineData("user,item,rating\n1,1,5\n1,2,\n2,1,3\n", "", "ratings.csv:3")]
    [InlineData("user,item,rating\n1,1,5\n1,2,50\n2,1,3\n", "--max-rating 5", "ratings.csv:3")]
    [InlineData("user,item,rating\n1,1,5\n1,1,4\n2,1,3\n", "--duplicates error", "ratings.csv")]
    [InlineData("user,item,rating\n1,1,5\n1,2,4\n2,1,3\n", "--split time", "timestamps")]
    public async Task Ratings_that_cannot_be_used_are_named_by_file_and_line(string text, string options, string named)
    {
        File.WriteAllText(_folder["ratings.csv"], text);

        (await TrainOnAsync("ratings.csv", options.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ShouldContain(named);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_end_in_a_plain_message_or_a_model_but_never_in_a_stack_trace()
    {
        File.WriteAllBytes(_folder["binary.csv"], [0xFF, 0xFE, 0x00, 0x81, 0x0A, 0xC3, 0x28, 0x0A, .. Encoding.ASCII.GetBytes("1,2,3\n")]);

        (await TrainOnAsync("binary.csv")).ShouldContain("binary.csv");
    }

    [Fact]
    public async Task An_out_folder_that_is_no_model_is_refused_before_training()
    {
        Directory.CreateDirectory(_folder["precious"]);
        _folder.Write("precious/letter.txt", "dear");

        CommandResult result = await CommandLine.RunAsync("train", "--out", _folder["precious"]);

        result.Mistake.ShouldContain("with letter.txt; give another path");
        result.Error.ShouldNotContain("epoch");
        File.Exists(_folder["precious/letter.txt"]).ShouldBeTrue();
    }

    [Fact]
    public async Task An_out_path_that_is_a_file_is_refused()
    {
        string file = _folder.Write("file", "content");

        CommandResult result = await CommandLine.RunAsync("train", "--out", file);

        result.Mistake.ShouldStartWith("--out: expected a folder, or a path where nothing is");
    }

    [SkippableFact]
    public async Task An_out_folder_that_cannot_be_written_is_refused_before_training()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "needs /proc, which not even an administrator can write");

        CommandResult result = await CommandLine.RunAsync("train", "--out", "/proc/distrec-model");

        result.Mistake.ShouldStartWith("--out: expected a folder that can be written");
        result.Error.ShouldNotContain("epoch");
    }

    [Theory]
    [InlineData("predict --user 1 --item 2")]
    [InlineData("recommend --user 1 --n 3")]
    [InlineData("similar --item 1 --n 3")]
    [InlineData("explain --user 1 --item 2")]
    [InlineData("inspect")]
    public async Task A_folder_that_is_no_model_is_refused_by_every_verb_that_needs_one(string command)
    {
        CommandResult missing = await CommandLine.RunAsync(command.Split(' '));
        CommandResult wrong = await CommandLine.RunAsync([.. command.Split(' '), "--model", _folder.Path]);

        missing.Mistake.ShouldStartWith("--model: expected the folder of a model, found nothing");
        wrong.Mistake.ShouldStartWith("--model: expected the folder of a model, found a folder without one");
    }

    [Fact]
    public async Task A_model_with_a_damaged_table_is_refused()
    {
        await CommandLine.TrainSmallAsync(_folder["model"]);
        string factors = _folder["model/factors.safetensors"];
        byte[] bytes = File.ReadAllBytes(factors);
        bytes[^5] ^= 0x40;
        File.WriteAllBytes(factors, bytes);

        (await CommandLine.RunAsync("inspect", "--model", _folder["model"])).Mistake.ShouldContain("factors.safetensors");
    }

    [Fact]
    public async Task Unexpected_failures_are_one_line_with_a_hint_and_a_trace_only_where_asked_for()
    {
        CommandResult plain = await CommandLine.RunAsync(host => host with { Output = new BrokenWriter() }, "data", "download", "--json");
        CommandResult traced = await CommandLine.RunAsync(host => host with { Output = new BrokenWriter(), Variable = name => name == "DISTREC_TRACE" ? "1" : null }, "data", "download", "--json");

        plain.ExitCode.ShouldBe(1);
        plain.Mistakes.ShouldHaveSingleItem().ShouldContain("DISTREC_TRACE=1");
        plain.Error.ShouldNotContain("   at ");
        traced.Error.ShouldContain("   at ");
    }

    private async Task<string> TrainOnAsync(string file, params string[] more)
    {
        CommandResult result = await CommandLine.RunAsync(["train", "--data", _folder[file], "--out", _folder["model"], "--quiet", .. more]);
        result.ExitCode.ShouldBe(2, result.Error);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldNotContain("   at ");
        Directory.Exists(_folder["model"]).ShouldBeFalse();
        return result.Error;
    }

    private sealed class BrokenWriter : StringWriter
    {
        public override void WriteLine(string? value) => throw new InvalidOperationException("broken\npipe");
    }
}
