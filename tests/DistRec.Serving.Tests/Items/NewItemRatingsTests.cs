using DistRec.Models.FactorizationMachine;
using DistRec.Models.FoldIn;
using DistRec.Serving.Items;
using DistRec.Serving.Users;

namespace DistRec.Serving.Tests.Items;

public sealed class NewItemRatingsTests
{
    private static readonly SavedModel Saved = SmallModels.Saved();

    // In the order of the log; what cannot be used is among them.
    private static readonly UserRating[] Log =
    [
        new("u1", "first", 4, 1), new("nobody", "first", 1, 2), new("u2", "second", 2, 3), new("u7", "i3", 5, 4), new("u3", "first", 5, 5),
        new("u1", "first", 1.5f, 6), new("u4", "third", 3, 7), new("u5", "second", float.PositiveInfinity, 8), new("u9", "third", 4, 9), new("u6", "second", 1, 10),
    ];

    [Theory]
    [InlineData(ModelKinds.Als)]
    [InlineData(ModelKinds.ImplicitAls)]
    [InlineData(ModelKinds.Bpmf)]
    public void A_new_item_has_the_bits_of_folding_in_its_newest_ratings_by_users_of_the_model(string kind)
    {
        SavedModel saved = SmallModels.Saved(kind: kind);
        NewItemRatings ratings = new(saved, leastRatings: 1);
        AddAll(ratings, Log);

        NewItems items = ratings.Fold();

        items.All.Select(item => (item.Index, item.Id, item.Ratings)).ShouldBe([(30, "first", 2), (31, "second", 2), (32, "third", 2)]);
        FoldedItem expected = new ItemFoldIn(saved).Fit([1, 3], [1.5f, 5]);
        FoldedItem found = items.Find("first")!.Row;
        found.Bias.ShouldBe(expected.Bias);
        found.Factors.ToArray().ShouldBe(expected.Factors.ToArray());
        (found.Variances?.ToArray() ?? []).ShouldBe(expected.Variances?.ToArray() ?? []);
        items.Find("i3").ShouldBeNull();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void In_whatever_portions_the_log_is_read_the_items_are_the_same(int portion)
    {
        NewItemRatings whole = new(Saved, leastRatings: 2), parts = new(Saved, leastRatings: 2);
        AddAll(whole, Log);
        NewItems items = NewItems.None;
        foreach (UserRating[] some in Log.Chunk(portion))
        {
            AddAll(parts, some);
            items = parts.Fold();
        }

        NewItems expected = whole.Fold();
        items.All.Select(item => (item.Index, item.Id, item.Ratings, item.Row.Bias)).ShouldBe(
            expected.All.Select(item => (item.Index, item.Id, item.Ratings, item.Row.Bias)));
        items.All.SelectMany(item => item.Row.Factors.ToArray()).ShouldBe(expected.All.SelectMany(item => item.Row.Factors.ToArray()));

        // By when they had enough ratings, and not by when they were first heard of.
        expected.All.Select(item => item.Id).ShouldBe(["first", "third", "second"]);
    }

    [Fact]
    public void An_item_with_too_few_ratings_waits_and_the_same_user_does_not_count_twice()
    {
        NewItemRatings ratings = new(Saved, leastRatings: 2);
        AddAll(ratings, [new("u1", "film", 4, 1), new("u1", "film", 5, 2), new("nobody", "film", 5, 3)]);
        ratings.Fold().All.ShouldBeEmpty();
        AddAll(ratings, [new("u2", "film", 4, 4)]);
        ratings.Fold().All.Single().Ratings.ShouldBe(2);
    }

    [Fact]
    public void The_first_items_are_taken_and_later_ones_left_out()
    {
        NewItemRatings ratings = new(Saved, leastRatings: 1, mostItems: 2);
        AddAll(ratings, [new("u1", "a", 4, 1), new("u1", "b", 4, 2), new("u1", "c", 4, 3), new("u2", "a", 5, 4)]);
        ratings.Fold().All.Select(item => (item.Id, item.Ratings)).ShouldBe([("a", 2), ("b", 1)]);
    }

    [Fact]
    public void A_version_that_cannot_fold_items_in_has_none()
    {
        SavedModel als = SmallModels.Saved();
        FmMachine machine = new(new FmShape(4, 2, FmLearner.Sgd, 0), FmLink.Preference, new FmParameters(new FactorTable(1, 16), [0], 0), new FeatureSpace([]));
        FactorModel model = new(ModelKinds.Fm, 0, als.Model.Scale, als.Model.UserBiases, als.Model.ItemBiases, als.Model.UserFactors, als.Model.ItemFactors) { Machine = machine };
        NewItemRatings ratings = new(
            new SavedModel(model, als.Users, als.Items, als.Titles, als.Ratings, als.Description with { Kind = ModelKinds.Fm }), leastRatings: 1);
        AddAll(ratings, Log);
        ratings.Fold().All.ShouldBeEmpty();
    }

    private static void AddAll(NewItemRatings ratings, IEnumerable<UserRating> some)
    {
        foreach (UserRating rating in some)
        {
            ratings.Add(rating);
        }
    }
}
