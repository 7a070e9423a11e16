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
