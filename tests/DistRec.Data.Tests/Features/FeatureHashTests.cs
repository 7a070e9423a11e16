namespace DistRec.Data.Tests.Features;

public sealed class FeatureHashTests
{
    [Fact]
    public void All_features_share_one_group_and_each_block_has_its_own_half_of_the_buckets()
    {
        FeatureData data = Encode(SmallRatings.Split, 10, "user", "other-items", "item");

        data.Space.Groups.ShouldBe([new FeatureGroup("hashed", 0, 1024)]);
        data.Train.Blocks[0].Rows.Columns.ShouldAllBe(feature => feature < 512);
        data.Train.Blocks[1].Rows.Columns.ShouldAllBe(feature => feature >= 512);
        data.Train.Blocks[0].Rows.ColumnCount.ShouldBe(1024);

        // Users and items without training ratings have buckets as well.
        data.Train.Blocks[0].Rows.RowLength(3).ShouldBe(1);
        data.Train.Blocks[1].Rows.RowLength(4).ShouldBe(1);
    }

    [Fact]
    public void A_bucket_depends_on_the_groups_name_and_the_id_alone()
    {
        FeatureData data = Encode(SmallRatings.Split, 20, "user", "item");
        int bob = data.Train.Blocks[0].Rows.RowColumns(1)[0];
        int starWars = data.Train.Blocks[1].Rows.RowColumns(2)[0];
        var other = new RatingSplit(new RatingMatrix(1, [0, 1], [0], [5], [0]), null, null);

        FeatureData alone = FeatureEncoder.Encode(
            other, ["user", "item"], new FeatureOptions { HashBits = 20, Users = new IdMap(["B"]), Items = new IdMap(["SW"]) });

        alone.Train.Blocks[0].Rows.Columns.ShouldBe([bob]);
        alone.Train.Blocks[1].Rows.Columns.ShouldBe([starWars]);

        // Worked out apart from the code, because models depend on it.
        (bob, starWars).ShouldBe((517_052, 913_098));
    }

    [Fact]
    public void Features_that_meet_in_a_bucket_add_up()
    {
        // 3,000 items in 1,024 buckets.
        int[] items = [.. Enumerable.Range(0, 3_000)];
        float[] ratings = [.. items.Select(_ => 5f)];
        FeatureData data = FeatureEncoder.Encode(new RatingSplit(new RatingMatrix(3_000, [0, 3_000], items, ratings), null, null), ["other-items"], new FeatureOptions { HashBits = 10 });

        RatingMatrix rows = data.Train.Blocks[0].Rows;
        rows.RowLength(0).ShouldBeInRange(900, 1_024);
        rows.Columns.ShouldBe(rows.Columns.Distinct().Order());
        rows.Values.Sum().ShouldBe(1, 1e-5);
        rows.Values.Max().ShouldBeLessThan(12f / 3_000);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(29)]
    public void Other_numbers_of_bits_are_refused(int bits) =>
        Should.Throw<InputException>(() => Encode(SmallRatings.Split, bits, "user")).Message.ShouldBe($"hash-bits: expected 10 to 28, found {bits}; for instance 20: a million buckets");

    private static FeatureData Encode(RatingSplit split, int bits, params string[] blocks) =>
        FeatureEncoder.Encode(split, blocks, new FeatureOptions { HashBits = bits, Users = SmallRatings.Users, Items = SmallRatings.Items });
}
