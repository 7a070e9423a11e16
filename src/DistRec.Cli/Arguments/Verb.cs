using System.CommandLine;

namespace DistRec.Cli.Arguments;

/// <summary>One verb: its options, its examples and what it does.</summary>
internal abstract class Verb : ICliCommand
{
    /// <summary>Every verb that answers can answer in JSON.</summary>
    protected static readonly OptionDefinition Json = new("json", null, "Print exactly one JSON object");

    public abstract string Name { get; }

    /// <summary>What it does, in a sentence.</summary>
    public abstract string Summary { get; }

    public abstract IReadOnlyList<(string Line, string Purpose)> Examples { get; }

    /// <summary>Its options, in the order of help.</summary>
    public abstract IReadOnlyList<OptionDefinition> Options { get; }

    /// <summary>Its options under headings, as help shows them for a model or for none in particular; null where one list will do.</summary>
    public virtual IReadOnlyList<OptionDefinition>? UnderHeadings(ModelDefinition? model) => null;

    /// <summary>Does it.</summary>
    /// <param name="given">What a person gave; mistakes in the arguments themselves are in it already.</param>
    /// <param name="host">The world around.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="Data.InputException">Something given is wrong.</exception>
    public abstract Task<int> RunAsync(GivenOptions given, CliHost host);

    public Command Build(CliHost host, HelpText help)
    {
        // Nothing is refused by the parser: unknown words are reported together with the mistakes in values.
        var command = new Command(Name, Summary) { TreatUnmatchedTokensAsErrors = false };
        List<(OptionDefinition Definition, Option<string[]> Option)> options = [];
        (OptionDefinition Definition, Argument<string[]> Argument)? positional = null;
        foreach (OptionDefinition definition in Options)
        {
            var option = new Option<string[]>($"--{definition.Name}")
            {
                Description = definition.Help,
                HelpName = definition.Value,
                Hidden = definition.IsHidden,
                Arity = definition.IsFlag ? ArgumentArity.Zero : ArgumentArity.ZeroOrMore,
            };
            command.Add(option);
            options.Add((definition, option));
            if (definition.IsPositional)
            {
                positional = (definition, new Argument<string[]>(definition.Value!) { Description = definition.Help, Arity = ArgumentArity.ZeroOrMore });
                command.Add(positional.Value.Argument);
            }
        }

        help.Describe(command, Examples, UnderHeadings, options);
        command.SetAction((parsed, _) => RunAsync(TokenReader.Read(parsed, options, positional), host));
        return command;
    }
}
