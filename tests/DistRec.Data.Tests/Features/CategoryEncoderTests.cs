namespace DistRec.Data.Tests.Features;

public sealed class CategoryEncoderTests
{
    private static readonly CategoryColumn[] Tagging =
    [
        new("user", 3), new("item", 2), new("tag", 4) { Names = ["funny", "dark", "slow", "new"] },
    ];

    [Fact]
    public void Triples_of_user_item_and_tag_are_three_indicators_and_runs_end_with_the_pair()
    {
        FeatureData data = CategoryEncoder.Encode(
            Tagging,
            new CategoryRows([[2, 0, 0, 0], [1, 1, 0, 1], [3, 3, 1, 0]], [1, 2, 3, 4]),
            test: new CategoryRows([[1, 2], [0, 1], [3, 2]], [5, 6]),
            ranked: 2);

        data.Train.Blocks.Select(block => (block.Name, block.Entity)).ShouldBe(
            [("user", RelationEntity.Context), ("item", RelationEntity.Context), ("tag", RelationEntity.Context)]);
        FeatureText.Of(data, data.Train).ShouldBe(
        [
            "3 | user:0 item:0 tag:dark",
            "4 | user:0 item:1 tag:funny",
            "2 | user:0 item:1 tag:new",
            "1 | user:1 item:1 tag:new",
        ]);
        data.Runs.ShouldBe([0, 1, 3, 4]);
        data.RankedBlock.ShouldBe(2);
        data.Train.Blocks[2].Rows.RowCount.ShouldBe(4);

        // User 1 and the tag slow are of no training row.
        FeatureText.Of(data, data.Test!).ShouldBe(["5 | item:0 tag:new", "6 | user:1 item:1"]);
    }

    [Fact]
    public void Triples_of_user_item_and_last_item_may_have_none()
    {
        CategoryColumn[] columns = [new("user", 2, RelationEntity.User), new("item", 3, RelationEntity.Item), new("last-item", 3)];

        FeatureData data = CategoryEncoder.Encode(columns, new CategoryRows([[0, 0, 1], [2, 1, 0], [-1, 2, -1]], [1, 1, 1]));

        FeatureText.Of(data, data.Train).ShouldBe(["1 | user:0 item:1 last-item:0", "1 | user:0 item:2", "1 | user:1 item:0"]);
        data.Train.Blocks.Select(block => block.Rows.RowCount).ShouldBe([2, 3, 4]);
        (data.Runs, data.RankedBlock).ShouldBe((null, -1));
    }

    [Fact]
    public void Numbers_out_of_range_and_ranked_values_that_are_none_are_refused()
    {
        Should.Throw<ArgumentException>(() => CategoryEncoder.Encode(Tagging, new CategoryRows([[3], [0], [0]], [1]))).Message.ShouldContain("user: expected numbers of 0 to 2, or −1 for none");
        Should.Throw<ArgumentException>(() => CategoryEncoder.Encode(Tagging, new CategoryRows([[0], [0], [-1]], [1]), ranked: 2)).Message.ShouldContain("tag: expected numbers of 0 to 3");
        Should.Throw<ArgumentException>(() => CategoryEncoder.Encode(Tagging, new CategoryRows([[0], [0]], [1]))).Message.ShouldContain("expected 3 columns of 1 rows");
    }
}
