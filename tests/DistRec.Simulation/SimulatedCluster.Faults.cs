using DistRec.Simulation.Hosting;

namespace DistRec.Simulation;

public sealed partial class SimulatedCluster
{
    /// <summary>
    /// Kills a node's process: its shells, timers and blocks are gone at once, and what it sent may be lost. The others notice after the
    /// detection time.
    /// </summary>
    public void Crash(int node)
    {
        NodeLife life = _nodes[node].Life;
        if (!life.IsRunning)
        {
            return;
        }

        // All it sent is lost at once, or what is still under way after a while: on every connection the end, never the middle.
        long lostAfter = Scheduler.Now + _turns.Ticks(new TimeRange(TimeSpan.Zero, Options.MessageDelay.Longest));
        Note("crash", node);
        life.End(lostAfter);
        Membership.Update();
    }

    /// <summary>
    /// Starts the process of a node that crashed or left again, without memory; of one that is leaving when it has left. The cluster then
    /// knows that the old one is gone.
    /// </summary>
    public void Restart(int node)
    {
        NodeLife old = _nodes[node].Life;
        if (old.IsRunning)
        {
            old.ComesBack = old.IsLeaving;
            return;
        }

        Note("restart", node);
        Membership.Remove(old);
        _nodes[node].ComeBack();
    }

    /// <summary>Lets a node leave in good order: what lives there moves first, then its process ends.</summary>
    public void Leave(int node)
    {
        NodeLife life = _nodes[node].Life;
        if (!life.TakesShells)
        {
            return;
        }

        Note("leave", node);
        life.IsLeaving = true;
        Placement.Leave(life);
        LeaveIfEmpty(life);
    }

    /// <summary>Lets a node's process stand still: what was to happen in it happens afterwards.</summary>
    public void Pause(int node, TimeSpan time)
    {
        NodeLife life = _nodes[node].Life;
        if (!life.IsRunning)
        {
            return;
        }

        Note("pause", node);
        life.PausedUntil = Math.Max(life.PausedUntil, Scheduler.Now + time.Ticks);
        Scheduler.At(life.PausedUntil, null, Membership.Update);
        Membership.Update();
    }

    /// <summary>Cuts the network between two nodes, in both directions.</summary>
    /// <param name="one">A node.</param>
    /// <param name="other">Another.</param>
    /// <param name="loses">Whether what is under way is lost; false holds it until the cut heals, null draws.</param>
    public void Cut(int one, int other, bool? loses = null)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(one, other);
        if (Network.TryCut(one, other, loses))
        {
            Note("cut", one, other);
            Membership.Update();
        }
    }

    /// <summary>Ends the cut between two nodes.</summary>
    public void Heal(int one, int other)
    {
        if (!Network.TryHeal(one, other))
        {
            return;
        }

        Note("heal", one, other);
        Membership.Update();
        foreach (SimulatedNode node in _nodes)
        {
            ComeBackWhenReached(node.Life);
        }
    }

    /// <summary>Cuts a node off from all others.</summary>
    public void Isolate(int node, bool? loses = null)
    {
        foreach (SimulatedNode other in _nodes.Where(other => other.Number != node))
        {
            Cut(node, other.Number, loses);
        }
    }

    /// <summary>Ends all cuts of a node.</summary>
    public void Rejoin(int node)
    {
        foreach (SimulatedNode other in _nodes.Where(other => other.Number != node))
        {
            Heal(node, other.Number);
        }
    }

    /// <summary>A node that leaves is gone when nothing lives there any more.</summary>
    internal void LeaveIfEmpty(NodeLife life)
    {
        if (life is { IsLeaving: true, IsRunning: true, IsRemoved: false } && life.Shells.Count == 0)
        {
            life.End(long.MaxValue);
            Membership.Remove(life);
            Membership.Update();
            if (life.ComesBack)
            {
                Restart(life.Node.Number);
            }
        }
    }

    /// <summary>A node that was stopped for its loss begins anew once the others can be reached.</summary>
    internal void ComeBackWhenReached(NodeLife life)
    {
        SimulatedNode node = life.Node;
        if (life == node.Life && life is { IsRemoved: true, HasStopped: true, IsRunning: true } && Membership.IsReached(node))
        {
            Note("rejoin", node.Number);
            node.ComeBack();
        }
    }
}
