namespace DistRec.Serving.Experiments;

/// <summary>An experiment as it was asked for; it never changes. See <see cref="ExperimentRules"/> for what its fields may be.</summary>
public sealed record ExperimentDefinition
{
    internal const double UsualEpsilon = 0.1;
    internal const int UsualMinimumImpressions = 100;
    internal const double UsualAlpha = 0.05;
    internal const int UsualWindowSeconds = 1800;
    internal const double UsualSample = 0.1;

    /// <summary>Its name; no other experiment ever has it.</summary>
    public required string Name { get; init; }

    /// <summary>The model whose requests it routes.</summary>
    public required string Model { get; init; }

    /// <summary>The versions that share its users, two or more.</summary>
    public required IReadOnlyList<ExperimentArm> Arms { get; init; }

    /// <summary>Name of the arm that the others are compared with: the model's active version.</summary>
    public required string Control { get; init; }

    /// <summary>How users come to their arms.</summary>
    public required ExperimentPolicy Policy { get; init; }

    /// <summary>What is to become of an answer.</summary>
    public ExperimentGoal Goal { get; init; } = ExperimentGoal.Click;

    /// <summary>ε of <see cref="ExperimentPolicy.EpsilonGreedy"/>: the share of users who are sent anywhere.</summary>
    public double Epsilon { get; init; } = UsualEpsilon;

    /// <summary>Of policies that learn: how many impressions every arm has before they do; until then weights count.</summary>
    public long MinimumImpressions { get; init; } = UsualMinimumImpressions;

    /// <summary>α of the sequential test: how probable it may be that it ever decides wrongly, for either decision.</summary>
    public double Alpha { get; init; } = UsualAlpha;

    /// <summary>δ of the sequential test: the loss of rate that is tolerated, absolute; 0.005 is half a percentage point.</summary>
    public double Margin { get; init; }

    /// <summary>How long after its impression the sequential test waits for an answer's goal.</summary>
    public int WindowSeconds { get; init; } = UsualWindowSeconds;

    /// <summary>Of <see cref="ExperimentPolicy.Shadow"/>: the share of answers that are compared.</summary>
    public double Sample { get; init; } = UsualSample;

    /// <summary>Whether a canary that is accepted becomes the active version by itself.</summary>
    public bool Promote { get; init; }

    /// <summary>What all draws are keyed by, with the experiment's name.</summary>
    public ulong Seed { get; init; }

    /// <summary>Index of <see cref="Control"/>.</summary>
    internal int ControlIndex => IndexOf(Control);

    /// <summary>Whether arms' shares follow from what was counted, so that a user's arm has to be kept.</summary>
    internal bool Learns => Policy is ExperimentPolicy.EpsilonGreedy or ExperimentPolicy.Thompson or ExperimentPolicy.Ucb;

    /// <summary>Whether two arms with fixed shares are compared, so that the sequential test holds.</summary>
    internal bool IsTested => Policy is ExperimentPolicy.Split or ExperimentPolicy.Canary && Arms.Count == 2;

    /// <summary>Index of the arm of a name; −1 for none.</summary>
    internal int IndexOf(string? arm)
    {
        for (int index = 0; index < Arms.Count; index++)
        {
            if (Arms[index].Name == arm)
            {
                return index;
            }
        }

        return -1;
    }
}

/// <summary>A version that takes part in an experiment.</summary>
/// <param name="Name">What events and figures call it.</param>
/// <param name="Model">Name of its model.</param>
/// <param name="Version">The version.</param>
/// <param name="Weight">Its share of the users, in proportion to the others' weights.</param>
public sealed record ExperimentArm(string Name, string Model, int Version, double Weight);

/// <summary>How users come to their arms.</summary>
public enum ExperimentPolicy
{
    /// <summary>By weights: an A/B test.</summary>
    Split,

    /// <summary>Mostly to the arm with the highest rate, and some anywhere.</summary>
    EpsilonGreedy,

    /// <summary>To each arm as often as it is likely to be the best.</summary>
    Thompson,

    /// <summary>To the arm with the highest upper bound of its rate.</summary>
    Ucb,

    /// <summary>By weights, until a sequential test finds that the new version is worse: then it is rolled back.</summary>
    Canary,

    /// <summary>All to the control; the other arm answers a sample beside it, which nobody sees.</summary>
    Shadow,
}

/// <summary>What is to become of an answer.</summary>
public enum ExperimentGoal
{
    /// <summary>One of its items is clicked.</summary>
    Click,

    /// <summary>One of them is looked at.</summary>
    View,

    /// <summary>One of them is bought, finished, or whatever it is shown for.</summary>
    Conversion,
}
