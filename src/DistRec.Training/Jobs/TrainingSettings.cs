using System.Text.Json;
using DistRec.Training.Coordination;

namespace DistRec.Training.Jobs;

/// <summary>What a person decides about a training job; the data comes beside it.</summary>
public sealed record TrainingSettings
{
    /// <summary>How often in an epoch workers pull and push where nobody says.</summary>
    public const int UsualClocks = 16;

    /// <summary>The model and its own settings.</summary>
    public required ModelOptions Model { get; init; }

    /// <summary>Epochs at most, at least 1.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>Epochs without a better validation RMSE before training stops; 0 for never.</summary>
    public int Patience { get; init; } = 3;

    /// <summary>Whether all ratings are fitted again once the best epoch is known, for as many, those kept aside included.</summary>
    public bool Refit { get; init; }

    /// <summary>Partitions of each side, at least 1.</summary>
    public int Partitions { get; init; } = 1;

    /// <summary>Threads for arithmetic, at least 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>How often in an epoch workers pull and push, 1 to 1,024; for models that pull and push rows.</summary>
    public int Clocks { get; init; } = UsualClocks;

    /// <summary>How far the workers of a descending model may drift apart within an epoch.</summary>
    public ConsistencyModel Consistency { get; init; } = ConsistencyModel.Bsp;

    /// <summary>Epochs between checkpoints; 0 for a checkpoint only when the job is stopped.</summary>
    public int CheckpointEvery { get; init; }

    /// <summary>The settings by their names in JSON, as they took effect, those of the model first; what has no effect is left out.</summary>
    public IEnumerable<KeyValuePair<string, object?>> ByName()
    {
        foreach (SettingDefinition setting in ModelDefinition.SettingsOf(Model).Where(setting => Model.WhyUnused(setting.Name) is null))
        {
            object value = setting.Get(Model);
            yield return new(setting.JsonName, value is Enum ? JsonNamingPolicy.CamelCase.ConvertName($"{value}") : value);
        }

        yield return new("epochs", Epochs);
        yield return new("patience", Patience);
        if (Model.WhyUnused(JobSettings.NoRefit) is null)
        {
            yield return new("refit", Refit);
        }

        yield return new("partitions", Partitions);
        yield return new("threads", Threads);
        if (Model.WhyUnused(JobSettings.Clocks) is null)
        {
            yield return new("clocks", Clocks);
        }

        if (Model.WhyUnused(JobSettings.Consistency) is null)
        {
            yield return new("consistency", Consistency.ToString());
        }

        yield return new("checkpointEvery", CheckpointEvery);
    }

    /// <summary>Checks all settings and reports all mistakes at once.</summary>
    /// <exception cref="InputException">One line for each mistake.</exception>
    public void Validate()
    {
        IReadOnlyList<string> errors = SettingsCheck.Errors(this);
        if (errors.Count > 0)
        {
            throw new InputException(string.Join(Environment.NewLine, errors));
        }
    }
}
