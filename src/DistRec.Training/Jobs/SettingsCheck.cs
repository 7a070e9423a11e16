namespace DistRec.Training.Jobs;

/// <summary>The ranges of all training settings, by the names a person types.</summary>
public static class SettingsCheck
{
    /// <summary>Every mistake in the settings, a line each; empty where there is none.</summary>
    public static IReadOnlyList<string> Errors(TrainingSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        List<string> errors = [];
        ModelOptions model = settings.Model;
        Check(settings.Epochs >= 1, "--epochs", "at least 1", settings.Epochs, "20 is a good start");
        Check(settings.Patience >= 0, "--patience", "at least 0", settings.Patience, "0 turns early stopping off");
        Check(settings.Partitions is >= 1 and <= 4096, "--partitions", "1 to 4096", settings.Partitions, "one a thread is a good start");
        Check(settings.Threads is >= 1 and <= 1024, "--threads", "1 to 1024", settings.Threads, "give the number of cores");
        Check(settings.CheckpointEvery >= 0, "--checkpoint-every", "at least 0", settings.CheckpointEvery, "0 checkpoints only when stopped");
        Check(
            model.WhyUnused(JobSettings.Clocks) is not null || settings.Clocks is >= 1 and <= 1024,
            "--clocks", "1 to 1024", settings.Clocks, "16 is a good start");
        string? whyInOrder = model.Scheme is TrainingScheme.AllReduce or TrainingScheme.ParameterServer ? model.WhyUnused(JobSettings.Consistency) : null;
        Check(whyInOrder is null || settings.Consistency.IsFixedOrder, "--consistency", $"bsp, since {whyInOrder}", "another", "leave it out");
        errors.AddRange(model.Errors(settings.Epochs));
        return errors;

        void Check(bool holds, string name, string expected, object found, string advice)
        {
            if (!holds)
            {
                errors.Add($"{name}: expected {expected}, found {found}; {advice}");
            }
        }
    }
}
