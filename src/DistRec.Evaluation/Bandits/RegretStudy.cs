using DistRec.Data;
using DistRec.Evaluation.Protocols;

namespace DistRec.Evaluation.Bandits;

/// <summary>Several policies on the same simulated arms, each in several runs.</summary>
/// <param name="Rates">Rates of the arms, [arms].</param>
/// <param name="Rounds">Rounds of a run.</param>
/// <param name="Runs">Runs of each policy.</param>
/// <param name="Seed">Seed of the first run; the next ones have the next seeds.</param>
/// <param name="Policies">What became of each policy, in the order given.</param>
public sealed record RegretStudy(
    IReadOnlyList<double> Rates, int Rounds, int Runs, ulong Seed, IReadOnlyList<PolicyRegret> Policies)
{
    // More points than a drawing has dots would only make it large.
    private const int MostPoints = 200;

    /// <summary>Plays. All policies meet the same rewards in the same run; the bits are the same for any number of threads.</summary>
    /// <param name="policies">The policies by name, at least one.</param>
    /// <param name="rates">Rates of the arms, from 0 to 1, at least one.</param>
    /// <param name="rounds">Rounds of a run, at least 1.</param>
    /// <param name="runs">Runs of each policy, at least 1.</param>
    /// <param name="seed">Seed of the first run.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="cancellation">Stops playing.</param>
    /// <exception cref="InputException">A rate is outside 0 to 1, or there is none.</exception>
    /// <exception cref="OperationCanceledException">Playing was cancelled.</exception>
    public static RegretStudy Play(
        IReadOnlyList<(string Name, IArmPolicy Policy)> policies,
        double[] rates,
        int rounds,
        int runs,
        ulong seed,
        int threads,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentNullException.ThrowIfNull(rates);
        BanditSimulation.Check(rates);
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        int points = Math.Min(rounds, MostPoints);
        int[] at = [.. Enumerable.Range(1, points).Select(point => (int)((long)point * rounds / points))];
        int best = Array.IndexOf(rates, rates.Max());
        return new RegretStudy(rates, rounds, runs, seed, [.. policies.Select(OfPolicy)]);

        PolicyRegret OfPolicy((string Name, IArmPolicy Policy) policy)
        {
            double[][] regrets = new double[runs][];
            double[] shares = new double[runs];
            Parallel.For(0, runs, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, run =>
            {
                BanditRun played = BanditSimulation.Run(policy.Policy, rates, rounds, unchecked(seed + (ulong)run));
                regrets[run] = [.. at.Select(round => played.Regret[round - 1])];
                shares[run] = (double)played.Arms[best].Impressions / rounds;
            });
            return new PolicyRegret(
                policy.Name,
                at,
                [.. Enumerable.Range(0, points).Select(point => regrets.Average(run => run[point]))],
                MeanDeviation.Of([.. regrets.Select(run => run[^1])]),
                regrets.Min(run => run[^1]),
                regrets.Max(run => run[^1]),
                shares.Average());
        }
    }
}

/// <summary>Regret of a policy: Σ over rounds of (highest rate − rate of the arm chosen).</summary>
/// <param name="Policy">Its name.</param>
/// <param name="Rounds">Rounds, from 1, at which the curve has points; the last one is the last of all.</param>
/// <param name="MeanCurve">Mean regret up to each of them over the runs.</param>
/// <param name="Final">Regret of whole runs.</param>
/// <param name="Lowest">The lowest of them.</param>
/// <param name="Highest">The highest.</param>
/// <param name="BestArmShare">Share of all rounds that the best arm, the first of equals, was chosen in.</param>
public sealed record PolicyRegret(
    string Policy,
    IReadOnlyList<int> Rounds,
    IReadOnlyList<double> MeanCurve,
    MeanDeviation Final,
    double Lowest,
    double Highest,
    double BestArmShare);
