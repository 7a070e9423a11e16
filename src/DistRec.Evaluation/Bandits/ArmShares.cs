using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Bandits;

/// <summary>Distributions over arms.</summary>
internal static class ArmShares
{
    /// <summary>All for the arm with the highest score; arms that tie share.</summary>
    public static double[] OfBest(ReadOnlySpan<double> scores)
    {
        double best = double.NegativeInfinity;
        int tied = 0;
        foreach (double score in scores)
        {
            tied = score > best ? 1 : score == best ? tied + 1 : tied;
            best = Math.Max(best, score);
        }

        double[] shares = new double[scores.Length];
        for (int arm = 0; arm < scores.Length; arm++)
        {
            shares[arm] = scores[arm] == best ? 1.0 / tied : 0;
        }

        return shares;
    }

    /// <summary>An arm, with the probability of its share.</summary>
    public static int Draw(ReadOnlySpan<double> shares, ref EntityRandom random)
    {
        double left = random.NextDouble();
        int last = 0;
        for (int arm = 0; arm < shares.Length; arm++)
        {
            if (shares[arm] > 0)
            {
                last = arm;
                if (left < shares[arm])
                {
                    return arm;
                }
            }

            left -= shares[arm];
        }

        return last; // where rounding leaves the shares' sum below the draw
    }

    public static void Require(ReadOnlySpan<ArmStatistics> arms)
    {
        if (arms.IsEmpty)
        {
            throw new ArgumentException("expected at least one arm, found none", nameof(arms));
        }
    }
}
