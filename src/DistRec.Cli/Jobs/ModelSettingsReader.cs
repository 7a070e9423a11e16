using DistRec.Models.MatrixFactorization;

namespace DistRec.Cli.Jobs;

/// <summary>Reads the settings of one model; what is not given is as the model's options have it.</summary>
internal static class ModelSettingsReader
{
    /// <summary>The seed where none is given.</summary>
    public static ulong DefaultSeed { get; } = new MfOptions().Seed;

    public static ModelOptions Read(GivenOptions given, ModelDefinition model, ulong seed)
    {
        // What some settings are where nothing is said follows from others, which are read first.
        ModelOptions read = ModelDefinition.Make(model.Defaults, setting => Value(given, model, setting, seed));
        ModelOptions options = ModelDefinition.Complete(read, name => model.Has(name) && given.Has(name));

        // An option that has no effect is a mistake.
        IEnumerable<string> names = model.Settings.Where(IsGiven).Select(setting => setting.Name)
            .Concat(JobSettings.Refused.Where(name => model.With(name) is not null));
        foreach (string name in names)
        {
            if (options.WhyUnused(name) is { } reason)
            {
                given.Refuse([name], $"nothing, since {reason}", "leave it out");
            }
        }

        return options;

        bool IsGiven(SettingDefinition setting) => model.Has(setting.Name) && given.Has(setting.Name);
    }

    private static object? Value(GivenOptions given, ModelDefinition model, SettingDefinition setting, ulong seed)
    {
        if (setting.Type == typeof(ulong))
        {
            return seed;
        }

        // An option of other models is refused elsewhere, and not to be refused again for what it would lead to.
        if (!model.Has(setting.Name))
        {
            return null;
        }

        return setting.Get(model.Defaults) switch
        {
            int number => given.AnyInteger(setting.Name, number),
            float number => given.AnyNumber(setting.Name, number),
            string text => given.Text(setting.Name) ?? text,
            bool flag when setting.IsFlag => flag ^ given.Flag(setting.Name),
            var usual => given.OneOf(
                setting.Name, setting.Advice,
                [.. setting.Words.Select((word, index) => (word, setting.ValueOf(index))).OrderByDescending(entry => Equals(entry.Item2, usual))]),
        };
    }
}
