namespace DistRec.Cli.Arguments;

/// <summary>Options that the environment may give as well.</summary>
internal static class VariableOptions
{
    /// <summary>The variable of an option: its name in capitals, after a prefix.</summary>
    public static string VariableOf(string prefix, string name) => prefix + name.Replace('-', '_').ToUpperInvariant();

    /// <summary>Adds what the environment gives and nobody typed.</summary>
    /// <param name="given">What was typed.</param>
    /// <param name="options">The options that have variables.</param>
    /// <param name="prefix">Of the variables.</param>
    /// <param name="host">The environment.</param>
    public static GivenOptions Add(GivenOptions given, IEnumerable<OptionDefinition> options, string prefix, CliHost host)
    {
        Dictionary<string, GivenValue> values = given.Values.ToDictionary(StringComparer.Ordinal);
        foreach (OptionDefinition option in options)
        {
            string variable = VariableOf(prefix, option.Name);
            if (host.Variable(variable) is { Length: > 0 } text)
            {
                values.TryAdd(option.Name, new GivenValue(text, variable));
            }
        }

        return new GivenOptions(values, given.Mistakes);
    }
}
