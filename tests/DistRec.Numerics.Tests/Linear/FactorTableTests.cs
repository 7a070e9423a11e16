namespace DistRec.Numerics.Tests.Linear;

public sealed unsafe class FactorTableTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 16)]
    [InlineData(15, 16)]
    [InlineData(16, 16)]
    [InlineData(17, 32)]
    [InlineData(64, 64)]
    [InlineData(65, 80)]
    public void A_row_takes_whole_vectors(int rank, int stride)
    {
        FactorTable table = new(3, rank);

        table.Stride.ShouldBe(stride);
        FactorTable.StrideOf(rank).ShouldBe(stride);
        table.Length.ShouldBe(3 * stride);
        table.Values.Length.ShouldBe(3 * stride);
        table.Memory.Length.ShouldBe(3 * stride);
        table.Row(2).Length.ShouldBe(rank);
    }

    [Fact]
    public void The_first_value_is_aligned_to_64_bytes_and_stays_there()
    {
        FactorTable[] tables = [.. Enumerable.Range(1, 50).Select(rows => new FactorTable(rows, rows))];
        long[] addresses = [.. tables.Select(table => (long)table.Pointer)];
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);

        foreach ((FactorTable table, long address) in tables.Zip(addresses))
        {
            (address % 64).ShouldBe(0);
            ((long)table.Pointer).ShouldBe(address);
            table.Values[0] = 7;
            table.Pointer[0].ShouldBe(7);
        }
    }

    [Fact]
    public void A_new_table_is_all_zeros() => new FactorTable(20, 7).Values.ContainsAnyExcept(0f).ShouldBeFalse();

    [Theory]
    [InlineData(0, 5)]
    [InlineData(4, 0)]
    [InlineData(0, 0)]
    public void A_table_may_be_empty(int rows, int rank)
    {
        FactorTable table = new(rows, rank);

        table.Rows.ShouldBe(rows);
        table.Rank.ShouldBe(rank);
        table.Values.Length.ShouldBe(0);
        table.CopyFrom(new FactorTable(rows, rank));
    }

    [Fact]
    public void Rows_do_not_overlap()
    {
        FactorTable table = new(5, 17);
        for (int row = 0; row < 5; row++)
        {
            table.Row(row).Fill(row + 1);
        }

        for (int row = 0; row < 5; row++)
        {
            table.Row(row).ContainsAnyExcept(row + 1f).ShouldBeFalse();
            table.Values.Slice(row * table.Stride + 17, 15).ContainsAnyExcept(0f).ShouldBeFalse();
        }
    }

    [Fact]
    public void A_copy_takes_all_values_of_the_same_shape_and_no_other()
    {
        FactorTable source = new(3, 5);
        source.Row(1).Fill(2);
        FactorTable copy = new(3, 5);
        copy.CopyFrom(source);

        copy.Values.SequenceEqual(source.Values).ShouldBeTrue();
        Should.Throw<ArgumentException>(() => copy.CopyFrom(new FactorTable(3, 6))).Message.ShouldContain("expected a table of [3, 5], found [3, 6]");
    }

    [Fact]
    public void Shapes_out_of_range_are_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new FactorTable(-1, 5));
        Should.Throw<ArgumentOutOfRangeException>(() => new FactorTable(5, -1));
        Should.Throw<ArgumentOutOfRangeException>(() => new FactorTable(int.MaxValue, 64));
    }
}
