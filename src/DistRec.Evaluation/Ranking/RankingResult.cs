namespace DistRec.Evaluation.Ranking;

/// <summary>A figure over users.</summary>
/// <param name="Value">Null where there is no user to take it of.</param>
/// <param name="Low">Lower end of its 95 % interval, by drawing users anew; null where none was asked for or it is no mean over users.</param>
/// <param name="High">Upper end.</param>
public readonly record struct RankingFigure(double? Value, double? Low = null, double? High = null);

/// <summary>
/// How well a model ranks the items that users took to after training. Equal scores are ordered by item index, as in every list that is served. Figures are means over
/// users who have training interactions and relevant items among the test ones that are not among these.
/// </summary>
/// <param name="Candidates">What relevant items were ranked among.</param>
/// <param name="CutOffs">Lengths K of the lists.</param>
/// <param name="Users">Users counted.</param>
/// <param name="UsersLeftOut">Users with test interactions who have none in training, or no relevant item that they had not seen there and the model knows.</param>
/// <param name="RelevantItems">Relevant items of the users counted.</param>
/// <param name="Figures">By <see cref="RankingMetric.KeyAt"/>.</param>
/// <param name="Curve">How many of the relevant items are within so many thousandths of their candidates from the first: Koren's curve, by counts.</param>
public sealed record RankingResult(
    string Candidates,
    IReadOnlyList<int> CutOffs,
    int Users,
    int UsersLeftOut,
    long RelevantItems,
    IReadOnlyDictionary<string, RankingFigure> Figures,
    [property: System.Text.Json.Serialization.JsonIgnore] RankCurve? Curve)
{
    /// <summary>K of the figures that summaries show: <see cref="RankingOptions.UsualCutOff"/> where it is among the cut-offs, else the first.</summary>
    public int MainCutOff => RankingOptions.MainOf(CutOffs);

    /// <summary>A figure at <see cref="MainCutOff"/>; null where there is none.</summary>
    public double? Main(RankingMetric metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return Figures.TryGetValue(metric.KeyAt(MainCutOff), out RankingFigure figure) ? figure.Value : null;
    }
}

/// <summary>The cumulative distribution of where relevant items are among their candidates ([K08], section 6).</summary>
/// <param name="Counts">How many of them have a percentile of at most so many thousandths, [1,001].</param>
public sealed record RankCurve(long[] Counts)
{
    /// <summary>Steps of the percentile in 1.</summary>
    public const int Steps = 1000;

    /// <summary>Adds up how many relevant items are in each step.</summary>
    /// <param name="places">By <see cref="StepOf"/>, [1,001].</param>
    internal static RankCurve OfSteps(long[] places)
    {
        long[] sums = new long[places.Length];
        long sum = 0;
        for (int step = 0; step < places.Length; step++)
        {
            sum += places[step];
            sums[step] = sum;
        }

        return new RankCurve(sums);
    }

    /// <summary>Thousandths from the first place, rounded up so that a count within a step is never too high.</summary>
    internal static int StepOf(double percentile) => (int)Math.Ceiling(percentile * Steps);

    /// <summary>Share of the relevant items within so many thousandths from the first place.</summary>
    public double ShareWithin(int thousandths) => Counts[^1] == 0 ? 0 : (double)Counts[thousandths] / Counts[^1];
}
