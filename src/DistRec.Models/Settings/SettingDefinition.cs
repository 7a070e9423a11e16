using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using static System.FormattableString;

namespace DistRec.Models.Settings;

/// <summary>One setting of a model: a property of its <see cref="ModelOptions"/>.</summary>
public sealed partial class SettingDefinition
{
    private readonly PropertyInfo _property;
    private readonly SettingAttribute? _about;

    internal SettingDefinition(PropertyInfo property)
    {
        _property = property;
        _about = property.GetCustomAttribute<SettingAttribute>();
        Key = InWords().Replace(property.Name, "-$1").ToLowerInvariant();
        JsonName = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
        Words = Type.IsEnum ? [.. Enum.GetNames(Type).Select(name => Type.GetField(name)!.GetCustomAttribute<WordAttribute>()?.Text ?? name.ToLowerInvariant())]
            : _about?.Words ?? [];
    }

    /// <summary>Name in messages between nodes.</summary>
    public string Key { get; }

    /// <summary>Name in JSON.</summary>
    public string JsonName { get; }

    /// <summary>Name of the property.</summary>
    public string PropertyName => _property.Name;

    /// <summary>Name as typed, without dashes before it; also the key of a job file.</summary>
    public string Name => _about?.Name ?? Key;

    /// <summary>Whether people give it; the seed is given to the job, and others follow from the model's name.</summary>
    public bool IsOption => _about is not null;

    /// <summary>What it is, without its default.</summary>
    public string Help => _about?.Help ?? "";

    /// <summary>Its type: int, float, bool, ulong, string or an enumeration.</summary>
    public Type Type => _property.PropertyType;

    /// <summary>What it may be, where it is one of a few words, in the order of their values; else empty.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>Whether it is given without a value, and then is the contrary of its default.</summary>
    public bool IsFlag => Type == typeof(bool) && Words.Count == 0;

    /// <summary>What to do about a wrong value.</summary>
    public string Advice => _about?.Advice ?? "leave it out";

    /// <summary>What a number may be, as messages say it; empty where that hangs on other settings, and for what is no number.</summary>
    public string Range
    {
        get
        {
            if (_about is not { } about || (double.IsInfinity(about.Minimum) && double.IsInfinity(about.Above)))
            {
                return "";
            }

            bool isBounded = double.IsFinite(about.Maximum);
            string anyNumber = Type == typeof(float) ? "a finite number " : "";
            return (double.IsFinite(about.Above), isBounded) switch
            {
                (true, true) => Invariant($"above {about.Above}, at most {about.Maximum}"),
                (true, false) => Invariant($"{anyNumber}above {about.Above}"),
                (false, true) => Invariant($"{about.Minimum} to {about.Maximum}"),
                (false, false) => Invariant($"{(anyNumber.Length > 0 ? $"{anyNumber}of " : "")}at least {about.Minimum}"),
            };
        }
    }

    /// <summary>The value in some settings.</summary>
    public object Get(ModelOptions options) => _property.GetValue(options)!;

    /// <summary>The value as typed; empty for flags.</summary>
    public string TextOf(ModelOptions options) => IsFlag ? "" : Words.Count > 0
        ? Words[IndexOf(Get(options))]
        : Convert.ToString(Get(options), CultureInfo.InvariantCulture)!;

    /// <summary>The value that a word stands for.</summary>
    /// <param name="word">Index among <see cref="Words"/>.</param>
    public object ValueOf(int word) => Type.IsEnum ? Enum.GetValues(Type).GetValue(word)! : word == 1;

    /// <summary>Writes a value into settings that nobody else has yet.</summary>
    internal void Set(ModelOptions options, object value) => _property.SetValue(options, value);

    /// <summary>What is wrong with a value, as "expected …, found …; advice"; null where nothing is.</summary>
    internal string? ErrorOf(object value)
    {
        if (Type.IsEnum)
        {
            return Enum.IsDefined(Type, value) ? null : $"expected one of {string.Join(", ", Words)}, found {value}; {Advice}";
        }

        if (_about is null || Type == typeof(bool) || Type == typeof(string))
        {
            return null;
        }

        double number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        bool holds = double.IsFinite(number) && number >= _about.Minimum && number > _about.Above && number <= _about.Maximum;
        return holds ? null : Invariant($"expected {Range}, found {value}; {Advice}");
    }

    private int IndexOf(object value) => Type.IsEnum ? Array.IndexOf(Enum.GetValues(Type), value) : (bool)value ? 1 : 0;

    [GeneratedRegex("(?<!^)([A-Z])")]
    private static partial Regex InWords();
}
