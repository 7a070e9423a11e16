using static DistRec.Training.Tests.Partitions.Wire;

namespace DistRec.Training.Tests.Partitions;

public sealed class ParameterTableTests
{
    [Theory]
    [InlineData(40, 3)]
    [InlineData(5000, 32)]
    [InlineData(300, 0)]
    public async Task Rows_taken_here_and_rows_pulled_from_another_node_are_the_same(int rows, int rank)
    {
        FactorBlock table = Numbered(rows, rank);
        RowSet wanted = RowSet.FromSorted(rows, [.. Enumerable.Range(0, rows).Where(row => row % 5 is 0 or 1)]);
        ParameterTable here = new(table);

        ParameterTable there = await ReadAsync(new ParameterTable.Reader(wanted), await BytesOfAsync(here.Select(wanted.Bytes)));

        foreach (ParameterTable source in new[] { here, there })
        {
            FactorBlock places = FactorBlock.Zeros(rows + 7, rank);
            FactorBlock side = FactorBlock.Zeros(wanted.Count + 2, rank);
            source.CopyRows(wanted, places, row => 7 + row, side);
            int next = 0;
            for (int row = 0; row < rows; row++)
            {
                places.Biases[row + 7].ShouldBe(wanted.Contains(row) ? table.Biases[row] : 0);
                places.Factors.Row(row + 7).SequenceEqual(wanted.Contains(row) ? table.Factors.Row(row) : new float[rank]).ShouldBeTrue();
                if (wanted.Contains(row))
                {
                    side.Factors.Row(next).SequenceEqual(table.Factors.Row(row)).ShouldBeTrue();
                    side.Biases[next++].ShouldBe(table.Biases[row]);
                }
            }
        }
    }

    [Fact]
    public async Task What_is_written_is_the_table_at_that_moment()
    {
        FactorBlock table = Numbered(10, 4);
        ParameterTable parameters = new(table);
        IBlock part = parameters.Select(RowSet.All(10).Bytes);
        parameters.Add(new RowChanges(RowSet.FromSorted(10, [3]), Numbered(1, 4)));

        FactorBlock read = await ReadAsync(FactorBlock.Reader.Instance, await BytesOfAsync(part));

        read.Factors.Values.SequenceEqual(table.Factors.Values).ShouldBeTrue();
        read.Biases.ShouldBe(table.Biases);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(100, 5)]
    [InlineData(70_000, 16)]
    public async Task Changes_come_back_from_their_bytes_and_are_added_to_their_rows(int rows, int rank)
    {
        RowSet changed = RowSet.FromSorted(rows, [.. Enumerable.Range(0, rows).Where(row => row % 3 == 0)]);
        RowChanges changes = new(changed, Numbered(changed.Count + 5, rank));

        RowChanges read = await ReadAsync(RowChanges.Reader.Instance, await BytesOfAsync(changes));

        FactorBlock expected = Numbered(rows, rank), found = Numbered(rows, rank);
        changes.AddTo(expected);
        read.AddTo(found);
        found.Factors.Values.SequenceEqual(expected.Factors.Values).ShouldBeTrue();
        found.Biases.ShouldBe(expected.Biases);
        found.Biases[0].ShouldBe(2 * Numbered(1, rank).Biases[0]);
    }

    [Fact]
    public async Task Damaged_changes_are_refused_saying_what_was_expected()
    {
        RowChanges changes = new(RowSet.FromSorted(9, [1, 4]), Numbered(2, 3));
        byte[] bytes = await BytesOfAsync(changes);
        await ShouldRefuseAsync(RowChanges.Reader.Instance, [255, 255, 255, 127, .. bytes[4..]], "found 2147483647");
        await ShouldRefuseAsync(RowChanges.Reader.Instance, [.. bytes[..4], 255, .. bytes[5..]], "expected 8 rows, found 2");
        await ShouldRefuseAsync(RowChanges.Reader.Instance, bytes[..^1], "expected");
        await ShouldRefuseAsync(RowChanges.Reader.Instance, [1, 2], "expected");
    }
}
