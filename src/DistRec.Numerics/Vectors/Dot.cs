using System.Runtime.Intrinsics;

namespace DistRec.Numerics.Vectors;

/// <summary>Σ a_j b_j.</summary>
public static class Dot
{
    /// <summary>The dot product of two vectors of the same length, with the summation order of every kernel.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float Compute(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (a.Length != b.Length)
        {
            throw new ArgumentException($"expected {a.Length} values as in the first vector, found {b.Length}", nameof(b));
        }

        const int Lanes = 16;
        Vector512<float> sum = Vector512<float>.Zero;
        int j = 0;
        for (; j <= a.Length - Lanes; j += Lanes)
        {
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(a.Slice(j, Lanes)), Vector512.Create(b.Slice(j, Lanes)), sum);
        }

        float result = Lanes16.Sum(sum);
        for (; j < a.Length; j++)
        {
            result = MathF.FusedMultiplyAdd(a[j], b[j], result);
        }

        return result;
    }
}
