using System.Net;
using System.Text.Json;
using DistRec.Models.Queries.Asking;
using DistRec.Serving.Api;
using DistRec.Serving.Client;
using DistRec.Serving.Events;
using DistRec.Serving.Experiments;

namespace DistRec.Serving.Tests.Experiments;

/// <summary>Experiments through the API of a real server.</summary>
public sealed class ExperimentApiTests : IAsyncLifetime
{
    private static readonly string[] Users = [.. Enumerable.Range(0, 2_000).Select(number => $"user{number}")];

    private readonly ExperimentServer _server = new();

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Users_are_split_by_weights_stay_after_a_restart_and_their_answers_say_what_gave_them()
    {
        (await _server.ServeAsync(["user1"])).Single().ShouldSatisfyAllConditions(
            served => served.Experiment.ShouldBeNull(), served => served.Arm.ShouldBe("active"), served => served.Propensity.ShouldBe(1));
        JsonElement begun = await _server.BeginAsync("colours", "split", 3, 1);
        begun.GetProperty("state").GetString().ShouldBe("running");
        begun.GetProperty("model").GetString().ShouldBe("films");

        Served[] served = await _server.ServeAsync(Users);
        served.ShouldAllBe(one => one.Experiment == "colours" && one.Version == (one.Arm == "old" ? 1 : 2) && one.Propensity == (one.Arm == "old" ? 0.75 : 0.25));
        served.Count(one => one.Arm == "new").ShouldBeInRange(430, 570, "a quarter of 2,000, within 3.6 standard deviations");
        served.Select(one => one.AnswerId).ShouldBeUnique();

        await _server.RestartAsync();
        (await _server.ServeAsync(Users)).Select(one => one.Arm).ShouldBe(served.Select(one => one.Arm));

        // One user has the same arm whatever is asked, and one without an id is drawn for each answer.
        string other = served.First(one => one.Arm == "new").User;
        foreach (string path in new[] { $"/v1/predict?user={other}&item=i3", $"/v1/explain?user={other}&item=i3", $"/v1/users/{other}/similar" })
        {
            Served.Of(await _server.GetAsync(path)).Version.ShouldBe(2, path);
        }

        HashSet<string> arms = [];
        for (int answer = 0; answer < 60; answer++)
        {
            arms.Add(Served.Of(await _server.PostAsync("/v1/recommendations", new { ratings = new[] { new { item = "i3", rating = 5 } }, n = 3 })).Arm);
        }

        arms.ShouldBe(["old", "new"], ignoreOrder: true);
    }

