using DistRec.Evaluation.Bandits;
using DistRec.Evaluation.Bandits.Comparison;

namespace DistRec.Serving.Experiments;

/// <summary>What an experiment may be.</summary>
public static class ExperimentRules
{
    /// <summary>Characters of the name of an experiment or arm, at most.</summary>
    public const int MaxNameLength = 64;

    /// <summary>Arms, at most.</summary>
    public const int MaxArms = 20;

    /// <summary>The longest time that an answer's goal is waited for.</summary>
    public static readonly TimeSpan MaxWindow = TimeSpan.FromDays(30);

    /// <summary>Refuses what is none. Whether its versions exist is for the registry to say.</summary>
    /// <exception cref="InputException">It is none; the message names the field.</exception>
    public static void Require(ExperimentDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        RequireName("name", definition.Name);
        string place = $"the experiment {definition.Name}";
        IReadOnlyList<ExperimentArm> arms = definition.Arms;
        bool isPair = definition.Policy is ExperimentPolicy.Canary or ExperimentPolicy.Shadow;
        Require(
            isPair ? arms.Count == 2 : arms.Count is >= 2 and <= MaxArms,
            $"{place}, arms", isPair ? "two, the control and the new version" : $"2 to {MaxArms}", $"{arms.Count}", "name each version that takes part");
        for (int index = 0; index < arms.Count; index++)
        {
            RequireName($"arms[{index}].name", arms[index].Name);
            Require(
                definition.IndexOf(arms[index].Name) == index, $"{place}, arms[{index}].name", "another name for each arm",
                $"\"{arms[index].Name}\" twice", "rename one");
            Require(
                arms[index].Weight is > 0 and <= 1e6, $"{place}, arms[{index}].weight", "a number above 0, at most 1000000", $"{arms[index].Weight}",
                "give 95 and 5 for a canary that gets a twentieth of the users");
        }

        Require(
            definition.ControlIndex >= 0, $"{place}, control", $"one of {string.Join(", ", arms.Select(arm => $"\"{arm.Name}\""))}",
            $"\"{definition.Control}\"",
            "name the arm that the others are compared with");
        Require(
            arms[definition.ControlIndex].Model == definition.Model, $"{place}, control", $"an arm of the model {definition.Model}, whose requests are routed",
            $"one of {arms[definition.ControlIndex].Model}", "leave the arm's model out, or route that model");
        Require(
            !definition.Promote || (definition.Policy == ExperimentPolicy.Canary && arms.All(arm => arm.Model == definition.Model)),
            $"{place}, promote", $"a canary that is a version of {definition.Model}", "something else",
            "leave promote out, and activate the better version by hand");
        Require(definition.MinimumImpressions >= 0, $"{place}, minimumImpressions", "at least 0", $"{definition.MinimumImpressions}", "100 is usual");
        Require(
            definition.Sample is > 0 and <= 1, $"{place}, sample", "a share above 0, at most 1", $"{definition.Sample}", "0.1 compares a tenth of the answers");
        Require(
            definition.WindowSeconds >= 0 && definition.WindowSeconds <= MaxWindow.TotalSeconds, $"{place}, windowSeconds", $"0 to {MaxWindow.TotalSeconds}",
            $"{definition.WindowSeconds}", "1800 waits half an hour for a click");

        // What the mathematics asks of its own options.
        _ = PolicyOf(definition);
        _ = new CanaryTest(TestOf(definition));
    }

    /// <summary>How arms are chosen when all have their least number of impressions.</summary>
    /// <exception cref="InputException">An option is out of its range.</exception>
    internal static IArmPolicy PolicyOf(ExperimentDefinition definition) => definition.Policy switch
    {
        ExperimentPolicy.EpsilonGreedy => new EpsilonGreedyPolicy(definition.Epsilon),
        ExperimentPolicy.Thompson => new ThompsonPolicy(),
        ExperimentPolicy.Ucb => new UcbPolicy(),
        _ => WeightsOf(definition),
    };

    /// <summary>The split by weights; of a shadow the control has all.</summary>
    internal static FixedSplitPolicy WeightsOf(ExperimentDefinition definition) => new(
        [.. definition.Arms.Select(arm => definition.Policy != ExperimentPolicy.Shadow ? arm.Weight : arm.Name == definition.Control ? 1 : 0)]);

    /// <summary>What the sequential test is asked.</summary>
    internal static CanaryOptions TestOf(ExperimentDefinition definition) => new(definition.Margin, definition.Alpha, definition.Alpha);

    private static void RequireName(string field, string name) => Require(
        name.Length is > 0 and <= MaxNameLength && name.All(character => char.IsAsciiLetterOrDigit(character) || character is ' ' or '.' or '_' or '-')
        && name.Trim() == name && name.Any(char.IsAsciiLetterOrDigit),
        $"the experiment's {field}", $"1 to {MaxNameLength} letters and digits of ASCII, '.', '_', '-' and spaces between them", $"\"{name}\"",
        "choose another name");

    private static void Require(bool holds, string place, string expected, string found, string advice)
    {
        if (!holds)
        {
            throw InputException.At(place, expected, found, advice);
        }
    }
}
