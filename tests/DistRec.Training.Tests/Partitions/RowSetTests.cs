namespace DistRec.Training.Tests.Partitions;

public sealed class RowSetTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1000)]
    public void A_set_holds_the_rows_it_was_made_of(int rows)
    {
        int[] third = [.. Enumerable.Range(0, rows).Where(row => row % 3 == 0)];
        RowSet set = RowSet.FromSorted(rows, third);

        set.Count.ShouldBe(third.Length);
        Enumerable.Range(0, rows).Where(set.Contains).ShouldBe(third);
        set.Contains(-1).ShouldBeFalse();
        set.Contains(rows).ShouldBeFalse();
        RowsOf(RowSet.FromBytes(rows, set.Bytes.Span)).ShouldBe(third);
        RowsOf(RowSet.All(rows)).ShouldBe(Enumerable.Range(0, rows));
        RowSet.All(rows).Count.ShouldBe(rows);
        RowsOf(RowSet.None(rows)).ShouldBeEmpty();
    }

    [Fact]
    public void Neighbouring_rows_are_one_run()
    {
        int[] rows = [3, 4, 5, 60, .. Enumerable.Range(62, 70), 199];
        RowSet set = RowSet.FromSorted(200, rows);
        List<(int, int)> runs = [];
        for (int from = 0; set.TryNextRun(from, out int first, out int end); from = end)
        {
            runs.Add((first, end));
        }

        runs.ShouldBe([(3, 6), (60, 61), (62, 132), (199, 200)]);
    }

    [Fact]
    public void Sets_combine_row_by_row()
    {
        RowSet even = RowSet.FromSorted(100, [.. Enumerable.Range(0, 50).Select(row => 2 * row)]);
        RowSet low = RowSet.FromSorted(100, [.. Enumerable.Range(0, 10)]);

        RowsOf(even.Union(low)).ShouldBe(Enumerable.Range(0, 100).Where(row => row < 10 || row % 2 == 0));
        RowsOf(low.Except(even)).ShouldBe([1, 3, 5, 7, 9]);
        low.Except(even).Count.ShouldBe(5);
        Should.Throw<ArgumentException>(() => even.Union(RowSet.None(99))).Message.ShouldContain("100");
    }

    [Fact]
    public void Rows_outside_the_block_or_out_of_order_are_refused_by_name()
    {
        Should.Throw<ArgumentException>(() => RowSet.FromSorted(10, [3, 3])).Message.ShouldContain("found 3 after 3");
        Should.Throw<ArgumentException>(() => RowSet.FromSorted(10, [10])).Message.ShouldContain("below 10");
        Should.Throw<ArgumentException>(() => RowSet.FromSorted(10, [-1]));
        Should.Throw<InvalidDataException>(() => RowSet.FromBytes(10, new byte[7])).Message.ShouldContain("expected 8 bytes, found 7");
        Should.Throw<InvalidDataException>(() => RowSet.FromBytes(10, RowSet.All(11).Bytes.Span)).Message.ShouldContain("found row 10");
    }

    private static List<int> RowsOf(RowSet set)
    {
        List<int> rows = [];
        for (int from = 0; set.TryNextRun(from, out int first, out int end); from = end)
        {
            rows.AddRange(Enumerable.Range(first, end - first));
        }

        return rows;
    }
}
