namespace DistRec.Training.Tests.Partitions;

public sealed class FeatureUseTests
{
    // Two users with indicators and one feature that both have; three items, the last one held out alone; features 0-2 and 3-5; 6 nobody has.
    private static readonly RelationBlock[] Blocks =
    [
        new("user", RelationEntity.User, new RatingMatrix(7, [0, 2, 4], [0, 2, 1, 2], [1, 0.5f, 1, 2])),
        new("item", RelationEntity.Item, new RatingMatrix(7, [0, 1, 2, 3], [3, 4, 5], [1, 1, 1])),
    ];

    private static readonly FeatureSpace Space = new([new FeatureGroup("user", 0, 3), new FeatureGroup("item", 3, 4)]);
    private static readonly FeatureRows Train = new([5, 4, 3], Blocks, [[0, 0, 1], [0, 1, 1]]);
    private static readonly FeatureRows HeldOut = new([1], Blocks, [[1], [2]]);

    [Fact]
    public void Sharers_are_the_partitions_whose_training_rows_have_a_feature()
    {
        FeatureData data = new(Space, Train, HeldOut, null);
        FeatureUse.SharersOf(data, [0, 2, 3]).ShouldBe([1, 1, 2, 1, 2, 0, 0]);
        FeatureUse.SharersOf(data, [0, 3]).ShouldBe([1, 1, 1, 1, 1, 0, 0]);
        FeatureUse.SharersOf(data, [0, 0, 3, 3]).ShouldBe([1, 1, 1, 1, 1, 0, 0], "partitions without rows share nothing");
    }

    [Fact]
    public void A_worker_holds_what_its_training_and_held_out_rows_have_and_what_every_row_moves()
    {
        FeatureUse use = new(new FeatureBlock(Train.Slice(0, 1), HeldOut, null, -1), features: 7, rows: 8);
        use.Held.ShouldBe([0, 1, 2, 3, 5, 7]);
        use.Features.ShouldBe(5);
        use.MarksOf(0, 1).ShouldBe([true, false, true, true, false, false, false, true], "a clock touches what its training rows have");
        use.MarksOf(0, 0).ShouldBe([false, false, false, false, false, false, false, true]);
    }

    [Fact]
    public void Every_entity_that_may_be_drawn_as_a_negative_is_held()
    {
        FeatureUse use = new(new FeatureBlock(Train.Slice(0, 1), null, [0, 1], 1), features: 7, rows: 8);
        use.Held.ShouldBe([0, 2, 3, 4, 5, 7]);
        use.MarksOf(0, 0).ShouldBe([false, false, false, true, true, true, false, true]);
    }

    [Fact]
    public void Renumbered_rows_say_the_same_by_places()
    {
        FeatureUse use = new(new FeatureBlock(Train.Slice(2, 3), null, null, -1), features: 7, rows: 8);
        use.Held.ShouldBe([1, 2, 4, 7]);
        (FeatureRows cut, _) = RelationCut.Of(Train.Slice(2, 3), null, -1);
        FeatureRows rows = use.Renumber(cut);
        rows.Blocks.Select(block => block.Rows.ColumnCount).ShouldBe([3, 3]);
        rows.Blocks[0].Rows.RowColumns(0).ToArray().ShouldBe([0, 1]);
        rows.Blocks[0].Rows.RowValues(0).ToArray().ShouldBe([1, 2]);
        rows.Blocks[1].Rows.RowColumns(0).ToArray().ShouldBe([2]);
    }

    [Fact]
    public void A_cut_keeps_the_entities_of_both_parts_in_their_order_and_numbers_them_anew()
    {
        (FeatureRows training, FeatureRows? heldOut) = RelationCut.Of(Train.Slice(2, 3), HeldOut, -1);
        training.Blocks[0].Rows.RowCount.ShouldBe(1);
        training.Blocks[1].Rows.RowCount.ShouldBe(2);
        training.BlockRows.Select(rows => rows[0]).ShouldBe([0, 0]);
        heldOut!.BlockRows.Select(rows => rows[0]).ShouldBe([0, 1]);
        training.Blocks[1].Rows.RowColumns(1).ToArray().ShouldBe([5]);

        (FeatureRows nothing, FeatureRows? held) = RelationCut.Of(Train.Slice(0, 0), null, -1);
        nothing.Blocks.ShouldAllBe(block => block.Rows.RowCount == 0);
        held.ShouldBeNull();
    }
}
