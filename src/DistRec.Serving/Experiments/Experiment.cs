namespace DistRec.Serving.Experiments;

/// <summary>An experiment, and what has become of it.</summary>
public sealed record Experiment
{
    /// <summary>What was asked for.</summary>
    public required ExperimentDefinition Definition { get; init; }

    /// <summary>Whether it goes on.</summary>
    public required ExperimentState State { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it ended; null while it goes on.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Why it is in its state.</summary>
    public required string Why { get; init; }

    /// <summary>What was counted; final once it has ended.</summary>
    public required ExperimentFigures Figures { get; init; }

    /// <summary>How a shadow's answers differ; null where none has been compared.</summary>
    public ShadowFigures? Shadow { get; init; }

    /// <summary>Its name.</summary>
    public string Name => Definition.Name;
}

/// <summary>Whether an experiment goes on.</summary>
public enum ExperimentState
{
    /// <summary>Users are shared out, and what they do counts.</summary>
    Running,

    /// <summary>The active version answers everybody for now; what users do with answers that they had before counts.</summary>
    Paused,

    /// <summary>A person ended it.</summary>
    Stopped,

    /// <summary>The sequential test found the canary worse, and ended it.</summary>
    RolledBack,

    /// <summary>One of its arms has become the active version.</summary>
    Promoted,
}

/// <summary>Something that was done to an experiment.</summary>
public sealed record ExperimentChange
{
    /// <summary>Its number among all changes; larger for later ones.</summary>
    public required long Sequence { get; init; }

    /// <summary>The experiment.</summary>
    public required string Experiment { get; init; }

    /// <summary>What was done.</summary>
    public required ExperimentAction Action { get; init; }

    /// <summary>Who did it.</summary>
    public required string By { get; init; }

    /// <summary>Why.</summary>
    public required string Why { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>What can be done to an experiment.</summary>
public enum ExperimentAction
{
    /// <summary>It began.</summary>
    Create,

    /// <summary>It was paused.</summary>
    Pause,

    /// <summary>It went on.</summary>
    Resume,

    /// <summary>It was ended.</summary>
    Stop,

    /// <summary>It was ended because the new version was worse.</summary>
    RollBack,

    /// <summary>One of its arms was made the active version.</summary>
    Promote,
}

/// <summary>There is no such experiment.</summary>
public sealed class UnknownExperimentException(string name)
    : Exception($"the experiment {name}: expected one that was begun, found none; GET /v1/experiments lists them");

/// <summary>What was asked is not done in the state that things are in.</summary>
public sealed class ExperimentStateException(string place, string expected, string found, string advice)
    : Exception($"{place}: expected {expected}, found {found}; {advice}");
