namespace DistRec.Models.Tests;

/// <summary>One side's factors and biases, whole, and cut into partitions the way distributed training holds them.</summary>
internal sealed record FactorSide(FactorTable Factors, float[] Biases)
{
    public static FactorSide Zeros(int rows, int rank) => new(new FactorTable(rows, rank), new float[rows]);

    /// <summary>Normal draws of the given deviation for factors and biases.</summary>
    public static FactorSide Random(int rows, int rank, double deviation = 0.5, ulong seed = 1)
    {
        FactorSide side = Zeros(rows, rank);
        for (int row = 0; row < rows; row++)
        {
            EntityRandom random = new(seed, RandomPurpose.SyntheticItem, row);
            foreach (ref float factor in side.Factors.Row(row))
            {
                factor = (float)(random.NextGaussian() * deviation);
            }

            side.Biases[row] = (float)(random.NextGaussian() * deviation);
        }

        return side;
    }

    /// <summary>In one partition, sharing the tables.</summary>
    public PartitionedFactors Whole => new([0, Biases.Length], [Factors], [Biases]);

    /// <summary>Copied into partitions that start at the given rows.</summary>
    public PartitionedFactors Cut(params int[] starts)
    {
        FactorSide[] parts = [.. starts.Zip(starts.Skip(1), Copy)];
        return new PartitionedFactors(starts, [.. parts.Select(part => part.Factors)], [.. parts.Select(part => part.Biases)]);
    }

    /// <summary>Sums over all rows, of their first columns.</summary>
    public MomentSums MomentsOf(int rank)
    {
        MomentSums sums = new(rank);
        sums.Add(Factors, 0, Factors.Rows);
        return sums;
    }

    public FactorSide Copy() => Copy(0, Biases.Length);

    public FactorSide Copy(int from, int to)
    {
        FactorSide copy = Zeros(to - from, Factors.Rank);
        Factors.Values[(from * Factors.Stride)..(to * Factors.Stride)].CopyTo(copy.Factors.Values);
        Biases.AsSpan(from..to).CopyTo(copy.Biases);
        return copy;
    }

    /// <summary>All values with the padding, for comparing bits.</summary>
    public float[] Bits => [.. Factors.Values, .. Biases];

    public double[] BiasesAsDouble => [.. Biases.Select(bias => (double)bias)];
}
