namespace DistRec.Numerics.Linear;

/// <summary>
/// Sums that are the same in whatever order and grouping: every term is rounded to a multiple of 2⁻³², and sums of such multiples are
/// exact in float64 below 2²¹. What is lost of a
/// term is at most 2⁻³³, less than what its rounding to float32 would lose of one above 2⁻⁹.
/// </summary>
public static class ExactSum
{
    /// <summary>From where on a sum need not be exact any more; of gradients of standardized targets that is a descent that
    /// diverged.</summary>
    public const double Limit = 1 << 20;

    /// <summary>x + Shift − Shift is x rounded to a multiple of 2⁻³²: float64 has no finer steps around 1.5 · 2²⁰.</summary>
    internal const double Shift = 1.5 * (1 << 20);

    /// <summary>a · b as a term: rounded once, to a multiple of 2⁻³².</summary>
    public static double Product(float a, float b) => Math.FusedMultiplyAdd(a, b, Shift) - Shift;

    /// <summary>x as a term.</summary>
    public static double Term(float x) => x + Shift - Shift;

    /// <summary>S += a x, element by element.</summary>
    /// <param name="a">a.</param>
    /// <param name="x">[n].</param>
    /// <param name="sums">S, [at least n].</param>
    public static void AddScaled(float a, ReadOnlySpan<float> x, Span<double> sums)
    {
        for (int index = 0; index < x.Length; index++)
        {
            sums[index] += Product(a, x[index]);
        }
    }

    /// <summary>S += x, element by element.</summary>
    /// <param name="x">Terms or sums of them, [n].</param>
    /// <param name="sums">S, [n].</param>
    public static void Add(ReadOnlySpan<double> x, Span<double> sums)
    {
        for (int index = 0; index < x.Length; index++)
        {
            sums[index] += x[index];
        }
    }
}
