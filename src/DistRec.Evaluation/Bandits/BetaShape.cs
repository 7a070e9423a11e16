namespace DistRec.Evaluation.Bandits;

/// <summary>A beta distribution of a rate.</summary>
/// <param name="Successes">α, at least 1.</param>
/// <param name="Failures">β, at least 1.</param>
internal readonly record struct BetaShape(double Successes, double Failures)
{
    /// <summary>Where the density of the rate's log-odds t = ln(x/(1 − x)), ∝ eᵅᵗ / (1 + eᵗ)ᵅ⁺ᵝ, is highest.</summary>
    public double Mode => Math.Log(Successes / Failures);

    /// <summary>The standard deviation of the normal distribution that has the same curvature there.</summary>
    public double Deviation => Math.Sqrt((1 / Successes) + (1 / Failures));

    /// <summary>The posterior of an arm's mean reward after a uniform prior.</summary>
    public static BetaShape After(ArmStatistics arm)
    {
        double rewards = arm.Rewards.ToDouble();
        return new BetaShape(1 + rewards, 1 + (arm.Impressions - rewards));
    }

    /// <summary>ln(1 + eᵗ).</summary>
    public static double Softplus(double t) => Math.Max(t, 0) + double.LogP1(Math.Exp(-Math.Abs(t)));

    /// <summary>Logarithm of that density, but for a constant.</summary>
    /// <param name="logOdds">t.</param>
    /// <param name="softplus">ln(1 + eᵗ), the same for all distributions.</param>
    public double LogDensity(double logOdds, double softplus) => (Successes * logOdds) - ((Successes + Failures) * softplus);
}
