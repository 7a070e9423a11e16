using System.Reflection;
using System.Text.RegularExpressions;

namespace DistRec.Cli.Jobs;

/// <summary>
/// Reads the numbers among a model's settings, each from the option of its name: <c>LearningRate</c> from <c>--learning-rate</c>. Which options
/// a model has is told by <see cref="TrainOptions"/>.
/// </summary>
internal static partial class SettingsFill
{
    /// <param name="given">The options.</param>
    /// <param name="defaults">What is not given is as here; what is no number stays.</param>
    /// <param name="seed">The seed of settings that have one.</param>
    public static T Read<T>(GivenOptions given, T defaults, ulong seed = 0)
        where T : class, new()
    {
        T settings = new();
        foreach (PropertyInfo property in typeof(T).GetProperties().Where(property => property.CanWrite))
        {
            object fallback = property.GetValue(defaults)!;
            property.SetValue(settings, fallback switch
            {
                int number => given.AnyInteger(NameOf(property), number),
                float number => given.AnyNumber(NameOf(property), number),
                ulong => seed,
                _ => fallback,
            });
        }

        return settings;
    }

    private static string NameOf(PropertyInfo property) => Words().Replace(property.Name, "-$1").ToLowerInvariant();

    [GeneratedRegex("(?<!^)([A-Z])")]
    private static partial Regex Words();
}
