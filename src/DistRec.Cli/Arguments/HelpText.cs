using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace DistRec.Cli.Arguments;

/// <summary>Help: the parser's own sections, options under headings where a verb has many, and the examples after them.</summary>
internal sealed class HelpText : SynchronousCommandLineAction
{
    private const int Width = 110;

    private readonly Dictionary<Command, Description> _described = [];
    private readonly HelpAction _sections = new() { MaxWidth = Width };

    public override bool ClearsParseErrors => true;

    /// <summary>Remembers the examples of a command.</summary>
    public void Describe(Command command, IReadOnlyList<(string Line, string Purpose)> examples) =>
        Describe(command, examples, _ => null, []);

    /// <summary>Remembers the examples of a command, and its options.</summary>
    /// <param name="command">The command.</param>
    /// <param name="examples">Lines and what they are for.</param>
    /// <param name="underHeadings">See <see cref="Verb.UnderHeadings"/>.</param>
    /// <param name="options">The parser's options.</param>
    public void Describe(
        Command command,
        IReadOnlyList<(string Line, string Purpose)> examples,
        Func<ModelDefinition?, IReadOnlyList<OptionDefinition>?> underHeadings,
        IReadOnlyList<(OptionDefinition Definition, Option<string[]> Option)> options) =>
        _described[command] = new Description(examples, underHeadings, options);

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
        Description described = _described.GetValueOrDefault(command) ?? new Description([], _ => null, []);
        ModelDefinition? model = ModelOf(parseResult, described);
        IReadOnlyList<OptionDefinition>? underHeadings = described.UnderHeadings(model);
        foreach ((OptionDefinition _, Option<string[]> option) in described.Options)
        {
            option.Hidden |= underHeadings is not null;
        }

        _sections.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        foreach (IGrouping<string?, OptionDefinition> section in (underHeadings ?? []).Where(option => !option.IsHidden).GroupBy(option => option.Heading))
        {
            Write(output, section, command.Name, model);
        }

        if (described.Examples.Count > 0)
        {
            output.WriteLine("Examples:");
            foreach ((string line, string purpose) in described.Examples)
            {
                output.WriteLine($"  # {purpose}");
                output.WriteLine($"  {line}");
            }

            output.WriteLine();
        }

        return ExitCode.Success;
    }

    // The model that is asked about together with --help.
    private static ModelDefinition? ModelOf(ParseResult parsed, Description described)
    {
        Option<string[]>? option = described.Options.FirstOrDefault(entry => entry.Definition.Name == "model").Option;
        return option is not null && parsed.GetResult(option) is { Tokens.Count: 1 } given ? ModelCatalogue.FindTyped(given.Tokens[0].Value) : null;
    }

    private static void Write(TextWriter output, IGrouping<string?, OptionDefinition> section, string verb, ModelDefinition? model)
    {
        if (section.Key == TrainOptions.SettingsHeading && model is null)
        {
            output.WriteLine($"Settings of each model, which distrec {verb} --model MODEL --help explains:");
            Write(output, [.. ModelCatalogue.All.Select(one => (one.Name, NamesOf(section.Where(option => option.Models.Contains(one.Name)))))]);
            return;
        }

        output.WriteLine($"{section.Key ?? "Other"}:");
        Write(output, [.. section.Select(option => ($"--{option.Name}{(option.IsFlag ? "" : $" <{option.Value}>")}", option.Help))]);
    }

    private static string NamesOf(IEnumerable<OptionDefinition> options) => string.Join(' ', options.Select(option => $"--{option.Name}"));

    // Names, and texts beside them that are broken between words.
    private static void Write(TextWriter output, IReadOnlyList<(string Name, string Text)> rows)
    {
        int margin = rows.Max(row => row.Name.Length) + 4;
        foreach ((string name, string text) in rows)
        {
            string line = $"  {name}".PadRight(margin);
            bool isFresh = true;
            foreach (string word in text.Split(' '))
            {
                if (!isFresh && line.Length + 1 + word.Length > Width)
                {
                    output.WriteLine(line);
                    (line, isFresh) = (new string(' ', margin), true);
                }

                line += isFresh ? word : $" {word}";
                isFresh = false;
            }

            output.WriteLine(line.TrimEnd());
        }

        output.WriteLine();
    }

    private sealed record Description(
        IReadOnlyList<(string Line, string Purpose)> Examples,
        Func<ModelDefinition?, IReadOnlyList<OptionDefinition>?> UnderHeadings,
        IReadOnlyList<(OptionDefinition Definition, Option<string[]> Option)> Options);
}
