using DistRec.Evaluation.Bandits;
using DistRec.Evaluation.Bandits.Comparison;

namespace DistRec.Serving.Experiments;

/// <summary>What was counted of an experiment.</summary>
public sealed record ExperimentFigures
{
    /// <summary>[arms].</summary>
    public required IReadOnlyList<ArmFigures> Arms { get; init; }

    /// <summary>Number of the last event that is in them.</summary>
    public long Position { get; init; }

    /// <summary>What the sequential test has come to; null where there is none.</summary>
    public TestFigures? Test { get; init; }

    /// <summary>Nothing counted yet.</summary>
    internal static ExperimentFigures None(ExperimentDefinition definition) => new()
    {
        Arms = [.. definition.Arms.Select(_ => new ArmFigures(0, 0, 0, 0, 0))],
    };

    /// <summary>What routers learn from, [arms].</summary>
    internal ArmStatistics[] StatisticsFor(ExperimentGoal goal) => [.. Arms.Select(arm => ArmStatistics.OfRewards(arm.Impressions, arm.GoalsOf(goal)))];
}

/// <summary>What was counted of an arm. An impression is an answer of which at least one item was shown; see <see cref="ExperimentTally"/>.</summary>
/// <param name="Impressions">Answers.</param>
/// <param name="Clicks">Of them, those of which an item was clicked.</param>
/// <param name="Views">Of them, those of which an item was looked at.</param>
/// <param name="Conversions">Of them, those of which an item led to what it is shown for.</param>
/// <param name="Users">Users whose first answer in the experiment the arm gave.</param>
public sealed record ArmFigures(long Impressions, long Clicks, long Views, long Conversions, long Users)
{
    /// <summary>How many of the answers came to a goal.</summary>
    internal long GoalsOf(ExperimentGoal goal) => goal switch
    {
        ExperimentGoal.View => Views,
        ExperimentGoal.Conversion => Conversions,
        _ => Clicks,
    };
}

/// <summary>What <see cref="CanaryTest"/> has come to, as it is stored.</summary>
/// <param name="ControlUsers">Users of the control whose first answer was observed.</param>
/// <param name="ControlGoals">Of them, those whose answer came to its goal in time.</param>
/// <param name="OtherUsers">Users of the other arm.</param>
/// <param name="OtherGoals">Likewise.</param>
/// <param name="Worse">Wealth of those who bet that the other arm is worse.</param>
/// <param name="NotWorse">Wealth of those who bet that it is not.</param>
/// <param name="WorsePValue">Always-valid p value of "not worse".</param>
/// <param name="NotWorsePValue">Always-valid p value of "worse".</param>
/// <param name="Decision">What was decided first.</param>
/// <param name="Observed">Number of the event whose user was observed last.</param>
public sealed record TestFigures(
    long ControlUsers,
    long ControlGoals,
    long OtherUsers,
    long OtherGoals,
    IReadOnlyList<double> Worse,
    IReadOnlyList<double> NotWorse,
    double WorsePValue,
    double NotWorsePValue,
    CanaryDecision Decision,
    long Observed)
{
    internal static TestFigures Of(CanaryEvidence evidence, long observed) => new(
        evidence.Control.Impressions,
        (long)evidence.Control.Rewards.ToDouble(),
        evidence.Canary.Impressions,
        (long)evidence.Canary.Rewards.ToDouble(),
        evidence.Worse,
        evidence.NotWorse,
        evidence.WorsePValue,
        evidence.NotWorsePValue,
        evidence.Decision,
        observed);

    internal CanaryEvidence ToEvidence() => new(
        ArmStatistics.OfRewards(ControlUsers, ControlGoals),
        ArmStatistics.OfRewards(OtherUsers, OtherGoals),
        [.. Worse],
        [.. NotWorse],
        WorsePValue,
        NotWorsePValue,
        Decision);
}
