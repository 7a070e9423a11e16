using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DistRec.Cluster.Hosting;
using DistRec.Models.Queries.Asking;
using DistRec.Serving.Api;
using DistRec.Serving.Client;
using DistRec.Serving.Hosting;

namespace DistRec.Serving.Tests.Api;

/// <summary>Two servers of one cluster: users live on either of them, and both answer about all.</summary>
public sealed class TwoNodesTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("distrec-two-").FullName;
    private readonly ServingModel _model = SmallModels.Serving();
    private RecommendationServer _first = null!;
    private RecommendationServer _second = null!;

    public async Task InitializeAsync()
    {
        ClusterNodeOptions alone = ServerOptions.Alone(_folder, TimeProvider.System);
        _first = await TestServer.StartAsync(_folder, alone);
        _second = await TestServer.StartAsync(
            _folder,
            new ClusterNodeOptions { Roles = [NodeRoles.Predictor], Secret = alone.Secret, Join = [new DnsEndPoint(_first.NodeAddress.Host, _first.NodeAddress.Port)] });
        _first.Node.Models = _second.Node.Models = SmallModels.Active(_model);
        await WaitAsync(() => _second.Node.Hosted.Any());
    }

    public async Task DisposeAsync()
    {
        await _second.DisposeAsync();
        await _first.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Both_give_the_same_bits_about_users_of_either_and_a_rating_counts_on_both_at_once()
    {
        using RecommendationClient first = new(_first.Address), second = new(_second.Address);
        string elsewhere = Enumerable.Range(0, 1000).Select(number => $"new{number}").First(user => _second.Node.PartitionOf(user) is not null);

        await first.RateAsync(elsewhere, [new RatingRequest { Item = "i4", Rating = 5 }]);

        foreach (string user in new[] { elsewhere, "u1", "u2", "u3" })
        {
            RecommendAnswer here = await first.RecommendAsync(new RecommendRequest { User = user, N = 5 });
            RecommendAnswer there = await second.RecommendAsync(new RecommendRequest { User = user, N = 5 });
            there.Items.ShouldBe(here.Items, user);
            there.Basis.ShouldBe(here.Basis);
        }

        (await second.PredictAsync(new PredictRequest { User = elsewhere, Item = "i8" })).FoldIn!.Ratings.ShouldBe(1);
        (await first.RecommendAsync(new RecommendBatchRequest { Users = [.. Enumerable.Range(0, 200).Select(number => $"new{number}")], N = 1 }))
            .Answers.Select(answer => answer.User).ShouldBe(Enumerable.Range(0, 200).Select(number => $"new{number}"));
        ServerException refused = await Should.ThrowAsync<ServerException>(first.PredictAsync(new PredictRequest { User = elsewhere, Item = "i8" }, "other"));
        refused.Status.ShouldBe(404);
    }

    [Fact]
    public async Task An_item_that_came_after_training_has_the_same_bits_on_both_within_a_few_seconds()
    {
        using RecommendationClient first = new(_first.Address), second = new(_second.Address);
        foreach (string user in new[] { "u1", "u5", "u8" })
        {
            await first.RateAsync(user, [new RatingRequest { Item = "brand new", Rating = 4.5f }]);
        }

        await WaitAsync(() => KnowsAll(_first) && KnowsAll(_second));

        RecommendRequest request = new() { User = "u2", N = 40 };
        RecommendedItem[] here = [.. (await first.RecommendAsync(request)).Items];
        (await second.RecommendAsync(request)).Items.ShouldBe(here);
        here.ShouldContain(item => item.Item == "brand new");

        bool KnowsAll(RecommendationServer server) => server.Node.WithNewItems(_model).NewItems.Find("brand new")?.Ratings == 3;
    }

    [Fact]
    public async Task When_a_node_leaves_its_users_are_answered_by_the_other_with_all_that_they_rated()
    {
        using RecommendationClient first = new(_first.Address);
        string[] users = [.. Enumerable.Range(0, 1000).Select(number => $"new{number}").Where(user => _second.Node.PartitionOf(user) is not null).Take(20)];
        foreach (string user in users)
        {
            await first.RateAsync(user, [new RatingRequest { Item = "i4", Rating = 5 }]);
        }

        await _second.LeaveAsync();

        foreach (string user in users)
        {
            HistoryAnswer history = await first.RatingsAsync(user);
            history.Ratings.Single().Rating.ShouldBe(5, user);
        }
    }

    [Theory]
    [InlineData("split")]
    [InlineData("thompson")]
    public async Task Both_give_a_user_the_same_arm_whichever_is_asked_first_and_count_what_is_sent_to_either(string policy)
    {
        using HttpClient firstHttp = new() { BaseAddress = _first.Address }, secondHttp = new() { BaseAddress = _second.Address };
        for (ulong seed = 1; seed <= 2; seed++)
        {
            string folder = Path.Combine(_folder, $"trained-{seed}");
            ModelFolder.Save(folder, SmallModels.Saved(seed));
            await TestServer.ReadAsync(firstHttp.PostAsJsonAsync("/v1/models", new { name = "films", folder, activate = seed == 1 }), HttpStatusCode.Created);
        }

        object arms = new[] { new { name = "old", version = 1 }, new { name = "new", version = 2 } };
        await TestServer.ReadAsync(firstHttp.PostAsJsonAsync("/v1/experiments", new { name = "e", policy, arms }), HttpStatusCode.Created);
        await WaitAsync(() => _second.Node.Models.Experiments.Count == 1);
        using RecommendationClient first = new(_first.Address), second = new(_second.Address);

        string[] users = [.. Enumerable.Range(0, 40).Select(number => $"user{number}")];
        HashSet<string> chosen = [];
        foreach ((int index, string user) in users.Index())
        {
            RecommendationClient[] order = index % 2 == 0 ? [first, second] : [second, first];
            ServedBy one = (await order[0].RecommendAsync(new RecommendRequest { User = user, N = 1 })).Served!;
            ServedBy other = (await order[1].RecommendAsync(new RecommendRequest { User = user, N = 1 })).Served!;
            (other.Experiment, other.Arm, other.Version, other.Propensity).ShouldBe((one.Experiment, one.Arm, one.Version, one.Propensity), user);
            one.Experiment.ShouldBe("e");
            chosen.Add(one.Arm);
            HttpClient http = index % 2 == 0 ? firstHttp : secondHttp;
            await TestServer.ReadAsync(
                http.PostAsJsonAsync("/v1/events", new { events = new[] { new { kind = "impression", user, item = "i1", answerId = one.AnswerId } } }), HttpStatusCode.OK);
        }

        chosen.Count.ShouldBe(2);
        foreach (HttpClient http in new[] { firstHttp, secondHttp })
        {
            JsonElement found = await TestServer.ReadAsync(http.GetAsync(new Uri("/v1/experiments/e", UriKind.Relative)), HttpStatusCode.OK);
            found.GetProperty("arms").EnumerateArray().Sum(arm => arm.GetProperty("impressions").GetInt64()).ShouldBe(users.Length);
        }
    }

    private static async Task WaitAsync(Func<bool> isThere)
    {
        using CancellationTokenSource late = new(TimeSpan.FromSeconds(30));
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        while (!isThere())
        {
            await timer.WaitForNextTickAsync(late.Token);
        }
    }
}
