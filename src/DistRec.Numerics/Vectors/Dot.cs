using System.Runtime.Intrinsics;

namespace DistRec.Numerics.Vectors;

/// <summary>Σ a_j b_j.</summary>
public static class Dot
{
    private const int Lanes = 16;

    /// <summary>The dot product of two vectors of the same length, with the summation order of every kernel.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float Compute(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        RequireSameLength(a, b);
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

    /// <summary>
    /// Through how many roundings n a product passes at most until it is part of the sum: a chain in each lane, four levels of the
    /// tree, and the rest one by one. The sum is within γ_n Σ |a_j b_j| of the exact one, γ_n = n u/(1 − n u), u = 2⁻²⁴ (Higham, "Accuracy
    /// and stability of numerical algorithms", 2nd edition, section 3.1), and 2⁻¹⁵⁰ for each product that underflows.
    /// </summary>
    /// <param name="length">Of the two vectors.</param>
    public static int RoundingsOf(int length) => (length / Lanes) + 4 + (length % Lanes);

    /// <summary>The same in float64, where products of two float32 values are exact.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Double(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        RequireSameLength(a, b);
        Vector512<double> lower = Vector512<double>.Zero, upper = lower;
        int j = 0;
        for (; j <= a.Length - Lanes; j += Lanes)
        {
            (Vector512<double> a0, Vector512<double> a1) = Vector512.Widen(Vector512.Create(a.Slice(j, Lanes)));
            (Vector512<double> b0, Vector512<double> b1) = Vector512.Widen(Vector512.Create(b.Slice(j, Lanes)));
            lower = Vector512.FusedMultiplyAdd(a0, b0, lower);
            upper = Vector512.FusedMultiplyAdd(a1, b1, upper);
        }

        Vector512<double> eight = lower + upper;
        Vector256<double> four = eight.GetLower() + eight.GetUpper();
        Vector128<double> two = four.GetLower() + four.GetUpper();
        double result = two.ToScalar() + two.GetElement(1);
        for (; j < a.Length; j++)
        {
            result += (double)a[j] * b[j];
        }

        return result;
    }

    private static void RequireSameLength(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (a.Length != b.Length)
        {
            throw new ArgumentException($"expected {a.Length} values as in the first vector, found {b.Length}", nameof(b));
        }
    }
}
