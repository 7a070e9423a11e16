using DistRec.Models.Queries.Asking;
using DistRec.Models.Queries.Lists;
using DistRec.Serving.Experiments;

namespace DistRec.Serving.Tests.Experiments;

public sealed class ShadowFiguresTests
{
    [Fact]
    public void Lists_are_compared_by_the_items_that_both_have_and_predictions_by_how_far_they_are_apart()
    {
        ShadowFigures lists = ShadowFigures.Of(List(("a", 4), ("b", 3), ("c", 2), ("d", 1)), List(("b", 3.5f), ("x", 5), ("a", 3)), TimeSpan.FromMilliseconds(2));
        (lists.Compared, lists.Lists, lists.Overlap, lists.Predictions, lists.Difference).ShouldBe((1, 1, 0.5, 2, 1.5));

        ShadowFigures both = lists.Add(ShadowFigures.Of(Prediction(4), Prediction(1.5f), TimeSpan.FromMilliseconds(2))).Add(new ShadowFigures { Failures = 1, Dropped = 7 });
        (both.Compared, both.Lists, both.Predictions, both.Difference, both.Failures, both.Dropped).ShouldBe((2, 1, 3, 4, 1, 7));
        both.Quantile(0.5)!.Value.TotalMilliseconds.ShouldBe(2, 0.12);
        ShadowFigures.None.Quantile(0.5).ShouldBeNull();
    }

    private static RecommendAnswer List(params (string Item, float Prediction)[] items) => new(
        "u", RankedBy.Prediction, "", "", [.. items.Select((item, index) => new RecommendedItem(index + 1, item.Item, null, item.Prediction, item.Prediction))], [], null);

    private static PredictAnswer Prediction(float value) => new("u", "i", null, value, "", null, Answer.Known, "", null);
}
