using System.CommandLine;

namespace DistRec.Cli.Arguments;

/// <summary>Verbs under a common word, such as <c>data info</c> and <c>data generate</c>.</summary>
internal sealed class VerbGroup(string name, string summary, params IReadOnlyList<ICliCommand> verbs) : ICliCommand
{
    public string Name => name;

    public IReadOnlyList<(string Line, string Purpose)> Examples => [.. verbs.SelectMany(verb => verb.Examples.Take(1))];

    public Command Build(CliHost host, HelpText help)
    {
        var command = new Command(name, summary) { TreatUnmatchedTokensAsErrors = false };
        foreach (ICliCommand verb in verbs)
        {
            command.Add(verb.Build(host, help));
        }

        help.Describe(command, Examples);
        command.SetAction(parsed => help.ShowOrRefuse(parsed, command, verbs.Select(verb => verb.Name)));
        return command;
    }
}
