namespace DistRec.Cli.Arguments;

/// <summary>An option of a verb, as help shows it. Texts become values in the verb, so that all mistakes are reported together.</summary>
/// <param name="Name">Without the dashes, such as <c>learning-rate</c>; also its key in a job file.</param>
/// <param name="Value">What its value is called in help; null for a flag.</param>
/// <param name="Help">What it does, and its default.</param>
internal sealed record OptionDefinition(string Name, string? Value, string Help)
{
    /// <summary>Whether the option has no value.</summary>
    public bool IsFlag => Value is null;

    /// <summary>The models it applies to; empty for all.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>What help shows it under, where a verb's help has headings.</summary>
    public string? Heading { get; init; }

    /// <summary>Whether help leaves it out: it is known only to be refused with advice.</summary>
    public bool IsHidden { get; init; }

    /// <summary>Whether it may be given several times: its text is then all of them, with commas between.</summary>
    public bool IsList { get; init; }

    /// <summary>Whether it may also be given without its name, as the verb's argument.</summary>
    public bool IsPositional { get; init; }
}
