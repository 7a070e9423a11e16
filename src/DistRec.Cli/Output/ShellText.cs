namespace DistRec.Cli.Output;

/// <summary>Arguments as they are typed into a shell.</summary>
internal static class ShellText
{
    /// <summary>An argument, quoted where a shell would read it otherwise.</summary>
    public static string Quote(string argument) =>
        argument.Length > 0 && argument.All(letter => char.IsLetterOrDigit(letter) || "-_./:=,+@%".Contains(letter, StringComparison.Ordinal))
            ? argument
            : $"'{argument.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    /// <summary>A whole command line.</summary>
    public static string Line(params IEnumerable<string> arguments) => string.Join(' ', arguments.Select(Quote));
}
