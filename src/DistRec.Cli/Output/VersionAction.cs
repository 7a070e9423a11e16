using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace DistRec.Cli.Output;

/// <summary>Prints the version, and the commit it was built from where the build knew it.</summary>
internal sealed class VersionAction(CliHost host) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        host.Output.WriteLine(ProductVersion.Commit is { } commit ? $"distrec {ProductVersion.Number} ({commit})" : $"distrec {ProductVersion.Number}");
        return ExitCode.Success;
    }
}

/// <summary>Which DistRec this is.</summary>
internal static class ProductVersion
{
    private static readonly string[] Parts = (typeof(ProductVersion).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+', 2);

    /// <summary>The version number.</summary>
    public static string Number => Parts[0];

    /// <summary>The git commit it was built from, or null.</summary>
    public static string? Commit => Parts.Length > 1 ? Parts[1] : null;
}
