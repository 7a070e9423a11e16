using System.Runtime.InteropServices;
using System.Security.Cryptography;
using DistRec.Numerics.Linear;
using DistRec.Numerics.Random;

namespace DistRec.Bits;

/// <summary>Inputs and the hash of results.</summary>
internal static class BitHash
{
    public static string Of(ReadOnlySpan<float> values) => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(values)));

    public static string Of(ReadOnlySpan<double> values) => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(values)));

    /// <summary>Uniform draws from [−1, 1), which take no function of the platform's mathematics library.</summary>
    public static FactorTable Table(int rows, int rank, long key)
    {
        FactorTable table = new(rows, rank);
        EntityRandom random = new(11, RandomPurpose.SyntheticItem, key, rank);
        for (int row = 0; row < rows; row++)
        {
            foreach (ref float value in table.Row(row))
            {
                value = (float)(2 * random.NextDouble() - 1);
            }
        }

        return table;
    }
}
