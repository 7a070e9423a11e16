using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace DistRec.Cli.Jobs;

/// <summary>
/// A training job as YAML: one mapping whose keys are the options of <c>train</c> without their dashes. A list of texts is the
/// same as these texts with commas between them.
/// </summary>
internal static class JobFile
{
    /// <summary>Reads the options of a file; those that are unknown, doubled or without a plain value become mistakes with their line.</summary>
    /// <exception cref="InputException">The file cannot be read, or is not YAML.</exception>
    public static IReadOnlyDictionary<string, GivenValue> Read(string path, IReadOnlyCollection<string> known, Mistakes mistakes)
    {
        try
        {
            using StreamReader text = File.OpenText(path);
            return Read(text, Path.GetFileName(path), known, mistakes);
        }
        catch (YamlException exception)
        {
            string place = $"{Path.GetFileName(path)}:{exception.Start.Line}";
            throw new InputException(InputException.At(place, "YAML", exception.Message.ReplaceLineEndings(" "), "write one \"key: value\" a line").Message, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException(InputException.At(path, "a job file", exception.Message, "check the path and its permissions").Message, exception);
        }
    }

    private static Dictionary<string, GivenValue> Read(TextReader text, string file, IReadOnlyCollection<string> known, Mistakes mistakes)
    {
        var values = new Dictionary<string, GivenValue>(StringComparer.Ordinal);
        var parser = new Parser(text);
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _))
        {
            return values;
        }

        if (!parser.TryConsume<MappingStart>(out _))
        {
            mistakes.Add($"{file}:{parser.Current!.Start.Line}", "one \"option: value\" a line", "something else", "for instance \"model: als\"");
            return values;
        }

        while (!parser.TryConsume<MappingEnd>(out _))
        {
            ReadEntry(parser, file, known, values, mistakes);
        }

        return values;
    }

    private static void ReadEntry(
        Parser parser, string file, IReadOnlyCollection<string> known, Dictionary<string, GivenValue> values, Mistakes mistakes)
    {
        if (!parser.TryConsume<Scalar>(out Scalar? key))
        {
            mistakes.Add($"{file}:{parser.Current!.Start.Line}", "the name of an option", "something else", "see distrec train --help");
            parser.SkipThisAndNestedEvents();
            parser.SkipThisAndNestedEvents();
            return;
        }

        string name = key.Value;
        string place = $"{file}:{key.Start.Line}: {name}";
        string? value = ReadValue(parser);
        if (!known.Contains(name))
        {
            mistakes.Add(place, "an option of train", "an unknown one", Spelling.Advise(name, known) ?? "see distrec train --help");
        }
        else if (string.IsNullOrEmpty(value))
        {
            mistakes.Add(place, "a value", value is null ? "something nested" : "nothing", $"write \"{name}: value\", or remove the line");
        }
        else if (!values.TryAdd(name, new GivenValue(value, place)))
        {
            mistakes.Add(place, "each option once", $"it also in {values[name].Place}", "keep one of them");
        }
    }

    // A plain value, or a list of them; null for anything deeper.
    private static string? ReadValue(Parser parser)
    {
        if (parser.TryConsume<Scalar>(out Scalar? scalar))
        {
            return scalar is { IsPlainImplicit: true, Value: "~" or "null" } ? "" : scalar.Value;
        }

        if (!parser.TryConsume<SequenceStart>(out _))
        {
            parser.SkipThisAndNestedEvents();
            return null;
        }

        List<string> texts = [];
        bool isFlat = true;
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            if (parser.TryConsume<Scalar>(out Scalar? element))
            {
                texts.Add(element.Value);
            }
            else
            {
                isFlat = false;
                parser.SkipThisAndNestedEvents();
            }
        }

        return isFlat ? string.Join(',', texts) : null;
    }
}
