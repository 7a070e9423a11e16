namespace DistRec.Models.FactorizationMachine;

/// <summary>What makes an answer of a score ŷ.</summary>
public enum FmLink
{
    /// <summary>ŷ itself.</summary>
    Identity,

    /// <summary>σ(ŷ) = 1 / (1 + e^−ŷ), a probability.</summary>
    Logistic,

    /// <summary>Φ(ŷ), the probability that a standard normal draw is below ŷ.</summary>
    Probit,

    /// <summary>ŷ itself, a preference that orders items and is no rating.</summary>
    Preference,
}

/// <summary>Computes the links.</summary>
public static class FmLinks
{
    /// <summary>
    /// How far <see cref="Apply"/> may be from the link itself. 1/(1 + e^−ŷ) takes an exponential and two more roundings. Φ sums at
    /// most 250 terms of one sign, which pass at most three roundings a step and are added by 250 more, so it is within
    /// 1000 · 2⁻⁵³ of that sum; the exponent of e is at most 38 and passes three roundings, which come to 114 · 2⁻⁵³. With the factor
    /// ½ that is below 2⁻⁴³.
    /// </summary>
    private const double Tolerance = 1.0 / (1L << 40);

    // Every answer from here on is 1 within the tolerance.
    private const double Saturated = 64;

    // How far below a score a lower answer is looked for at first and at last.
    private const double FirstStep = 1.0 / (1 << 20);
    private const double LastStep = 2 * Saturated;

    // ln √(2π)
    private const double LogRootTwoPi = 0.91893853320467274178;

    /// <summary>The link that a model with these settings is answered by.</summary>
    public static FmLink Of(FmOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Task switch
        {
            FmTask.Ranking => FmLink.Preference,
            FmTask.Classification => options.Sweeps ? FmLink.Probit : FmLink.Logistic,
            _ => FmLink.Identity,
        };
    }

    /// <summary>The answer for a score; a probability with the logistic link and the probit.</summary>
    public static double Apply(this FmLink link, double score) => link switch
    {
        FmLink.Logistic => 1 / (1 + Math.Exp(-score)),
        FmLink.Probit => NormalProbability(score),
        _ => score,
    };

    /// <summary>
    /// A score from which downwards every answer is below the answer for a given one, strictly and as <see cref="Apply"/> computes
    /// them: near 0 and 1, where answers lie as close as their roundings, a lower score may have a higher answer. −∞ where there is none.
    /// </summary>
    internal static double StrictlyBelow(this FmLink link, double score)
    {
        if (link is not (FmLink.Logistic or FmLink.Probit))
        {
            return score;
        }

        // With f the link, f̂ as computed and s ≤ s′: f̂(s) ≤ f(s) + τ ≤ f(s′) + τ ≤ f̂(s′) + 2τ.
        double answer = link.Apply(score);
        for (double step = FirstStep; step <= LastStep; step *= 2)
        {
            double lower = Math.Min(score, Saturated) - step;
            if (link.Apply(lower) + (2 * Tolerance) < answer)
            {
                return lower;
            }
        }

        return double.NegativeInfinity;
    }

    /// <summary>Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/(3·5) + …) (Marsaglia, "Evaluating the normal distribution", JSS 2004), to 1e-15.</summary>
    public static double NormalProbability(double x)
    {
        if (double.IsNaN(x) || Math.Abs(x) > 8.5)
        {
            // Beyond it the distance from 0 and 1 is under 1e-16.
            return double.IsNaN(x) ? x : x > 0 ? 1 : 0;
        }

        double square = x * x, term = x, sum = x, before = double.NaN;
        for (double odd = 3; sum != before; odd += 2)
        {
            before = sum;
            term *= square / odd;
            sum += term;
        }

        return Math.Clamp(0.5 + (sum * Math.Exp((-0.5 * square) - LogRootTwoPi)), 0, 1);
    }
}
