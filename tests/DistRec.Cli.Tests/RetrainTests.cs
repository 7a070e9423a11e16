using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DistRec.Models.Persistence;

namespace DistRec.Cli.Tests;

/// <summary>What users rate goes into the next training.</summary>
public sealed class RetrainTests : IAsyncLifetime, IDisposable
{
    private readonly LocalServer _server = new();

    internal static readonly string[] Rows = [.. Enumerable.Range(0, 900).Select(index => $"u{index % 60},i{index / 60 * 2 + index % 2},{index * 7 % 9 / 2.0 + 0.5}")];
    internal static readonly string[] Shape = ["--model", "als", "--rank", "4", "--epochs", "3", "--partitions", "2", "--test-ratio", "0", "--validation-ratio", "0", "--quiet"];

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_model_is_trained_again_as_if_the_events_were_lines_of_its_data()
    {
        string data = _server.Write("again/ratings.csv", ["user,item,rating", .. Rows]);
        string model = _server["again/model"];
        await CommandLine.JsonAsync(["train", "--data", data, .. Shape, "--out", model]);

        // A known pair rated anew, a new item, and a new user.
        await RateAsync("u3", ("i1", 1.5f), ("new item", 5));
        await RateAsync("new user", ("i1", 4));
        JsonElement again = await CommandLine.JsonAsync("retrain", model, "--events", _server["data"], "--quiet", "--out", _server["again/second"]);

        string whole = _server.Write("again/whole.csv", ["user,item,rating", .. Rows, "u3,i1,1.5", "u3,new item,5", "new user,i1,4"]);
        JsonElement expected = await CommandLine.JsonAsync(["train", "--data", whole, .. Shape, "--out", _server["again/expected"]]);
        again.GetProperty("modelSha256").GetString().ShouldBe(expected.GetProperty("modelSha256").GetString());
        again.GetProperty("dataFingerprint").GetString().ShouldBe(expected.GetProperty("dataFingerprint").GetString());
        ModelFolder.Load(_server["again/second"]).Users.TryGetIndex("new user", out _).ShouldBeTrue();

        // The new model knows its command, so it is trained again in its turn; an option that is typed wins.
        (await CommandLine.JsonAsync("retrain", _server["again/second"], "--events", _server["data"], "--quiet", "--rank", "5")).GetProperty("rank").GetInt32().ShouldBe(5);
        ModelFolder.Describe(_server["again/second"]).Rank.ShouldBe(5);
    }

    [Fact]
    public async Task What_the_server_was_told_of_a_new_item_goes_into_the_model_that_knows_it()
    {
        string data = _server.Write("told/ratings.csv", ["user,item,rating", .. Rows]);
        await RateAsync("u3", ("told item", 5), ("other item", 4));
        using HttpResponseMessage put = await _server.Client.PutAsJsonAsync(
            "/v1/items/told%20item", new { title = "Told (2026)", attributes = new Dictionary<string, string[]> { ["genre"] = ["Drama"] } });
        put.StatusCode.ShouldBe(HttpStatusCode.OK);

        await CommandLine.JsonAsync(["train", "--data", data, "--events", _server["data"], .. Shape, "--out", _server["told/model"]]);

        SavedModel saved = ModelFolder.Load(_server["told/model"]);
        saved.Items.TryGetIndex("told item", out int told).ShouldBeTrue();
        saved.Items.TryGetIndex("other item", out int other).ShouldBeTrue();
        (saved.TitleOf(told), saved.TitleOf(other), saved.TitleOf(0)).ShouldBe(("Told (2026)", null, null));
        saved.Attributes.Find("genre")!.TextsOf(told).ShouldBe(["Drama"]);
        saved.Attributes.Find("genre")!.TextsOf(other).ShouldBeEmpty();
    }

    [Fact]
    public async Task Events_up_to_a_number_give_the_same_model_whatever_is_stored_later()
    {
        string data = _server.Write("until/ratings.csv", ["user,item,rating", .. Rows]);
        await RateAsync("u5", ("i3", 2));
        JsonElement first = await CommandLine.JsonAsync(["train", "--data", data, "--events", _server["data/serving.db"], .. Shape, "--out", _server["until/first"]]);
        string until = ModelFolder.Describe(_server["until/first"]).Command!["events-until"];
        await RateAsync("u5", ("i3", 5));

        JsonElement repeated = await CommandLine.JsonAsync(["train", "--data", data, "--events", _server["data"], "--events-until", until, .. Shape, "--out", _server["until/second"]]);
        JsonElement newer = await CommandLine.JsonAsync(["train", "--data", data, "--events", _server["data"], .. Shape, "--out", _server["until/third"]]);

        repeated.GetProperty("modelSha256").GetString().ShouldBe(first.GetProperty("modelSha256").GetString());
        newer.GetProperty("modelSha256").GetString().ShouldNotBe(first.GetProperty("modelSha256").GetString());
        long.Parse(until, CultureInfo.InvariantCulture).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_server_trains_on_what_it_stored()
    {
        string data = _server.Write("root/films.csv", ["user,item,rating", .. Rows]);
        await RateAsync("u7", ("only here", 4.5f));
        JsonElement here = await CommandLine.JsonAsync(["train", "--data", data, "--events", _server["data"], .. Shape, "--out", _server["films"]]);

        string id = await _server.SubmitAsync(
            """{"model":"als","data":"films.csv","name":"films","activate":true,"events":true,"options":{"rank":4,"epochs":3,"partitions":2,"test-ratio":0,"validation-ratio":0}}""");
        await _server.EventsAsync(id);

        (await _server.GetAsync($"/v1/jobs/{id}")).GetProperty("state").GetString().ShouldBe("completed");
        (await _server.GetAsync("/v1/predict?user=u7&item=only%20here")).GetProperty("served").GetProperty("modelSha256").GetString()
            .ShouldBe(here.GetProperty("modelSha256").GetString());
    }

    [Fact]
    public async Task A_file_of_events_is_read_and_clicks_are_interactions_alone()
    {
        string data = _server.Write("file/ratings.csv", ["user,item,rating", .. Rows]);
        string events = _server.Write("file/events.csv", ["kind,user,item,value", "rating,u3,clicked,5", "click,u3,seen,", "impression,u3,shown,"]);
        await CommandLine.JsonAsync(["train", "--data", data, "--events", events, .. Shape, "--out", _server["file/als"]]);
        await CommandLine.JsonAsync(["train", "--data", data, "--events", events, "--model", "als-implicit", "--rank", "4", "--epochs", "2", "--test-ratio", "0", "--quiet", "--out", _server["file/implicit"]]);

        Knows("als").ShouldBe((true, false, false));
        Knows("implicit").ShouldBe((true, true, false));

        (bool, bool, bool) Knows(string model)
        {
            SavedModel saved = ModelFolder.Load(_server[$"file/{model}"]);
            return (saved.Items.TryGetIndex("clicked", out _), saved.Items.TryGetIndex("seen", out _), saved.Items.TryGetIndex("shown", out _));
        }
    }

    private async Task RateAsync(string user, params (string Item, float Rating)[] ratings)
    {
        using HttpResponseMessage response = await _server.Client.PostAsJsonAsync(
            $"/v1/users/{Uri.EscapeDataString(user)}/ratings", ratings.Select(one => new { item = one.Item, rating = one.Rating }));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
