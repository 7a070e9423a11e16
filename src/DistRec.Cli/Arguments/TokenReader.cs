using System.CommandLine;
using System.CommandLine.Parsing;

namespace DistRec.Cli.Arguments;

/// <summary>Turns what the parser found into given options; what does not fit becomes mistakes.</summary>
internal static class TokenReader
{
    public static GivenOptions Read(
        ParseResult parsed,
        IReadOnlyList<(OptionDefinition Definition, Option<string[]> Option)> options,
        (OptionDefinition Definition, Argument<string[]> Argument)? positional)
    {
        var mistakes = new Mistakes();
        var values = new Dictionary<string, GivenValue>(StringComparer.Ordinal);
        foreach ((OptionDefinition definition, Option<string[]> option) in options)
        {
            if (parsed.GetResult(option) is not { Implicit: false } result)
            {
                continue;
            }

            string place = $"--{definition.Name}";
            if (definition.IsFlag)
            {
                values[definition.Name] = new GivenValue("true", place);
            }
            else if (result.Tokens.Count == 1 && result.IdentifierTokenCount <= 1 && result.Tokens[0].Value.Length > 0)
            {
                values[definition.Name] = new GivenValue(result.Tokens[0].Value, place);
            }
            else if (definition.IsList && result.Tokens.Count >= result.IdentifierTokenCount && result.Tokens.All(token => token.Value.Length > 0))
            {
                values[definition.Name] = new GivenValue(string.Join(',', result.Tokens.Select(token => token.Value)), place);
            }
            else
            {
                bool isEmpty = result.Tokens.All(token => token.Value.Length == 0);
                string found = isEmpty ? "nothing" : string.Join(" and ", result.Tokens.Select(token => GivenOptions.Quote(token.Value)));
                mistakes.Add(place, $"one {definition.Value}", found, isEmpty ? $"write {place} {definition.Value}" : "keep one of them");
            }
        }

        List<string> unknown = [.. parsed.UnmatchedTokens];
        if (positional is { } argument && parsed.GetResult(argument.Argument) is { } positionalResult)
        {
            ReadPositional(argument.Definition, [.. positionalResult.Tokens.Select(token => token.Value)], values, unknown);
        }

        AddUnknown(parsed, NameOf(parsed.CommandResult), unknown, [.. options.Select(option => $"--{option.Definition.Name}")], mistakes);
        return new GivenOptions(values, mistakes);
    }

    /// <summary>An option that a verb does not have is a mistake.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="verb">The verb.</param>
    /// <param name="known">The options that it has, with their dashes.</param>
    /// <param name="mistakes">Gets it.</param>
    public static void AddUnknown(string name, string verb, IReadOnlyList<string> known, Mistakes mistakes) =>
        mistakes.Add(name, $"an option of {verb}", "an unknown one", Spelling.Advise(name, known) ?? $"see distrec {verb} --help");

    // The first word that is no option is the argument, all of them where it is a list; the parser leaves unknown options among them.
    private static void ReadPositional(OptionDefinition definition, List<string> words, Dictionary<string, GivenValue> values, List<string> unknown)
    {
        int first = words.FindIndex(word => !IsOption(word));
        int count = definition.IsList && first >= 0 ? words.Skip(first).TakeWhile(word => !IsOption(word)).Count() : 1;
        if (first >= 0 && (first == 0 || !IsOption(words[first - 1]))
            && values.TryAdd(definition.Name, new GivenValue(string.Join(',', words.Skip(first).Take(count)), words[first])))
        {
            words.RemoveRange(first, count);
        }

        unknown.AddRange(words);
    }

    private static void AddUnknown(ParseResult parsed, string verb, List<string> unknown, IReadOnlyList<string> known, Mistakes mistakes)
    {
        string? before = null;
        foreach (string word in parsed.Tokens.Select(token => token.Value))
        {
            int index = unknown.IndexOf(word);
            if (index >= 0)
            {
                unknown.RemoveAt(index);
                string name = word.Split('=')[0];

                // The word after an unknown option is most likely its value.
                if (IsOption(word))
                {
                    AddUnknown(name, verb, known, mistakes);
                }
                else if (before is null || !IsOption(before))
                {
                    mistakes.Add($"distrec {verb}", "options that start with --", GivenOptions.Quote(word), $"see distrec {verb} --help");
                }

                before = word;
            }
            else
            {
                before = null;
            }
        }
    }

    // The words up to the verb, without the program: "data info".
    private static string NameOf(CommandResult command) =>
        command.Parent is CommandResult { Parent: not null } group ? $"{NameOf(group)} {command.Command.Name}" : command.Command.Name;

    private static bool IsOption(string word) => word.Length > 1 && word[0] == '-' && !char.IsAsciiDigit(word[1]) && word[1] != '.';
}
