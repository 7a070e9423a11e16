namespace DistRec.Models.Tests.Queries;

public sealed class RecommenderTests
{
    private readonly SavedModel _saved = TestModels.Random(users: 6, items: 30);

    [Fact]
    public void The_best_unseen_items_come_first_and_exactly_as_many_as_asked()
    {
        int[] unseen = [.. Enumerable.Range(0, 30).Except(_saved.Ratings!.RowColumns(2).ToArray())];
        for (int n = 1; n <= unseen.Length + 3; n++)
        {
            Recommendations answer = new Recommender(_saved).Recommend("u2", n);
            answer.RankedBy.ShouldBe(RankedBy.Prediction);
            answer.Items.Select(item => item.Item).ShouldBe(unseen.OrderByDescending(Score).ThenBy(item => item).Take(n));
        }

        double Score(int item) => FactorScore.Unclipped(_saved.Model, 2, item, _saved.Counts!.Items[item] == 0 ? Answer.ColdItem : Answer.Known);
    }

    [Fact]
    public void Each_item_carries_its_id_title_and_clipped_prediction()
    {
        var predictor = new Predictor(_saved);
        foreach (Recommendation item in new Recommender(_saved).Recommend("u2", 30, includeSeen: true).Items)
        {
            item.ItemId.ShouldBe($"i{item.Item}");
            item.Title.ShouldBe(_saved.Titles[item.Item]);
            item.Prediction.ShouldBe(predictor.Predict("u2", item.ItemId).Value);
        }
    }

    [Fact]
    public void Seen_items_come_back_when_asked_for() =>
        new Recommender(_saved).Recommend("u2", 100, includeSeen: true).Items.Select(item => item.Item).Order().ShouldBe(Enumerable.Range(0, 30));

    [Fact]
    public void Only_allowed_items_are_chosen_and_denied_ones_never()
    {
        Recommendations answer = new Recommender(_saved).Recommend("u2", 10, allow: ["i3", "i4", "i5", "new"], deny: ["i4", "old"], includeSeen: true);
        answer.Items.Select(item => item.ItemId).Order(StringComparer.Ordinal).ShouldBe(["i3", "i5"]);
        answer.UnknownIds.ShouldBe(["new", "old"]);
        new Recommender(_saved).Recommend("u2", 10, allow: []).Items.ShouldBeEmpty();
    }

    [Fact]
    public void Equal_scores_are_ordered_by_item_index()
    {
        SavedModel baseline = TestModels.Random(users: 6, items: 30, rank: 0, kind: "baseline");
        Array.Fill(baseline.Model.ItemBiases, 0.25f, 0, 29);
        int[] unseen = [.. Enumerable.Range(0, 29).Except(baseline.Ratings!.RowColumns(1).ToArray())];
        new Recommender(baseline).Recommend("u1", 5).Items.Select(item => item.Item).ShouldBe(unseen.Take(5));
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("u5")]
    public void A_cold_user_gets_the_ranking_by_damped_means_and_is_told(string user)
    {
        Recommendations answer = new Recommender(_saved).Recommend(user, 10);
        answer.RankedBy.ShouldBe(RankedBy.DampedMean);
        answer.Items.Count.ShouldBe(10);
        answer.Items.Select(item => item.Score).ShouldBeInOrder(SortDirection.Descending);
        answer.Items.ShouldAllBe(item => item.Prediction == Math.Clamp(_saved.Model.GlobalMean + _saved.Model.ItemBiases[item.Item], 0.5f, 5));
    }

    [Fact]
    public void One_rating_of_five_does_not_beat_many_of_four_and_a_half()
    {
        // Items 0 and 1: many ratings of 4.5 and 1; item 2: one of 5; item 3: none.
        var starts = new List<long> { 0 };
        var columns = new List<int>();
        var values = new List<float>();
        for (int user = 0; user < 50; user++)
        {
            columns.AddRange([0, 1]);
            values.AddRange([4.5f, 1]);
            if (user == 0)
            {
                columns.Add(2);
                values.Add(5);
            }

            starts.Add(columns.Count);
        }

        SavedModel ranked = Saved(new RatingMatrix(4, [.. starts], [.. columns], [.. values]), 50, 4);
        new Recommender(ranked).Recommend("nobody", 4).Items.Select(item => item.Item).ShouldBe([0, 2, 3, 1]);
    }

    [Fact]
    public void Equal_damped_means_are_ordered_by_popularity_then_index()
    {
        // All ratings are 3, so every item has the mean 3: item 2 has two ratings, items 0 and 3 one, item 1 none.
        SavedModel ranked = Saved(new RatingMatrix(4, [0, 2, 4], [0, 2, 2, 3], [3, 3, 3, 3]), 2, 4);
        new Recommender(ranked).Recommend("nobody", 4).Items.Select(item => item.Item).ShouldBe([2, 0, 3, 1]);
    }

    [Fact]
    public void Without_ratings_seen_items_cannot_be_left_out_and_the_answer_says_what_to_do()
    {
        var recommender = new Recommender(TestModels.Random(withRatings: false));
        Should.Throw<InputException>(() => recommender.Recommend("u1", 3)).Message.ShouldContain("include seen items or save the model with its ratings");
        recommender.Recommend("u1", 3, includeSeen: true).Items.Count.ShouldBe(3);
        recommender.Recommend("nobody", 3).Items.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Fewer_than_one_is_refused(int n) =>
        Should.Throw<InputException>(() => new Recommender(_saved).Recommend("u1", n)).Message.ShouldContain("expected at least 1");

    [Fact]
    public void More_than_there_are_is_no_reason_to_allocate_more() =>
        new Recommender(_saved).Recommend("u1", int.MaxValue, includeSeen: true).Items.Count.ShouldBe(30);

    private static SavedModel Saved(RatingMatrix ratings, int users, int items) => new(
        new FactorModel("baseline", 3, new RatingScale(1, 5), new float[users], new float[items], null, null),
        IdMap.Numbered(users),
        IdMap.Numbered(items),
        [],
        ratings,
        TestModels.Describe("baseline"));
}
