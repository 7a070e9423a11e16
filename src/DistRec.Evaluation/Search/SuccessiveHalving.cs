namespace DistRec.Evaluation.Search;

/// <summary>A round of successive halving.</summary>
/// <param name="Trials">Trials that take part: the best ones of the round before.</param>
/// <param name="Share">They train for one epoch in so many of all.</param>
public readonly record struct HalvingRound(int Trials, int Share)
{
    /// <summary>Epochs that a trial trains for, at least 1.</summary>
    /// <param name="all">Epochs of the last round.</param>
    public int EpochsOf(int all) => Math.Max(1, ((all - 1) / Share) + 1);
}

/// <summary>
/// Many settings for few epochs, and the best ones for more: settings that are bad mostly show it early (Jamieson and Talwalkar, Non-stochastic Best
/// Arm Identification and Hyperparameter Optimization, AISTATS 2016). A third goes on each time, with three times as many epochs.
/// </summary>
public static class SuccessiveHalving
{
    private const int Factor = 3;

    // A ninth of the epochs: with fewer, most models have not left their start.
    private const int MostCuts = 2;

    /// <summary>The rounds, the last one with all epochs; a single one where there are fewer than three trials.</summary>
    /// <param name="trials">Trials of the first round, at least 1.</param>
    public static IReadOnlyList<HalvingRound> Rounds(int trials)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        List<int> counts = [trials];
        while (counts.Count <= MostCuts && counts[^1] >= Factor)
        {
            counts.Add((counts[^1] + Factor - 1) / Factor);
        }

        return [.. counts.Select((count, round) => new HalvingRound(count, Power(counts.Count - 1 - round)))];
    }

    private static int Power(int exponent) => exponent == 0 ? 1 : Factor * Power(exponent - 1);
}
