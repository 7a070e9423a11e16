using DistRec.Models.Neural;
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
        parameters.Change(new RowChanges(RowSet.FromSorted(10, [3]), Numbered(1, 4)).AddTo);

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

    [Fact]
    public async Task What_a_shard_keeps_of_a_row_is_seen_by_nobody_here_or_on_another_node()
    {
        FactorBlock table = Numbered(10, 20);
        RowSet wanted = RowSet.FromSorted(10, [1, 2, 7]);
        ParameterTable here = new(table, 5);
        ParameterTable there = await ReadAsync(new ParameterTable.Reader(wanted), await BytesOfAsync(here.Select(wanted.Bytes)));

        foreach (ParameterTable source in new[] { here, there })
        {
            FactorBlock places = FactorBlock.Zeros(6, 5);
            source.CopyRows(wanted, places, 2);
            foreach ((int place, int row) in new[] { (2, 1), (3, 2), (4, 7) })
            {
                places.Factors.Row(place).SequenceEqual(table.Factors.Row(row)[..5]).ShouldBeTrue();
                places.Biases[place].ShouldBe(table.Biases[row]);
            }

            places.Biases[1].ShouldBe(0);
            places.Biases[5].ShouldBe(0);
        }
    }

    [Theory]
    [InlineData(100, 5)]
    [InlineData(70_000, 18)]
    public async Task Gradients_come_back_from_their_bytes(int rows, int width)
    {
        RowSet touched = RowSet.FromSorted(rows, [.. Enumerable.Range(0, rows).Where(row => row % 3 == 0)]);
        double[] sums = [.. Enumerable.Range(0, (touched.Count * width) + 9).Select(number => number / 64.0)];
        GradientRows read = await ReadAsync(GradientRows.Reader.Instance, await BytesOfAsync(new GradientRows(touched, width, sums)));

        read.Width.ShouldBe(width);
        read.Rows.Bytes.ToArray().ShouldBe(touched.Bytes.ToArray());
        read.Sums.ToArray().ShouldBe(sums[..(touched.Count * width)]);
    }

    [Fact]
    public async Task Bytes_that_are_no_gradients_are_refused()
    {
        byte[] bytes = await BytesOfAsync(new GradientRows(RowSet.FromSorted(9, [1, 4]), 3, new double[6]));

        await ShouldRefuseAsync(GradientRows.Reader.Instance, [255, 255, 255, 127, .. bytes[4..]], "found 2147483647");
        await ShouldRefuseAsync(GradientRows.Reader.Instance, [.. bytes[..4], 4, .. bytes[5..]], "expected 64 bytes for 2 rows, found 48");
        await ShouldRefuseAsync(GradientRows.Reader.Instance, bytes[..^1], "expected");
        await ShouldRefuseAsync(GradientRows.Reader.Instance, [1, 2], "expected");
    }

    [Fact]
    public void Gradients_of_all_workers_make_one_step_and_those_of_another_table_are_refused()
    {
        NeuralOptions options = new() { Rank = 2, Optimizer = OptimizerKind.Sgd, Regularization = 0, BiasRegularization = 0 };
        GradientTable gradients = new(options, 0, 4, 4);
        FactorBlock rows = FactorBlock.Zeros(4, 2);
        gradients.Add(new GradientRows(RowSet.FromSorted(4, [1, 3]), 4, new double[] { 1, 2, 3, 1, 8, 8, 8, 2 }));
        gradients.Add(new GradientRows(RowSet.FromSorted(4, [1]), 4, new double[] { 5, 4, 3, 1 }));
        gradients.Step(rows, 0.5);
        gradients.Step(rows, 0.5);

        rows.Factors.Row(1).ToArray().ShouldBe([-1.5f, -1.5f]);
        rows.Factors.Row(3).ToArray().ShouldBe([-2, -2]);
        rows.Biases.ShouldBe([0, -1.5f, 0, -2]);
        Should.Throw<InvalidDataException>(() => gradients.Add(new GradientRows(RowSet.All(3), 4, new double[12]))).Message
            .ShouldBe("gradients: expected those of 4 rows of 4 numbers, found 3 of 4");
    }
}
