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
