namespace DistRec.Training.Jobs;

/// <summary>Where a training session keeps its journal and checkpoints, and how it begins.</summary>
public sealed record SessionOptions
{
    /// <summary>Names the job in the journal.</summary>
    public string Job { get; init; } = "train";

    /// <summary>Folder of the journal and the checkpoints; null keeps neither.</summary>
    public string? WorkFolder { get; init; }

    /// <summary>Whether to go on from the newest checkpoint in <see cref="WorkFolder"/>.</summary>
    public bool Resume { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
