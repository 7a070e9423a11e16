using DistRec.Numerics.Linear;

namespace DistRec.Evaluation.Bandits;

/// <summary>
/// What became of the answers that an arm gave. Immutable; <c>default</c> has seen nothing, and is what a reset puts in its place. Merging
/// gives the same bits in any order.
/// </summary>
/// <remarks>
/// An impression has at most one click, one view, one conversion and one reward. Whoever counts sees to that, and gives what comes late
/// to the statistics that have its impression: more outcomes than impressions are refused.
/// </remarks>
public readonly record struct ArmStatistics
{
    /// <summary>Statistics kept somewhere else.</summary>
    /// <param name="impressions">Answers shown, at least 0.</param>
    /// <param name="clicks">Of them, those clicked.</param>
    /// <param name="views">Of them, those viewed to the end that counts.</param>
    /// <param name="conversions">Of them, those that led to what was wanted.</param>
    /// <param name="rewards">Sum of their rewards, each from 0 to 1.</param>
    /// <param name="squaredRewards">Sum of their rewards' squares.</param>
    /// <exception cref="ArgumentException">
    /// A number is negative or above that of impressions, or the sums are not those of rewards from 0 to 1.
    /// </exception>
    public ArmStatistics(
        long impressions,
        long clicks = 0,
        long views = 0,
        long conversions = 0,
        ReproducibleSum rewards = default,
        ReproducibleSum squaredRewards = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(impressions);
        CheckOutcomes(clicks, impressions, nameof(clicks));
        CheckOutcomes(views, impressions, nameof(views));
        CheckOutcomes(conversions, impressions, nameof(conversions));
        double sum = rewards.ToDouble(), squares = squaredRewards.ToDouble();
        if (sum > impressions || squares > sum)
        {
            throw new ArgumentException(
                $"expected sums over {impressions} impressions of rewards from 0 to 1, found {sum}, and {squares} of their squares",
                nameof(rewards));
        }

        (Impressions, Clicks, Views, Conversions) = (impressions, clicks, views, conversions);
        (Rewards, SquaredRewards) = (rewards, squaredRewards);
    }

    /// <summary>Answers shown.</summary>
    public long Impressions { get; }

    /// <summary>Of them, those clicked.</summary>
    public long Clicks { get; }

    /// <summary>Of them, those viewed.</summary>
    public long Views { get; }

    /// <summary>Of them, those that led to what was wanted.</summary>
    public long Conversions { get; }

    /// <summary>Σ reward, each from 0 to 1: what routers learn from.</summary>
    public ReproducibleSum Rewards { get; }

    /// <summary>Σ reward².</summary>
    public ReproducibleSum SquaredRewards { get; }

    /// <summary>Mean reward of an impression; 0 where there is none.</summary>
    public double MeanReward => Impressions == 0 ? 0 : Rewards.ToDouble() / Impressions;

    /// <summary>Variance of an impression's reward around the mean of all, over n − 1; 0 for fewer than two impressions.</summary>
    public double RewardVariance => Impressions < 2
        ? 0
        : Math.Max(0, (SquaredRewards.ToDouble() - (Rewards.ToDouble() * MeanReward)) / (Impressions - 1));

    /// <summary>As many impressions, each with a reward of 0 or 1.</summary>
    public static ArmStatistics OfRewards(long impressions, long rewarded)
    {
        ReproducibleSum sum = new(checked((ulong)rewarded), 0);
        return new ArmStatistics(impressions, rewards: sum, squaredRewards: sum);
    }

    /// <summary>CTR: clicks over impressions.</summary>
    public RateEstimate ClickRate(double confidence = RateEstimate.UsualConfidence) => RateEstimate.Wilson(Clicks, Impressions, confidence);

    /// <summary>VTR: views over impressions.</summary>
    public RateEstimate ViewRate(double confidence = RateEstimate.UsualConfidence) => RateEstimate.Wilson(Views, Impressions, confidence);

    /// <summary>CVR: conversions over impressions.</summary>
    public RateEstimate ConversionRate(double confidence = RateEstimate.UsualConfidence) =>
        RateEstimate.Wilson(Conversions, Impressions, confidence);

    /// <summary>With one impression more.</summary>
    public ArmStatistics AddImpression() => new(Impressions + 1, Clicks, Views, Conversions, Rewards, SquaredRewards);

    /// <summary>With one click more.</summary>
    /// <exception cref="ArgumentException">Every impression has one.</exception>
    public ArmStatistics AddClick() => new(Impressions, Clicks + 1, Views, Conversions, Rewards, SquaredRewards);

    /// <summary>With one view more.</summary>
    /// <exception cref="ArgumentException">Every impression has one.</exception>
    public ArmStatistics AddView() => new(Impressions, Clicks, Views + 1, Conversions, Rewards, SquaredRewards);

    /// <summary>With one conversion more.</summary>
    /// <exception cref="ArgumentException">Every impression has one.</exception>
    public ArmStatistics AddConversion() => new(Impressions, Clicks, Views, Conversions + 1, Rewards, SquaredRewards);

    /// <summary>With one reward more.</summary>
    /// <param name="reward">From 0 to 1. Amounts of money are divided by the largest that counts.</param>
    /// <exception cref="ArgumentException">It is outside, or every impression has had the whole of it.</exception>
    public ArmStatistics AddReward(double reward)
    {
        if (!(reward is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(reward), reward, "expected a reward from 0 to 1");
        }

        ReproducibleSum sum = Rewards, squares = SquaredRewards;
        sum.Add(reward);
        squares.Add(reward * reward);
        return new ArmStatistics(Impressions, Clicks, Views, Conversions, sum, squares);
    }

    /// <summary>Both together.</summary>
    public ArmStatistics Merge(ArmStatistics other)
    {
        ReproducibleSum sum = Rewards, squares = SquaredRewards;
        sum.Merge(other.Rewards);
        squares.Merge(other.SquaredRewards);
        return new ArmStatistics(
            checked(Impressions + other.Impressions),
            Clicks + other.Clicks,
            Views + other.Views,
            Conversions + other.Conversions,
            sum,
            squares);
    }

    private static void CheckOutcomes(long outcomes, long impressions, string name)
    {
        if (outcomes < 0 || outcomes > impressions)
        {
            throw new ArgumentOutOfRangeException(name, outcomes, $"expected 0 to {impressions}, the number of impressions");
        }
    }
}
