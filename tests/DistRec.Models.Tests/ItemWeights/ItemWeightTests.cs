using DistRec.Models.FoldIn;
using DistRec.Models.ItemWeights;
using DistRec.Models.Neighborhood;
using DistRec.Models.Queries.Top;
using DistRec.Models.Tests.FoldIn;

namespace DistRec.Models.Tests.ItemWeights;

/// <summary>Models that score an item by a sum over what the user has: <c>item-knn</c>, <c>rp3beta</c>, <c>ease</c>.</summary>
public sealed class ItemWeightTests
{
    private const int Users = 60;
    private const int Items = 40;

    private static readonly List<Rating> Ratings = RatingLists.Draw(Users, Items, 0.2, (user, item) => 1 + ((user + item) % 5));
    private static readonly RatingMatrix Matrix = Ratings.ToMatrix(Users, Items);
    private static readonly NaiveItemWeights Naive = new(Ratings, Users, Items);

    public static TheoryData<string> Kinds => [ModelKinds.ItemKnn, ModelKinds.Rp3beta, ModelKinds.Ease];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Scores_are_the_sums_of_the_definition(string kind)
    {
        Func<int, int, double> weight = WeightOf(kind);
        SavedModel saved = FoldInModels.Train(kind, Matrix);
        Predictor predictor = new(saved);
        for (int user = 0; user < Users; user++)
        {
            int[] own = Matrix.RowColumns(user).ToArray();
            for (int item = 0; item < Items && own.Length > 0; item++)
            {
                double expected = own.Where(other => other != item).Sum(other => weight(item, other));
                predictor.Predict(user, item).Value.ShouldBe((float)expected, 1e-5f);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Of_an_item_the_weights_furthest_from_0_are_kept_by_index(string kind)
    {
        const int Kept = 7;
        Func<int, int, double> weight = WeightOf(kind);
        ItemWeightOptions options = FoldInModels.ItemWeights(kind, Kept);
        NeighborTables tables = PlainTraining.ItemWeights(options, Matrix).Neighbors!;
        for (int item = 0; item < Items; item++)
        {
            float[] list = tables.Lists.Row(item).ToArray();
            int[] kept = [.. list.Take(Kept).Where(other => other >= 0).Select(other => (int)other)];
            double[] sizes = [.. Enumerable.Range(0, Items).Where(other => other != item).Select(other => Math.Abs(weight(item, other))).Where(size => size > 0).OrderDescending()];
            kept.ShouldBe(kept.Order());
            kept.Length.ShouldBe(Math.Min(Kept, sizes.Length));
            kept.ShouldAllBe(other => Math.Abs(weight(item, other)) >= sizes[kept.Length - 1] - 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_listed_has_the_scores_that_are_predicted(string kind)
    {
        SavedModel saved = FoldInModels.Train(kind, Matrix);
        Predictor predictor = new(saved);
        TopItems top = new(saved);
        ItemScores scores = new(top);
        foreach (int user in (int[])[3, 11])
        {
            TopRequest request = TopRequest.For(saved, user, 8);
            ScoredItem[] listed = top.Rank(request);
            listed.Length.ShouldBe(8);
            listed.ShouldAllBe(item => (float)item.Score == predictor.Predict(user, item.Item).Value);
            listed.Select(item => item.Item).Intersect(Matrix.RowColumns(user).ToArray()).ShouldBeEmpty();
            double worst = listed[^1].Score;
            Enumerable.Range(0, Items).Except(listed.Select(item => item.Item)).Except(Matrix.RowColumns(user).ToArray())
                .ShouldAllBe(item => predictor.Predict(user, item).Value <= worst);
            scores.Compute([request]);
            scores.Best(0, 8).Select(item => (item.Item, (float)item.Score)).ShouldBe(listed.Select(item => (item.Item, (float)item.Score)));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_user_who_was_folded_in_has_the_scores_of_one_with_the_same_items(string kind)
    {
        SavedModel saved = FoldInModels.Train(kind, Matrix);
        FoldedUser folded = new UserFoldIn(saved).Fit(Matrix.RowColumns(9), Matrix.RowValues(9));
        Predictor predictor = new(saved);
        for (int item = 0; item < Items; item++)
        {
            predictor.Predict(folded, item).Value.ShouldBe(predictor.Predict(9, item).Value);
        }
    }

    // Item 5 once among the others, and once behind them. A walk also divides by how many items a user has, of which one is missing then.
    [Theory]
    [InlineData(ModelKinds.ItemKnn)]
    [InlineData(ModelKinds.Ease)]
    public void An_item_that_was_folded_in_has_the_scores_of_one_that_was_trained(string kind)
    {
        RatingMatrix without = Ratings.Where(rating => rating.Item != 5).ToList().ToMatrix(Users, Items);
        RatingMatrix byItem = Matrix.TransposeColumns(0, Items);
        SavedModel whole = FoldInModels.Train(kind, Matrix), rest = FoldInModels.Train(kind, without);
        FoldedItem folded = new ItemFoldIn(rest).Fit(byItem.RowColumns(5), byItem.RowValues(5));
        Predictor trained = new(whole), predictor = new(rest);
        for (int user = 0; user < Users; user++)
        {
            predictor.Predict(user, folded).Value.ShouldBe(trained.Predict(user, 5).Value, 1e-5f);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_model_comes_back_from_its_folder_with_the_same_answers(string kind)
    {
        using TemporaryFolder folder = new();
        SavedModel saved = FoldInModels.Train(kind, Matrix);
        ModelFolder.Save(folder["model"], saved);
        SavedModel again = ModelFolder.Load(folder["model"]);

        again.Model.Neighbors!.Lists.Values.ToArray().ShouldBe(saved.Model.Neighbors!.Lists.Values.ToArray());
        new Predictor(again).Predict(7, 11).ShouldBe(new Predictor(saved).Predict(7, 11));
        ModelHash.Compute(again.Model).ShouldBe(ModelHash.Compute(saved.Model));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_answer_is_the_sum_of_what_each_item_of_the_user_adds(string kind)
    {
        SavedModel saved = FoldInModels.Train(kind, Matrix);
        Explanation why = new Explainer(saved).Explain("7", "11", Items);

        why.Method.ShouldBe(ContributionMethod.Neighbors);
        why.Contributions.Select(one => one.Item).ShouldBeSubsetOf(Matrix.RowColumns(7).ToArray());
        why.Contributions.Sum(one => one.Value).ShouldBe(why.Unclipped, 1e-6);
        (why.Residual, why.UserBias, why.ItemBias).ShouldBe((0, 0, 0));
        why.Unclipped.ShouldBe(new Predictor(saved).Predict(7, 11).Value, 1e-6);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Items_like_one_are_those_that_speak_most_for_it(string kind)
    {
        Func<int, int, double> weight = WeightOf(kind);
        IReadOnlyList<SimilarRow> similar = new SimilarRows(FoldInModels.Train(kind, Matrix), Side.Item).Find("4", 3);
        double[] expected = [.. Enumerable.Range(0, Items).Where(other => other != 4).Select(other => weight(4, other)).OrderDescending().Take(3)];
        similar.Select(other => other.Similarity).ShouldBe(expected, 1e-6);
    }

    [Fact]
    public void A_lambda_that_is_lost_beside_the_counts_is_refused()
    {
        // Two items that the same users have.
        RatingMatrix same = new List<Rating> { new(0, 0, 1), new(0, 1, 1), new(1, 0, 1), new(1, 1, 1) }.ToMatrix(2, 2);
        Should.Throw<NumericalException>(() => PlainTraining.ItemWeights(new EaseOptions { Regularization = 1e-30f }, same)).Message
            .ShouldBe("ease: a lambda of 1E-30 is lost beside the counts; raise --regularization");
    }

    private static Func<int, int, double> WeightOf(string kind)
    {
        if (kind == ModelKinds.Ease)
        {
            double[,] weights = Naive.Ease(FoldInModels.Ease.Regularization);
            return (item, other) => weights[item, other];
        }

        return kind == ModelKinds.ItemKnn
            ? (item, other) => Naive.Cosine(item, other, FoldInModels.ItemKnn.Shrinkage)
            : (item, other) => Naive.Walk(item, other, FoldInModels.Rp3beta.Exponent, FoldInModels.Rp3beta.PopularityExponent);
    }
}
