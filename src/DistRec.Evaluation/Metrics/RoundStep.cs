namespace DistRec.Evaluation.Metrics;

/// <summary>Widths that people read easily: 1, 2, 2.5 or 5 times a power of ten.</summary>
public static class RoundStep
{
    private static readonly double[] Multiples = [1, 2, 2.5, 5, 10];

    /// <summary>The smallest such width that is at least as wide as asked.</summary>
    /// <param name="width">A finite number above 0.</param>
    public static double AtLeast(double width)
    {
        if (!double.IsFinite(width) || width <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(width), width, "expected a finite number above 0");
        }

        double power = Math.Pow(10, Math.Floor(Math.Log10(width)));
        foreach (double multiple in Multiples)
        {
            if (multiple * power >= width * (1 - 1e-9))
            {
                return multiple * power;
            }
        }

        return 10 * power;
    }
}
