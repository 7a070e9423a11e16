using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DistRec.Numerics.Vectors;

/// <summary>Sums and differences in place, element by element.</summary>
public static class Accumulate
{
    /// <summary>x ← x + y.</summary>
    /// <param name="x">[n].</param>
    /// <param name="y">[n].</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Add(Span<float> x, ReadOnlySpan<float> y)
    {
        RequireSameLength(x, y);
        Span<Vector512<float>> wide = MemoryMarshal.Cast<float, Vector512<float>>(x);
        ReadOnlySpan<Vector512<float>> other = MemoryMarshal.Cast<float, Vector512<float>>(y);
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] += other[i];
        }

        for (int i = wide.Length * Vector512<float>.Count; i < x.Length; i++)
        {
            x[i] += y[i];
        }
    }

    /// <summary>x ← y − x: what became of x until it was y.</summary>
    /// <param name="x">[n].</param>
    /// <param name="y">[n].</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void SubtractFrom(Span<float> x, ReadOnlySpan<float> y)
    {
        RequireSameLength(x, y);
        Span<Vector512<float>> wide = MemoryMarshal.Cast<float, Vector512<float>>(x);
        ReadOnlySpan<Vector512<float>> other = MemoryMarshal.Cast<float, Vector512<float>>(y);
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = other[i] - wide[i];
        }

        for (int i = wide.Length * Vector512<float>.Count; i < x.Length; i++)
        {
            x[i] = y[i] - x[i];
        }
    }

    private static void RequireSameLength(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        if (x.Length != y.Length)
        {
            throw new ArgumentException($"expected two vectors of one length, found {x.Length} and {y.Length}", nameof(y));
        }
    }
}
