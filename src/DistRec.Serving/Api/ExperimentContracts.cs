using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using DistRec.Evaluation.Bandits.Comparison;
using DistRec.Serving.Experiments;

namespace DistRec.Serving.Api;

/// <summary>Begins an experiment.</summary>
public sealed record ExperimentRequest
{
    /// <summary>Its name: letters, digits, '.', '_', '-' and spaces.</summary>
    [Required, StringLength(ExperimentRules.MaxNameLength, MinimumLength = 1)]
    public required string Name { get; init; }

    /// <summary>The model whose requests it routes; left out for the one that answers who names none.</summary>
    [StringLength(64, MinimumLength = 1)]
    public string? Model { get; init; }

    /// <summary>The versions that share its users.</summary>
    [Required, NoNulls, MinLength(2), MaxLength(ExperimentRules.MaxArms)]
    public required IReadOnlyList<ArmRequest> Arms { get; init; }

    /// <summary>The arm that the others are compared with, the model's active version; left out for the first.</summary>
    [StringLength(ExperimentRules.MaxNameLength, MinimumLength = 1)]
    public string? Control { get; init; }

    /// <summary>How users come to their arms.</summary>
    [EnumDataType(typeof(ExperimentPolicy)), DefaultValue(ExperimentPolicy.Split)]
    public ExperimentPolicy Policy { get; init; }

    /// <summary>What is to become of an answer.</summary>
    [EnumDataType(typeof(ExperimentGoal)), DefaultValue(ExperimentGoal.Click)]
    public ExperimentGoal Goal { get; init; }

    /// <summary>Of epsilonGreedy: the share of users who are sent anywhere.</summary>
    [Range(0.0, 1.0), DefaultValue(ExperimentDefinition.UsualEpsilon)]
    public double? Epsilon { get; init; }

    /// <summary>Of policies that learn: impressions that every arm has before they do.</summary>
    [Range(0, int.MaxValue), DefaultValue(ExperimentDefinition.UsualMinimumImpressions)]
    public int? MinimumImpressions { get; init; }

    /// <summary>Probability with which the sequential test may ever decide wrongly.</summary>
    [DefaultValue(ExperimentDefinition.UsualAlpha)]
    public double? Alpha { get; init; }

    /// <summary>The loss of rate that the sequential test tolerates, absolute: 0.005 is half a percentage point.</summary>
    public double Margin { get; init; }

    /// <summary>How long the sequential test waits for an answer's goal.</summary>
    [DefaultValue(ExperimentDefinition.UsualWindowSeconds)]
    public int? WindowSeconds { get; init; }

    /// <summary>Of shadow: the share of answers that are compared.</summary>
    [DefaultValue(ExperimentDefinition.UsualSample)]
    public double? Sample { get; init; }

    /// <summary>Whether a canary that is accepted becomes the active version by itself.</summary>
    public bool Promote { get; init; }

    /// <summary>What all draws are keyed by, with the experiment's name.</summary>
    [Range(0, 1L << 53)]
    public long Seed { get; init; }

    internal ExperimentDefinition ToDefinition(string model) => new()
    {
        Name = Name,
        Model = Model ?? model,
        Arms = [.. Arms.Select(arm => new ExperimentArm(arm.Name, arm.Model ?? Model ?? model, arm.Version, arm.Weight ?? 1))],
        Control = Control ?? Arms[0].Name,
        Policy = Policy,
        Goal = Goal,
        Epsilon = Epsilon ?? ExperimentDefinition.UsualEpsilon,
        MinimumImpressions = MinimumImpressions ?? ExperimentDefinition.UsualMinimumImpressions,
        Alpha = Alpha ?? ExperimentDefinition.UsualAlpha,
        Margin = Margin,
        WindowSeconds = WindowSeconds ?? ExperimentDefinition.UsualWindowSeconds,
        Sample = Sample ?? ExperimentDefinition.UsualSample,
        Promote = Promote,
        Seed = (ulong)Seed,
    };
}

/// <summary>A version that takes part.</summary>
public sealed record ArmRequest
{
    /// <summary>What events and figures call it.</summary>
    [Required, StringLength(ExperimentRules.MaxNameLength, MinimumLength = 1)]
    public required string Name { get; init; }

    /// <summary>Name of its model; left out for the experiment's.</summary>
    [StringLength(64, MinimumLength = 1)]
    public string? Model { get; init; }

    /// <summary>The version.</summary>
    [Range(1, int.MaxValue)]
    public required int Version { get; init; }

    /// <summary>Its share of the users, in proportion to the others' weights.</summary>
    [DefaultValue(1.0)]
    public double? Weight { get; init; }
}

/// <summary>Makes one of an experiment's arms the active version.</summary>
public sealed record PromoteRequest
{
    /// <summary>The arm; of two it may be left out for the one that is not the control.</summary>
    public string? Arm { get; init; }

    /// <summary>Why; kept with the change.</summary>
    [StringLength(1024)]
    public string? Reason { get; init; }
}

/// <summary>A rate with its 95 % interval.</summary>
/// <param name="Value">The rate.</param>
/// <param name="Low">Low end.</param>
/// <param name="High">High end.</param>
public readonly record struct IntervalAnswer(double Value, double Low, double High);

/// <summary>How an arm's goal rate differs from the control's, at one look that was planned before.</summary>
/// <param name="Difference">Rate of the arm − rate of the control.</param>
/// <param name="Low">Low end of its 95 % interval.</param>
/// <param name="High">High end of it.</param>
/// <param name="Z">The difference in standard errors.</param>
/// <param name="PValue">Probability of as large a difference where there is none.</param>
public sealed record ComparisonAnswer(double Difference, double Low, double High, double Z, double PValue);

