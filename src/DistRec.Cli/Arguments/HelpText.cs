using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace DistRec.Cli.Arguments;

/// <summary>Help: the parser's own sections, and the examples after them.</summary>
internal sealed class HelpText : SynchronousCommandLineAction
{
    private readonly Dictionary<Command, IReadOnlyList<(string Line, string Purpose)>> _examples = [];
    private readonly HelpAction _sections = new() { MaxWidth = 110 };

    public override bool ClearsParseErrors => true;

    /// <summary>Remembers the examples of a command.</summary>
    public void Describe(Command command, IReadOnlyList<(string Line, string Purpose)> examples) => _examples[command] = examples;

    /// <summary>Writes help for a word that needs another one after it, or refuses the unknown word that was given.</summary>
    public int ShowOrRefuse(ParseResult parsed, Command command, IEnumerable<string> verbs)
    {
        if (parsed.UnmatchedTokens.Count == 0)
        {
            return Invoke(parsed);
        }

        string[] known = [.. verbs];
        string word = parsed.UnmatchedTokens[0];
        throw InputException.At(
            command is RootCommand ? "distrec" : $"distrec {command.Name}",
            $"one of {string.Join(", ", known)}",
            GivenOptions.Quote(word),
            Spelling.Advise(word, command is RootCommand ? [.. known, "--help", "--version"] : [.. known, "--help"]) ?? "see --help");
    }

    /// <summary>Writes the help of the command that was parsed.</summary>
    public override int Invoke(ParseResult parseResult)
    {
        // Unknown words are reported by the verbs, so the parser lets them pass; help should not invite them.
        Command command = parseResult.CommandResult.Command;
        command.TreatUnmatchedTokensAsErrors = true;
        _sections.Invoke(parseResult);
        if (_examples.TryGetValue(command, out IReadOnlyList<(string Line, string Purpose)>? examples) && examples.Count > 0)
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach ((string line, string purpose) in examples)
            {
                output.WriteLine($"  # {purpose}");
                output.WriteLine($"  {line}");
            }

            output.WriteLine();
        }

        return ExitCode.Success;
    }
}
