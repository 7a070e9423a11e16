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

    /// <summary>Rows [<paramref name="from"/>, <paramref name="to"/>), copied; the blocks stay whole and shared.</summary>
    public FeatureRows Slice(int from, int to) => new(Targets[from..to], Blocks, [.. BlockRows.Select(rows => rows[from..to])]);
}
