using DistRec.Models.FoldIn;
using DistRec.Models.Queries.Lists;

namespace DistRec.Models.Tests.Queries.Lists;

public sealed class ListMakerTests
{
    private const int Items = 400;

    private readonly SavedModel _saved = TestModels.Random(users: 6, items: Items);

    [Fact]
    public void A_plain_list_is_what_the_recommender_ranks()
    {
        ListMaker lists = Lists(_saved);
        Recommendations ranked = new Recommender(_saved).Recommend("u2", 7, deny: ["i3", "other"]);
        RecommendedList list = lists.Make("u2", new RecommendQuery { N = 7, Deny = ["i3", "other"] });
        Same(list, ranked);
        list.RankedBy.ShouldBe(RankedBy.Prediction);
        list.UnknownIds.ShouldBe(["other"]);

        FoldedUser user = new UserFoldIn(_saved).Fit([1, 2], [5, 1]);
        Same(lists.Make(user, new RecommendQuery { N = 7, IncludeSeen = true }), new Recommender(_saved).Recommend(user, "", 7, includeSeen: true));
        Same(lists.Make("nobody", new RecommendQuery { N = 7, Deny = ["i3"] }), new Recommender(_saved).Recommend("nobody", 7, deny: ["i3"]));
        SavedModel bare = new(_saved.Model, _saved.Users, _saved.Items, _saved.Titles, null, _saved.Description);
        Should.Throw<InputException>(() => Lists(bare).Make("u2", new RecommendQuery())).Message.ShouldContain("a model saved without them");
        Same(Lists(bare).Make("u2", new RecommendQuery { IncludeSeen = true }), new Recommender(bare).Recommend("u2", 10, includeSeen: true));
    }

    [Fact]
    public void Diversity_is_the_mean_distance_of_all_pairs()
    {
        SimilarRows similar = new(_saved, Side.Item);
        RecommendedList list = Lists(_saved).Make("u2", new RecommendQuery { N = 9, IncludeSeen = true, Allow = [.. Enumerable.Range(Items - 9, 9).Select(item => $"i{item}")] });
        int[] items = [.. list.Items.Select(item => item.Item)];

        // The last item has no training ratings: it is at a distance of 1 from all others.
        items.ShouldContain(Items - 1);
        double sum = 0;
        for (int i = 0; i < items.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                sum += 1 - (items[i] == Items - 1 || items[j] == Items - 1 ? 0
                    : similar.Find($"i{items[i]}", Items).Single(found => found.Row == items[j]).Similarity);
            }
        }

