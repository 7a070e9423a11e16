using System.Collections.Concurrent;
using System.Reflection;

namespace DistRec.Training.Jobs;

/// <summary>
/// Copies a model's settings into the message that carries them and back, each into what has its name there. Done once a job, so that
/// reflection costs nothing, and a setting that its message lacks is found by the first job, not by a user whom it is withheld from.
/// </summary>
internal static class SettingsCopy
{
    private static readonly ConcurrentDictionary<(Type Settings, Type Message), (PropertyInfo Setting, PropertyInfo Field)[]> Pairs = new();

    /// <summary>The message of some settings.</summary>
    /// <typeparam name="TMessage">It may have more fields.</typeparam>
    public static TMessage ToMessage<TMessage>(object settings)
        where TMessage : class, new()
    {
        TMessage message = new();
        foreach ((PropertyInfo setting, PropertyInfo field) in PairsOf(settings.GetType(), typeof(TMessage)))
        {
            field.SetValue(message, Convert(setting.GetValue(settings)!, field.PropertyType));
        }

        return message;
    }

    /// <summary>The settings that a message carries.</summary>
    public static TSettings ToSettings<TSettings>(object message)
        where TSettings : class, new()
    {
        TSettings settings = new();
        foreach ((PropertyInfo setting, PropertyInfo field) in PairsOf(typeof(TSettings), message.GetType()))
        {
            setting.SetValue(settings, Convert(field.GetValue(message)!, setting.PropertyType));
        }

        return settings;
    }

    private static (PropertyInfo Setting, PropertyInfo Field)[] PairsOf(Type settings, Type message) => Pairs.GetOrAdd(
        (settings, message),
        static types =>
        [
            .. types.Settings.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(setting => setting.CanWrite).Select(setting =>
                (setting, types.Message.GetProperty(setting.Name) is { CanWrite: true } field
                    && (field.PropertyType == setting.PropertyType || (field.PropertyType.IsEnum && setting.PropertyType.IsEnum))
                    ? field
                    : throw new InvalidOperationException($"{types.Message.Name}: expected a field {setting.Name} of {setting.PropertyType.Name}, as {types.Settings.Name} has"))),
        ]);

    // Enumerations of settings and messages have the same numbers.
    private static object Convert(object value, Type type) => type.IsEnum ? Enum.ToObject(type, value) : value;
}
