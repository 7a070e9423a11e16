using System.CommandLine;

namespace DistRec.Cli.Arguments;

/// <summary>Something that can be typed after <c>distrec</c>: a verb, or a group of verbs.</summary>
internal interface ICliCommand
{
    /// <summary>What is typed.</summary>
    string Name { get; }

    /// <summary>Complete command lines that help shows, each with what it does.</summary>
    IReadOnlyList<(string Line, string Purpose)> Examples { get; }

    /// <summary>Makes the parser's view of it.</summary>
    /// <param name="host">What its action works on.</param>
    /// <param name="help">Is told which examples belong to which command.</param>
    Command Build(CliHost host, HelpText help);
}
