using DistRec.Numerics.Random;

namespace DistRec.Simulation;

/// <summary>
/// One stream of a schedule's choices. Delays, placements and faults draw from streams of their own, so that one more
/// message changes no fault's time.
/// </summary>
internal sealed class SimulationRandom(ulong seed, SimulationRandom.Stream stream)
{
    // Not the purpose of any model's draws: the streams only have to differ from each other.
    private EntityRandom _random = new(seed, RandomPurpose.VisitOrder, (long)stream);

    internal enum Stream
    {
        Turns,
        Network,
        Pulls,
        Placement,
        Faults,
    }

    internal bool Chance(double share) => share > 0 && _random.NextDouble() < share;

    internal int Next(int bound) => _random.NextInt(bound);

    /// <summary>Ticks of virtual time.</summary>
    internal long Ticks(TimeRange range)
    {
        long width = range.Longest.Ticks - range.Shortest.Ticks;
        return range.Shortest.Ticks + (width == 0 ? 0 : (long)(_random.NextDouble() * (width + 1)));
    }

    /// <summary>Ticks until the next of events that come independently of each other.</summary>
    internal long ExponentialTicks(TimeSpan mean) => 1 + (long)(-Math.Log(1 - _random.NextDouble()) * mean.Ticks);
}
