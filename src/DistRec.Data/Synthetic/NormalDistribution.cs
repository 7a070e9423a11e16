namespace DistRec.Data;

/// <summary>The standard normal distribution.</summary>
internal static class NormalDistribution
{
    private const double Tail = 8.5; // beyond it, 1 − Φ is below 1e-16

    /// <summary>Φ(x), to about 1e-15.</summary>
    /// <remarks>The series Φ(x) = ½ + φ(x) Σ x^(2k+1) / (1·3·5···(2k+1)) (Marsaglia, "Evaluating the normal distribution", 2004).</remarks>
    public static double Cumulative(double x)
    {
        if (x < -Tail)
        {
            return 0;
        }

        if (x > Tail)
        {
            return 1;
        }

        double term = x;
        double sum = x;
        for (int odd = 3; sum + term != sum || odd == 3; odd += 2)
        {
            term *= x * x / odd;
            sum += term;
            if (term == 0)
            {
                break;
            }
        }

        return 0.5 + sum * Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI);
    }
}
