namespace DistRec.Data.Tests;

public sealed class RatingMatrixWithTests
{
    [Fact]
    public void Rows_of_both_are_merged_in_canonical_order_with_their_times()
    {
        RatingMatrix one = new(5, [0, 2, 2, 3], [1, 4, 0], [10, 40, 5], [100, 400, 50]);
        RatingMatrix other = new(5, [0, 2, 4, 4], [0, 2, 1, 3], [1, 20, 11, 33], [1, 200, 110, 330]);
        RatingMatrix both = one.With(other);
        both.RowStarts.ShouldBe([0, 4, 6, 7]);
        both.Columns.ShouldBe([0, 1, 2, 4, 1, 3, 0]);
        both.Values.ShouldBe([1, 10, 20, 40, 11, 33, 5]);
        both.Timestamps.ShouldBe([1, 100, 200, 400, 110, 330, 50]);
    }

    [Fact]
    public void A_slice_of_rows_counts_from_its_own_first_row_and_a_pair_of_both_keeps_its_first_rating()
    {
        RatingMatrix one = new RatingMatrix(3, [0, 1, 3], [2, 0, 1], [9, 1, 2]).Rows(1, 2);
        RatingMatrix other = new RatingMatrix(3, [0, 1, 3], [0, 1, 2], [7, 8, 3]).Rows(1, 2);
        RatingMatrix both = one.With(other);
        both.Count.ShouldBe(3);
        both.RowColumns(0).ToArray().ShouldBe([0, 1, 2]);
        both.RowValues(0).ToArray().ShouldBe([1, 2, 3]);
        both.Timestamps.ShouldBeNull();
    }

    [Fact]
    public void Other_shapes_are_refused() => Should.Throw<ArgumentException>(
        () => new RatingMatrix(3, [0, 0], [], []).With(new RatingMatrix(4, [0, 0], [], []))).Message.ShouldStartWith("expected ratings of [1, 3], found [1, 4]");
}
