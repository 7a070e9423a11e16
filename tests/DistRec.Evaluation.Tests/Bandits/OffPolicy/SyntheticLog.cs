using DistRec.Data;
using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Tests.Bandits.OffPolicy;

/// <summary>Logs whose truth is known: three arms in two contexts that are as frequent, rewards of 0 or 1.</summary>
internal static class SyntheticLog
{
    // [contexts, arms]
    public static readonly double[][] Logging = [[0.6, 0.3, 0.1], [0.2, 0.7, 0.1]];
    public static readonly double[][] Target = [[0.1, 0.3, 0.6], [0.4, 0.2, 0.4]];
    public static readonly double[][] Rates = [[0.2, 0.5, 0.3], [0.1, 0.3, 0.6]];

    /// <summary>Mean reward of the target policy.</summary>
    public static double TrueValue { get; } = ValueOf(Target);

    public static double ValueOf(double[][] policy) =>
        policy.Zip(Rates, (shares, rates) => shares.Zip(rates, (share, rate) => share * rate).Sum()).Average();

    /// <summary>A log, uniform on request.</summary>
    public static BanditLog Of(int rows, ulong seed, bool isUniform = false)
    {
        int[] chosen = new int[rows], contextOf = new int[rows];
        double[] rewards = new double[rows], propensities = new double[rows];
        EntityRandom random = new(seed, RandomPurpose.SimulatedReward, 0);
        for (int row = 0; row < rows; row++)
        {
            int context = random.NextDouble() < 0.5 ? 0 : 1;
            double[] shares = isUniform ? [1.0 / 3, 1.0 / 3, 1.0 / 3] : Logging[context];
            double draw = random.NextDouble();
            int arm = draw < shares[0] ? 0 : draw < shares[0] + shares[1] ? 1 : 2;
            (chosen[row], contextOf[row], propensities[row]) = (arm, context, shares[arm]);
            rewards[row] = random.NextDouble() < Rates[context][arm] ? 1 : 0;
        }

        return new BanditLog
        {
            Name = "synthetic",
            Arms = ["a", "b", "c"],
            Contexts = ["x", "y"],
            Chosen = chosen,
            ContextOf = contextOf,
            Rewards = rewards,
            Propensities = propensities,
        };
    }

    /// <summary>A log of the target policy's choices, exactly in its shares.</summary>
    public static BanditLog OfTarget()
    {
        (int Context, int Arm)[] rows =
        [
            .. Enumerable.Range(0, 2).SelectMany(context => Enumerable.Range(0, 3)
                .SelectMany(arm => Enumerable.Repeat((context, arm), (int)Math.Round(10 * Target[context][arm])))),
        ];
        return Of(1, 0) with
        {
            Name = "target",
            Chosen = [.. rows.Select(row => row.Arm)],
            ContextOf = [.. rows.Select(row => row.Context)],
            Rewards = new double[rows.Length],
            Propensities = [.. rows.Select(_ => 1.0)],
        };
    }
}
