namespace DistRec.Data.Tests.Features;

public sealed class FeatureEncoderTests
{
    [Fact]
    public void Users_and_items_are_indicators_and_those_without_training_ratings_have_none()
    {
        FeatureData data = SmallRatings.Encode("user", "item");

        data.Space.Groups.Select(group => (group.Name, group.First, group.Count)).ShouldBe([("user", 0, 3), ("item", 3, 4)]);
        FeatureText.Of(data, data.Train).ShouldBe(
        [
            "5 | user:0 item:0", "3 | user:0 item:1", "1 | user:0 item:2",
            "4 | user:1 item:2", "5 | user:1 item:3",
            "1 | user:2 item:0", "5 | user:2 item:2",
        ]);
        FeatureText.Of(data, data.Validation!).ShouldBe(["2 | user:0 item:3"]);
        FeatureText.Of(data, data.Test!).ShouldBe(["4 | user:0", "2 | user:2 item:1", "3 | item:2"]);
    }

    [Fact]
    public void Blocks_hold_each_user_and_item_once_and_say_what_is_ranked()
    {
        FeatureData data = SmallRatings.Encode("item", "other-items", "user", "time");

        data.Train.Blocks.Select(block => (block.Name, block.Entity, block.Rows.RowCount)).ShouldBe(
            [("user", RelationEntity.User, 4), ("item", RelationEntity.Item, 5), ("time", RelationEntity.Context, 6)]);
        data.Space.Groups.Select(group => group.Name).ShouldBe(["other-items", "user", "item", "time"]);
        data.Train.BlockRows[0].ShouldBe([0, 0, 0, 1, 1, 2, 2]);
        data.Train.BlockRows[1].ShouldBe([0, 1, 2, 2, 3, 0, 2]);
        data.RankedBlock.ShouldBe(1);
        data.Runs.ShouldBe([0, 3, 5, 7, 7]);
        data.Test!.Blocks.ShouldBeSameAs(data.Train.Blocks);
        data.Present.Count.ShouldBe(3);
        data.Present[0].ShouldBeNull();
        data.Present[1].ShouldBeNull();
    }

    [Fact]
    public void Other_items_are_the_training_items_of_the_user_with_weights_that_sum_to_1()
    {
        FeatureData data = SmallRatings.Encode("other-items", "item");

        FeatureText.Of(data, data.Train)[..4].ShouldBe(
        [
            "5 | other-items:0=0.333 other-items:1=0.333 other-items:2=0.333 item:0",
            "3 | other-items:0=0.333 other-items:1=0.333 other-items:2=0.333 item:1",
            "1 | other-items:0=0.333 other-items:1=0.333 other-items:2=0.333 item:2",
            "4 | other-items:2=0.5 other-items:3=0.5 item:2",
        ]);
        FeatureText.Of(data, data.Test!).ShouldBe(
            ["4 | other-items:0=0.333 other-items:1=0.333 other-items:2=0.333", "2 | other-items:0=0.5 other-items:2=0.5 item:1", "3 | item:2"]);
    }

    [Fact]
    public void Implicit_items_are_weighted_by_the_root_of_their_number()
    {
        FeatureData data = SmallRatings.Encode("user", "implicit-items");

        FeatureText.Of(data, data.Train)[2..4].ShouldBe(
            ["1 | user:0 implicit-items:0=0.577 implicit-items:1=0.577 implicit-items:2=0.577", "4 | user:1 implicit-items:2=0.707 implicit-items:3=0.707"]);
        data.RankedBlock.ShouldBe(-1);
    }

    [Fact]
    public void Implicit_users_are_those_of_training_ratings_weighted_by_the_root_of_their_number()
    {
        FeatureData data = SmallRatings.Encode("item", "implicit-users");
        RatingMatrix rows = data.Train.Blocks[0].Rows;
        int[] raters = data.Train.CountUses(0, 0, data.Train.Count);
        for (int item = 0; item < rows.RowCount; item++)
        {
            float[] values = rows.RowValues(item).ToArray();
            values.Length.ShouldBe(raters[item] == 0 ? 0 : 1 + raters[item]);
            values.Skip(1).ShouldAllBe(value => Math.Abs(value - (1 / MathF.Sqrt(raters[item]))) < 1e-6f);
        }
    }

    [Fact]
    public void Flipped_stands_for_users_and_items_with_each_others_feedback_and_for_time_where_there_is_time()
    {
        SmallRatings.Encode("flipped").Space.Groups.Select(group => group.Name).ShouldBe(["user", "implicit-items", "item", "implicit-users", "time"]);
    }

