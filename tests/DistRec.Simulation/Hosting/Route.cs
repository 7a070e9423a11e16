using DistRec.Actors;

namespace DistRec.Simulation.Hosting;

/// <summary>Where an address is: its present activation, or what waits for the next one.</summary>
internal sealed class Route(ActorAddress address)
{
    private readonly List<(NodeLife From, Letter Letter)> _held = [];

    internal ActorAddress Address => address;

    /// <summary>The activation that the cluster believes in; null while there is none.</summary>
    internal SimulatedActor? Actor { get; set; }

    /// <summary>How often it was placed.</summary>
    internal int Placements { get; set; }

    /// <summary>Whether nothing but a node's coming can place it.</summary>
    internal bool IsHomeless { get; set; }

    /// <summary>Keeps a message until the address has an activation.</summary>
    internal void Hold(NodeLife from, Letter letter) => _held.Add((from, letter));

    /// <summary>Sends what was kept.</summary>
    internal void SendHeld(SimulatedActor to)
    {
        foreach ((NodeLife from, Letter letter) in _held)
        {
            // Kept by the others on behalf of a node that may be gone by now: then it goes with the node.
            if (from.IsRunning && !from.IsRemoved)
            {
                from.Dispatch(to, letter);
            }
        }

        _held.Clear();
    }
}