    [Fact]
    public async Task Events_of_an_experiment_come_as_a_file_whose_rows_say_arm_and_propensity()
    {
        await _server.BeginAsync("colours", "split", 3, 1);
        Served[] served = await _server.ServeAsync(Users.Take(40));
        await _server.ShowAsync(served.Select(one => (one, one.Arm == "new")));
        await _server.PostAsync("/v1/events", new { events = new object[] { new { kind = "click", user = "somebody", item = "i1" } } });

        string[] lines = (await _server.Client.GetStringAsync(new Uri("/v1/experiments/colours/events", UriKind.Relative))).TrimEnd().Split('\n');

        lines[0].ShouldBe("kind,user,item,value,time,id,answer,experiment,arm,propensity,position");
        lines.Length.ShouldBe(1 + 40 + served.Count(one => one.Arm == "new"));
        foreach (Served one in served)
        {
            lines.ShouldContain(line => line.StartsWith($"impression,{one.User},i1,,", StringComparison.Ordinal)
                && line.EndsWith($",{one.AnswerId},colours,{one.Arm},{(one.Arm == "old" ? "0.75" : "0.25")},", StringComparison.Ordinal));
        }

        (await _server.Client.GetAsync(new Uri("/v1/experiments/none/events", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Events_that_name_an_answer_count_once_for_its_arm_and_still_do_after_a_restart()
    {
        await _server.BeginAsync("colours", "split");
        Served[] served = await _server.ServeAsync(Users.Take(500));
        Served[] news = [.. served.Where(one => one.Arm == "new")];
        await _server.ShowAsync(served.Select(one => (one, one.Arm == "new" && one != news[0])));
        await _server.ShowAsync(served.Take(100).Select(one => (one, false)));
        await _server.PostAsync("/v1/events", new
        {
            events = new object[]
            {
                new { kind = "click", user = news[0].User, item = "i1", answerId = news[0].AnswerId },
                new { kind = "click", user = news[0].User, item = "i2", answerId = news[0].AnswerId },
                new { kind = "conversion", user = news[0].User, item = "i2", answerId = news[0].AnswerId },
                new { kind = "click", user = "somebody", item = "i1" },
            },
        });

        JsonElement before = await CheckAsync();
        await _server.RestartAsync();
        (await CheckAsync()).GetRawText().ShouldBe(before.GetRawText());

        async Task<JsonElement> CheckAsync()
        {
            JsonElement arms = (await _server.GetAsync("/v1/experiments")).GetProperty("experiments")[0].GetProperty("arms");
            arms[0].GetProperty("impressions").GetInt64().ShouldBe(served.Length - news.Length);
            arms[0].GetProperty("clicks").GetInt64().ShouldBe(0);
            arms[1].GetProperty("impressions").GetInt64().ShouldBe(news.Length);
            arms[1].GetProperty("clicks").GetInt64().ShouldBe(news.Length);
            arms[1].GetProperty("conversions").GetInt64().ShouldBe(1);
            arms[1].GetProperty("users").GetInt64().ShouldBe(news.Length);
            arms[1].GetProperty("test").GetProperty("difference").GetDouble().ShouldBe(1);
            arms[0].GetProperty("regret").GetDouble().ShouldBe(served.Length - news.Length);
            return arms;
        }
    }

    [Fact]
    public async Task An_experiment_is_paused_goes_on_and_is_promoted_and_all_of_it_is_noted()
    {
        await _server.BeginAsync("colours", "split");
        Served other = (await _server.ServeAsync(Users.Take(50))).First(one => one.Arm == "new");

        await _server.PostAsync("/v1/experiments/colours/pause", new { reason = "a holiday" });
        (await _server.ServeAsync([other.User])).Single().Arm.ShouldBe("active");
        await _server.PostAsync("/v1/experiments/colours/resume", new { });
        (await _server.ServeAsync([other.User])).Single().Arm.ShouldBe("new");

        // What takes part stays as it is for as long.
        foreach (string path in new[] { "/v1/models/films/versions/2/retire", "/v1/models/films/versions/2/activate" })
        {
            (await _server.PostAsync(path, new { }, HttpStatusCode.Conflict)).GetProperty("detail").GetString()!.ShouldContain("the experiment \"colours\"");
        }

        JsonElement promoted = await _server.PostAsync("/v1/experiments/colours/promote", new { reason = "better" });
        promoted.GetProperty("state").GetString().ShouldBe("promoted");
        promoted.GetProperty("changes").EnumerateArray().Select(change => $"{change.GetProperty("action").GetString()}: {change.GetProperty("reason").GetString()}")
            .ShouldBe(["promote: better", "resume: ", "pause: a holiday", "create: "]);
        (await _server.ServeAsync(Users.Take(50))).ShouldAllBe(one => one.Version == 2 && one.Experiment == null);
        await _server.PostAsync("/v1/experiments/colours/resume", new { }, HttpStatusCode.Conflict);
        await _server.PostAsync("/v1/models/films/versions/1/retire", new { });
    }

    [Fact]
    public async Task The_client_begins_an_experiment_tells_what_came_of_answers_and_promotes()
    {
        using RecommendationClient client = new(_server.Server.Address);
        await client.BeginAsync(new ExperimentRequest
        {
            Name = "front page", Goal = ExperimentGoal.View, Arms = [new ArmRequest { Name = "old", Version = 1 }, new ArmRequest { Name = "new", Version = 2, Weight = 2 }],
        });
        ServedBy served = (await client.RecommendAsync(new RecommendRequest { User = "u1" })).Served!;
        (await client.StoreAsync([new EventRequest { Kind = EventKind.View, User = "u1", Item = "i1", AnswerId = served.AnswerId }])).Stored.ShouldBe(1);

        ExperimentAnswer found = (await client.ExperimentsAsync()).ShouldHaveSingleItem();
        ArmAnswer arm = found.Arms.Single(one => one.Name == served.Arm);
        (arm.Impressions, arm.Views, arm.Clicks, arm.Propensity).ShouldBe((1, 1, 0, served.Propensity));
        (await client.PauseAsync("front page")).State.ShouldBe(ExperimentState.Paused);
        (await client.ResumeAsync("front page")).State.ShouldBe(ExperimentState.Running);
        (await client.PromoteAsync("front page", "new", "better")).State.ShouldBe(ExperimentState.Promoted);
        (await client.ExperimentAsync("front page")).Why.ShouldBe("better");
        (await Should.ThrowAsync<ServerException>(client.StopAsync("front page"))).Status.ShouldBe(409);
    }

    [Fact]
    public async Task A_list_goes_on_with_the_version_that_began_it_also_for_users_without_an_id()
    {
        await _server.BeginAsync("pages", "split");
        HashSet<string> arms = [];
        for (int list = 0; list < 20; list++)
        {
            object ratings = new[] { new { item = "i3", rating = 5 } };
            JsonElement first = await _server.PostAsync("/v1/recommendations", new { ratings, n = 3 });
            JsonElement second = await _server.PostAsync("/v1/recommendations", new { ratings, n = 3, after = first.GetProperty("next").GetString() });
            Served.Of(second).Arm.ShouldBe(Served.Of(first).Arm);
            Served.Of(second).Propensity.ShouldBe(0.5);
            arms.Add(Served.Of(second).Arm);
        }

        arms.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_shadow_is_compared_and_nobody_sees_it()
    {
        await _server.BeginAsync("night", "shadow", more: new { sample = 1 });
        Served[] served = await _server.ServeAsync(["u1", "u2", "stranger"]);
        served.ShouldAllBe(one => one.Version == 1 && one.Experiment == "night" && one.Arm == "old" && one.Propensity == 1);
        await _server.GetAsync("/v1/users/u3/recommendations?n=5");
        await _server.GetAsync("/v1/predict?user=u1&item=i3");
        await _server.GetAsync("/v1/explain?user=u1&item=i3");

        JsonElement shadow = default;
        using CancellationTokenSource late = new(TimeSpan.FromSeconds(30));
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        do
        {
            await timer.WaitForNextTickAsync(late.Token);
            shadow = (await _server.GetAsync("/v1/experiments/night")).GetProperty("shadow");
        }
        while (shadow.ValueKind == JsonValueKind.Null || shadow.GetProperty("compared").GetInt64() < 5);

        shadow.GetProperty("compared").GetInt64().ShouldBe(5, "explanations are not compared");
        (shadow.GetProperty("failures").GetInt64(), shadow.GetProperty("dropped").GetInt64()).ShouldBe((0, 0));
        shadow.GetProperty("overlap").GetDouble().ShouldBeInRange(0, 1);
        shadow.GetProperty("meanDifference").GetDouble().ShouldBeGreaterThan(0);
        shadow.GetProperty("p50Milliseconds").GetDouble().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Experiments_that_begin_and_end_under_load_fail_no_answer_and_mix_none()
    {
        string[] users = ["u1", "u2", "zoe", "stranger"];
        Dictionary<(string, int), string> expected = [];
        foreach (int version in new[] { 1, 2 })
        {
            await _server.PostAsync($"/v1/models/films/versions/{version}/activate", new { });
            foreach (string user in users)
            {
                expected[(user, version)] = (await _server.GetAsync($"/v1/users/{user}/recommendations?n=5")).GetProperty("items").GetRawText();
            }
        }

        await _server.PostAsync("/v1/models/films/versions/1/activate", new { });
        using CancellationTokenSource over = new();
        Task<HashSet<string?>>[] load = [.. users.Select(user => Task.Run(async () =>
        {
            HashSet<string?> experiments = [];
            while (!over.IsCancellationRequested)
            {
                JsonElement answer = await _server.GetAsync($"/v1/users/{user}/recommendations?n=5");
                JsonElement served = answer.GetProperty("served");
                answer.GetProperty("items").GetRawText().ShouldBe(expected[(user, served.GetProperty("version").GetInt32())], user);
                if (served.GetProperty("experiment").GetString() is { } name)
                {
                    served.GetProperty("version").GetInt32().ShouldBe(served.GetProperty("arm").GetString() == "old" ? 1 : 2);
                    experiments.Add(name);
                }
            }

            return experiments;
        }))];

        for (int round = 0; round < 12; round++)
        {
            await _server.BeginAsync($"round {round}", round % 2 == 0 ? "split" : "thompson");
            await _server.GetAsync("/v1/users/zoe/recommendations?n=5");
            await _server.PostAsync($"/v1/experiments/round {round}/stop", new { });
        }

        await over.CancelAsync();
        (await Task.WhenAll(load)).ShouldAllBe(experiments => experiments.Count > 0);
    }

    [Fact]
    public async Task What_cannot_be_an_experiment_is_refused_by_name_and_routes_nobody()
    {
        await RefusedAsync(HttpStatusCode.NotFound, "films 7", arms: [("old", 1), ("new", 7)]);
        await RefusedAsync(HttpStatusCode.BadRequest, "another name for each arm", arms: [("old", 1), ("old", 2)]);
        await RefusedAsync(HttpStatusCode.BadRequest, "control", new { control = "newest" });
        await RefusedAsync(HttpStatusCode.Conflict, "the active version of films", new { control = "new" });
        await RefusedAsync(HttpStatusCode.BadRequest, "found 3", new { policy = "canary" }, [("old", 1), ("new", 2), ("newer", 2)]);
        await RefusedAsync(HttpStatusCode.BadRequest, "Epsilon", new { epsilon = 2 });
        await RefusedAsync(HttpStatusCode.BadRequest, "margin", new { margin = 1.5 });
        await RefusedAsync(HttpStatusCode.BadRequest, "promote", new { promote = true });
        await RefusedAsync(HttpStatusCode.BadRequest, "policy", new { policy = "coin" });
        await RefusedAsync(HttpStatusCode.BadRequest, "name", new { name = "a/b" });
        await RefusedAsync(HttpStatusCode.NotFound, "other 1", new { model = "other" });
        (await _server.GetAsync("/v1/experiments")).GetProperty("experiments").GetArrayLength().ShouldBe(0);
        await _server.BeginAsync("colours", "split");
        await _server.BeginAsync("colours", "split");
        await RefusedAsync(HttpStatusCode.Conflict, "a name that is free", new { name = "colours", seed = 7 });
        await RefusedAsync(HttpStatusCode.Conflict, "the experiment \\\"colours\\\"", new { name = "shapes" });
        await _server.PostAsync("/v1/experiments/shapes/stop", new { }, HttpStatusCode.NotFound);

        async Task RefusedAsync(HttpStatusCode status, string told, object? more = null, (string Name, int Version)[]? arms = null)
        {
            Dictionary<string, object?> body = new()
            {
                ["name"] = "refused",
                ["arms"] = (arms ?? [("old", 1), ("new", 2)]).Select(arm => new { name = arm.Name, version = arm.Version }).ToArray(),
            };
            foreach (JsonProperty option in JsonSerializer.SerializeToElement(more ?? new { }).EnumerateObject())
            {
                body[option.Name] = option.Value;
            }

            (await _server.PostAsync("/v1/experiments", body, status)).GetRawText().Replace("\\u0022", "\\\"", StringComparison.Ordinal).ShouldContain(told);
        }
    }
}
