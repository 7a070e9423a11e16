namespace DistRec.Models.Settings;

/// <summary>
/// What people are told about a property of <see cref="ModelOptions"/>, and what it may be. Its name is the property's, so <c>LearningRate</c> is
/// <c>--learning-rate</c> on the command line and <c>learningRate</c> in JSON; its default is the property's own.
/// </summary>
/// <param name="help">What it is, without its default.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string help) : Attribute
{
    /// <summary>What it is, without its default.</summary>
    public string Help => help;

    /// <summary>Another name than the property's, such as <c>no-biases</c> for the contrary of <c>Biases</c>.</summary>
    public string? Name { get; init; }

    /// <summary>The least value of a number.</summary>
    public double Minimum { get; init; } = double.NegativeInfinity;

    /// <summary>What a number must be above.</summary>
    public double Above { get; init; } = double.NegativeInfinity;

    /// <summary>The largest value of a number.</summary>
    public double Maximum { get; init; } = double.PositiveInfinity;

    /// <summary>What to do about a value that is out of range.</summary>
    public string Advice { get; init; } = "leave it out for the default";

    /// <summary>For a property that is true or false: the words for false and for true; none for a flag, which turns the default round.</summary>
    public string[] Words { get; init; } = [];
}

/// <summary>A value of an enumeration as typed.</summary>
/// <param name="text">The word.</param>
[AttributeUsage(AttributeTargets.Field)]
public sealed class WordAttribute(string text) : Attribute
{
    /// <summary>The word.</summary>
    public string Text => text;
}
