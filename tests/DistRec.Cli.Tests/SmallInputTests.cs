using System.Diagnostics;
using System.Text.Json;

namespace DistRec.Cli.Tests;

/// <summary>Small inputs that people have and that once went wrong, each with its story.</summary>
public sealed class SmallInputTests : IDisposable
{
    private static readonly string[] Ratings =
        ["user,item,rating", .. Enumerable.Range(0, 120).Where(cell => cell % 3 != 0).Select(cell => $"u{cell / 10},i{cell % 10},{1 + (cell % 5)}")];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_first_line_whose_rating_is_no_number_is_not_taken_for_names_in_silence()
    {
        string path = _folder.Write("ratings.csv", "u1,i1,NaN", "u2,i2,3", "u3,i3,4");

        CommandResult result = await CommandLine.RunAsync("data", "info", path, "--columns", "user,item,rating");

        result.Mistake.ShouldStartWith("ratings.csv:1: expected a finite number as rating, found \"NaN\"");
    }

    [Fact]
    public async Task A_first_line_of_names_in_another_language_is_one_where_columns_are_named()
    {
        string path = _folder.Write("ratings.csv", "kunde,film,note", "u2,i2,3", "u3,i3,4");

        (await CommandLine.JsonAsync("data", "info", path, "--columns", "user,item,rating")).GetProperty("ratingCount").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task Decimal_commas_are_read_by_the_option_that_the_message_names()
    {
        string path = _folder.Write("ratings.csv", "u1;i1;3,5", "u2;i2;4");

        CommandResult without = await CommandLine.RunAsync("data", "info", path);
        JsonElement with = await CommandLine.JsonAsync("data", "info", path, "--decimal-comma");

        without.ExitCode.ShouldBe(2);
        without.Error.ShouldContain("found \"3,5\"; use --decimal-comma or a dot");
        with.GetProperty("ratingCount").GetInt32().ShouldBe(2);
    }

    [Theory]
    [InlineData("1 qid:0 1:1.0 4:0.5", "qid")]
    [InlineData("1 1:1 1:2 3:1", "1")]
    [InlineData("1 1:nan 2:1", "nan")]
    [InlineData("1 2147483648:1 2:1", "2147483648")]
    public async Task A_first_row_of_features_with_a_mistake_is_told_as_a_row_and_not_as_a_rating(string first, string named)
    {
        string path = _folder.Write("rows.svm", first, "1 1:1.0 4:0.085", "0 1:1.0 6:0.252");

        CommandResult result = await CommandLine.RunAsync("train", "--train", path, "--test", path, "--model", "fm", "--out", _folder["model"]);

        result.ExitCode.ShouldBe(2, result.Error);
        result.Error.ShouldContain("rows.svm:1: ");
        result.Error.ShouldContain(named);
        result.Error.ShouldNotContain("as rating");
    }

    [Fact]
    public async Task A_folder_that_will_not_take_the_model_is_found_before_training()
    {
        await CommandLine.TrainSmallAsync(_folder["model"], "--model", "als");
        _folder.Write("model/notes.txt", "mine");

        CommandResult result = await CommandLine.RunAsync(
            "train", "--ratings", "4000", "--users", "120", "--items", "60", "--model", "als", "--out", _folder["model"]);

        result.Mistake.ShouldStartWith($"--out: expected a folder with the files of a model alone, found \"{_folder["model"]}");
        result.Mistake.ShouldContain("notes.txt; move it away");
        result.Error.ShouldNotContain("epoch");
        File.ReadAllText(_folder["model/notes.txt"]).ShouldBe("mine\n");
    }

    [Fact]
    public async Task Ranking_figures_of_nobody_are_none_and_say_why()
    {
        string train = _folder.Write("train.csv", Ratings), test = _folder.Write("test.csv", "user,item,rating", "u0,i0,3", "u1,i2,4");
        await CommandLine.JsonAsync("train", "--train", train, "--test", test, "--model", "als-implicit", "--rank", "3", "--quiet", "--out", _folder["model"]);

        JsonElement json = await CommandLine.JsonAsync("evaluate", "--model", _folder["model"], "--data", train);
        CommandResult text = await CommandLine.RunAsync("evaluate", "--model", _folder["model"], "--data", train);

        json.GetProperty("ranking").GetProperty("figures").GetProperty("recall@10").GetProperty("value").ValueKind.ShouldBe(JsonValueKind.Null);
        json.GetProperty("reason").GetString().ShouldBe("no user has training interactions and an unseen item in the data");
        text.Output.ShouldContain("no user has training interactions and an unseen item in the data");
    }

    // Whoever opens a pipe waits for the other end, so that is a process of its own, which is not waited for.
    // Counts of plays, of which some are in the thousands and most below ten, once left mf, asvd and bpmf without a model.
    [Theory]
    [InlineData("mf")]
    [InlineData("asvd")]
    [InlineData("bpmf")]
    [InlineData("nmf")]
    [InlineData("als")]
    public async Task Counts_of_plays_are_ratings_like_others(string model)
    {
        Random random = new(3);
        string[] lines = [.. Enumerable.Range(0, 900).Select(row =>
            $"u{row % 60},i{row * 7 % 43},{Math.Floor(Math.Exp(5 * random.NextDouble() * random.NextDouble() * 2))}")];
        string plays = _folder.Write("plays.csv", ["user,item,rating", .. lines]);

        JsonElement json = await CommandLine.JsonAsync("train", "--data", plays, "--model", model, "--quiet", "--out", _folder["model"]);
        JsonElement biases = await CommandLine.JsonAsync("train", "--data", plays, "--model", "baseline", "--quiet", "--out", _folder["biases"]);

        json.GetProperty("testRmse").GetDouble().ShouldBeLessThan(1.1 * biases.GetProperty("testRmse").GetDouble());
    }

    [SkippableFact]
    public async Task A_pipe_is_read_as_a_file_is_and_leaves_nothing_behind()
    {
        string file = _folder.Write("ratings.csv", Ratings), pipe = MakePipe("pipe");

        JsonElement ofFile = await CommandLine.JsonAsync("data", "info", file);
        using Process writing = Shell($"exec cat '{file}' > '{pipe}'");
        JsonElement ofPipe = await CommandLine.JsonAsync("data", "info", pipe);
        await writing.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));

