namespace DistRec.Training.Partitions;

/// <summary>Leaves rows of relation blocks out that a worker's rows do not refer to.</summary>
internal static class RelationCut
{
    /// <summary>The same rows over smaller blocks.</summary>
    /// <param name="training">Training rows.</param>
    /// <param name="heldOut">Rows over the same blocks; null for none.</param>
    /// <param name="whole">A block that stays whole; −1 for none.</param>
    public static (FeatureRows Training, FeatureRows? HeldOut) Of(FeatureRows training, FeatureRows? heldOut, int whole)
    {
        int count = training.Blocks.Count;
        RelationBlock[] blocks = [.. training.Blocks];
        int[][] rows = [.. training.BlockRows];
        int[][]? heldRows = heldOut is null ? null : [.. heldOut.BlockRows];
        for (int block = 0; block < count; block++)
        {
            if (block == whole)
            {
                continue;
            }

            RatingMatrix table = blocks[block].Rows;
            int[] numbers = new int[table.RowCount];
            Mark(numbers, rows[block]);
            Mark(numbers, heldRows?[block] ?? []);
            blocks[block] = blocks[block] with { Rows = Cut(table, numbers) };
            rows[block] = Renumber(numbers, rows[block]);
            if (heldRows is not null)
            {
                heldRows[block] = Renumber(numbers, heldRows[block]);
            }
        }

        return (new FeatureRows(training.Targets, blocks, rows), heldOut is null ? null : new FeatureRows(heldOut.Targets, blocks, heldRows!));
    }

    private static void Mark(int[] numbers, int[] rows)
    {
        foreach (int row in rows)
        {
            numbers[row] = 1;
        }
    }

    // Keeps the marked rows, and turns their marks into their numbers.
    private static RatingMatrix Cut(RatingMatrix table, int[] numbers)
    {
        List<long> starts = [0];
        for (int row = 0; row < numbers.Length; row++)
        {
            if (numbers[row] != 0)
            {
                numbers[row] = starts.Count - 1;
                starts.Add(starts[^1] + table.RowLength(row));
            }
            else
            {
                numbers[row] = -1;
            }
        }

        int[] columns = new int[starts[^1]];
        float[] values = new float[starts[^1]];
        for (int row = 0; row < numbers.Length; row++)
        {
            if (numbers[row] >= 0)
            {
                int start = (int)starts[numbers[row]];
                table.RowColumns(row).CopyTo(columns.AsSpan(start));
                table.RowValues(row).CopyTo(values.AsSpan(start));
            }
        }

        return new RatingMatrix(table.ColumnCount, [.. starts], columns, values);
    }

    private static int[] Renumber(int[] numbers, int[] rows) => [.. rows.Select(row => numbers[row])];
}
