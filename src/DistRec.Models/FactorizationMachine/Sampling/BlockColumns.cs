namespace DistRec.Models.FactorizationMachine.Sampling;

/// <summary>A relation block by its features: for each the rows of the block that have it.</summary>
internal sealed class BlockColumns
{
    private BlockColumns(int[] features, int[] starts, int[] rows, float[] values, int rowCount, bool isSingle)
    {
        Features = features;
        Starts = starts;
        Rows = rows;
        Values = values;
        RowCount = rowCount;
        IsSingle = isSingle;
    }

    /// <summary>Indices of the feature space, ascending.</summary>
    public int[] Features { get; }

    /// <summary>Where each feature's entries begin, [features + 1].</summary>
    public int[] Starts { get; }

    /// <summary>Row of the block of each entry, ascending within a feature.</summary>
    public int[] Rows { get; }

    /// <summary>x of each entry.</summary>
    public float[] Values { get; }

    /// <summary>Rows of the block.</summary>
    public int RowCount { get; }

    /// <summary>Whether no row of the block has two features, so that they never meet each other.</summary>
    public bool IsSingle { get; }

    /// <summary>Parts the features of a space over the blocks that have them; those that no row of any block has go to the first.</summary>
    /// <exception cref="ArgumentException">A feature is in two blocks, or beyond the space.</exception>
    public static BlockColumns[] Of(IReadOnlyList<RelationBlock> blocks, int features)
    {
        int[] owners = new int[features];
        int[] counts = new int[features];
        for (int block = blocks.Count - 1; block >= 0; block--)
        {
            RatingMatrix rows = blocks[block].Rows;
            for (int row = 0; row < rows.RowCount; row++)
            {
                foreach (int feature in rows.RowColumns(row))
                {
                    if ((uint)feature >= (uint)features || (counts[feature] > 0 && owners[feature] != block))
                    {
                        throw new ArgumentException($"block {blocks[block].Name}: expected features below {features} of its own, found {feature}", nameof(blocks));
                    }

                    owners[feature] = block;
                    counts[feature]++;
                }
            }
        }

        return [.. blocks.Select((block, index) => Of(block.Rows, index, owners, counts))];
    }

    private static BlockColumns Of(RatingMatrix matrix, int block, int[] owners, int[] counts)
    {
        int[] features = [.. Enumerable.Range(0, owners.Length).Where(feature => owners[feature] == block)];
        int[] starts = new int[features.Length + 1];
        int[] next = new int[owners.Length];
        for (int index = 0; index < features.Length; index++)
        {
            next[features[index]] = starts[index];
            starts[index + 1] = starts[index] + counts[features[index]];
        }

        int[] rows = new int[starts[^1]];
        float[] values = new float[starts[^1]];
        bool isSingle = true;
        for (int row = 0; row < matrix.RowCount; row++)
        {
            ReadOnlySpan<int> columns = matrix.RowColumns(row);
            ReadOnlySpan<float> x = matrix.RowValues(row);
            isSingle &= columns.Length <= 1;
            for (int t = 0; t < columns.Length; t++)
            {
                int position = next[columns[t]]++;
                rows[position] = row;
                values[position] = x[t];
            }
        }

        return new BlockColumns(features, starts, rows, values, matrix.RowCount, isSingle);
    }
}