        list.Diversity!.Value.ShouldBe(sum / (9 * 8 / 2), 1e-6);
        Lists(_saved).Make("u2", new RecommendQuery { N = 1 }).Diversity.ShouldBeNull();
    }

    [Fact]
    public void Lists_differ_more_the_more_it_counts_and_begin_with_the_best()
    {
        ListMaker lists = Lists(_saved);
        RecommendedList[] made = [.. new[] { 0, 0.2, 0.5, 1 }.Select(diversity => lists.Make("u2", new RecommendQuery { N = 8, Diversity = diversity, IncludeSeen = true }))];
        made.Select(list => list.Diversity!.Value).ShouldBeInOrder(SortDirection.Ascending);
        made[^1].Diversity!.Value.ShouldBeGreaterThan(made[0].Diversity!.Value + 0.2);
        made.ShouldAllBe(list => list.Items[0] == made[0].Items[0] && list.Items.Select(item => item.Item).Distinct().Count() == 8);
    }

    [Theory]
    [InlineData(8, 100)]
    [InlineData(40, 200)]
    public void Items_are_chosen_from_the_best_five_times_as_many_and_at_least_a_hundred(int n, int candidates)
    {
        HashSet<int> best = [.. new Recommender(_saved).Recommend("u2", candidates, includeSeen: true).Items.Select(item => item.Item)];
        RecommendedList list = Lists(_saved).Make("u2", new RecommendQuery { N = n, Diversity = 1, IncludeSeen = true });
        list.Items.ShouldAllBe(item => best.Contains(item.Item));

        // Some of them from behind the middle: what is far down is not left out.
        list.Items.Min(item => item.Score).ShouldBeLessThan(new Recommender(_saved).Recommend("u2", candidates / 2, includeSeen: true).Items[^1].Score);
    }

    [Fact]
    public void Cold_rankings_and_short_ones_are_diversified_too()
    {
        RecommendedList cold = Lists(_saved).Make("nobody", new RecommendQuery { N = 8, Diversity = 0.7 });
        cold.RankedBy.ShouldBe(RankedBy.DampedMean);
        cold.Items.Count.ShouldBe(8);
        Lists(_saved).Make("u2", new RecommendQuery { N = 8, Diversity = 0.7, Allow = ["i1", "i2"], IncludeSeen = true }).Items.Count.ShouldBe(2);
        Lists(_saved).Make("u2", new RecommendQuery { N = 8, Diversity = 0.7, Allow = [] }).Items.ShouldBeEmpty();
    }

    [Fact]
    public void Lists_that_a_model_cannot_make_are_refused()
    {
        ListMaker baseline = Lists(TestModels.Random(rank: 0, kind: "baseline"));
        Should.Throw<InputException>(() => baseline.Make("u2", new RecommendQuery { Diversity = 0.5 })).Message
            .ShouldBe("diversity: expected a model with item factors, to tell which items differ, found a model \"baseline\" without; leave it out, or train als or mf");
        baseline.Make("u2", new RecommendQuery()).Diversity.ShouldBeNull();
        foreach (double wrong in new[] { -0.1, 1.1, double.NaN })
        {
            Should.Throw<InputException>(() => Lists(_saved).Make("u2", new RecommendQuery { Diversity = wrong })).Message.ShouldStartWith("diversity: expected a number from 0 to 1, found");
        }

        Should.Throw<InputException>(() => Lists(_saved).Make("u2", new RecommendQuery { N = 0 })).Message.ShouldContain("expected at least 1");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(3)]
    public void Exploring_ranks_by_the_score_and_k_deviations(double explore)
    {
        SavedModel sampled = Sampled();
        FoldedUser folded = new UserFoldIn(sampled).Fit([0, 1, 2, 3], [5, 1, 5, 2]);
        Predictor predictor = new(sampled);
        foreach ((RecommendedList list, Func<int, Prediction> predict, Func<int, double> deviation) in new (RecommendedList, Func<int, Prediction>, Func<int, double>)[]
        {
            (Lists(sampled).Make("u2", new RecommendQuery { N = 40, Explore = explore }), item => predictor.Predict(2, item),
                item => sampled.Model.Spread!.DeviationOf(sampled.Model, 2, item)),
            (Lists(sampled).Make(folded, new RecommendQuery { N = 40, Explore = explore }), item => predictor.Predict(folded, item),
                item => sampled.Model.Spread!.DeviationOf(sampled.Model, folded.Factors.Span, folded.Variances!.Value.Span, item)),
        })
        {
            list.RankedBy.ShouldBe(explore > 0 ? RankedBy.UpperBound : RankedBy.Prediction);
            list.Items.Count.ShouldBe(40);
            list.Items.Select(item => item.Score).ShouldBeInOrder(SortDirection.Descending);
            foreach (ListedItem item in list.Items)
            {
                item.Deviation.ShouldBe(deviation(item.Item));
                item.Prediction.ShouldBe(predict(item.Item).Value);
                (predict(item.Item).Deviation ?? item.Deviation).ShouldBe(item.Deviation);
            }
        }

        // Nobody else has a greater bound.
        RecommendedList all = Lists(sampled).Make("u2", new RecommendQuery { N = Items, Explore = explore });
        all.Items.Take(40).ShouldBe(Lists(sampled).Make("u2", new RecommendQuery { N = 40, Explore = explore }).Items);
        FactorModel model = sampled.Model;
        foreach (ListedItem item in all.Items)
        {
            bool isCold = sampled.Counts!.Items[item.Item] == 0;
            double score = FactorScore.Unclipped(model, 2, item.Item, isCold ? Answer.ColdItem : Answer.Known);
            item.Score.ShouldBe(score + (explore * item.Deviation!.Value), 1e-12);
        }
    }

    [Fact]
    public void The_more_is_explored_the_less_sure_the_list_is()
    {
        ListMaker lists = Lists(Sampled());
        double[] means = [.. new[] { 0, 1, 10.0 }.Select(explore => lists.Make("u2", new RecommendQuery { N = 20, Explore = explore }).Items.Average(item => item.Deviation!.Value))];
        means.ShouldBeInOrder(SortDirection.Ascending);
        means[2].ShouldBeGreaterThan(means[0] + 0.1);
    }

    [Fact]
    public void Only_models_that_know_how_sure_they_are_explore()
    {
        Should.Throw<InputException>(() => Lists(_saved).Make("u2", new RecommendQuery { Explore = 1 })).Message
            .ShouldBe("explore: expected a model that knows how sure it is of a rating, found a model \"als\" without deviations; leave it out, or train bpmf");
        Should.Throw<InputException>(() => Lists(Sampled()).Make("u2", new RecommendQuery { Explore = double.NaN })).Message.ShouldContain("a number from 0 to 100");
        Lists(Sampled()).Make("nobody", new RecommendQuery { Explore = 1 }).RankedBy.ShouldBe(RankedBy.DampedMean);
    }

    private static SavedModel Sampled()
    {
        SavedModel saved = TestModels.Random(users: 6, items: Items, kind: "bpmf");
        FactorModel model = saved.Model;
        FactorTable Variances(int rows, ulong seed)
        {
            FactorTable table = new(rows, model.Rank);
            for (int row = 0; row < rows; row++)
            {
                EntityRandom random = new(seed, RandomPurpose.SyntheticItem, row);
                foreach (ref float variance in table.Row(row))
                {
                    variance = (float)random.NextDouble();
                }
            }

            return table;
        }

        return TestModels.With(saved, new FactorModel(model.Kind, model.GlobalMean, model.Scale, new float[6], new float[Items], model.UserFactors, model.ItemFactors)
        {
            Spread = new FactorSpread(Variances(6, 1), Variances(Items, 2), 0.25f),
        });
    }

    private static void Same(RecommendedList list, Recommendations ranked)
    {
        list.RankedBy.ShouldBe(ranked.RankedBy);
        list.UnknownIds.ShouldBe(ranked.UnknownIds);
        list.Items.Select(item => new Recommendation(item.Item, item.ItemId, item.Title, item.Prediction, item.Score)).ShouldBe(ranked.Items);
    }

    private static ListMaker Lists(SavedModel saved)
    {
        Lazy<SimilarRows> similar = new(() => new SimilarRows(saved, Side.Item));
        return new ListMaker(saved, () => similar.Value);
    }
}
