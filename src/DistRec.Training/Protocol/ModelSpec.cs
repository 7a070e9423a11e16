namespace DistRec.Training.Protocol;

/// <content>To and from the settings that it carries.</content>
public sealed partial class ModelSpec
{
    private ModelOptions? _options;

    /// <summary>The message of a model's settings.</summary>
    public static ModelSpec Of(ModelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new ModelSpec
        {
            Kind = options.Kind,
            Settings = { ModelDefinition.SettingsOf(options).Select(setting => MessageOf(setting, options)) },
        };
    }

    /// <summary>The settings; read once, so the message must not change any more.</summary>
    /// <exception cref="InvalidOperationException">There is no such model, or its settings are others.</exception>
    public ModelOptions ToOptions() =>
        _options ??= TryRead(out string error) ?? throw new InvalidOperationException($"{error}; is the message from another version?");

    /// <summary>The settings; null where they are none.</summary>
    /// <param name="error">What was expected and what was found; empty where there is nothing wrong.</param>
    public ModelOptions? TryRead(out string error)
    {
        error = "";
        if (ModelCatalogue.Find(Kind) is not { } model)
        {
            error = $"model: expected one of {string.Join(", ", ModelCatalogue.All.Select(known => known.Name))}, found \"{Kind}\"";
            return null;
        }

        IReadOnlyList<SettingDefinition> expected = model.Settings;
        if (!Settings.Select(setting => setting.Name).SequenceEqual(expected.Select(setting => setting.Key)))
        {
            error = $"model: expected the settings {string.Join(", ", expected.Select(setting => setting.Key))} of {Kind}, "
                + $"found {string.Join(", ", Settings.Select(setting => setting.Name))}";
            return null;
        }

        Dictionary<SettingDefinition, object> values = [];
        foreach ((SettingDefinition setting, ModelSetting message) in expected.Zip(Settings))
        {
            if (ValueOf(setting, message) is not { } value)
            {
                error = setting.Type.IsEnum
                    ? $"{setting.Key}: expected one of {string.Join(", ", setting.Words)}, found \"{message.Word}\""
                    : $"{setting.Key}: expected a value of {setting.Type.Name}, found {message.ValueCase}";
                return null;
            }

            values[setting] = value;
        }

        return ModelDefinition.Make(model.Defaults, setting => values[setting]);
    }

    private static ModelSetting MessageOf(SettingDefinition setting, ModelOptions options)
    {
        ModelSetting message = new() { Name = setting.Key };
        switch (setting.Get(options))
        {
            case int whole:
                message.Whole = whole;
                break;
            case float number:
                message.Number = number;
                break;
            case bool flag:
                message.Flag = flag;
                break;
            case ulong seed:
                message.Seed = seed;
                break;
            case string or Enum:
                message.Word = setting.TextOf(options);
                break;
            case var other:
                throw new InvalidOperationException($"{options.Kind}: no message carries {setting.Key}, a {other.GetType().Name}");
        }

        return message;
    }

    private static object? ValueOf(SettingDefinition setting, ModelSetting message)
    {
        if (setting.Type.IsEnum)
        {
            int word = setting.Words.ToList().IndexOf(message.Word);
            return message.ValueCase == ModelSetting.ValueOneofCase.Word && word >= 0 ? setting.ValueOf(word) : null;
        }

        object? value = message.ValueCase switch
        {
            ModelSetting.ValueOneofCase.Whole => message.Whole,
            ModelSetting.ValueOneofCase.Number => message.Number,
            ModelSetting.ValueOneofCase.Flag => message.Flag,
            ModelSetting.ValueOneofCase.Seed => message.Seed,
            ModelSetting.ValueOneofCase.Word => message.Word,
            _ => null,
        };
        return value?.GetType() == setting.Type ? value : null;
    }
}
