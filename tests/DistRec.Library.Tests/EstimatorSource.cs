using System.Security;
using System.Text;
using DistRec.Models;
using DistRec.Models.Settings;

namespace DistRec.Library.Tests;

/// <summary>What the source of a model's estimator is: a property for each setting, with what the command line says of it.</summary>
internal static class EstimatorSource
{
    /// <summary>Name of the class.</summary>
    public static string NameOf(ModelDefinition model) =>
        string.Concat(model.Name.Replace("++", "-plus-plus", StringComparison.Ordinal).Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    /// <summary>Its source.</summary>
    public static string Of(ModelDefinition model)
    {
        SettingDefinition[] settings = [.. model.Settings.Where(setting => model.Has(setting.Name))];
        StringBuilder source = new();
        foreach (string space in settings.Where(setting => setting.Type.IsEnum).Select(setting => setting.Type.Namespace!).Distinct().Order())
        {
            source.Append($"using {space};\n");
        }

        bool takesFeatures = model.Defaults.HasFeatures && model.Name != ModelKinds.Bpr;
        source.Append(source.Length > 0 ? "\n" : "").Append($$"""
            namespace DistRec;

            /// <summary><c>{{model.Name}}</c>: {{Escape(model.Summary)}}.</summary>
            public sealed record {{NameOf(model)}}() : {{(takesFeatures ? "FeatureEstimator" : "Estimator")}}("{{model.Name}}")
            {
            """);
        foreach ((SettingDefinition setting, int index) in settings.Select((setting, index) => (setting, index)))
        {
            source.Append(index > 0 ? "\n\n" : "\n").Append($$"""
                    /// <summary>{{Escape(SummaryOf(model, setting))}}.</summary>
                    public {{TypeOf(setting)}}? {{setting.PropertyName}} { get; init; }
                """);
        }

        return source.Append("\n}\n").ToString();
    }

    private static string SummaryOf(ModelDefinition model, SettingDefinition setting)
    {
        ModelOptions options = model.With(setting.Name)!.Value.Options;
        if (setting.IsFlag)
        {
            bool usual = (bool)setting.Get(options);
            return $"{(usual ? "False" : "True")}: {char.ToLowerInvariant(setting.Help[0])}{setting.Help[1..]} [{(usual ? "true" : "false")}]";
        }

        string range = setting.Range.Length > 0 ? $"; {setting.Range}" : "";
        return $"{setting.Help}{range} [{(setting.Get(options) switch { bool usual => usual ? "true" : "false", Enum usual => $"{usual}", _ => setting.TextOf(options) })}]";
    }

    private static string TypeOf(SettingDefinition setting) => setting.Type switch
    {
        var type when type == typeof(int) => "int",
        var type when type == typeof(float) => "float",
        var type when type == typeof(bool) => "bool",
        var type when type == typeof(string) => "string",
        var type when type.IsEnum => type.Name,
        var type => throw new NotSupportedException($"{setting.Name} is a {type}"),
    };

    private static string Escape(string text) => SecurityElement.Escape(text).Replace("&apos;", "'", StringComparison.Ordinal).Replace("&quot;", "\"", StringComparison.Ordinal);
}
