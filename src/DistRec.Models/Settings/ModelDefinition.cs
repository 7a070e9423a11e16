using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;

namespace DistRec.Models.Settings;

/// <summary>
/// A model as it is known to the command line, job files, the HTTP API, messages between nodes and saved models: all of them follow from this and from the
/// properties of its <see cref="ModelOptions"/>.
/// </summary>
/// <param name="Name">Name as typed, and as <c>model.json</c> has it: never rename.</param>
/// <param name="Summary">What it is, in a line.</param>
/// <param name="Variants">Its defaults, and those of other ways to train it by what they are called, as far as they differ: the first are used where nobody says.</param>
public sealed record ModelDefinition(string Name, string Summary, params IReadOnlyList<(string Label, ModelOptions Options)> Variants)
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<SettingDefinition>> Known = new();

    /// <summary>A model that is trained in one way.</summary>
    /// <param name="summary">What it is, in a line.</param>
    /// <param name="defaults">Its defaults.</param>
    public ModelDefinition(string summary, ModelOptions defaults)
        : this(NameOf(defaults), summary, (defaults.Kind, defaults))
    {
    }

    /// <summary>What others call it, in lower case: they may be typed for its name.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>What settings are where nobody says.</summary>
    public ModelOptions Defaults => Variants[0].Options;

    /// <summary>Every property that can be written, in the order of the class.</summary>
    public IReadOnlyList<SettingDefinition> Settings => SettingsOf(Defaults.GetType());

    /// <summary>The defaults with a setting, and what they are called: those of the first way to train it that the setting has an effect in; null for none.</summary>
    /// <param name="name">Name of a setting of the model or of its job, as typed.</param>
    public (string Label, ModelOptions Options)? With(string name)
    {
        foreach ((string Label, ModelOptions Options) variant in Variants)
        {
            if (variant.Options.WhyUnused(name) is null)
            {
                return variant;
            }
        }

        return null;
    }

    /// <summary>Whether people may give a setting of this name to the model.</summary>
    public bool Has(string name) => Settings.Any(setting => setting.IsOption && setting.Name == name) && With(name) is not null;

    /// <summary>Makes settings of values.</summary>
    /// <param name="from">What has no value is as here.</param>
    /// <param name="valueOf">The value of a setting, of its <see cref="SettingDefinition.Type"/>; null for none.</param>
    public static ModelOptions Make(ModelOptions from, Func<SettingDefinition, object?> valueOf)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(valueOf);
        var made = (ModelOptions)Activator.CreateInstance(from.GetType())!;
        foreach (SettingDefinition setting in SettingsOf(from.GetType()))
        {
            setting.Set(made, valueOf(setting) ?? setting.Get(from));
        }

        return made;
    }

    /// <summary>Settings as they were given, with those that nobody gave as suits them: what some are follows from others.</summary>
    /// <param name="read">What was given, and defaults.</param>
    /// <param name="isGiven">Whether a setting, by its name as typed, is a person's choice.</param>
    public static ModelOptions Complete(ModelOptions read, Func<string, bool> isGiven)
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(isGiven);
        return Make(read.Suited(isGiven), setting => setting.Type == typeof(ulong) || isGiven(setting.Name) ? setting.Get(read) : null);
    }

    /// <summary>Settings with the model's defaults for such ratings in the place of those that nobody gave.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="train">The training ratings, [users, items].</param>
    /// <param name="isGiven">Whether a setting, by its name as typed, is a person's choice.</param>
    public static ModelOptions SuitedTo(ModelOptions options, RatingMatrix train, Func<string, bool> isGiven)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(isGiven);
        int users = Data.Partitioner.RowCounts(train).Count(count => count > 0);
        return users == 0 ? options
            : Make(options.SuitedTo((double)train.Count / users), setting => isGiven(setting.Name) ? setting.Get(options) : null);
    }

    /// <summary>The settings that a saved model was trained with; the defaults where it tells none, or none that can be.</summary>
    /// <param name="saved">The settings of its description, by their names in JSON.</param>
    /// <param name="rank">Factors that the model has.</param>
    public ModelOptions Read(IReadOnlyDictionary<string, JsonElement> saved, int rank)
    {
        ArgumentNullException.ThrowIfNull(saved);
        return Make(
            Defaults,
            setting => setting.Key == "rank" ? rank
                : saved.TryGetValue(setting.JsonName, out JsonElement value) && ValueOf(setting, value) is { } given && setting.ErrorOf(given) is null ? given
                : null);
    }

    /// <summary>Every property of some settings that can be written, in the order of the class.</summary>
    public static IReadOnlyList<SettingDefinition> SettingsOf(ModelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return SettingsOf(options.GetType());
    }

    internal static IReadOnlyList<SettingDefinition> SettingsOf(Type options) => Known.GetOrAdd(
        options,
        static type =>
        [
            .. type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.CanWrite).Select(property => new SettingDefinition(property)),
        ]);

    private static object? ValueOf(SettingDefinition setting, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when setting.Type == typeof(int) && value.TryGetInt32(out int number) => number,
        JsonValueKind.Number when setting.Type == typeof(float) && value.TryGetSingle(out float number) => number,
        JsonValueKind.Number when setting.Type == typeof(ulong) && value.TryGetUInt64(out ulong number) => number,
        JsonValueKind.True or JsonValueKind.False when setting.Type == typeof(bool) => value.GetBoolean(),
        JsonValueKind.String when setting.Type == typeof(string) => value.GetString(),
        JsonValueKind.String when setting.Type.IsEnum && Enum.TryParse(setting.Type, value.GetString(), ignoreCase: true, out object? word) => word,
        _ => null,
    };

    private static string NameOf(ModelOptions defaults)
    {
        ArgumentNullException.ThrowIfNull(defaults);
        return defaults.Kind;
    }
}
