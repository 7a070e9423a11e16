namespace DistRec.Data;

/// <summary>Draws from a discrete distribution with one random number (Walker 1977, built as in Vose 1991).</summary>
internal sealed class AliasTable
{
    private readonly uint[] _thresholds; // keep the slot if the low 32 bits are below this share of 2^32
    private readonly int[] _aliases;

    public AliasTable(ReadOnlySpan<double> weights)
    {
        int count = weights.Length;
        _thresholds = new uint[count];
        _aliases = new int[count];
        double total = 0;
        foreach (double weight in weights)
        {
            total += weight;
        }

        double[] shares = new double[count];
        var small = new Stack<int>();
        var large = new Stack<int>();
        for (int index = count - 1; index >= 0; index--)
        {
            shares[index] = weights[index] / total * count;
            (shares[index] < 1 ? small : large).Push(index);
        }

        while (small.Count > 0 && large.Count > 0)
        {
            int poor = small.Pop();
            int rich = large.Pop();
            _thresholds[poor] = (uint)(shares[poor] * uint.MaxValue);
            _aliases[poor] = rich;
            shares[rich] -= 1 - shares[poor];
            (shares[rich] < 1 ? small : large).Push(rich);
        }

        foreach (int full in small.Concat(large))
        {
            _thresholds[full] = uint.MaxValue;
            _aliases[full] = full;
        }
    }

    /// <summary>The outcome that 64 uniform bits select.</summary>
    public int Pick(ulong bits)
    {
        int slot = (int)(((bits >> 32) * (ulong)_aliases.Length) >> 32);
        return (uint)bits <= _thresholds[slot] ? slot : _aliases[slot];
    }
}