/// <summary>An arm, and what was counted of it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Model">Name of its model.</param>
/// <param name="Version">Its version.</param>
/// <param name="IsControl">Whether the others are compared with it.</param>
/// <param name="Weight">The weight that it was given.</param>
/// <param name="Propensity">How probable it is for who comes next.</param>
/// <param name="Impressions">Answers of which an item was shown.</param>
/// <param name="Share">Its share of all impressions.</param>
/// <param name="Users">Users whose first answer it gave.</param>
/// <param name="Clicks">Impressions of which an item was clicked.</param>
/// <param name="Views">Impressions of which an item was looked at.</param>
/// <param name="Conversions">Impressions of which an item led to what it is shown for.</param>
/// <param name="Ctr">Clicks over impressions; null without impressions.</param>
/// <param name="Vtr">Views over impressions; likewise.</param>
/// <param name="Cvr">Conversions over impressions; likewise.</param>
/// <param name="Regret">Goals that the best arm, by the rates so far, would have earned more with the same impressions; null without impressions.</param>
/// <param name="Test">How it differs from the control; null for the control, and where one of both has no impressions.</param>
public sealed record ArmAnswer(
    string Name,
    string Model,
    int Version,
    bool IsControl,
    double Weight,
    double Propensity,
    long Impressions,
    double Share,
    long Users,
    long Clicks,
    long Views,
    long Conversions,
    IntervalAnswer? Ctr,
    IntervalAnswer? Vtr,
    IntervalAnswer? Cvr,
    double? Regret,
    ComparisonAnswer? Test);

/// <summary>The sequential test, which may be looked at whenever one likes: users, each by its first answer, when the time for its goal has run out.</summary>
/// <param name="Decision">continue, rollBack or accept: the first that was reached.</param>
/// <param name="WorseEValue">Evidence that the arm is worse than the control by more than the margin; it decides at 1/alpha.</param>
/// <param name="NotWorseEValue">Evidence that it is not.</param>
/// <param name="Alpha">Probability with which it may ever decide wrongly.</param>
/// <param name="Margin">The loss of rate that is tolerated.</param>
/// <param name="Users">Users observed.</param>
public sealed record SequentialAnswer(CanaryDecision Decision, double WorseEValue, double NotWorseEValue, double Alpha, double Margin, long Users);

/// <summary>Whether arms got the users that they were to get.</summary>
/// <param name="PValue">Probability of as large a deviation where nothing is wrong.</param>
/// <param name="IsMismatch">Whether something is: then nothing else of the experiment is to be believed.</param>
public sealed record SampleRatioAnswer(double PValue, bool IsMismatch);

/// <summary>How a shadow's answers differ from those that users had.</summary>
/// <param name="Compared">Questions that it answered.</param>
/// <param name="Overlap">Of lists, the mean share of the user's items that the shadow's list has, too; null without lists.</param>
/// <param name="MeanDifference">Mean |difference| of the predictions of items that both predicted; null without any.</param>
/// <param name="Failures">Questions that it could not answer.</param>
/// <param name="Dropped">Questions that were left out, since too many waited.</param>
/// <param name="P50Milliseconds">Half of its answers took no longer, within 6 %; null without any.</param>
/// <param name="P99Milliseconds">99 of 100 took no longer, within 6 %; null without any.</param>
public sealed record ShadowAnswer(
    long Compared, double? Overlap, double? MeanDifference, long Failures, long Dropped, double? P50Milliseconds, double? P99Milliseconds);

/// <summary>Something that was done to an experiment.</summary>
/// <param name="Action">create, pause, resume, stop, rollBack or promote.</param>
/// <param name="At">When.</param>
/// <param name="By">Who did it.</param>
/// <param name="Reason">Why.</param>
public sealed record ExperimentChangeAnswer(ExperimentAction Action, DateTimeOffset At, string By, string Reason);

/// <summary>An experiment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Model">The model whose requests it routes.</param>
/// <param name="Policy">How users come to their arms.</param>
/// <param name="Goal">What is to become of an answer.</param>
/// <param name="State">running, paused, stopped, rolledBack or promoted.</param>
/// <param name="Created">When it began.</param>
/// <param name="Ended">When it ended; null while it goes on.</param>
/// <param name="Why">Why it is in its state; null where nobody said.</param>
/// <param name="Arms">Its arms.</param>
/// <param name="Sequential">The sequential test; null but for two arms with fixed shares.</param>
/// <param name="SampleRatio">Whether shares are what they should be; null where they are not fixed, or nobody has come.</param>
/// <param name="Shadow">How a shadow's answers differ; null where none has been compared.</param>
/// <param name="Changes">What was done to it, the newest first.</param>
public sealed record ExperimentAnswer(
    string Name,
    string Model,
    ExperimentPolicy Policy,
    ExperimentGoal Goal,
    ExperimentState State,
    DateTimeOffset Created,
    DateTimeOffset? Ended,
    string? Why,
    IReadOnlyList<ArmAnswer> Arms,
    SequentialAnswer? Sequential,
    SampleRatioAnswer? SampleRatio,
    ShadowAnswer? Shadow,
    IReadOnlyList<ExperimentChangeAnswer> Changes);

/// <summary>All experiments.</summary>
/// <param name="Experiments">The newest first.</param>
public sealed record ExperimentsAnswer(IReadOnlyList<ExperimentAnswer> Experiments);