        ofPipe.GetProperty("fingerprint").GetString().ShouldBe(ofFile.GetProperty("fingerprint").GetString());
        ofPipe.GetProperty("name").GetString().ShouldBe("pipe");
        Directory.EnumerateFiles(Path.GetTempPath(), "pipe", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
            .Where(copy => copy.Contains("distrec-pipe-", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task A_pipe_that_is_to_take_an_output_is_written_to_and_stays_one()
    {
        string pipe = MakePipe("out");
        using Process reader = Shell($"exec cat '{pipe}' > '{_folder["read"]}'");

        await CommandLine.JsonAsync("data", "generate", "--ratings", "50", "--users", "10", "--items", "20", "--out", pipe);

        await reader.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        File.ReadAllLines(_folder["read"]).Length.ShouldBe(50);
        using Process asked = Shell($"test -p '{pipe}'");
        await asked.WaitForExitAsync();
        asked.ExitCode.ShouldBe(0, "it is a pipe still");
        File.Exists(pipe + ".partial").ShouldBeFalse();
    }

    [Theory]
    [InlineData(40)]
    [InlineData(900)]
    public async Task However_long_a_sampler_ran_a_new_user_with_a_new_item_is_answered_with_the_mean_of_the_training_ratings(int epochs)
    {
        // The intercept, the weights' means and the factors' means once drifted against each other: 6.5 for ratings of 3 to 5.
        string train = _folder.Write("train.csv", Ratings), test = _folder.Write("test.csv", "user,item,rating", "u0,i0,3", "u1,i2,4");
        double mean = Ratings.Skip(1).Average(line => double.Parse(line.Split(',')[2], System.Globalization.CultureInfo.InvariantCulture));
        await CommandLine.JsonAsync("train", "--train", train, "--test", test, "--model", "fm", "--epochs", $"{epochs}", "--quiet", "--out", _folder["model"]);

        JsonElement json = await CommandLine.JsonAsync("predict", "--model", _folder["model"], "--user", "nobody", "--item", "nothing");

        json.GetProperty("prediction").GetDouble().ShouldBe(mean, 1e-5);
    }

    [Theory]
    [InlineData("fm", 20)]
    [InlineData("bpmf", 15)]
    public async Task Three_epochs_of_a_sampler_have_a_shorter_burn_in_and_it_says_so(string model, int usual)
    {
        string train = _folder.Write("train.csv", Ratings), test = _folder.Write("test.csv", "user,item,rating", "u0,i0,3", "u1,i2,4");
        string[] all = ["train", "--train", train, "--test", test, "--model", model, "--epochs", "3", "--quiet", "--out", _folder["model"]];

        JsonElement json = await CommandLine.JsonAsync(all);
        CommandResult given = await CommandLine.RunAsync([.. all, "--burn-in", "20"]);

        json.GetProperty("notes")[0].GetString().ShouldBe($"--burn-in is 1 and not {usual}, since there are 3 epochs");
        given.Mistake.ShouldStartWith("--burn-in: expected 0 to 2, fewer than the epochs, found 20");
    }

    [SkippableFact]
    public async Task A_link_that_is_to_take_an_output_stays_one_and_what_it_leads_to_is_written()
    {
        Skip.If(OperatingSystem.IsWindows(), "links need rights there");
        string target = _folder.Write("target.csv", "old");
        File.CreateSymbolicLink(_folder["link.csv"], target);

        await CommandLine.JsonAsync("data", "generate", "--ratings", "50", "--users", "10", "--items", "20", "--out", _folder["link.csv"]);

        new FileInfo(_folder["link.csv"]).LinkTarget.ShouldBe(target);
        File.ReadAllLines(target).Length.ShouldBe(51);
    }

    [Fact]
    public async Task Targets_of_one_and_two_are_classes_and_rows_of_one_class_are_told_by_the_model()
    {
        string train = _folder.Write("rows.svm", [.. Enumerable.Range(0, 60).Select(row => $"{1 + (row % 2)} {1 + (row % 2)}:1 {3 + (row % 5)}:1")]);
        string ones = _folder.Write("ones.svm", "1 1:1 3:1", "1 1:1 4:1");

        CommandResult trained = await CommandLine.RunAsync("train", "--train", train, "--test", train, "--model", "fm", "--task", "classification", "--rank", "2", "--out", _folder["model"]);
        JsonElement all = await CommandLine.JsonAsync("evaluate", "--model", _folder["model"], "--rows", train);
        JsonElement first = await CommandLine.JsonAsync("evaluate", "--model", _folder["model"], "--rows", ones);

        trained.ExitCode.ShouldBe(0, trained.Error);
        trained.Error.ShouldContain("note: rows.svm: targets are 1 and 2: 2 counts as 1, and 1 as 0");
        all.GetProperty("classification").GetProperty("accuracy").GetDouble().ShouldBe(1);
        first.GetProperty("classification").GetProperty("accuracy").GetDouble().ShouldBe(1);
    }

    private static Process Shell(string command) => Process.Start("sh", ["-c", command]);

    private string MakePipe(string name)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "pipes with names are told from files on Linux");
        using Process making = Shell($"mkfifo '{_folder[name]}'");
        making.WaitForExit();
        making.ExitCode.ShouldBe(0);
        return _folder[name];
    }
}