    [Fact]
    public void Time_is_the_month_or_the_nearest_one_that_training_ratings_are_of()
    {
        FeatureData data = SmallRatings.Encode("time");

        FeatureText.Of(data, data.Train).ShouldBe(
            ["5 | time:2010-01", "3 | time:2010-02", "1 | time:2010-04", "4 | time:2010-05", "5 | time:2010-08", "1 | time:2010-09", "5 | time:2010-09"]);
        FeatureText.Of(data, data.Validation!).ShouldBe(["2 | time:2010-02"]);
        FeatureText.Of(data, data.Test!).ShouldBe(["4 | time:2010-01", "2 | time:2010-09", "3 | time:2010-05"]);
        data.Present[0].ShouldBe([5, 5, 5, 5]);
    }

    [Fact]
    public void The_last_item_is_the_training_item_before_by_time_and_then_by_item()
    {
        FeatureData data = SmallRatings.Encode("last-item");

        FeatureText.Of(data, data.Train).ShouldBe(
            ["5 |", "3 | last-item:0", "1 | last-item:1", "4 |", "5 | last-item:2", "1 |", "5 | last-item:0"]);
        FeatureText.Of(data, data.Validation!).ShouldBe(["2 | last-item:1"]);
        FeatureText.Of(data, data.Test!).ShouldBe(["4 |", "2 | last-item:2", "3 |"]);

        // No training row has item 3 as its last one, so what is known of Bob now is empty.
        RatingMatrix rows = data.Train.Blocks[0].Rows;
        data.Present[0].ShouldBe([2, 3, 2, 5]);
        data.Present[0]!.Select(row => rows.RowLength(row)).ShouldBe([1, 0, 1, 0]);
    }

    [Fact]
    public void Targets_become_classes_where_asked_for()
    {
        FeatureData data = FeatureEncoder.Encode(SmallRatings.Split, ["user"], new FeatureOptions { PositiveFrom = 4 });

        data.Train.Targets.ShouldBe([1, 0, 0, 1, 1, 0, 1]);
        data.Test!.Targets.ShouldBe([1, 0, 0]);
        SmallRatings.Split.Train.Values[0].ShouldBe(5);
    }

    [Fact]
    public void An_unknown_block_is_refused_with_the_names_of_those_there_are()
    {
        Should.Throw<InputException>(() => SmallRatings.Encode("user", "genres")).Message.ShouldBe(
            "features: expected names among user, item, other-items, implicit-items, implicit-users, time, last-item, flipped; with side tables that tell them, "
            + "gender, age, occupation, zip1, zip2, genre, year, found \"genres\"; correct the name, or give the side table that has such a column");
    }

    [Fact]
    public void A_side_block_without_its_table_is_refused() =>
        Should.Throw<InputException>(() => SmallRatings.Encode("genre")).Message.ShouldBe(
            "features: expected a side table of items with a column \"genre\" for \"genre\", found no side table; give the file that describes the items, or leave the block out");

    [Theory]
    [InlineData("time")]
    [InlineData("last-item")]
    public void Blocks_by_time_need_times(string block)
    {
        RatingMatrix train = SmallRatings.Split.Train;
        var split = new RatingSplit(new RatingMatrix(train.ColumnCount, train.RowStarts, train.Columns, train.Values), null, null);

        Should.Throw<InputException>(() => FeatureEncoder.Encode(split, ["user", block])).Message.ShouldBe(
            $"features: expected ratings with times for \"{block}\", found none; leave the block out, or read data that has times");
    }

    [Fact]
    public void A_block_that_stands_twice_and_no_block_at_all_are_refused()
    {
        Should.Throw<InputException>(() => SmallRatings.Encode("user", "user")).Message.ShouldContain("found \"user\" again");
        Should.Throw<InputException>(() => SmallRatings.Encode()).Message.ShouldContain("found none; choose among user, item,");
    }

    [Fact]
    public void A_million_ratings_take_well_under_a_second()
    {
        RatingData generated = SyntheticRatings.Generate(new SyntheticOptions { UserCount = 20_000, ItemCount = 2_000, RatingCount = 1_000_000 }).Data;
        var split = new RatingSplit(generated.Ratings, null, null);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var watch = System.Diagnostics.Stopwatch.StartNew();

        FeatureData data = FeatureEncoder.Encode(split, ["user", "item"]);

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(1));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(8_000_000);
        data.Train.Count.ShouldBe(1_000_000);
    }
}
