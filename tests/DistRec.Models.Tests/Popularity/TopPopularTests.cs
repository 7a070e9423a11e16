using DistRec.Models.FoldIn;
using DistRec.Models.Queries.Top;
using DistRec.Models.Tests.FoldIn;

namespace DistRec.Models.Tests.Popularity;

public sealed class TopPopularTests
{
    // Items 0 to 3 are had by three, one, two and no users.
    private static readonly RatingMatrix Matrix = new List<Rating> { new(0, 0, 5), new(0, 2, 1), new(1, 0, 2), new(1, 1, 4), new(2, 0, 1), new(2, 2, 3) }.ToMatrix(3, 4);

    [Fact]
    public void A_score_is_how_many_users_have_the_item()
    {
        SavedModel saved = FoldInModels.Train(ModelKinds.TopPopular, Matrix);
        Enumerable.Range(0, 4).Select(item => new Predictor(saved).Predict(1, item).Value).ShouldBe([3, 1, 2, 0]);
        new TopItems(saved).Rank(TopRequest.For(saved, 1, 3)).Select(item => item.Item).ShouldBe([2, 3]);
        new TopItems(saved).Rank(TopRequest.For(saved, -1, 2)).Select(item => item.Item).ShouldBe([0, 2]);
    }

    [Fact]
    public void A_new_user_is_shown_the_same_and_a_new_item_counts_who_has_it()
    {
        SavedModel saved = FoldInModels.Train(ModelKinds.TopPopular, Matrix);
        new Predictor(saved).Predict(new UserFoldIn(saved).Fit([1], [1]), 0).Value.ShouldBe(3);
        new Predictor(saved).Predict(0, new ItemFoldIn(saved).Fit([0, 2], [1, 1])).Value.ShouldBe(2);
    }
}
