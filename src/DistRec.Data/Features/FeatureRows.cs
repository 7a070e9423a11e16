namespace DistRec.Data;

/// <summary>
/// Rows of a learning problem: targets, and for every row the row of each block that its features are. Row r of the design matrix is
/// the sum of blocks[b].Rows[BlockRows[b][r]] over all b; no feature is in two blocks.
/// </summary>
public sealed class FeatureRows
{
    /// <param name="targets">y, [rows]: ratings, or 0 and 1.</param>
    /// <param name="blocks">Shared by all parts of a data set.</param>
    /// <param name="blockRows">[blocks][rows].</param>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public FeatureRows(float[] targets, IReadOnlyList<RelationBlock> blocks, IReadOnlyList<int[]> blockRows)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(blocks);
        ArgumentNullException.ThrowIfNull(blockRows);
        if (blocks.Count == 0 || blocks.Count != blockRows.Count || blockRows.Any(rows => rows.Length != targets.Length))
        {
            throw new ArgumentException($"expected for each of {blocks.Count} blocks the rows that {targets.Length} targets refer to", nameof(blockRows));
        }

        Targets = targets;
        Blocks = blocks;
        BlockRows = blockRows;
    }

    /// <summary>Number of rows.</summary>
    public int Count => Targets.Length;

    /// <summary>y, [rows].</summary>
    public float[] Targets { get; }

    /// <summary>The tables of features.</summary>
    public IReadOnlyList<RelationBlock> Blocks { get; }

    /// <summary>Which row of each block, [blocks][rows].</summary>
    public IReadOnlyList<int[]> BlockRows { get; }

    /// <summary>Number of features of a row.</summary>
    public int LengthOf(int row)
    {
        int length = 0;
        for (int block = 0; block < Blocks.Count; block++)
        {
            length += Blocks[block].Rows.RowLength(BlockRows[block][row]);
        }

        return length;
    }

    /// <summary>Most features that a row has: what buffers of <see cref="Gather"/> need.</summary>
    public int MaxRowLength()
    {
        int longest = 0;
        for (int row = 0; row < Count; row++)
        {
            longest = Math.Max(longest, LengthOf(row));
        }

        return longest;
    }

    /// <summary>Writes the features of a row, ascending, and their values x.</summary>
    /// <param name="row">From 0.</param>
    /// <param name="features">At least as many as the row has.</param>
    /// <param name="values">At least as many as the row has.</param>
    /// <returns>How many the row has.</returns>
    public int Gather(int row, Span<int> features, Span<float> values)
    {
        int length = 0;
        bool ascends = true;
        for (int block = 0; block < Blocks.Count; block++)
        {
            RatingMatrix table = Blocks[block].Rows;
            int entity = BlockRows[block][row];
            ReadOnlySpan<int> columns = table.RowColumns(entity);
            if (columns.IsEmpty)
            {
                continue;
            }

            ascends &= length == 0 || features[length - 1] < columns[0];
            columns.CopyTo(features[length..]);
            table.RowValues(entity).CopyTo(values[length..]);
            length += columns.Length;
        }

        if (!ascends)
        {
            features[..length].Sort(values[..length]);
        }

        return length;
    }

    /// <summary>How many of the rows [<paramref name="from"/>, <paramref name="to"/>) refer to each row of a block, [rows of the block].</summary>
    public int[] CountUses(int block, int from, int to)
    {
        int[] counts = new int[Blocks[block].Rows.RowCount];
        foreach (int row in BlockRows[block].AsSpan(from..to))
        {
            counts[row]++;
        }

        return counts;
    }

    /// <summary>Rows [<paramref name="from"/>, <paramref name="to"/>), copied; the blocks stay whole and shared.</summary>
    public FeatureRows Slice(int from, int to) => new(Targets[from..to], Blocks, [.. BlockRows.Select(rows => rows[from..to])]);
}
