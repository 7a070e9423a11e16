namespace DistRec.Models.ImplicitAls;

/// <summary>QᵀQ of one round as all rows use it.</summary>
internal sealed class ImplicitShared
{
    /// <param name="moments">Sums over the whole other side.</param>
    /// <param name="blockSize">Factors in a block; 0 where rows are not solved by blocks.</param>
    public ImplicitShared(MomentSums moments, int blockSize)
    {
        int rank = moments.Rank;
        Gram = new FactorTable(rank, rank);
        moments.CopyTo(Gram);
        Gram.Mirror();
        Blocks = blockSize == 0 ? [] : [.. Enumerable.Range(0, (rank + blockSize - 1) / blockSize).Select(block => Cut(block * blockSize, Math.Min(rank, (block + 1) * blockSize)))];
    }

    /// <summary>QᵀQ, whole, [rank, rank].</summary>
    public FactorTable Gram { get; }

    /// <summary>The blocks on its diagonal.</summary>
    public FactorTable[] Blocks { get; }

    private FactorTable Cut(int from, int to)
    {
        FactorTable block = new(to - from, to - from);
        for (int i = from; i < to; i++)
        {
            Gram.Row(i)[from..to].CopyTo(block.Row(i - from));
        }

        return block;
    }
}
