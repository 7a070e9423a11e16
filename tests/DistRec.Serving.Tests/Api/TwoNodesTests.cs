using System.Net;
using DistRec.Cluster.Hosting;
using DistRec.Serving.Api;
using DistRec.Serving.Client;
using DistRec.Serving.Hosting;
using DistRec.Serving.Queries;

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
