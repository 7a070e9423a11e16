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
        IBlock part = here.Select(wanted.Bytes);
        using MemoryStream bytes = new();
        await part.WriteAsync(bytes, CancellationToken.None);
        bytes.Length.ShouldBe(part.ByteLength);
        bytes.Position = 0;

        ParameterTable there = await new ParameterTable.Reader(wanted).ReadAsync(bytes, bytes.Length, CancellationToken.None);

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
        using MemoryStream bytes = new();
        await part.WriteAsync(bytes, CancellationToken.None);
        bytes.Position = 0;

        FactorBlock read = await FactorBlock.Reader.Instance.ReadAsync(bytes, bytes.Length, CancellationToken.None);

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
        using MemoryStream bytes = new();
        await changes.WriteAsync(bytes, CancellationToken.None);
        bytes.Length.ShouldBe(changes.ByteLength);
        bytes.Position = 0;

        RowChanges read = await RowChanges.Reader.Instance.ReadAsync(bytes, bytes.Length, CancellationToken.None);

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
        using MemoryStream stream = new();
        await changes.WriteAsync(stream, CancellationToken.None);
        byte[] bytes = stream.ToArray();
        await ShouldRefuseAsync([255, 255, 255, 127, .. bytes[4..]], "found 2147483647");
        await ShouldRefuseAsync([.. bytes[..4], 255, .. bytes[5..]], "expected 8 rows, found 2");
        await ShouldRefuseAsync(bytes[..^1], "expected");
        await ShouldRefuseAsync([1, 2], "expected");
    }

    private static async Task ShouldRefuseAsync(byte[] bytes, string words)
    {
        using MemoryStream stream = new(bytes);
        InvalidDataException refused = await Should.ThrowAsync<InvalidDataException>(
            async () => await RowChanges.Reader.Instance.ReadAsync(stream, bytes.Length, CancellationToken.None));
        refused.Message.ShouldContain(words);
    }

    private static FactorBlock Numbered(int rows, int rank)
    {
        FactorBlock block = FactorBlock.Zeros(rows, rank);
        for (int row = 0; row < rows; row++)
        {
            block.Biases[row] = row + 0.5f;
            for (int factor = 0; factor < rank; factor++)
            {
                block.Factors.Row(row)[factor] = (row * 10) + factor;
            }
        }

        return block;
    }
}
