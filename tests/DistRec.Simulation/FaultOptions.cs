namespace DistRec.Simulation;

/// <summary>How often nodes and links fail by themselves. Times between faults are exponentially distributed.</summary>
public sealed record FaultOptions
{
    /// <summary>Mean time between crashes of nodes; zero for none.</summary>
    public TimeSpan MeanTimeBetweenCrashes { get; init; }

    /// <summary>From a crash to the node's return without memory.</summary>
    public TimeRange RestartAfter { get; init; } = TimeRange.Milliseconds(100, 3000);

    /// <summary>Mean time between cuts of the network between two nodes; zero for none.</summary>
    public TimeSpan MeanTimeBetweenCuts { get; init; }

    /// <summary>From a cut to its healing.</summary>
    public TimeRange CutTime { get; init; } = TimeRange.Milliseconds(10, 2000);

    /// <summary>Mean time between pauses in which a node's process stands still; zero for none.</summary>
    public TimeSpan MeanTimeBetweenPauses { get; init; }

    /// <summary>From the beginning of a pause to its end.</summary>
    public TimeRange PauseTime { get; init; } = TimeRange.Milliseconds(10, 1000);

    /// <summary>Faults of all sorts at most, so that a schedule comes to an end.</summary>
    public int MaximumFaults { get; init; } = 3;

    /// <summary>Whether node 0 never crashes or pauses; links to it may be cut all the same.</summary>
    public bool SparesFirstNode { get; init; } = true;
}
