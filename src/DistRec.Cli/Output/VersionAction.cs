using System.CommandLine;
using System.CommandLine.Invocation;

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
