using System.Text.Json;
using DistRec.Cli.Arguments;
using DistRec.Cli.Jobs;
using DistRec.Cli.Output;
using DistRec.Cli.Reproduction;
using DistRec.Data;

namespace DistRec.Cli.Tests;

/// <summary><c>reproduce</c>: tables of sources beside ours.</summary>
public sealed class ReproduceTests : IDisposable
{
    private static readonly Study Small = new()
    {
        Name = "small",
        Title = "A small study",
        Data = "ml-1m",
        Options = "--test-ratio 0.2 --epochs 4",
        Figures = ["rmse", "mae"],
        SourceColumns = ["paper"],
        Differences = ["It has few epochs."],
        CountsParameters = true,
        Rows =
        [
            new("baseline", "--model baseline", "0.9"),
            StudyRow.OfRank("mf", "--model mf", 2, "0.8") with { HasCurve = true, HasMap = true },
            StudyRow.OfRank("mf", "--model mf", 4, "0.7"),
        ],
        Claim = "Factors help.",
        Orders = [["baseline", "mf, k = 2"]],
    };

    private readonly TemporaryFolder _folder = new();

    public ReproduceTests()
    {
        // Users of two tastes for items of two kinds, each of which has seen two thirds of them.
        _folder.Write("data/ml-1m/ratings.dat", [.. Enumerable.Range(0, 60 * 40).Where(index => (index * 7 + index / 40) % 3 > 0)
            .Select(index => $"{1 + index / 40}::{1 + index % 40}::{(index / 40 % 2 == index % 2 ? 4 : 2) + index * index % 3 % 2}")]);
        _folder.Write("data/ml-1m/users.dat", [.. Enumerable.Range(1, 60).Select(user => $"{user}::{(user % 2 == 0 ? 'F' : 'M')}::25::{user % 5}::12345")]);
        _folder.Write("data/ml-1m/movies.dat", [.. Enumerable.Range(1, 40).Select(item => $"{item}::Film {item} (19{50 + item})::{(item % 2 == 0 ? "Drama" : "Comedy")}")]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_row_has_the_figures_of_its_command_beside_those_of_the_source()
    {
        JsonElement study = await TopNAsync();

        JsonElement[] rows = [.. study.GetProperty("rows").EnumerateArray()];
        rows.Select(row => row.GetProperty("name").GetString()).ShouldBe(["top-popular", "item-knn", "rp3beta", "ease", "bpr", "als-implicit, k = 192"]);
        rows[1].GetProperty("source")[0].GetString().ShouldBe("0.6596, 0.3900");
        string[] command = rows[1].GetProperty("command").GetString()!.Split(' ');
        JsonElement trained = await CommandLine.JsonAsync(
            [.. command.Skip(1).Select(word => word == "ml-1m" ? _folder["data/ml-1m"] : word), "--quiet", "--out", _folder["model"]]);
        JsonElement figures = trained.GetProperty("testRanking").GetProperty("figures");
        foreach (string figure in new[] { "hitRate@10", "ndcg@10" })
        {
            rows[1].GetProperty("figures").GetProperty(figure).GetDouble().ShouldBe(figures.GetProperty(figure).GetProperty("value").GetDouble());
        }

        string report = File.ReadAllText(_folder["out/reproduction.md"]);
        report.ShouldContain($"| item-knn | **{Quantity.Error(rows[1].GetProperty("figures").GetProperty("hitRate@10").GetDouble())}** |");
        report.ShouldContain("| 0.6596, 0.3900 |");
        report.ShouldContain("* The sources hold out each user's last rating");
        report.ShouldContain($"`{string.Join(' ', command)}`");
    }

    [Fact]
    public async Task Stopped_it_keeps_what_was_done_and_the_same_command_goes_on()
    {
        using CancellationTokenSource stop = new();
        CommandResult stopped = await CommandLine.RunAsync(
            host => host with { Error = new StopWriter("top-n 3/6, rp3beta: training", stop), Stop = stop.Token }, [.. TopN(), "--json"]);

        stopped.ExitCode.ShouldBe(130);
        stopped.Json.GetProperty("state").GetString().ShouldBe("stopped");
        stopped.Json.GetProperty("studies")[0].GetProperty("rows").GetArrayLength().ShouldBe(2);
        File.ReadAllText(_folder["out/reproduction.md"]).ShouldContain("Stopped after 2 of 6 rows; the same command goes on.");
        JsonElement finished = await CommandLine.JsonAsync([.. TopN(), "--quiet"]);
        finished.GetProperty("doneBefore").GetInt32().ShouldBe(2);
        finished.GetProperty("studies")[0].GetProperty("rows").GetArrayLength().ShouldBe(6);
        string[] log = File.ReadAllLines(_folder["out/trials.jsonl"]);
        JsonElement again = await CommandLine.JsonAsync([.. TopN(), "--quiet"]);
        again.GetProperty("doneBefore").GetInt32().ShouldBe(6);
        File.ReadAllLines(_folder["out/trials.jsonl"]).ShouldBe(log);
        again.GetProperty("studies").GetRawText().ShouldBe(finished.GetProperty("studies").GetRawText());
    }

    [Fact]
    public async Task Other_data_or_another_seed_are_other_trainings()
    {
        await RunAsync(Small);
        (await RunAsync(Small)).DoneBefore.ShouldBe(3);
        (await RunAsync(Small, seed: 7)).DoneBefore.ShouldBe(0);

        File.AppendAllText(_folder["data/ml-1m/ratings.dat"], "1::1::1\n");
        (await RunAsync(Small)).DoneBefore.ShouldBe(0);
    }

    [Fact]
    public async Task A_study_has_curves_pictures_and_a_verdict_on_the_order()
    {
        ReproducedStudy study = (await RunAsync(Small)).Studies.ShouldHaveSingleItem();

        study.State.ShouldBe("completed");
        study.Data.ShouldBe("1,600 ratings of 40 items by 60 users, without times");
        study.Rows[1].Curve.Count.ShouldBe(study.Rows[1].Epochs);
        study.Rows[1].Curve.ShouldAllBe(rmse => rmse > 0.3 && rmse < 2);
        study.Rows[0].Curve.ShouldBeEmpty();
        study.Rows.Select(row => row.Parameters).ShouldBe([1 + 100, 1 + (100 * 3), 1 + (100 * 5)]);
        ReproducedOrder order = study.Orders.ShouldHaveSingleItem();
        double[] rmse = [.. study.Rows.Select(row => row.Figures["rmse"]!.Value)];
        order.Difference.Value.ShouldBe((rmse[0] * rmse[0]) - (rmse[1] * rmse[1]), 1e-9);
        order.Holds.ShouldBe(rmse[0] > rmse[1]);
        study.Pictures.Select(picture => picture.File).ShouldBe(["small-epochs.svg", "small-factors.svg", "small-parameters.svg", "small-map-of-mf.svg"]);
        string report = File.ReadAllText(_folder["out/reproduction.md"]);
        foreach (ReproducedPicture picture in study.Pictures)
        {
            File.ReadAllText(_folder[$"out/{picture.File}"]).ShouldStartWith("<svg xmlns=\"http://www.w3.org/2000/svg\"");
            report.ShouldContain($"![{picture.Title}]({picture.File})");
        }

        report.ShouldContain("Factors help. Differences are of the mean squared error");
        report.ShouldContain($"| {order.Verdict} |");
        File.Delete(_folder["out/small-map-of-mf.svg"]);
        (await RunAsync(Small)).DoneBefore.ShouldBe(2, "a map that is gone is drawn again");
        File.Exists(_folder["out/small-map-of-mf.svg"]).ShouldBeTrue();
    }

    // 60 users and 40 items have a bias each, and there is a mean.
    [Theory]
    [InlineData("mf --no-biases --rank 3", 101 + (100 * 3))]
    [InlineData("svd++ --rank 3", 101 + (100 * 3) + (40 * 3))]
    [InlineData("asvd --rank 3", 101 + (40 * 9))]
    [InlineData("nsvd --rank 3", 101 + (40 * 6))]
    [InlineData("neighborhood --neighbors 5", 101 + (40 * 5 * 2))]
    [InlineData("integrated --rank 3 --neighbors 5", 101 + (100 * 3) + (40 * 3) + (40 * 5 * 2))]
    [InlineData("mlp --rank 3 --layers 5-4", 101 + (100 * 3) + (8 * 5) + 5 + (5 * 4) + 4 + 4 + 1)]
    [InlineData("fm --learner sgd --rank 3", 1 + (100 * 4))]
    public async Task Parameters_are_the_numbers_that_a_model_learns(string model, int parameters)
    {
        Study study = Small with { Rows = [new("one", $"--model {model}", "0.8")], Orders = [] };

        ReproducedRow row = (await RunAsync(study)).Studies[0].Rows.ShouldHaveSingleItem();

        row.Failure.ShouldBeNull();
        row.Parameters.ShouldBe(parameters);
    }

    [Fact]
    public async Task Folds_are_averaged_as_cross_validation_does()
    {
        Study folds = Small with { Options = "--epochs 4", Folds = 3, Rows = [new("mf", "--model mf --rank 2", "0.8")], Orders = [] };
        ReproducedRow row = (await RunAsync(folds)).Studies[0].Rows.ShouldHaveSingleItem();

        JsonElement result = await CommandLine.JsonAsync(
            [.. row.Command.Split(' ').Skip(1).Select(word => word == "ml-1m" ? _folder["data/ml-1m"] : word), "--quiet"]);
        row.Command.ShouldStartWith("distrec cv --folds 3 ");
        row.Figures["rmse"]!.Value.ShouldBe(result.GetProperty("mean").GetProperty("rmse").GetDouble(), 1e-9);
        row.Figures["mae"]!.Value.ShouldBe(result.GetProperty("mean").GetProperty("mae").GetDouble(), 1e-9);
    }

    [Fact]
    public async Task Drawn_users_keep_all_of_their_ratings_and_what_is_known_of_them()
    {
        Study drawn = Small with
        {
            Users = 10, Options = "--model fm --epochs 4 --test-ratio 0.2", Rows = [StudyRow.OfRank("fm", "--features user,item,gender,genre", 2, "0.8")], Orders = [],
        };
        ReproducedStudy study = (await RunAsync(drawn)).Studies[0];

        study.State.ShouldBe("completed");
        string[] lines = File.ReadAllLines(_folder["out/ml-1m-10-users/ratings.dat"]);
        ILookup<string, string> users = lines.Skip(1).ToLookup(line => line.Split(',')[0], line => line.Replace(",", "::", StringComparison.Ordinal));
        users.Count.ShouldBe(10);
        string[] all = File.ReadAllLines(_folder["data/ml-1m/ratings.dat"]);
        users.ShouldAllBe(user => user.Order().SequenceEqual(all.Where(line => line.StartsWith($"{user.Key}::")).Order()));
        JsonElement trained = await CommandLine.JsonAsync(
            [.. study.Rows[0].Command.Split(' ').Skip(1).Select(word => word == "ml-1m-10-users" ? _folder["out/ml-1m-10-users"] : word), "--quiet", "--out", _folder["model"]]);
        trained.GetProperty("testRmse").GetDouble().ShouldBe(study.Rows[0].Figures["rmse"]!.Value);
    }

    [Fact]
    public async Task A_study_without_data_is_skipped_by_name_and_says_where_its_data_goes()
    {
        CommandResult result = await CommandLine.RunAsync([.. TopN("netflix", "keras"), "--json"]);

        result.ExitCode.ShouldBe(0, result.Error);
        JsonElement[] studies = [.. result.Json.GetProperty("studies").EnumerateArray()];
        studies.Select(study => study.GetProperty("state").GetString()).ShouldBe(["completed", "skipped", "skipped"]);
        string missing = $"nothing at {_folder["data/netflix"]}; the Netflix Prize files are no longer published: put a copy, or ratings as user,item,rating, there";
        studies[1].GetProperty("advice").GetString().ShouldBe(missing);
        studies[2].GetProperty("advice").GetString()!.ShouldContain($"distrec data download ml-100k --out {_folder["data"]}");
        result.Error.ShouldContain($"note: netflix is skipped: {missing}");
        File.ReadAllText(_folder["out/reproduction.md"]).ShouldContain($"`netflix` was skipped: {missing}.");
    }

    [Theory]
    [InlineData("netflix keras", "netflix: nothing at ", "keras: nothing at ")]
    [InlineData("korem", "distrec reproduce: expected studies, top-n, fm, koren, keras, netflix, found \"korem\"; did you mean koren?")]
    [InlineData("top-n --seed -1 --threads 0", "--seed: ", "--threads: ")]
    public async Task What_cannot_be_done_is_refused(string arguments, params string[] mistakes)
    {
        CommandResult result = await CommandLine.RunAsync(["reproduce", .. arguments.Split(' '), "--data-root", _folder["data"], "--out", _folder["out"]]);

        result.ExitCode.ShouldBe(2, result.Error);
        result.Mistakes.Length.ShouldBe(mistakes.Length);
        result.Mistakes.Zip(mistakes).ShouldAllBe(pair => pair.First.StartsWith(pair.Second));
        Directory.Exists(_folder["out"]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_row_that_cannot_be_trained_is_told_and_the_others_are_done()
    {
        Study study = Small with { Rows = [.. Small.Rows, new("time", "--model fm --features user,item,time", "0.1")] };
        ReproductionResult result = await RunAsync(study);

        result.State.ShouldBe("failed");
        result.Studies[0].Rows.Select(row => row.Failure is null).ShouldBe([true, true, true, false]);
        File.ReadAllText(_folder["out/reproduction.md"]).ShouldContain("| time | failed: ");
    }

    [Fact]
    public void Studies_are_whole_and_their_options_are_those_of_train()
    {
        using StringWriter nowhere = new();
        CliHost host = new() { Output = nowhere, Error = nowhere, Variable = _ => null };
        StudyList.All.Select(study => study.Name).Distinct().Count().ShouldBe(StudyList.All.Count);
        foreach (Study study in StudyList.All)
        {
            study.Rows.Select(row => row.Name).Distinct().Count().ShouldBe(study.Rows.Count, study.Name);
            study.Orders.SelectMany(order => order).ShouldAllBe(name => study.Rows.Any(row => row.Name == name));
            study.Differences.ShouldNotBeEmpty();
            (study.Claim.Length > 0).ShouldBe(study.Orders.Count > 0, study.Name);
            foreach (StudyRow row in study.Rows)
            {
                row.Source.Count.ShouldBe(study.SourceColumns.Count, row.Name);
                GivenOptions given = ReproductionRun.GivenOf(study.OptionsOf(row, 42), _folder["data/ml-1m"], threads: 2);
                given.Values.Keys.ShouldAllBe(name => TrainOptions.All.Any(option => option.Name == name));
                Should.NotThrow(() => TrainJobReader.ReadMerged(given, host, isKept: false), $"{study.Name}: {row.Name}");
            }
        }
    }

    [SkippableFact]
    public async Task What_many_people_take_to_is_found_less_well_than_what_goes_with_a_users_items_on_MovieLens_1M()
    {
        Study topN = StudyList.All.Single(study => study.Name == "top-n");
        ReproductionPlan plan = new([topN with { Rows = [.. topN.Rows.Take(2)] }], Path.GetDirectoryName(RealDataTests.Find("ml-1m"))!, _folder["out"], 42, 2);
        ReproducedStudy study = (await RunAsync(plan)).Studies[0];

        study.Orders.ShouldHaveSingleItem().Verdict.ShouldBe("holds");
        study.Rows[0].Figures["hitRate@10"]!.Value.ShouldBeInRange(0.55, 0.58);
        study.Rows[1].Figures["hitRate@10"]!.Value.ShouldBeInRange(0.77, 0.80);
    }

    private string[] TopN(params string[] more) => ["reproduce", "top-n", .. more, "--data-root", _folder["data"], "--out", _folder["out"], "--threads", "2"];

    private async Task<JsonElement> TopNAsync() => (await CommandLine.JsonAsync([.. TopN(), "--quiet"])).GetProperty("studies")[0];

    private Task<ReproductionResult> RunAsync(Study study, ulong seed = 42) => RunAsync(new ReproductionPlan([study], _folder["data"], _folder["out"], seed, 2));

    private static async Task<ReproductionResult> RunAsync(ReproductionPlan plan)
    {
        using StringWriter nowhere = new();
        return await new ReproductionRun(plan, new CliHost { Output = nowhere, Error = nowhere, Variable = _ => null }).RunAsync(new SilentView());
    }
}
