namespace DistRec.Models;

/// <summary>
/// The factors and biases of one whole side as its partitions hold them: partition p owns the rows
/// <c>Starts[p] .. Starts[p + 1)</c> of the global index. Row solvers read the other side through this, whether the
/// tables are the owners' own (one process) or copies that the block exchange brought.
/// </summary>
public sealed class PartitionedFactors
{
    /// <param name="starts">[partitions + 1], ascending from 0.</param>
    /// <param name="tables">One table a partition, [rows of the partition, rank].</param>
    /// <param name="biases">One array a partition, [rows of the partition].</param>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public PartitionedFactors(int[] starts, FactorTable[] tables, float[][] biases)
    {
        ArgumentNullException.ThrowIfNull(starts);
        ArgumentNullException.ThrowIfNull(tables);
        ArgumentNullException.ThrowIfNull(biases);
        if (tables.Length == 0 || starts.Length != tables.Length + 1 || biases.Length != tables.Length)
        {
            throw new ArgumentException("expected one table and one array of biases for every range of rows", nameof(tables));
        }

        for (int p = 0; p < tables.Length; p++)
        {
            int rows = starts[p + 1] - starts[p];
            if (tables[p].Rows != rows || biases[p].Length != rows || tables[p].Rank != tables[0].Rank)
            {
                throw new ArgumentException($"partition {p}: expected {rows} rows of rank {tables[0].Rank}", nameof(tables));
            }
        }

        Starts = starts;
        Tables = tables;
        Biases = biases;
    }

    /// <summary>First global row of each partition, and the number of rows last, [partitions + 1].</summary>
    public int[] Starts { get; }

    /// <summary>Factors by partition.</summary>
    public FactorTable[] Tables { get; }

    /// <summary>Biases by partition.</summary>
    public float[][] Biases { get; }

    /// <summary>Floats from one row to the next in every table.</summary>
    public int Stride => Tables[0].Stride;

    /// <summary>The factors of a row, [rank].</summary>
    /// <param name="row">Its global index.</param>
    internal ReadOnlySpan<float> FactorsOf(int row) => Tables[PartitionOf(row)].Row(row - Starts[PartitionOf(row)]);

    /// <summary>The bias of a row.</summary>
    /// <param name="row">Its global index.</param>
    internal float BiasOf(int row) => Biases[PartitionOf(row)][row - Starts[PartitionOf(row)]];

    private int PartitionOf(int row)
    {
        int partition = 0;
        while (row >= Starts[partition + 1])
        {
            partition++;
        }

        return partition;
    }
}
