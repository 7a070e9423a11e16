using DistRec.Data;
using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Bandits;

/// <summary>A policy on arms whose rates are known.</summary>
/// <param name="Regret">
/// Σ over rounds of (highest rate − rate of the arm chosen) up to each round, [rounds]: what better choices would have earned.
/// </param>
/// <param name="Arms">What the policy came to know, [arms].</param>
public sealed record BanditRun(double[] Regret, ArmStatistics[] Arms);

/// <summary>Plays a policy on Bernoulli arms whose rates are known, each round's reward known before the next.</summary>
public static class BanditSimulation
{
    /// <summary>
    /// Plays. Rewards are keyed by (seed, round), the same for all policies, so that policies differ by their choices alone.
    /// </summary>
    /// <param name="policy">The policy.</param>
    /// <param name="rates">Rates of the arms, from 0 to 1, at least one.</param>
    /// <param name="rounds">Rounds, at least 1.</param>
    /// <param name="seed">What all draws are keyed by.</param>
    /// <exception cref="InputException">A rate is outside 0 to 1, or there is none.</exception>
    public static BanditRun Run(IArmPolicy policy, ReadOnlySpan<double> rates, int rounds, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        Check(rates);
        double best = 0;
        foreach (double rate in rates)
        {
            best = Math.Max(best, rate);
        }

        ArmStatistics[] arms = new ArmStatistics[rates.Length];
        double[] regret = new double[rounds];
        double sum = 0;
        for (int round = 0; round < rounds; round++)
        {
            EntityRandom random = new(seed, RandomPurpose.ArmChoice, round);
            int arm = policy.Choose(arms, ref random);
            bool rewarded = new EntityRandom(seed, RandomPurpose.SimulatedReward, round).NextDouble() < rates[arm];
            arms[arm] = arms[arm].AddImpression().AddReward(rewarded ? 1 : 0);
            sum += best - rates[arm];
            regret[round] = sum;
        }

        return new BanditRun(regret, arms);
    }

    /// <summary>Whether there are rates, all from 0 to 1.</summary>
    internal static void Check(ReadOnlySpan<double> rates)
    {
        foreach (double rate in rates)
        {
            if (!(rate is >= 0 and <= 1))
            {
                throw InputException.At("rates of simulated arms", "numbers from 0 to 1", $"{rate}", "5 % is 0.05");
            }
        }

        if (rates.IsEmpty)
        {
            throw InputException.At("rates of simulated arms", "at least one", "none", "give each arm its rate");
        }
    }
}
