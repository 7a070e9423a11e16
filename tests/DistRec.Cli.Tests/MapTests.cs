using System.Text.Json;
using System.Xml.Linq;

namespace DistRec.Cli.Tests;

public sealed class MapTests(TrainedModel model) : IClassFixture<TrainedModel>
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public async Task A_map_has_every_item_with_its_place_title_and_ratings()
    {
        JsonElement json = await CommandLine.JsonAsync("map", "--model", model.Path, "--seed", "7");

        JsonElement[] items = [.. json.GetProperty("items").EnumerateArray()];
        items.Select(item => item.GetProperty("item").GetString()).Distinct().Count().ShouldBe(30);
        JsonElement second = items.Single(item => item.GetProperty("item").GetString() == "002");
        second.GetProperty("title").GetString().ShouldBe("Film [2], part \"two\"");
        items.ShouldAllBe(item => item.GetProperty("ratings").GetInt32() == 10);
        items.ShouldAllBe(item => Math.Abs(item.GetProperty("x").GetDouble()) < 1e3 && Math.Abs(item.GetProperty("y").GetDouble()) < 1e3);
        json.GetProperty("klDivergence").GetDouble().ShouldBeInRange(0, 5);
        json.GetProperty("perplexity").GetDouble().ShouldBe(29.0 / 3, 1e-9);
        json.GetProperty("seed").GetInt32().ShouldBe(7);
        json.GetProperty("method").GetString().ShouldBe("exact");
        json.GetProperty("notes")[0].GetString()!.ShouldStartWith("a perplexity of 30 was clipped to 9.67");
    }

    [Fact]
    public async Task The_picture_is_written_and_the_items_left_out_are_told()
    {
        string path = model["pictures/map.svg"];

        CommandResult result = await CommandLine.RunAsync(
            "map", "--model", model.Path, "--items", "12", "--perplexity", "3", "--out", path, "--quiet");

        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.ShouldContain("12 items, all pairs");
        result.Output.ShouldContain("map.svg");
        result.Error.TrimEnd().ShouldBe("note: 12 of 30 items are shown, those with the most training ratings");
        XElement.Load(path).Descendants(Svg + "circle").Count().ShouldBe(12);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_map_for_any_number_of_threads_and_another_one_another()
    {
        string one = await MapAsync("--seed", "1", "--threads", "1");
        string many = await MapAsync("--seed", "1", "--threads", "4");
        string other = await MapAsync("--seed", "2");

        many.ShouldBe(one);
        other.ShouldNotBe(one);
    }

    [Fact]
    public async Task With_json_no_file_is_written_unless_asked_for()
    {
        string path = model["asked-for.svg"];

        await CommandLine.JsonAsync("map", "--model", model.Path, "--out", path);

        File.Exists(path).ShouldBeTrue();
        File.Exists("map.svg").ShouldBeFalse();
    }

    [Fact]
    public async Task A_map_that_a_person_stops_leaves_no_file()
    {
        using CancellationTokenSource stop = new();
        string path = model["stopped.svg"];
        var error = new StopWriter("placing", stop);

        CommandResult result = await CommandLine.RunAsync(
            host => host with { Error = error, Stop = stop.Token }, "map", "--model", model.Path, "--out", path);

        result.ExitCode.ShouldBe(130);
        File.Exists(path).ShouldBeFalse();
    }

    [Fact]
    public async Task All_mistakes_are_told_together()
    {
        CommandResult result = await CommandLine.RunAsync(
            "map", "--model", model["nothing"], "--items", "0", "--perplexity", "0.5", "--seed", "-1", "--threads", "many",
            "--out", model["data"]);

        result.ExitCode.ShouldBe(2);
        result.Mistakes.Select(line => line.Split(':')[0])
            .ShouldBe(["--model", "--out", "--perplexity", "--items", "--seed", "--threads"]);
        result.Mistakes[2].ShouldBe("--perplexity: expected a number from 1 to 1000, found \"0.5\"; leave it out for 30");
    }

    [Fact]
    public async Task A_model_without_factors_is_refused_with_advice()
    {
        await CommandLine.JsonAsync(
            "train", "--data", model["data"], "--model", "baseline", "--epochs", "2", "--quiet", "--out", model["baseline"]);

        CommandResult result = await CommandLine.RunAsync("map", "--model", model["baseline"], "--out", model["refused.svg"]);

        result.Mistake.ShouldBe("item map: expected a model with item factors, found a model \"baseline\" without; train als or mf");
    }

    private async Task<string> MapAsync(params string[] options) =>
        (await CommandLine.JsonAsync(["map", "--model", model.Path, .. options])).GetProperty("items").GetRawText();
}
