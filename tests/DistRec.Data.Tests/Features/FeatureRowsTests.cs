namespace DistRec.Data.Tests.Features;

public sealed class FeatureRowsTests
{
    [Fact]
    public void The_features_of_a_row_ascend_whatever_the_order_of_its_blocks()
    {
        var first = new RelationBlock("a", RelationEntity.Context, new RatingMatrix(6, [0, 2, 2], [1, 4], [10, 40]));
        var second = new RelationBlock("b", RelationEntity.Context, new RatingMatrix(6, [0, 2, 3], [0, 3, 5], [1, 30, 50]));
        var part = new FeatureRows([7, 8, 9], [first, second], [[0, 1, 0], [0, 0, 1]]);
        int[] features = new int[part.MaxRowLength()];
        float[] values = new float[features.Length];

        features.Length.ShouldBe(4);
        part.Gather(0, features, values).ShouldBe(4);
        features.ShouldBe([0, 1, 3, 4]);
        values.ShouldBe([1, 10, 30, 40]);
        part.Gather(1, features, values).ShouldBe(2);
        features[..2].ShouldBe([0, 3]);
        part.Gather(2, features, values).ShouldBe(3);
        features[..3].ShouldBe([1, 4, 5]);
        values[..3].ShouldBe([10, 40, 50]);
        Enumerable.Range(0, 3).Select(part.LengthOf).ShouldBe([4, 2, 3]);
    }
}
