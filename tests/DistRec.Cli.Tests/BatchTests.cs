using System.Text.Json;
using DistRec.Models;
using DistRec.Models.Settings;
using Parquet;
using Parquet.Schema;

namespace DistRec.Cli.Tests;

/// <summary>Many questions in one command: the answers are those of single questions, in the order asked, in files that are whole or not there.</summary>
public sealed class BatchTests(TrainedModel model) : IClassFixture<TrainedModel>
{
    // The one that is left out knows no users and items, but rows of features alone.
    public static TheoryData<string> Models => [.. ModelCatalogue.All.Select(one => one.Name).Where(name => name != ModelKinds.PolySvm)];

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Answers_of_a_batch_have_the_digits_of_single_answers_for_every_kind_of_model(string kind)
    {
        using var folder = new TemporaryFolder();
        ModelDefinition definition = ModelCatalogue.All.Single(one => one.Name == kind);
        await CommandLine.JsonAsync(
        [
            "train", "--ratings", "4000", "--users", "120", "--items", "60", "--epochs", $"{Math.Min(4, ModelCatalogue.Get(kind).Defaults.UsualEpochs)}", "--quiet", "--out", folder["model"], "--model", kind,
            .. definition.Has("rank") ? ["--rank", "6"] : Array.Empty<string>(),
            .. definition.Has("burn-in") ? ["--burn-in", "1"] : Array.Empty<string>(),
        ]);
        string[] users = ["3", "17", "stranger", "118"];
        string[] items = ["5", "59", "nothing"];
        string asked = folder.Write("users.txt", users);
        string pairs = folder.Write("pairs.csv", [.. users.SelectMany(user => items.Select(item => $"{user},{item}"))]);

        JsonElement[] lists = await LinesAsync("recommend", "--model", folder["model"], "--users", asked, "--n", "7", "--format", "jsonl");
        JsonElement[] predictions = await LinesAsync("predict", "--model", folder["model"], "--pairs", pairs, "--format", "jsonl");

        List<string> singleLists = [], singlePredictions = [];
        foreach (string user in users)
        {
            JsonElement single = await CommandLine.JsonAsync("recommend", "--model", folder["model"], "--user", user, "--n", "7");
            singleLists.AddRange(single.GetProperty("items").EnumerateArray().Select(item =>
                $"{user} {single.GetProperty("rankedBy").GetString()} {Raw(item, "rank")} {Raw(item, "item")} {Raw(item, "title")} {Raw(item, "prediction")} {Raw(item, "score")} {Raw(item, "deviation")}"));
            foreach (string item in items)
            {
                single = await CommandLine.JsonAsync("predict", "--model", folder["model"], "--user", user, "--item", item);
                singlePredictions.Add($"{user} {item} {Raw(single, "prediction")} {single.GetProperty("answer").GetString()} {Raw(single, "deviation")}");
            }
        }

        lists.Select(row => $"{row.GetProperty("user").GetString()} {row.GetProperty("rankedBy").GetString()} {Raw(row, "rank")} {Raw(row, "item")} {Raw(row, "title")} {Raw(row, "prediction")} {Raw(row, "score")} {Raw(row, "deviation")}")
            .ShouldBe(singleLists);
        predictions.Select(row => $"{row.GetProperty("user").GetString()} {row.GetProperty("item").GetString()} {Raw(row, "prediction")} {row.GetProperty("answer").GetString()} {Raw(row, "deviation")}")
            .ShouldBe(singlePredictions);
    }

