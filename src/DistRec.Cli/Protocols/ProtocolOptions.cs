namespace DistRec.Cli.Protocols;

/// <summary>The options of <c>train</c> that protocols of evaluation have too, and how they are read for several trainings.</summary>
internal static class ProtocolOptions
{
    private static readonly string[] OfSavedModels =
        ["checkpoint-every", "resume", "out", "serve", .. ActivationOptions.All.Select(option => option.Name)];

    /// <summary>The options of <c>train</c> for some models, without those of keeping one.</summary>
    /// <param name="models">The models that are asked about.</param>
    /// <param name="without">What else to leave out.</param>
    public static IEnumerable<OptionDefinition> Of(IReadOnlyList<ModelDefinition> models, params string[] without) =>
        TrainOptions.Of(models).Where(option => !OfSavedModels.Contains(option.Name) && !without.Contains(option.Name));

    /// <summary>The same for a protocol of one model, which is not chosen by trials.</summary>
    public static IEnumerable<OptionDefinition> OfOneModel(IReadOnlyList<ModelDefinition> models, params string[] without) =>
        Of(models, without).Select(option => option.Name == "model"
            ? option with { Help = $"{string.Join(", ", ModelCatalogue.All.Select(model => model.Name))} [{ModelCatalogue.All[0].Name}]" }
            : option);

    /// <summary>What the keys of a job file may be.</summary>
    public static IReadOnlyList<string> JobFileKeys(IEnumerable<OptionDefinition> options) =>
        [.. options.Select(option => option.Name).Except(["job", "json", "quiet"])];

    /// <summary>What was given, with other values for some options, and none for others.</summary>
    /// <param name="given">What was given.</param>
    /// <param name="changes">By name; null takes an option away.</param>
    public static GivenOptions With(GivenOptions given, params IEnumerable<(string Name, GivenValue? Value)> changes)
    {
        Dictionary<string, GivenValue> values = new(given.Values, StringComparer.Ordinal);
        foreach ((string name, GivenValue? value) in changes)
        {
            if (value is { } other)
            {
                values[name] = other;
            }
            else
            {
                values.Remove(name);
            }
        }

        return new GivenOptions(values, given.Mistakes) { Root = given.Root };
    }

    /// <summary>The job of one of several sets of options; null where it has mistakes, which are added to those of all.</summary>
    public static TrainJob? TryRead(GivenOptions own, CliHost host, Mistakes mistakes)
    {
        try
        {
            return TrainJobReader.ReadMerged(new GivenOptions(own.Values, new Mistakes()) { Root = own.Root }, host, isKept: false);
        }
        catch (InputException exception)
        {
            foreach (string line in exception.Message.Split(Environment.NewLine))
            {
                mistakes.Add(line);
            }

            return null;
        }
    }

    /// <summary>Refuses rows of features where ratings of users are needed.</summary>
    /// <exception cref="InputException">The job's data are rows.</exception>
    public static void RequireRatings(TrainJob job, string advice)
    {
        string? path = job.Data switch
        {
            DataChoice.AtPath at => at.Path,
            DataChoice.Pair pair => pair.Train,
            _ => null,
        };
        if (path is not null && FeatureReader.IsFeatureFile(path))
        {
            string place = job.Data is DataChoice.Pair ? "--train" : "--data";
            throw InputException.At(place, "ratings of users", $"rows of features in {Path.GetFileName(path)}", advice);
        }
    }
}
