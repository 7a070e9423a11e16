using DistRec.Data;
using MathNet.Numerics.Distributions;

namespace DistRec.Evaluation.Bandits.Comparison;

/// <summary>How many impressions an A/B test wants.</summary>
public static class SampleSize
{
    /// <summary>
    /// Impressions of each of two arms so that the two-sided z test of <see cref="ArmComparison.OfRates"/> finds a difference: n =
    /// (z_{1−α/2} √(2 p̄(1 − p̄)) + z_{power} √(p₁(1 − p₁) + p₂(1 − p₂)))² / (p₂ − p₁)² (Fleiss, Levin, Paik, chapter 4, without the
    /// correction for continuity).
    /// </summary>
    /// <param name="controlRate">p₁, between 0 and 1.</param>
    /// <param name="otherRate">p₂, the rate to be told from it, between 0 and 1.</param>
    /// <param name="significance">α: how often equal arms may be told apart.</param>
    /// <param name="power">How often these two are to be told apart.</param>
    /// <exception cref="InputException">A number is out of its range, or both rates are the same.</exception>
    public static long PerArm(double controlRate, double otherRate, double significance = 0.05, double power = 0.8)
    {
        RequireShare(controlRate, "rate of the control");
        RequireShare(otherRate, "rate of the other arm");
        RequireShare(significance, "significance");
        RequireShare(power, "power");
        double difference = otherRate - controlRate, mean = (controlRate + otherRate) / 2;
        double deviations = (Normal.InvCDF(0, 1, 1 - (significance / 2)) * Math.Sqrt(2 * mean * (1 - mean)))
            + (Normal.InvCDF(0, 1, power) * Math.Sqrt((controlRate * (1 - controlRate)) + (otherRate * (1 - otherRate))));
        double impressions = Math.Pow(Math.Max(deviations, 0) / difference, 2);
        return impressions < long.MaxValue
            ? Math.Max(1, (long)Math.Ceiling(impressions))
            : throw InputException.At(
                "rate of the other arm", $"one that differs from {controlRate}", $"{otherRate}", "name the least difference that matters");
    }

    private static void RequireShare(double value, string place)
    {
        if (!(value is > 0 and < 1))
        {
            throw InputException.At(place, "a number between 0 and 1", $"{value}", "5 % is 0.05");
        }
    }
}