    [Theory]
    [InlineData("--include-seen")]
    [InlineData("--allow", "allow.txt", "--deny", "deny.txt")]
    [InlineData("--filter", "genre=Drama")]
    [InlineData("--diversity", "0.6")]
    public async Task Lists_of_a_batch_obey_what_single_lists_obey(params string[] settings)
    {
        model.Write("allow.txt", "001", "002", "003", "005", "nobody-knows");
        model.Write("deny.txt", "003");
        string[] more = [.. settings.Select(text => text.EndsWith(".txt", StringComparison.Ordinal) ? model[text] : text)];

        JsonElement[] lists = await LinesAsync(["recommend", "--model", model.Path, "--users", "all", "--n", "4", "--format", "jsonl", .. more]);

        for (int user = 0; user < 20; user++)
        {
            JsonElement single = await CommandLine.JsonAsync(["recommend", "--model", model.Path, "--user", $"{user}", "--n", "4", .. more]);
            lists.Where(row => row.GetProperty("user").GetString() == $"{user}").Select(row => row.GetProperty("item").GetString())
                .ShouldBe(single.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("item").GetString()));
        }
    }

    [Fact]
    public async Task A_sampled_model_explores_in_a_batch_as_it_does_for_one_user()
    {
        using var folder = new TemporaryFolder();
        await CommandLine.TrainSmallAsync(folder["model"], "--model", "bpmf", "--burn-in", "1");
        JsonElement[] lists = await LinesAsync("recommend", "--model", folder["model"], "--users", "all", "--n", "3", "--explore", "20", "--format", "jsonl");
        JsonElement single = await CommandLine.JsonAsync("recommend", "--model", folder["model"], "--user", "7", "--n", "3", "--explore", "20");

        JsonElement[] own = [.. lists.Where(row => row.GetProperty("user").GetString() == "7")];
        own.Select(row => Raw(row, "score")).ShouldBe(single.GetProperty("items").EnumerateArray().Select(item => Raw(item, "score")));
        own.ShouldAllBe(row => row.GetProperty("rankedBy").GetString() == "upperBound");
    }

    [Fact]
    public async Task The_three_formats_hold_the_same_rows_for_any_number_of_threads()
    {
        string[] recommend = ["recommend", "--model", model.Path, "--users", "all", "--n", "6"];
        CommandResult printed = await CommandLine.RunAsync([.. recommend, "--threads", "1"]);
        (await CommandLine.RunAsync([.. recommend, "--threads", "3", "--out", model["lists.csv"]])).ExitCode.ShouldBe(0);
        (await CommandLine.RunAsync([.. recommend, "--out", model["lists.jsonl"]])).ExitCode.ShouldBe(0);
        (await CommandLine.RunAsync([.. recommend, "--out", model["lists.parquet"]])).ExitCode.ShouldBe(0);

        File.ReadAllText(model["lists.csv"]).ShouldBe(printed.Output);
        string[] lines = printed.Output.TrimEnd().Split('\n');
        lines[0].ShouldBe("user,rank,item,title,prediction,score,rankedBy");
        lines[1].ShouldStartWith("0,1,");
        lines[1].ShouldContain(",\"Film [");
        lines[1].ShouldContain("], part \"\"two\"\"\",");
        string[] fromJson = [.. File.ReadLines(model["lists.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement).Select(row =>
            $"{row.GetProperty("user").GetString()},{Raw(row, "rank")},{row.GetProperty("item").GetString()},\"{row.GetProperty("title").GetString()!.Replace("\"", "\"\"")}\",{Raw(row, "prediction")},{Raw(row, "score")},{row.GetProperty("rankedBy").GetString()}")];
        fromJson.ShouldBe(lines[1..]);
        await using ParquetReader reader = await ParquetReader.CreateAsync(model["lists.parquet"]);
        reader.Schema.DataFields.Select(field => field.Name).ShouldBe(lines[0].Split(','));
        using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
        group.RowCount.ShouldBe(20 * 6);
        DataField[] fields = reader.Schema.DataFields;
        string[] users = new string[120], items = new string[120];
        double[] scores = new double[120];
        await group.ReadAsync(fields[0], users);
        await group.ReadAsync(fields[2], items);
        await group.ReadAsync<double>(fields[5], scores);
        users.Zip(items, scores).Select(row => FormattableString.Invariant($"{row.First} {row.Second} {row.Third}"))
            .ShouldBe(File.ReadLines(model["lists.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement)
                .Select(row => $"{row.GetProperty("user").GetString()} {row.GetProperty("item").GetString()} {Raw(row, "score")}"));
    }

    [Fact]
    public async Task Users_are_answered_in_the_order_of_their_file_and_unknown_ones_are_counted()
    {
        string users = model.Write("users.txt", "7", "", " stranger ", "3", "7", "other");

        CommandResult result = await CommandLine.RunAsync("recommend", "--model", model.Path, "--users", users, "--n", "2");
        JsonElement json = await CommandLine.JsonAsync("recommend", "--model", model.Path, "--users", users, "--n", "20", "--out", model["some.csv"]);

        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.TrimEnd().Split('\n')[1..].Select(line => line.Split(',')[0]).ShouldBe(["7", "7", "stranger", "stranger", "3", "3", "7", "7", "other", "other"]);
        result.Error.ShouldContain("note: the model does not know 2 users, such as \"stranger\"; they are answered as cold\n");
        json.GetProperty("users").GetInt32().ShouldBe(5);
        json.GetProperty("unknownUsers").GetInt32().ShouldBe(2);
        json.GetProperty("coldUsers").GetInt32().ShouldBe(2);

        // Each user has rated 15 of the 30 items, those whom nobody knows none.
        json.GetProperty("shortLists").GetInt32().ShouldBe(3);
        json.GetProperty("rows").GetInt32().ShouldBe((3 * 15) + (2 * 20));
    }

    [Fact]
    public async Task Pairs_are_answered_in_their_order_and_unknown_ids_are_counted()
    {
        string pairs = model.Write("pairs.tsv", "user\titem", "4\t001", "stranger\t001", "4\tnothing", "4\t001", "3\t\"a,b\"");

        CommandResult result = await CommandLine.RunAsync("predict", "--model", model.Path, "--pairs", pairs);

        result.ExitCode.ShouldBe(0, result.Error);
        string[] lines = result.Output.TrimEnd().Split('\n');
        lines[0].ShouldBe("user,item,prediction,answer");
        lines[1..].Select(line => line.Split(',')[^1]).ShouldBe(["known", "coldUser", "coldItem", "known", "coldItem"]);
        lines[4].ShouldBe(lines[1]);
        lines[5].ShouldStartWith("3,\"a,b\",");
        result.Error.ShouldContain("note: the model does not know the user of 1 pair, such as \"stranger\"; they are answered as cold\n");
        result.Error.ShouldContain("note: the model does not know the item of 2 pairs, such as \"nothing\"; they are answered as cold\n");
    }

    [Fact]
    public async Task Files_of_ratings_are_files_of_pairs_too()
    {
        JsonElement json = await CommandLine.JsonAsync("predict", "--model", model.Path, "--pairs", model["data"], "--out", model["train.csv"]);
        model.Write("odd.csv", "1999;x;001;4", "1998;y;002;4");
        JsonElement odd = await CommandLine.JsonAsync("predict", "--model", model.Path, "--pairs", model["odd.csv"], "--columns", "-,user,item", "--out", model["odd.answers.csv"]);

        json.GetProperty("pairs").GetInt32().ShouldBe(300);
        json.GetProperty("unknownUsers").GetInt32().ShouldBe(0);
        File.ReadLines(model["train.csv"]).Count().ShouldBe(301);
        odd.GetProperty("unknownUsers").GetInt32().ShouldBe(2);
        odd.GetProperty("unknownItems").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task A_file_that_is_wrong_in_the_middle_leaves_no_half_of_answers()
    {
        string old = model.Write("kept.csv", "what was here before");
        string pairs = model.Write("wrong.csv", [.. Enumerable.Repeat("4,001", 200_000), "4", .. Enumerable.Repeat("4,001", 10)]);

        CommandResult result = await CommandLine.RunAsync("predict", "--model", model.Path, "--pairs", pairs, "--out", old);

        result.Mistake.ShouldBe("wrong.csv:200001: expected 2 columns separated by commas, found 1 in \"4\"; every line needs the columns of the first: mend the line, or quote a field that holds the separator");
        File.ReadAllText(old).ShouldBe("what was here before\n");
        Directory.GetFiles(Path.GetDirectoryName(old)!, "*.partial").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_command_that_is_stopped_leaves_no_half_of_answers()
    {
        string pairs = model.Write("long.csv", [.. Enumerable.Repeat("4,001", 300_000)]);
        using CancellationTokenSource stop = new();
        using StopWriter error = new("answering", stop);

        CommandResult result = await CommandLine.RunAsync(
            host => host with { Error = TextWriter.Synchronized(error), Stop = stop.Token }, "predict", "--model", model.Path, "--pairs", pairs, "--out", model["stopped.parquet"]);

        result.ExitCode.ShouldBe(130);
        error.ToString().ShouldContain("stopped");
        File.Exists(model["stopped.parquet"]).ShouldBeFalse();
        Directory.GetFiles(Path.GetDirectoryName(model.Path)!, "*.partial").ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task A_device_is_written_through()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "devices are files there");
        foreach (string format in new[] { "csv", "jsonl", "parquet" })
        {
            CommandResult result = await CommandLine.RunAsync("recommend", "--model", model.Path, "--users", "all", "--out", "/dev/null", "--format", format);

            result.ExitCode.ShouldBe(0, result.Error);
        }

        // A file in its place would have a length.
        new FileInfo("/dev/null").Length.ShouldBe(0);
    }

    [Theory]
    [InlineData("recommend --users all --user 4", "--user: expected nothing beside --users, found \"4\"; leave one of the two out")]
    [InlineData("recommend --users nowhere.txt", "--users: expected a file of user ids, one a line, or all, found nothing at \"nowhere.txt\"; check the path")]
    [InlineData("recommend --users all --out lists.xlsx", "--out: expected a name that ends in .csv, .jsonl or .parquet, found \"lists.xlsx\"; rename it, or give --format")]
    [InlineData("recommend --users all --format parquet", "--format: expected csv or jsonl on the standard output, found \"parquet\"; give --out FILE")]
    [InlineData("recommend --users all --json", "--json: expected --out beside it, since figures of the run take the standard output, found no --out; give --out FILE, or --format jsonl for an object a line")]
    [InlineData("recommend --user 4 --format csv", "--format: expected nothing without --users, found \"csv\"; leave it out, or ask for many users")]
    [InlineData("predict --user 4 --item 001 --threads 2", "--threads: expected nothing without --pairs or --rows, found \"2\"; leave it out, or ask for many predictions")]
    [InlineData("predict --pairs nowhere.csv", "--pairs: expected a file, a folder or the name of a data set, found nothing at \"nowhere.csv\"; check the path; the names are ")]
    [InlineData("predict --pairs . --item 001", "--item: expected nothing beside --pairs, found \"001\"; leave one of the two out")]
    public async Task Options_that_do_not_go_together_are_refused(string command, string mistake)
    {
        CommandResult result = await CommandLine.RunAsync([.. command.Split(' '), "--model", model.Path]);

        result.Mistake.ShouldStartWith(mistake);
    }

    private static async Task<JsonElement[]> LinesAsync(params string[] arguments)
    {
        CommandResult result = await CommandLine.RunAsync(arguments);
        result.ExitCode.ShouldBe(0, result.Error);
        return [.. result.Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static string Raw(JsonElement row, string name) => row.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value.GetRawText() : "-";
}
