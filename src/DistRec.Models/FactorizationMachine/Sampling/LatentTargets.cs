using DistRec.Numerics.Random;

namespace DistRec.Models.FactorizationMachine.Sampling;

/// <summary>
/// The probit model of labels ([R12], section 3.3): behind label 1 lies a target z ~ N(ŷ, 1) above 0, behind label 0 one below. Gibbs
/// sampling draws z, least squares take its mean.
/// </summary>
internal static class LatentTargets
{
    // ln √(2π)
    private const double LogRootTwoPi = 0.91893853320467274178;

    // From here on a continued fraction gives the tail of the normal distribution, below it its integral.
    private const double TailStart = 2;
    private const int TailTerms = 60;

    /// <summary>A draw of z − ŷ.</summary>
    /// <param name="isPositive">Whether the label is 1.</param>
    /// <param name="prediction">ŷ.</param>
    /// <param name="random">The row's stream.</param>
    public static double Draw(bool isPositive, double prediction, ref EntityRandom random) =>
        isPositive ? DrawAbove(-prediction, ref random) : -DrawAbove(prediction, ref random);

    /// <summary>The mean of z − ŷ.</summary>
    public static double Mean(bool isPositive, double prediction) => isPositive ? MeanAbove(-prediction) : -MeanAbove(prediction);

    /// <summary>A standard normal draw above a bound (Robert, "Simulation of truncated normal variables", 1995).</summary>
    public static double DrawAbove(double bound, ref EntityRandom random)
    {
        if (bound <= 0)
        {
            double draw;
            do
            {
                draw = random.NextGaussian();
            }
            while (draw < bound);
            return draw;
        }

        // From an exponential distribution of the best rate, accepted with probability exp(−(x − rate)²/2).
        double rate = (bound + Math.Sqrt((bound * bound) + 4)) / 2;
        while (true)
        {
            double draw = bound - (Math.Log(1 - random.NextDouble()) / rate);
            double distance = draw - rate;
            if (random.NextDouble() <= Math.Exp(-distance * distance / 2))
            {
                return draw;
            }
        }
    }

    /// <summary>Mean of a standard normal variable above a bound: φ(a)/Φ(−a).</summary>
    public static double MeanAbove(double bound)
    {
        if (bound < TailStart)
        {
            return Math.Exp((-0.5 * bound * bound) - LogRootTwoPi) / FmLinks.NormalProbability(-bound);
        }

        // φ(a)/Φ(−a) = a + 1/(a + 2/(a + 3/(a + …))), by Laplace.
        double fraction = bound;
        for (int term = TailTerms; term > 0; term--)
        {
            fraction = bound + (term / fraction);
        }

        return fraction;
    }
}
