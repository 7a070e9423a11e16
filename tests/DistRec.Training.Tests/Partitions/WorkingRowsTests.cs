namespace DistRec.Training.Tests.Partitions;

public sealed class WorkingRowsTests
{
    // Rows 0-3 on one shard, 4-6 on another; there are places for 1, 2, 4 and 6. The clock touches 1, 2 and 6.
    private static readonly int[] Starts = [0, 4, 7];
    private static readonly int[] Held = [1, 2, 4, 6];
    private static readonly RowSet[] Touched = [RowSet.FromSorted(4, [1, 2]), RowSet.FromSorted(3, [2])];

    [Fact]
    public void Rows_come_to_their_places_and_their_changes_go_back_to_their_rows()
    {
        WorkingRows working = new(Starts, [Touched], width: 2, Held);
        working.Rows.Biases.Length.ShouldBe(4);
        ParameterTable[] shards = [new(Numbered(4, 0)), new(Numbered(3, 4))];
        working.Take(0, 0, shards[0]);
        working.Take(0, 1, shards[1]);

        working.Rows.Biases.ShouldBe([1, 2, 0, 6]);
        working.Rows.Factors.Row(3)[0].ShouldBe(60);

        working.Rows.Factors.Row(0)[0] += 5;
        working.Rows.Factors.Row(1)[1] -= 3;
        working.Rows.Biases[3] += 0.5f;
        FactorBlock target = Numbered(4, 0);
        new ParameterTable(target).Change(working.ChangesOf(0, 0).AddTo);
        target.Biases.ShouldBe([0, 1, 2, 3]);
        target.Factors.Row(1)[0].ShouldBe(15);
        target.Factors.Row(2)[1].ShouldBe(18);
        target.Factors.Row(3)[0].ShouldBe(30);
        FactorBlock other = Numbered(3, 4);
        new ParameterTable(other).Change(working.ChangesOf(0, 1).AddTo);
        other.Biases.ShouldBe([4, 5, 6.5f]);
    }

    [Fact]
    public void Without_places_for_certain_rows_the_rows_of_each_clock_come_side_by_side()
    {
        RowSet[] next = [RowSet.FromSorted(4, [0]), RowSet.FromSorted(3, [0, 1])];
        WorkingRows working = new(Starts, [Touched, next], width: 2);
        ParameterTable[] shards = [new(Numbered(4, 0)), new(Numbered(3, 4))];
        foreach ((int clock, float[] expected) in new[] { (0, new float[] { 1, 2, 6 }), (1, [0, 4, 5]), (0, [1, 2, 6]) })
        {
            working.Place(clock);
            working.Take(clock, 0, shards[0]);
            working.Take(clock, 1, shards[1]);
            working.Rows.Biases.ShouldBe(expected);
            expected.Select((row, place) => working.PlaceOf((int)row) == place).ShouldAllBe(isThere => isThere);
        }

        working.Rows.Biases[2] += 0.5f;
        FactorBlock other = Numbered(3, 4);
        new ParameterTable(other).Change(working.ChangesOf(0, 1).AddTo);
        other.Biases.ShouldBe([4, 5, 6.5f]);
    }

    [Fact]
    public void A_share_of_changes_is_pushed_of_factors_and_bias_and_what_a_learner_remembers_goes_whole()
    {
        WorkingRows working = new(Starts, [Touched], width: 2, Held);
        working.Take(0, 0, new ParameterTable(Numbered(4, 0)));
        foreach (int place in new[] { 0, 1 })
        {
            working.Rows.Factors.Row(place)[0] += 8;
            working.Rows.Factors.Row(place)[1] += 8;
            working.Rows.Biases[place] += 8;
        }

        FactorBlock target = Numbered(4, 0);
        new ParameterTable(target).Change(working.ChangesOf(0, 0, place => place == 0 ? 0.25f : 1, sharedWidth: 1).AddTo);
        (target.Factors.Row(1)[0], target.Factors.Row(1)[1], target.Biases[1]).ShouldBe((12, 18, 3));
        (target.Factors.Row(2)[0], target.Factors.Row(2)[1], target.Biases[2]).ShouldBe((28, 29, 10));
    }

    [Fact]
    public void All_needed_rows_of_a_whole_side_come_to_their_places()
    {
        WorkingRows working = new(Starts, [Touched], width: 2, Held);
        working.TakeAll(FactorBlock.SideOf(Starts, [Numbered(4, 0), Numbered(3, 4)]), [RowSet.FromSorted(4, [1, 2]), RowSet.FromSorted(3, [0, 2])]);
        working.Rows.Biases.ShouldBe([1, 2, 4, 6]);
        working.Rows.Factors.Row(2)[0].ShouldBe(40);
    }

    private static FactorBlock Numbered(int rows, int first)
    {
        FactorBlock block = FactorBlock.Zeros(rows, 2);
        for (int row = 0; row < rows; row++)
        {
            block.Biases[row] = first + row;
            block.Factors.Row(row)[0] = 10 * (first + row);
            block.Factors.Row(row)[1] = (10 * (first + row)) + (first + row == 2 ? 1 : 0);
        }

        return block;
    }
}
