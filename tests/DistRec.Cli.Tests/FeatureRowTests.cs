using System.Globalization;
using System.Text.Json;

namespace DistRec.Cli.Tests;

/// <summary>Rows of features: encoded, learned from, answered and judged.</summary>
public sealed class FeatureRowTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("fm", "sgd", "regression")]
    [InlineData("fm", "mcmc", "classification")]
    [InlineData("fm", "als", "regression")]
    [InlineData("poly-svm", null, "classification")]
    [InlineData("poly-svm", null, "regression")]
    public async Task A_saved_model_answers_rows_as_the_trained_one_did(string model, string? learner, string task)
    {
        WriteRows(task);
        JsonElement trained = await TrainAsync(model, task, learner);
        JsonElement judged = await CommandLine.JsonAsync("evaluate", "--model", _folder["model"], "--rows", _folder["test"]);
        JsonElement answered = await CommandLine.JsonAsync("predict", "--model", _folder["model"], "--rows", _folder["test"]);

        if (task == "classification")
        {
            judged.GetProperty("classification").GetRawText().ShouldBe(trained.GetProperty("testClassification").GetRawText());
            judged.GetProperty("rmse").ValueKind.ShouldBe(JsonValueKind.Null);
            judged.GetProperty("classification").GetProperty("auc").GetDouble().ShouldBeGreaterThan(0.7);
        }
        else
        {
            judged.GetProperty("rmse").GetDouble().ShouldBe(trained.GetProperty("testRmse").GetDouble(), 1e-9);
            judged.GetProperty("mae").GetDouble().ShouldBe(trained.GetProperty("testMae").GetDouble(), 1e-9);
        }

        answered.GetProperty("meaning").GetString().ShouldBe(task == "classification" ? "probability" : "prediction");
        double[] predictions = [.. answered.GetProperty("predictions").EnumerateArray().Select(value => value.GetDouble())];
        predictions.Length.ShouldBe(50);
        predictions.ShouldAllBe(value => double.IsFinite(value));

        // A report of rows has no users, no items and no histogram of ratings.
        string report = File.ReadAllText(_folder["model/report.html"]);
        report.ShouldNotContain("density");
        report.ShouldNotContain("<h2>Ratings</h2>");
        report.ShouldNotContain("NaN");
    }

    [Fact]
    public async Task Predictions_are_a_number_a_line_in_the_order_of_the_file()
    {
        WriteRows("regression");
        await TrainAsync("fm", "regression", "sgd");
        JsonElement json = await CommandLine.JsonAsync("predict", "--model", _folder["model"], "--rows", _folder["test"]);

        CommandResult printed = await CommandLine.RunAsync("predict", "--model", _folder["model"], "--rows", _folder["test"]);
        CommandResult written = await CommandLine.RunAsync("predict", "--model", _folder["model"], "--rows", _folder["test"], "--out", _folder["answers.txt"]);

        File.ReadAllText(_folder["answers.txt"]).ShouldBe(printed.Output);
        float[] lines = [.. printed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => float.Parse(line, CultureInfo.InvariantCulture))];
        lines.ShouldBe(json.GetProperty("predictions").EnumerateArray().Select(value => (float)value.GetDouble()));
        written.Output.ShouldContain("RMSE");
    }

    [Fact]
    public async Task Features_that_training_never_saw_are_left_out_and_counted()
    {
        WriteRows("regression");
        await TrainAsync("fm", "regression", "sgd");
        string known = _folder.Write("known", "1 1:1 4:1", "2 2:1");
        string more = _folder.Write("more", "1 1:1 4:1 77:3", "2 2:1 78:1 77:2");

        JsonElement without = await CommandLine.JsonAsync("predict", "--model", _folder["model"], "--rows", known);
        JsonElement with = await CommandLine.JsonAsync("predict", "--model", _folder["model"], "--rows", more);
        CommandResult told = await CommandLine.RunAsync("predict", "--model", _folder["model"], "--rows", more);

        with.GetProperty("predictions").GetRawText().ShouldBe(without.GetProperty("predictions").GetRawText());
        (with.GetProperty("unknownFeatures").GetInt32(), with.GetProperty("unknownValues").GetInt32()).ShouldBe((2, 3));
        told.Error.ShouldContain("note: no training row had 2 features of the file; 3 values left out");
    }

    [Theory]
    [InlineData("")]
    [InlineData("--positive-from", "3")]
    [InlineData("--hash-bits", "10")]
    [InlineData("--split", "time")]
    public async Task Encoded_ratings_train_as_rows_of_features(params string[] more)
    {
        JsonElement made = await CommandLine.JsonAsync(
            ["data", "encode", "--ratings", "1500", "--users", "60", "--items", "30", "--features", "user,item,other-items", "--validation-ratio", "0.1", "--out", _folder["x"], .. more.Where(text => text.Length > 0)]);

        (string Name, int First, int Last)[] groups = [.. made.GetProperty("groups").EnumerateArray().Select(group => (group.GetProperty("name").GetString()!, group.GetProperty("first").GetInt32(), group.GetProperty("last").GetInt32()))];
        if (more[0] == "--hash-bits")
        {
            groups.ShouldBe([("hashed", 1, 1024)]);
            File.Exists(_folder["x.features"]).ShouldBeFalse();
        }
        else
        {
            groups.Select(group => group.Name).ShouldBe(["user", "other-items", "item"]);
            groups[0].First.ShouldBe(1);
            string[] map = File.ReadAllLines(_folder["x.features"]);
            map.Length.ShouldBe(made.GetProperty("features").GetInt32());
            map.Select(line => line.Split('\t')[1]).Distinct().ShouldBe(["user", "other-items", "item"]);
            map[groups[0].First - 1].Split('\t')[0].ShouldBe("1");
            map.Where(line => line.Contains("\titem\t", StringComparison.Ordinal)).Select(line => line.Split('\t')[2]).Distinct().Count().ShouldBeGreaterThan(20);
            groups[^1].Last.ShouldBe(made.GetProperty("features").GetInt32());
        }

        File.ReadAllLines(_folder["x.groups"]).ShouldBe(groups.Select(group => $"{group.Name}\t{group.First}\t{group.Last}"));
        made.GetProperty("files").EnumerateArray().Select(file => (file.GetProperty("part").GetString(), file.GetProperty("rows").GetInt32())).ShouldBe([("train", 1215), ("validation", 135), ("test", 150)]);
        string[] task = more[0] == "--positive-from" ? ["--task", "classification"] : [];
        JsonElement trained = await CommandLine.JsonAsync(
            ["train", "--train", _folder["x.train"], "--test", _folder["x.test"], "--model", "fm", "--learner", "sgd", "--epochs", "3", "--rank", "4", "--quiet", "--out", _folder["model"], .. task]);
        trained.GetProperty("trainRatings").GetInt32().ShouldBe(1215 - 60);
        trained.GetProperty("testRatings").GetInt32().ShouldBe(150);
        trained.GetProperty("users").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task Encoded_rows_are_those_that_train_makes_itself()
    {
        string[] data = ["--ratings", "1500", "--users", "60", "--items", "30"];
        string[] model = ["--model", "fm", "--learner", "als", "--rank", "3", "--epochs", "3", "--validation-ratio", "0", "--quiet"];
        JsonElement direct = await CommandLine.JsonAsync(["train", .. data, .. model, "--out", _folder["direct"]]);
        await CommandLine.JsonAsync(["data", "encode", .. data, "--out", _folder["x"]]);

        JsonElement encoded = await CommandLine.JsonAsync(["train", "--train", _folder["x.train"], "--test", _folder["x.test"], .. model, "--out", _folder["encoded"]]);

        // One group instead of two, and rows instead of relation blocks: the same machine to rounding.
        encoded.GetProperty("testRmse").GetDouble().ShouldBe(direct.GetProperty("testRmse").GetDouble(), 1e-3);
    }

    [Theory]
    [InlineData("--model mf", "expected ratings for --model mf, found rows of features (target index:value …); train --model fm")]
    [InlineData("--model fm --features user", "--features: expected ratings, which the option is about, found rows of features in train")]
    [InlineData("--model fm --task classification --positive-from 2", "--positive-from: expected ratings, which the option is about")]
    [InlineData("--model fm --columns user,item,rating", "--columns: expected ratings, which the option is about")]
    [InlineData("--model fm --k 5 --graded", "--k, --graded: expected ratings, which the option is about")]
    [InlineData("--model fm --task ranking", "--task ranking: expected ratings, whose items can be ranked")]
    [InlineData("--model fm --task classification", "targets: expected 0 and 1, −1 and 1, or 1 and 2, for classification")]
    public async Task What_rows_of_features_cannot_be_is_refused(string options, string expected)
    {
        WriteRows("regression");

        CommandResult result = await CommandLine.RunAsync(["train", "--train", _folder["train"], "--test", _folder["test"], .. options.Split(' '), "--quiet", "--out", _folder["model"]]);

        result.Mistake.ShouldContain(expected);
    }

    [Fact]
    public async Task Rows_are_for_models_of_rows_and_users_for_models_of_users()
    {
        WriteRows("regression");
        await TrainAsync("fm", "regression", "sgd");
        await CommandLine.TrainSmallAsync(_folder["ratings"], "--model", "fm", "--learner", "sgd");

        await RefusedAsync("expected a model whose rows were features, found fm of 120 users and 60 items", "predict", "--model", _folder["ratings"], "--rows", _folder["test"]);
        await RefusedAsync("expected a model whose rows were features", "evaluate", "--model", _folder["ratings"], "--rows", _folder["test"]);
        await RefusedAsync("expected a model of users and items, found fm, which answers for rows of features", "predict", "--model", _folder["model"], "--user", "1", "--item", "1");
        await RefusedAsync("expected a model of users and items", "evaluate", "--model", _folder["model"], "--data", _folder.Write("r.csv", "user,item,rating", "1,1,3"));
        await RefusedAsync("--user: expected nothing beside --rows", "predict", "--model", _folder["model"], "--rows", _folder["test"], "--user", "1");
        await RefusedAsync("--out: expected nothing without --pairs or --rows", "predict", "--model", _folder["ratings"], "--user", "1", "--item", "1", "--out", _folder["p"]);
        await RefusedAsync("--rows: expected a file of rows", "predict", "--model", _folder["model"], "--rows", _folder["missing"]);
        await RefusedAsync("rows:2: expected a finite number as target", "predict", "--model", _folder["model"], "--rows", _folder.Write("rows", "1 1:1", "? 2:1"));
        await RefusedAsync("expected ratings to make features of, found rows of features", "data", "encode", "--data", _folder["train"], "--out", _folder["y"]);
        await RefusedAsync("--out: expected the beginning of the names of the files, found nothing", "data", "encode");

        static async Task RefusedAsync(string expected, params string[] arguments)
        {
            CommandResult result = await CommandLine.RunAsync(arguments);
            result.ExitCode.ShouldBe(2, string.Join(' ', arguments));
            result.Mistakes.ShouldHaveSingleItem().ShouldContain(expected);
        }
    }

    [Fact]
    public async Task Targets_of_no_two_classes_leave_probabilities_without_figures()
    {
        WriteRows("classification");
        await TrainAsync("fm", "classification", "sgd");
        string rows = _folder.Write("rows", "5 1:1", "7 2:1");

        CommandResult told = await CommandLine.RunAsync("predict", "--model", _folder["model"], "--rows", rows);
        CommandResult judged = await CommandLine.RunAsync("evaluate", "--model", _folder["model"], "--rows", rows);

        told.ExitCode.ShouldBe(0);
        told.Error.ShouldContain("no two classes");
        judged.Mistakes.ShouldHaveSingleItem().ShouldContain("expected targets of two classes");
    }

    [Fact]
    public async Task A_stopped_run_of_a_machine_goes_on_to_the_same_model()
    {
        string[] train = ["train", "--ratings", "4000", "--users", "120", "--items", "60", "--model", "fm", "--rank", "4", "--epochs", "12", "--burn-in", "2", "--kept-samples", "2", "--seed", "5"];
        JsonElement whole = await CommandLine.JsonAsync([.. train, "--quiet", "--out", _folder["whole"]]);

        using var stop = new CancellationTokenSource();
        using var error = new StopWriter("epoch 3/12", stop);
        CommandResult first = await CommandLine.RunAsync(host => host with { Error = TextWriter.Synchronized(error), Stop = stop.Token }, [.. train, "--checkpoint-every", "1", "--out", _folder["parts"], "--json"]);
        JsonElement rest = await CommandLine.JsonAsync([.. train, "--quiet", "--resume", "--checkpoint-every", "1", "--out", _folder["parts"]]);

        first.Json.GetProperty("state").GetString().ShouldBe("cancelled");
        rest.GetProperty("modelSha256").GetString().ShouldBe(whole.GetProperty("modelSha256").GetString());
    }

    private Task<JsonElement> TrainAsync(string model, string task, string? learner) => CommandLine.JsonAsync(
        ["train", "--train", _folder["train"], "--test", _folder["test"], "--model", model, "--task", task, "--epochs", "30", "--quiet", "--out", _folder["model"], .. learner is null ? [] : new[] { "--learner", learner, "--rank", "3" }]);

    // y tells whether two features of six come together; a quarter of what is beyond has no meaning.
    private void WriteRows(string task)
    {
        _folder.Write("train", [.. Enumerable.Range(0, 400).Select(row => RowOf(row, task))]);
        _folder.Write("test", [.. Enumerable.Range(1000, 50).Select(row => RowOf(row, task))]);
    }

    private static string RowOf(int row, string task)
    {
        int one = 1 + (row % 3), other = 4 + (row / 3 % 3);
        bool meet = (one + other) % 2 == 0;
        string target = task == "classification" ? (meet ? "+1" : "-1") : meet ? "4.5" : "1.5";
        return $"{target} {one}:1 {other}:1 {7 + (row * 7 % 4)}:0.25";
    }
}
