using DistRec.Simulation.Hosting;

namespace DistRec.Simulation.Schedule;

/// <summary>Something that happens at a moment of virtual time.</summary>
/// <param name="life">The node's life it is part of: it waits while the node is paused and does not happen after its end; null for none.</param>
/// <param name="action">What happens.</param>
internal sealed class ScheduledEvent(NodeLife? life, Action action) : IDisposable
{
    internal NodeLife? Life => life;

    internal Action Action => action;

    internal bool IsCancelled { get; private set; }

    /// <summary>It will not happen any more.</summary>
    public void Dispose() => IsCancelled = true;
}
