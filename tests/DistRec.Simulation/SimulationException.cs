namespace DistRec.Simulation;

/// <summary>A schedule that did not end well. Its seed repeats it.</summary>
public class SimulationException : Exception
{
    internal SimulationException(string what, ulong seed, TimeSpan time, string tail, Exception? cause = null)
        : base($"{what}\nSeed {seed}, virtual time {time}. The last events:\n{tail}", cause)
    {
        Seed = seed;
        Time = time;
    }

    /// <summary>The seed of the schedule.</summary>
    public ulong Seed { get; }

    /// <summary>Virtual time since the beginning.</summary>
    public TimeSpan Time { get; }
}

/// <summary>HANG: the goal was not reached, because nothing is left to happen or because it took longer than it may.</summary>
public sealed class SimulationHangException : SimulationException
{
    internal SimulationHangException(string what, ulong seed, TimeSpan time, string tail)
        : base($"HANG: {what}", seed, time, tail)
    {
    }
}

/// <summary>HOP: code of the simulated cluster ran on a thread other than the simulation's, so the schedule is not repeatable.</summary>
public sealed class SimulationHopException : SimulationException
{
    internal SimulationHopException(string what, ulong seed, TimeSpan time, string tail)
        : base($"HOP: {what}", seed, time, tail)
    {
    }
}
